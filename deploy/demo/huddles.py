"""The huddles (每日一碰头): they open by themselves with their lists, join what is one, and decide what is to be done."""

from dataclasses import dataclass
from typing import Any

from deploy.demo.reports import Fate, How, Report, of_fate, the_reports
from deploy.demo.scene import EAST, OFFICERS, OWN, STEWARDS, WEST, Scene

WAITS_FOR_A_PART = "门禁主板需更换,配件下午送到。"
ROLES = {"grid_officer": "网格员", "property_steward": "物业管家", "building_leader": "楼栋长"}
COMES = (
    (WEST, "chen", "grid_officer"),
    (WEST, "zhou", "property_steward"),
    (WEST, "huang", "building_leader"),
    (EAST, "luo", "grid_officer"),
    (EAST, "deng", "property_steward"),
)


@dataclass
class Huddles:
    """The chapter of half past eight."""

    scene: Scene

    def open_by_themselves(self) -> None:
        """At half past eight they are there, each with its list."""
        scene, day = self.scene, self.scene.clock.day.isoformat()
        names = {scene.grids[WEST]: WEST, scene.grids[EAST]: EAST, None: OWN}

        def of_today(page: Any) -> list[Any]:
            found = [each for each in page["items"] if each["day"] == day]
            return found if len(found) == len(names) else []

        opened = scene.awaits("chen", "huddles", of_today, limit=20)
        scene.huddles = {names[each["grid_id"]]: each["id"] for each in opened}
        listed = {names[each["grid_id"]]: {item["issue_id"] for item in each["items"]} for each in opened}
        for report in the_reports()["08:10"]:
            here = scene.issues[report.key] in listed[scene.grid_of(report)]
            scene.holds(here, f"the huddle's list lacks “{report.title}”")
        scene.holds(set(scene.patrolled) <= set().union(*listed.values()), "the lists lack what the patrol found")
        scene.tells.say(
            "the clock",
            f"opens the huddles (每日一碰头): {WEST} lists {len(listed[WEST])}, {EAST} {len(listed[EAST])}, "
            f"the community's own {len(listed[OWN])}",
        )
        own = f"huddles/{scene.huddles[OWN]}"
        scene.tells.refuses(scene.people["chen"], f"{own}/closing", 409, "a huddle closes where nobody was (日-15)")
        for name, who, role in (*COMES, (OWN, "chen", "grid_officer")):
            scene.tells.lets(scene.people[who], f"huddles/{scene.huddles[name]}/attendance", {"role": role})
        scene.tells.say(f"{len(COMES)} people", f"sit down as {', '.join(ROLES.values())}")

    def join_duplicates(self) -> None:
        """What was reported twice all the same becomes one, but never in a circle."""
        scene, chen = self.scene, self.scene.people["chen"]
        copies = of_fate(Fate.COPY)
        for copy in copies:
            scene.moves("chen", copy.key, "merger", {"into_id": scene.issues[copy.of], "note": "同一问题。"})
        scene.tells.say(chen.title, f"merges {len(copies)} reports into what was reported before (并案)")
        original, again = copies[0].of, copies[0].key
        scene.tells.refuses(
            chen,
            f"issues/{scene.issues[original]}/merger",
            409,
            "merging in a circle (日-13)",
            {"into_id": scene.issues[again]},
        )
        scene.moves("chen", again, "separation", {"reason": "先到现场核对是否同一井盖。"})
        scene.moves("chen", again, "merger", {"into_id": scene.issues[original], "note": "核对无误,确为同一井盖。"})
        scene.becomes(original, me_toos=2)  # the one who said so, and whose report was merged
        scene.tells.say(chen.title, "takes one out again, has a look, and merges it again; its reporter goes along")

    def decide(self) -> None:
        """What is small is settled in the huddle itself; for the rest it is said who, where to, or until when."""
        scene = self.scene
        reports = [report for report in the_reports()["08:10"] if report.fate is Fate.SETTLED]
        settled = [report for report in reports if report.how is How.HUDDLE]
        for report in settled:
            self._dispose(report, STEWARDS, "resolve", note="已当场处理完毕。")
        assigned = [report for report in reports if report.how is How.STARTED]
        for report in assigned:
            handler = scene.people[STEWARDS[scene.grid_of(report)]]
            self._dispose(report, OFFICERS, "assign", handler_id=handler.member_id, note="请今天上午处理。")
        by_key = {report.key: report for report in the_reports()["08:10"]}
        self._dispose(
            by_key["water"],
            STEWARDS,
            "transfer",
            body="武汉市水务集团",
            reference="SW-1130-0815",
            note="市政高区水泵故障。",
        )
        self._dispose(by_key["tree"], OFFICERS, "postpone", until=scene.a_date(), note="已约园林公司高枝车。")
        self._dispose(by_key["places"], OFFICERS, "escalate", note="车位总量不足,需三方商议。")
        self._dispose(by_key["door"], STEWARDS, "accept", note=WAITS_FOR_A_PART)
        scene.tells.say(
            "the huddles",
            f"settle {len(settled)} on the spot, give {len(assigned)} to a steward, hand one on to the waterworks (转办), "
            "give one a date (约期), send one to the weekly meeting (提交例会)",
        )

    def _dispose(self, report: Report, by: Any, disposition: str, **members: Any) -> None:
        scene, grid = self.scene, self.scene.grid_of(report)
        body = {"issue_id": scene.issues[report.key], "disposition": disposition, **members}
        scene.tells.lets(scene.people[by[grid]], f"huddles/{scene.huddles[grid]}/dispositions", body)

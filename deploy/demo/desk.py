"""The day at the issue desk: the stewards settle on the spot, some matters wait or go on, the reporters have the last word."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from deploy.demo.cast import HOME
from deploy.demo.onboarding import COMMUNITY
from deploy.demo.reports import Fate, How, Report, the_reports
from deploy.demo.scene import OFFICERS, STEWARDS, Scene


@dataclass
class Desk:
    """The chapters of the day, from those who go out after the huddles to the late afternoon."""

    scene: Scene

    def handed_on(self) -> None:
        """How far a transfer has got is told apart from the issue itself; what comes at noon goes other ways, too."""
        scene, chen = self.scene, self.scene.people["chen"]
        for delivery in ("delivered", "taken_on"):
            scene.moves("zhou", "water", "delivery", {"delivery": delivery})
        told = {"body": "江岸区城管执法局", "reason": "市政路灯,产权不在小区。"}
        scene.moves("chen", "streetlamp", "transfer", told)
        sent = scene.moves("chen", "streetlamp", "delivery", {"delivery": "delivered", "reference": "CG-20-118"})
        scene.holds(
            (sent["status"], sent["transfer"]["delivery"], sent["transfer"]["reference"])
            == ("transferred", "delivered", "CG-20-118"),
            f"how a transfer was delivered is not told apart: {sent}",
        )
        scene.holds(sent["warnings"] == ["outside_the_community"], f"nothing warns of a place outside: {sent}")
        scene.tells.say(
            chen.title,
            "hands the street lamps on to the city (转办): they stand outside the outline, which was warned of; "
            "the reference number comes later",
        )
        paving = {"until": scene.clock.day.isoformat(), "reason": "等一等。"}
        scene.tells.refuses(
            scene.people["zhou"],
            f"issues/{scene.issues['paving']}/postponement",
            409,
            "a date that is no later",
            paving,
        )
        paving = {"until": scene.a_date(), "reason": "同款地砖需订货,三天后到货。"}
        scene.moves("zhou", "paving", "postponement", paving)
        scene.moves("chen", "lockers", "escalation", {"reason": "涉及公共场地,提交三方例会。"})
        scene.tells.say("the desk", f"gives the paving a date ({paving['until']}) and sends the lockers to the meeting")

    def settle(self, hour: str) -> None:
        """What was reported at that hour is settled on the spot, in the ways that stewards have."""
        reports = [r for r in the_reports()[hour] if r.fate is Fate.SETTLED and r.how is not How.HUDDLE]
        for report in reports:
            if report.key != "bench":  # which two settle at once
                self._settle(report, hour)
        patrolled = self._settle_patrolled() if hour == "08:10" else 0
        more = f", and the {patrolled} that the patrol found" if patrolled else ""
        self.scene.tells.say("the stewards", f"settle {len(reports)} on the spot{more} (办结)")

    def at_once(self) -> None:
        """Two settle the same issue at the same moment: one is told that somebody was faster."""
        scene, there = self.scene, f"{HOME}/issues/{self.scene.issues['bench']}"
        seen = scene.issue("bench")["version"]

        def settles(who: str) -> int:
            body = {"note": "长椅已修好。"}
            return scene.people[who].tries("POST", f"{there}/resolution", body, If_Match=f'"{seen}"').status_code

        with ThreadPoolExecutor(2) as both:
            statuses = sorted(both.map(settles, ("chen", "zhou")))
        scene.holds(statuses == [200, 412], f"two settled the same issue at once, and were told {statuses}")
        scene.tells.say(
            "the rules", "refuse: two settle the same issue at once, the slower one is told so (412)", "yellow"
        )

    def last_word(self) -> None:
        """Whoever reported confirms, reopens and rates; whoever handled it can appeal."""
        scene, tells = self.scene, self.scene.tells
        li, zhang, zhou, sun = (scene.people[name] for name in ("li", "zhang", "zhou", "sun"))
        cover, heap = (f"issues/{scene.issues[key]}" for key in ("cover", "heap"))
        tells.refuses(zhang, f"{cover}/confirmation", 403, "somebody else confirms: only the reporter may (日-7)")
        tells.lets(li, f"{cover}/confirmation")
        tells.lets(
            li, f"{cover}/rating", {"stars": 5, "words": "当天就换好了。"}, "confirms: the cover is safe; 5 stars"
        )
        self._earned(li, scene.issues["cover"])
        reason = {"reason": "墙角还剩半堆,没清干净。"}
        tells.lets(zhang, f"{heap}/reopening", reason, "reopens: half a heap is left (日-8)")
        tells.lets(
            zhou, f"{heap}/resolution", {"note": "剩余垃圾已全部清走,地面已冲洗。"}, "settles it again, all of it"
        )
        tells.lets(zhang, f"{heap}/confirmation")
        tells.lets(zhang, f"{heap}/rating", {"stars": 1, "words": "来了两趟。"}, "confirms, and gives 1 star")
        tells.lets(
            zhou, f"{heap}/rating/appeal", {"reason": "垃圾系夜间新倒,非清运不净。"}, "finds that unfair (日-17)"
        )
        decided = {"unfair": True, "reason": "监控显示夜间有人新倒垃圾。"}
        tells.lets(sun, f"{heap}/rating/decision", decided, "looks at the camera and agrees: the star does not count")
        scene.becomes("cover again", "huang", status="merged", original_status="confirmed")

    def _earned(self, who: Any, issue_id: str) -> None:
        credit = who.hears(COMMUNITY, "points.account.credited.v1", lambda told: told["transfer"]["cause"] == issue_id)
        points, balance = credit["transfer"]["amount"], credit["account"]["balance"]
        self.scene.tells.say(who.title, f"earned {points} points (分-1), balance {balance}", "green")

    def _settle(self, report: Report, hour: str) -> None:
        scene = self.scene
        steward, officer = (each[scene.grid_of(report)] for each in (STEWARDS, OFFICERS))
        if report.how is How.ACCEPTED:
            scene.moves(steward, report.key, "acceptance")
        elif report.how is How.STARTED:
            if hour != "08:10":  # those of the morning were given to the steward in the huddle
                handler = scene.people[steward].member_id
                scene.moves(officer, report.key, "assignment", {"handler_id": handler})
            scene.moves(steward, report.key, "start")
        evidence = [scene.photo(steward, f"{report.title} 处理后")] if report.photo else []
        scene.moves(steward, report.key, "resolution", {"note": "已处理,现场已复查。", "evidence": evidence})

    def _settle_patrolled(self) -> int:
        zhou = self.scene.people["zhou"]
        for issue_id in self.scene.patrolled:
            zhou.does("POST", f"{HOME}/issues/{issue_id}/resolution", 200, {"note": "巡查发现,已整改。"})
        return len(self.scene.patrolled)

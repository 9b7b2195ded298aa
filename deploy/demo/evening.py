"""No problem stays overnight (问题不过夜): what nobody settles calls louder and louder, and at ten it is on the list by itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deploy.demo.cast import HOME
from deploy.demo.huddles import WAITS_FOR_A_PART
from deploy.demo.scene import EAST, OFFICERS, OWN, WEST, Scene

ALARMED, STAYED = "issues.issue.alarmed.v1", "issues.issue.stayed_overnight.v1"
LEFT = "door"
FATES = ("settled", "transferred", "postponed", "escalated", "rejected", "merged", "withdrawn", "carried_over")
FATES_ZH = ("办结", "转办", "约期", "提交例会", "不予受理", "并案", "撤回", "遗留")


@dataclass
class Evening:
    """The chapters from nine in the evening to the next morning."""

    scene: Scene

    def alarm(self, rung: str, who: str, times: int) -> None:
        """The ladder: what is left alone calls one more person, by itself."""
        scene = self.scene
        event = scene.feed.heard(ALARMED, scene.issues[LEFT], times)[-1]
        scene.holds(event["data"]["alarm"] == rung, f"the ladder calls {event['data']['alarm']}, not {rung}")
        person = scene.people[who]
        told = self._notices(who, lambda each: each["kind"] == "alarm" and each["subject"] == scene.issues[LEFT])
        scene.tells.say("the ladder", f"calls {person.title} (日-14): {told[0]['zh']}")

    def cut_off(self) -> None:
        """At ten nobody has to press anything."""
        scene = self.scene
        scene.feed.heard(STAYED, scene.issues[LEFT])
        issue = scene.issue(LEFT)
        now = issue["status"], issue["overnight"], issue["overnights"]
        scene.holds(now == ("escalated", True, 1), f"what was left alone until the cut-off stands as {now}")
        scene.tells.say(
            "the clock", f"puts “{issue['title']}” on the overnight list, and before the meeting (日-5, 日-6)"
        )

    def minutes(self) -> None:
        """The grid officers close the huddles; residents read the minutes, which add up and name no member."""
        scene = self.scene
        west = f"huddles/{scene.huddles[WEST]}"
        scene.tells.refuses(scene.people["zhou"], f"{west}/closing", 403, "a steward closes the huddle (日-15)")
        counted = dict.fromkeys(("listed", *FATES), 0)
        for name in (WEST, EAST, OWN):
            closed = scene.tells.lets(scene.people[OFFICERS[name]], f"huddles/{scene.huddles[name]}/closing")
            self._adds_up(closed["minutes"])
            counted = {member: counted[member] + closed["minutes"][member] for member in counted}
        parts = ", ".join(f"{zh} {counted[fate]}" for fate, zh in zip(FATES, FATES_ZH, strict=True) if counted[fate])
        scene.tells.say(
            "the grid officers", f"close the huddles; the minutes add up: {counted['listed']} listed, {parts}"
        )
        read = scene.people["li"].sees(f"{HOME}/{west}")
        item = next(each for each in read["items"] if each["issue_id"] == scene.issues[LEFT])
        scene.holds(WAITS_FOR_A_PART in (item["why"] or ""), f"the minutes do not say why it is left: {item}")
        told = [line for line in read["minutes"]["text"].splitlines() if item["title"] in line]
        scene.holds(bool(told), f"the minutes' text lacks what is left: {read['minutes']['text']}")
        published = str(read)
        named = [who for who, person in scene.people.items() if person.member_id in published]
        scene.holds(not named, f"the published minutes name {named}: {published}")
        scene.tells.say("residents", f"read the minutes: {told[0]}")

    def carried_over(self) -> None:
        """The next huddle has it on its list, with whose it is and why; it is the first thing that is settled."""
        scene, grid = self.scene, self.scene.grids[WEST]
        tomorrow = scene.clock.now().date().isoformat()

        def of_tomorrow(page: Any) -> list[Any]:
            return [each for each in page["items"] if each["day"] == tomorrow]

        huddle = scene.awaits("chen", "huddles", of_tomorrow, grid_id=grid, limit=20)[0]
        listed = [each["listed"] for each in huddle["items"] if each["issue_id"] == scene.issues[LEFT]]
        scene.holds(listed == ["carried_over"], f"the next huddle lists what was left as {listed}")
        scene.tells.say("the clock", f"opens the next huddles: {WEST} has it on its list, carried over (隔夜遗留)")
        settled = {"issue_id": scene.issues[LEFT], "disposition": "resolve", "note": "主板已更换,门禁恢复。"}
        scene.tells.lets(
            scene.people["zhou"],
            f"huddles/{huddle['id']}/dispositions",
            settled,
            "settles it before anything else (办结)",
        )

    def in_the_inbox(self) -> None:
        """Whoever reported has heard of every step."""
        scene, cover = self.scene, self.scene.issues["cover"]
        accepted, resolved = "issues.issue.accepted.v1", "issues.issue.resolved.v1"
        for who in ("li", "tang", "huang"):  # who reported, who said me-too, whose report was merged into it
            self._notices(who, lambda each: each["subject"] == cover and each["type"] == resolved)
        told = self._notices("li", lambda each: each["subject"] == cover and each["type"] in (accepted, resolved))
        scene.tells.say(
            scene.people["li"].title, f"has in the inbox: {' '.join(each['zh'] for each in reversed(told))}"
        )

    def _notices(self, who: str, wanted: Any) -> list[Any]:
        def found(page: Any) -> list[Any]:
            return [each for each in page["items"] if wanted(each)]

        return self.scene.awaits(who, "notices", found, limit=100)

    def _adds_up(self, minutes: Mapping[str, Any]) -> None:
        total = sum(minutes[fate] for fate in FATES)
        self.scene.holds(total == minutes["listed"], f"the minutes do not add up: {minutes}")

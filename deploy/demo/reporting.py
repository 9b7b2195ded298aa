"""Residents report what troubles them: with photos, without a name, on the telephone, offline, or by me-too instead."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from deploy.demo.camera import tells_of
from deploy.demo.cast import HOME
from deploy.demo.reports import Report, the_reports
from deploy.demo.scene import Scene
from services.ids import new_id


@dataclass
class Reporting:
    """The chapters in which something is reported."""

    scene: Scene

    def residents_report(self, hour: str) -> None:
        """What residents report at that hour."""
        reports = the_reports()[hour]
        for report in reports:
            self.scene.issues[report.key] = self._report(report)["id"]
        counted = Counter(report.category for report in reports)
        said = " · ".join(f"{self._names[code]} {number}" for code, number in counted.items())
        who = len({report.who for report in reports})
        self.scene.tells.say(f"{who} residents", f"report {len(reports)} matters: {said}")

    def careful_words(self) -> None:
        """What is told to whom: the photo without its place, the anonymous report, the quarrel, the call, the offline one."""
        scene = self.scene
        photo = scene.issue("cover")["photos"][0]["id"]
        shown = scene.people["tang"].fetches(f"{HOME}/issues/{scene.issues['cover']}/photos/{photo}").content
        scene.holds(not tells_of(shown), f"a photo tells of its place: {tells_of(shown)}")
        scene.holds("reporter_id" not in scene.issue("dog"), "the desk is told who reported anonymously")
        scene.holds(
            scene.issue("dog", "wei").get("reporter_id") is not None, "a reporter does not know their own report"
        )
        quarrel = scene.people["zhang"].tries("GET", f"{HOME}/issues/{scene.issues['quarrel']}")
        scene.holds(quarrel.status_code == 404, f"a neighbour sees the quarrel of others: {quarrel.text}")
        call = scene.issue("call")
        who = call["reporter_id"], call["entered_by"]
        expected = scene.people["liu"].member_id, scene.people["chen"].member_id
        scene.holds(who == expected, f"a call was written down as {who}")
        scene.tells.say(
            "the desk",
            "shows photos without the place that they were taken at, does not know who reported the dog anonymously, "
            "keeps the quarrel of neighbours private, and has on record who called and who wrote it down",
            "green",
        )

    def covers(self) -> None:
        """A part of a photo that is nobody's business is covered; the admin can see what is under it."""
        scene, key = self.scene, "wire"
        there = f"issues/{scene.issues[key]}/photos/{scene.issue(key)['photos'][0]['id']}"
        before = scene.people["li"].fetches(f"{HOME}/{there}").content
        area = {"left": 100, "top": 600, "right": 400, "bottom": 800}
        scene.tells.lets(scene.people["zhou"], f"{there}/cover", {"areas": [area]}, "covers a number plate in a photo")
        covered = scene.people["li"].fetches(f"{HOME}/{there}").content
        original = scene.people["sun"].fetches(f"{HOME}/{there}", original=True).content
        scene.holds(covered != before == original, "a part of a photo was covered, and everybody sees it")

    def same_again(self) -> None:
        """Before somebody reports, they are shown what is like it, and say me-too instead."""
        scene, tang = self.scene, self.scene.people["tang"]
        like = {"category": "manhole", "title": "3栋门口的井盖坏了", "building_id": scene.buildings["3栋"]}
        cover = scene.issues["cover"]
        found = scene.awaits(
            "tang", "similar-issues", lambda page: [each for each in page["items"] if each["id"] == cover], **like
        )[0]
        scene.tells.lets(tang, f"issues/{cover}/me-toos", None)
        scene.tells.say(
            tang.title,
            f"is about to report “{like['title']}”, is shown “{found['title']}” (score {found['score']} of 1000) "
            "and says me-too (附议) instead",
        )

    def _report(self, report: Report) -> Any:
        scene, who = self.scene, self.scene.people[report.who]
        body = {
            "category": report.category,
            "title": report.title,
            "text": report.text,
            "place": self._place(report),
            "exposure": report.exposure,
            "answers": [{"question": code, "values": values} for code, values in report.answers.items()],
        }
        if report.photo:
            body["photos"] = [scene.photo(report.who, report.title)]
        if report.behalf:
            body["on_behalf_of"] = scene.people[report.behalf].member_id
        if report.seen:
            body |= {"occurred_at": scene.clock.at(report.seen).isoformat(), "report_id": new_id()}
        issue = who.does("POST", f"{HOME}/issues", 201, body)
        if report.seen:
            again = who.does("POST", f"{HOME}/issues", 201, body)
            scene.holds(again["id"] == issue["id"], "what was written offline and sent twice made two issues")
        return issue

    def _place(self, report: Report) -> dict[str, Any]:
        place: dict[str, Any] = {}
        if report.building:
            place["building_id"] = self.scene.buildings[report.building]
        if report.spot:
            place["spot"] = report.spot
        if report.point:
            place["point"] = dict(zip(("lat", "lon"), report.point, strict=True))
        return place

    @cached_property
    def _names(self) -> Mapping[str, str]:
        """What the categories are called, by their codes."""
        catalogue = self.scene.people["sun"].sees(f"{HOME}/catalogue")
        return {each["code"]: each["zh"] for each in catalogue["categories"]}

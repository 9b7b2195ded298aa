"""What the chapters of the day share: its people, its clock, the live feed, and what came of each report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from deploy.demo.camera import JPEG, photo_of
from deploy.demo.cast import HOME
from deploy.demo.listener import Listener
from deploy.demo.narrator import PATIENCE_SECONDS, Narrator
from deploy.demo.person import Person, Surprise
from deploy.demo.rehearsal import Rehearsal
from deploy.demo.reports import Report

WEST, EAST, OWN = "西片微网格", "东片微网格", ""
HERE = (30.6152, 114.3070)
DATED_DAYS = 3
WESTERN = 18  # buildings 1 to 18 are the western micro-grid's, the others the eastern one's
OFFICERS = {WEST: "chen", EAST: "luo", OWN: "chen"}
STEWARDS = {WEST: "zhou", EAST: "deng", OWN: "zhou"}


@dataclass
class Scene:
    """The place where the day is lived; `issues` are the ids by the keys of the reports, `huddles` those by micro-grid."""

    tells: Narrator
    people: Mapping[str, Person]
    clock: Rehearsal
    feed: Listener
    buildings: Mapping[str, str] = field(default_factory=dict)
    grids: dict[str, str] = field(default_factory=dict)
    huddles: dict[str, str] = field(default_factory=dict)
    issues: dict[str, str] = field(default_factory=dict)
    patrolled: list[str] = field(default_factory=list)

    def learn_places(self) -> None:
        """Learn the buildings, as anybody may."""
        community = self.people["sun"].sees(HOME)
        self.buildings = {each["name"]: each["id"] for estate in community["estates"] for each in estate["buildings"]}

    def comes(self, hour: str, title: str, days: int = 0) -> None:
        """The clock moves on to an hour, and a chapter begins."""
        self.clock.move_to(hour, days)
        self.tells.chapter(f"{self.clock.at(hour, days):%m-%d %H:%M} {title}")

    def grid_of(self, report: Report) -> str:
        """The micro-grid that a report belongs to."""
        if not report.building:
            return OWN
        return WEST if int(report.building.removesuffix("栋")) <= WESTERN else EAST

    def issue(self, key: str, who: str = "chen") -> Any:
        """An issue of the day, as somebody sees it now."""
        return self.people[who].sees(f"{HOME}/issues/{self.issues[key]}")

    def a_date(self) -> str:
        """Until when something can wait."""
        return (self.clock.day + timedelta(days=DATED_DAYS)).isoformat()

    def photo(self, who: str, what: str) -> str:
        """The id of a photo that somebody takes and sends, another one each day."""
        photo = photo_of(f"{what} {self.clock.day}", *HERE)
        return str(self.people[who].uploads(f"{HOME}/photos", JPEG, photo)["id"])

    def holds(self, is_so: bool, words: str) -> None:
        """Errors: Surprise when something is not as the story says."""
        if not is_so:
            raise Surprise(words)

    def becomes(self, key: str, who: str = "chen", **members: Any) -> Any:
        """An issue, once it is as it should be by what happened to another one. Errors: Surprise when it is not in time."""

        def found(issue: Any) -> list[Any]:
            return [issue] if all(issue[name] == value for name, value in members.items()) else []

        return self.awaits(who, f"issues/{self.issues[key]}", found)[0]

    def awaits(self, who: str, path: str, found: Any, **query: Any) -> list[Any]:
        """Something that comes by itself, once it is there. Errors: Surprise when it does not come in time."""
        return self.people[who].awaits(f"{HOME}/{path}", query, found, PATIENCE_SECONDS)

    def moves(self, who: str, key: str, move: str, body: Any = None) -> Any:
        """A move of one issue, without words; the issue as it is after that."""
        return self.people[who].does("POST", f"{HOME}/issues/{self.issues[key]}/{move}", 200, body or {})

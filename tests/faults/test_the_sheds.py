"""kill -9 of a service at every step of the whole story: it comes back, and the story ends as it does without."""

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from deploy import parts
from deploy.audit import audit_all
from deploy.demo.narrator import Narrator
from deploy.demo.onboarding import onboard
from deploy.demo.person import Person
from deploy.demo.story import Sheds
from deploy.private_node import PrivateNode
from tests.faults.founding import new_town
from tests.faults.stories import ON_SQLITE, SEED
from tests.faults.town import Town


@dataclass
class Assassin(Narrator):
    """Tells the story, and ends one process each time before somebody does something."""

    town: Town | None = None
    victims: Iterator[str] | None = None
    kills: int = 0

    def lets(self, who: Person, path: str, body: Any = None, words: str = "", status: int = 200) -> Any:
        """Kill, then do."""
        assert self.town is not None
        assert self.victims is not None
        victim = next(self.victims)
        self.town.process(victim).starts = 1  # no supervisor's penalty for ending so often
        self.town.kill(victim)
        self.kills += 1
        return super().lets(who, path, body, words, status)


def in_any_order(names: tuple[str, ...]) -> Iterator[str]:
    """All of them again and again, each time in another order."""
    chance = random.Random(SEED)
    while True:
        yield from chance.sample(names, len(names))


@ON_SQLITE
@pytest.mark.timeout(600)
def test_the_story_ends_the_same_when_a_process_is_killed_at_every_step(
    faults_broker: PrivateNode, databases_url: str, tmp_path: Any
) -> None:
    said = StringIO()
    with new_town(faults_broker, databases_url, tmp_path, {}) as town:
        town.start(*parts.PROCESSES)
        onboard(town.settings, Console(file=said))
        with closing(Sheds(town.address, Console(file=said, width=200))) as sheds:
            victims = in_any_order(parts.PROCESSES)
            assassin = sheds.tells = Assassin(sheds.tells.console, sheds.tells.home, town=town, victims=victims)
            sheds.tell()
        assert assassin.kills > 60
        assert "none held" in said.getvalue()
        assert [found.fault for _, found in audit_all(town.settings) if found.fault] == []
        assert town.run("dead-letters", "list").strip() == "0 dead letters"

"""Experts, the three parties, their secrets, and a draw at any point of its life."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from services.actor import SYSTEM, Actor, Role
from services.clock import Moment
from services.experts.draw import expert_of
from services.experts.model import Draw
from services.ids import derived_id
from services.parties import Party
from services.projects.contract import JuryRequested
from services.wire import to_data
from tests.shared.samples import COMMUNITY, NOON, member, moment, project_state

DRAW = derived_id("draw", "sheds")
GROUP = "plan_evaluation"
REVEAL_BY = NOON + timedelta(hours=72)
SPEAKERS = {party: member(derived_id("member", party), party.role) for party in Party}
SECRETS = {party: hashlib.md5(party.encode()).hexdigest() for party in Party}
ADMIN = member(derived_id("member", "admin"), Role.COMMUNITY_ADMIN)


def person(number: int) -> Actor:
    """One of the residents who know a trade."""
    return member(derived_id("member", f"expert {number}"), Role.RESIDENT)


def sha256(secret: str) -> str:
    """The commitment to a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def asked(**changed: Any) -> JuryRequested:
    """A jury of five is wanted for the sheds."""
    wanted = {"draw_id": DRAW, "group": GROUP, "seats": 5, "excluded": (), "reveal_by": REVEAL_BY, **changed}
    return JuryRequested(**{"project": project_state(), **wanted})


def pool(size: int) -> list[tuple[str, str]]:
    """So many candidates, as the store finds them: expert and member ids, by expert id."""
    members = [person(number).member_id for number in range(size)]
    return sorted((expert_of(COMMUNITY, member_id), member_id) for member_id in members)


def frozen(size: int = 9, **changed: Any) -> Draw:
    """A draw whose list is frozen."""
    return Draw.freeze(asked(**changed), pool(size), SYSTEM, moment())[0]


def commit(draw: Draw, party: Party, secret: str = "", at: Moment | None = None) -> Any:
    """A party commits to its secret."""
    by = SPEAKERS[party]
    return draw.commit(party, sha256(secret or SECRETS[party]), by, by.roles_in(COMMUNITY), at or moment())


def reveal(draw: Draw, party: Party, secret: str = "", at: Moment | None = None) -> Any:
    """A party reveals its secret."""
    by = SPEAKERS[party]
    return draw.reveal(party, secret or SECRETS[party], by, by.roles_in(COMMUNITY), at or moment())


def decline(draw: Draw, member_id: str) -> Any:
    """Somebody declines their seat."""
    by = member(member_id, Role.RESIDENT)
    return draw.decline("近期出差", by, by.roles_in(COMMUNITY), moment(NOON + timedelta(hours=2)))


def committed(size: int = 9, secrets: Sequence[str] = (), **changed: Any) -> Draw:
    """A draw to which all three parties have committed."""
    draw = frozen(size, **changed)
    for party, secret in zip(Party, secrets or SECRETS.values(), strict=True):
        commit(draw, party, secret)
    return draw


def drawn(size: int = 9, secrets: Sequence[str] = (), declining: Iterable[int] = (), **changed: Any) -> Draw:
    """A draw that seated a jury; then the jurors at these places, as they sit each time, decline."""
    draw = committed(size, secrets, **changed)
    for party, secret in zip(Party, secrets or SECRETS.values(), strict=True):
        reveal(draw, party, secret, moment(NOON + timedelta(hours=1)))
    for place in declining:
        if draw.jurors:
            decline(draw, draw.jurors[place % len(draw.jurors)])
    return draw


def proof(draw: Draw) -> Any:
    """The draw as GET gives it to anybody: without the reasons of those who declined."""
    data = to_data(draw.state())
    for seat in data["picks"]:
        del seat["reason"]
    return data

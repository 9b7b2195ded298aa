"""What a use case of the directory stands on: what the process adds to the command, where it happens, who acts there."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.directory.member import Here
from gateway.directory.model import District, Place, the_id
from gateway.directory.roll import Roll
from services.actor import Role, Who
from services.clock import Moment
from services.errors import Forbidden, NotFound
from services.parameters import Parameter
from services.work import Work


@dataclass(frozen=True)
class Given:
    """What the process adds: the numbers that may be set, by name; secrets or their hashes; the roll that was read."""

    numbers: Mapping[str, Parameter] = field(default_factory=dict)
    secret: str = ""
    secret_hash: str = ""
    seen_hash: str | None = None
    roll: Roll | None = None


def here_of(work: Work) -> Here:
    """Where this happens and what the actor is there. Errors: NotFound where there is no such place."""
    if work.find(District, the_id("district", work.community_id)):
        held = work.actor.districts.get(work.community_id, frozenset())
        return Here(work.actor, held, Moment(work.now), in_district=True)
    if work.find(Place, the_id("community", work.community_id)) is None:
        raise NotFound("there is no such community", "没有此社区")
    return Here(work.actor, work.held, work.moment)


def only(who: Who, work: Work, held: frozenset[Role], clause: str) -> None:
    """Refuse whoever is not meant. Errors: Forbidden, naming the clause."""
    if not who.allows(work.actor, held):
        raise Forbidden(f"only {who.en} may do this", f"只有{who.zh}可以进行此操作", clause)


def is_taken(work: Work) -> bool:
    """Whether there is a district or a community of this id."""
    return bool(
        work.find(District, the_id("district", work.community_id))
        or work.find(Place, the_id("community", work.community_id))
    )

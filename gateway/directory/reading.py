"""What the directory tells: names, phones and the roll, to those who may know them, and to nobody else."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory import ownership
from gateway.directory.answers import Home, OwnerKind, Profile, RollEntry, RollPage, Share
from gateway.directory.places import names_of_entrances
from gateway.directory.policy import NAMES_FOR, PHONES_FOR, ROLL_FOR
from gateway.directory.store import homes, members, owners, parts, people, places, rolls, shares
from services.actor import Actor, Role
from services.errors import Forbidden, Invalid, NotFound
from services.ids import is_id

MOST_PROFILES = 100
MOST_ENTRIES = 200


def place_of(connection: Connection, community_id: str) -> Any:
    """The row of a community. Errors: NotFound."""
    row = find_place(connection, community_id)
    if row is None:
        raise NotFound("there is no such community", "没有此社区")
    return row


def find_place(connection: Connection, community_id: str) -> Any:
    """The row of a community, or None."""
    return connection.execute(sa.select(places).where(places.c.community_id == community_id)).one_or_none()


def profile(connection: Connection, member_id: str, actor: Actor) -> Profile:
    """One member's profile, for the member or for staff of any community that both belong to (籍-7)."""
    if not is_id(member_id):
        raise _nobody()
    person = connection.execute(sa.select(people).where(people.c.id == member_id)).one_or_none()
    if person is None:
        raise _nobody()
    query = (
        sa.select(members.c.community_id, members.c.in_district, places.c.district_id)
        .outerjoin(places, places.c.community_id == members.c.community_id)
        .where(members.c.id == member_id)
    )
    memberships = connection.execute(query).all()
    own = actor.member_id == member_id
    held: frozenset[Role] = frozenset()
    for row in memberships:
        district = row.community_id if row.in_district else row.district_id
        held |= actor.roles_in(row.community_id, district or "")
    if not own and not NAMES_FOR.allows(actor, held):
        raise _nobody()
    told = Profile(id=person.id, name=person.name, communities=tuple(sorted(row.community_id for row in memberships)))
    return _with_phone(told, person, None) if own or PHONES_FOR.allows(actor, held) else told


def profiles(connection: Connection, community_id: str, member_ids: Sequence[str], actor: Actor) -> tuple[Profile, ...]:
    """Some members of a community, for its staff."""
    if len(member_ids) > MOST_PROFILES:
        raise Invalid(f"ask for {MOST_PROFILES} members at most", f"一次最多查询 {MOST_PROFILES} 名成员")
    held = actor.roles_in(community_id, place_of(connection, community_id).district_id)
    if not NAMES_FOR.allows(actor, held):
        raise Forbidden(f"only {NAMES_FOR.en} may know names", f"只有{NAMES_FOR.zh}可以查看姓名", "籍-7")
    query = (
        sa.select(people, members.c.status, members.c.claim)
        .join(members, members.c.id == people.c.id)
        .where(members.c.community_id == community_id, people.c.id.in_([id_ for id_ in member_ids if is_id(id_)]))
        .order_by(people.c.id)
    )
    found = []
    for person in connection.execute(query).all():
        told = Profile(
            id=person.id, name=person.name, communities=(community_id,), status=person.status, claim=person.claim
        )
        if PHONES_FOR.allows(actor, held):
            claim = person.claim
            known = ownership.in_roll(connection, community_id, claim, person.name, person.phone) if claim else None
            told = _with_phone(told, person, known)
        found.append(told)
    return tuple(found)


def homes_of_entrance(connection: Connection, community_id: str, entrance_id: str) -> tuple[Home, ...]:
    """The homes of one entrance, in their order."""
    place_of(connection, community_id)
    if not is_id(entrance_id):
        raise NotFound("there is no such entrance", "没有此单元")
    which = (homes.c.community_id == community_id, homes.c.entrance_id == entrance_id)
    rows = connection.execute(sa.select(homes.c.id, homes.c.name).where(*which).order_by(homes.c.position)).all()
    if not rows:
        raise NotFound("there is no such entrance", "没有此单元")
    return tuple(Home(id=row.id, name=row.name) for row in rows)


def roll_page(connection: Connection, community_id: str, actor: Actor, after: str, limit: int) -> RollPage:
    """A page of the roll (册-6), ordered by the homes' ids."""
    place = place_of(connection, community_id)
    if not ROLL_FOR.allows(actor, actor.roles_in(community_id, place.district_id)):
        raise Forbidden(f"only {ROLL_FOR.en} may read the roll", f"只有{ROLL_FOR.zh}可以查看业主名册", "册-6")
    imported = connection.execute(sa.select(rolls).where(rolls.c.community_id == community_id)).one_or_none()
    if imported is None:
        raise NotFound("there is no roll yet", "尚无业主名册")
    most = min(max(limit, 1), MOST_ENTRIES)
    query = (
        sa.select(parts.c.home_id, parts.c.area, homes.c.name, homes.c.entrance_id)
        .join(homes, (homes.c.community_id == parts.c.community_id) & (homes.c.id == parts.c.home_id))
        .where(parts.c.community_id == community_id)
        .order_by(parts.c.home_id)
        .limit(most + 1)
    )
    if is_id(after):
        query = query.where(parts.c.home_id > after)
    rows = connection.execute(query).all()
    owned = _shares(connection, community_id, [row.home_id for row in rows[:most]])
    names = names_of_entrances(place.estates)
    entries = tuple(
        RollEntry(
            home_id=row.home_id,
            home=" ".join((*names[row.entrance_id], row.name)),
            area=row.area,
            owners=tuple(owned[row.home_id]),
        )
        for row in rows[:most]
    )
    following = entries[-1].home_id if len(rows) > most else None
    return RollPage(version=imported.version, imported_at=imported.updated_at, entries=entries, next=following)


def _shares(connection: Connection, community_id: str, home_ids: Sequence[str]) -> dict[str, list[Share]]:
    query = (
        sa.select(shares, owners.c.kind, owners.c.name, owners.c.phone, owners.c.member_id)
        .join(owners, (owners.c.community_id == shares.c.community_id) & (owners.c.id == shares.c.owner_id))
        .where(shares.c.community_id == community_id, shares.c.home_id.in_(home_ids))
        .order_by(shares.c.home_id, shares.c.owner_id)
    )
    found: dict[str, list[Share]] = {home_id: [] for home_id in home_ids}
    for row in connection.execute(query):
        found[row.home_id].append(
            Share(
                owner_id=row.owner_id,
                kind=OwnerKind(row.kind),
                name=row.name,
                phone=row.phone or None,
                numerator=row.numerator,
                denominator=row.denominator,
                member_id=row.member_id,
            )
        )
    return found


def _with_phone(told: Profile, person: Any, in_roll: bool | None) -> Profile:
    return Profile(
        id=told.id,
        name=told.name,
        phone=person.phone,
        login=person.login,
        communities=told.communities,
        status=told.status,
        claim=told.claim,
        in_roll=in_roll,
    )


def _nobody() -> NotFound:
    return NotFound("there is no such member", "没有该成员")

"""Homes and the roll in the store: who owns what, and which member an owner is known to be."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.contract import Tie
from gateway.directory.places import PlannedHome
from gateway.directory.roll import Roll, owner_id
from gateway.directory.store import homes, owners, parts, rolls, shares
from services.database import Store


def add_homes(connection: Connection, store: Store, rows: list[tuple[str, Sequence[PlannedHome]]]) -> None:
    """Keep the homes of some communities."""
    for community_id, planned in rows:
        values = [
            {
                "community_id": community_id,
                "id": home.id,
                "building_id": home.building_id,
                "entrance_id": home.entrance_id,
                "name": home.name,
                "position": home.position,
            }
            for home in planned
        ]
        if values:
            connection.execute(sa.insert(homes), values)


def home_ids(connection: Connection, community_id: str) -> frozenset[str]:
    """The ids of all homes of a community."""
    return frozenset(connection.execute(sa.select(homes.c.id).where(homes.c.community_id == community_id)).scalars())


def is_home(connection: Connection, community_id: str, home_id: str) -> bool:
    """Whether the community has this home."""
    query = sa.select(homes.c.id).where(homes.c.community_id == community_id, homes.c.id == home_id)
    return connection.execute(query).first() is not None


def owners_of(connection: Connection, community_id: str, home_id: str) -> Sequence[Any]:
    """The owners of a home as the roll names them, with the members that they are."""
    query = (
        sa.select(owners)
        .join(shares, (shares.c.community_id == owners.c.community_id) & (shares.c.owner_id == owners.c.id))
        .where(shares.c.community_id == community_id, shares.c.home_id == home_id)
        .order_by(owners.c.id)
    )
    return connection.execute(query).all()


def homes_of(connection: Connection, community_id: str, owner: str) -> list[str]:
    """The ids of the homes that an owner has a share of."""
    query = sa.select(shares.c.home_id).where(shares.c.community_id == community_id, shares.c.owner_id == owner)
    return list(connection.execute(query.order_by(shares.c.home_id)).scalars())


def link_owners(connection: Connection, store: Store, rows: list[tuple[str, str, str]]) -> None:
    """Say which member an owner is: community, owner, member."""
    for community_id, owner, member_id in rows:
        which = (owners.c.community_id == community_id, owners.c.id == owner)
        connection.execute(sa.update(owners).where(*which).values(member_id=member_id))


def unlink_members(connection: Connection, store: Store, rows: list[tuple[str, str]]) -> None:
    """Say that a member is no longer known to be an owner: community, member."""
    for community_id, member_id in rows:
        which = (owners.c.community_id == community_id, owners.c.member_id == member_id)
        connection.execute(sa.update(owners).where(*which).values(member_id=None))


def owning_members(connection: Connection, community_id: str) -> Mapping[str, tuple[str, str, frozenset[str]]]:
    """Of each owner who is known to be a member, by owner's id: the member, the name in the roll, the homes."""
    query = (
        sa.select(owners.c.id, owners.c.member_id, owners.c.name, shares.c.home_id)
        .join(shares, (shares.c.community_id == owners.c.community_id) & (shares.c.owner_id == owners.c.id))
        .where(owners.c.community_id == community_id, owners.c.member_id.is_not(None))
    )
    found: dict[str, tuple[str, str, frozenset[str]]] = {}
    for row in connection.execute(query):
        known = found.get(row.id, (row.member_id, row.name, frozenset()))
        found[row.id] = (row.member_id, row.name, known[2] | {row.home_id})
    return found


def roll_version(connection: Connection, community_id: str) -> int:
    """The version of the roll that counts, 0 where there is none."""
    query = sa.select(rolls.c.version).where(rolls.c.community_id == community_id)
    return connection.execute(query).scalar_one_or_none() or 0


def replace_rolls(connection: Connection, store: Store, rows: list[tuple[Roll, Mapping[str, str]]]) -> None:
    """Put whole rolls in the place of the old ones; who is known to be which owner (member by owner's id) is carried on."""
    for roll, known in rows:
        place = {"community_id": roll.community_id}
        for table in (shares, parts, owners):
            connection.execute(sa.delete(table).where(table.c.community_id == roll.community_id))
        ids = {code: owner_id(roll.community_id, code) for code in roll.owners}
        connection.execute(
            sa.insert(owners),
            [
                {
                    **place,
                    "id": ids[code],
                    "code": code,
                    "kind": owner.kind,
                    "name": owner.name,
                    "phone": owner.phone,
                    "member_id": known.get(ids[code]),
                }
                for code, owner in roll.owners.items()
            ],
        )
        connection.execute(
            sa.insert(parts), [{**place, "home_id": id_, "area": part.area} for id_, part in roll.parts.items()]
        )
        connection.execute(
            sa.insert(shares),
            [
                {**place, "home_id": id_, "owner_id": ids[code], "numerator": share[0], "denominator": share[1]}
                for id_, part in roll.parts.items()
                for code, share in part.shares.items()
            ],
        )


def in_roll(connection: Connection, community_id: str, claim: Tie, name: str, phone: str) -> bool:
    """Whether the roll names somebody of this name and phone as an owner of the home."""
    digits = _digits(phone)
    return any(
        same_name(row.name, name) and bool(digits) and _digits(row.phone) == digits
        for row in owners_of(connection, community_id, claim.home_id)
    )


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same to a reader: spaces and capitals do not count."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdigit())[-11:]

"""The owners' roll as the directory listed it, and for which homes of it a ballot was cast: what votes are counted by."""

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from gateway.directory.contract import RollHome, RollListed, RollState
from services.database import Store
from services.many import Rows, insert_all, one_of
from services.projects.store import ballot_homes, roll_homes, rolls
from services.projects.tally import Cast, Weight
from services.projects.votes import CastHome, WholeRoll


def keep_totals(connection: Connection, store: Store, told: list[RollState]) -> None:
    """Keep the totals of some versions of rolls; what is known stays as it is."""
    rows = [
        {
            "community_id": roll.community_id,
            "version": roll.version,
            "homes": roll.homes,
            "area": roll.area,
            "headcount": roll.headcount,
            "hash": roll.hash,
        }
        for roll in told
    ]
    _insert_new(connection, rolls, rows)


def keep_pages(connection: Connection, store: Store, pages: list[RollListed]) -> None:
    """Keep the homes on some pages of rolls; what is known stays as it is."""
    rows = [
        {
            "community_id": page.roll.community_id,
            "version": page.roll.version,
            "home_id": home.home_id,
            "area": home.area,
            "person_id": home.person_id,
        }
        for page in pages
        for home in page.homes
    ]
    _insert_new(connection, roll_homes, rows)


def whole_roll(connection: Connection, community_id: str) -> WholeRoll | None:
    """The newest version of the roll; None while its totals, or pages of it, have not been told yet."""
    newest = sa.select(rolls).where(rolls.c.community_id == community_id).order_by(rolls.c.version.desc()).limit(1)
    told = connection.execute(newest).one_or_none()
    if told is None:
        return None
    listed = sa.select(
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(roll_homes.c.area), 0),
        sa.func.count(roll_homes.c.person_id.distinct()),
    ).where(roll_homes.c.community_id == community_id, roll_homes.c.version == told.version)
    homes, area, headcount = connection.execute(listed).one()
    if (homes, area, headcount) != (told.homes, told.area, told.headcount):
        return None
    return WholeRoll(told.version, told.hash, Weight(told.area, told.headcount))


def homes_in_roll(connection: Connection, community_id: str, version: int, home_ids: Collection[str]) -> list[RollHome]:
    """Those homes that are in a version of the roll, in the order of their ids."""
    query = sa.select(roll_homes).where(
        roll_homes.c.community_id == community_id,
        roll_homes.c.version == version,
        one_of(connection, [roll_homes.c.home_id], [(id_,) for id_ in home_ids]),
    )
    found = connection.execute(query.order_by(roll_homes.c.home_id))
    return [RollHome(home_id=row.home_id, area=row.area, person_id=row.person_id) for row in found]


def voted_before(
    connection: Connection, community_id: str, vote_id: str, homes: Collection[RollHome]
) -> tuple[frozenset[str], frozenset[str]]:
    """For which of these homes a ballot was cast in a vote, and which of their persons took part in it."""
    ids, persons = [(home.home_id,) for home in homes], [(home.person_id,) for home in homes]
    this = (ballot_homes.c.community_id == community_id, ballot_homes.c.vote_id == vote_id)
    of_homes = sa.select(ballot_homes.c.home_id).where(*this, one_of(connection, [ballot_homes.c.home_id], ids))
    of_persons = sa.select(ballot_homes.c.person_id).where(
        *this, one_of(connection, [ballot_homes.c.person_id], persons)
    )
    return (
        frozenset(connection.execute(of_homes).scalars()),
        frozenset(connection.execute(of_persons.distinct()).scalars()),
    )


def keep_cast(connection: Connection, store: Store, cast: list[CastHome]) -> None:
    """Keep for which homes ballots were cast. Errors: IntegrityError where one was cast for the home before."""
    insert_all(connection, ballot_homes, [vars(each) for each in cast])


def cast_up_to(connection: Connection, community_id: str, vote_id: str, ballot: int) -> list[Cast]:
    """Every home for which one of the first so many ballots of a vote was cast; later ones belong to a later version of it."""
    query = sa.select(ballot_homes).where(
        ballot_homes.c.community_id == community_id,
        ballot_homes.c.vote_id == vote_id,
        ballot_homes.c.ballot <= ballot,
    )
    return [Cast(row.ballot, row.choice, row.area, row.person_id) for row in connection.execute(query)]


def _insert_new(connection: Connection, table: sa.Table, rows: Rows) -> None:
    """Insert those rows whose keys are not there yet, each once."""
    keys = list(table.primary_key)
    new = {tuple(row[column.name] for column in keys): row for row in rows}
    for known in connection.execute(sa.select(*keys).where(one_of(connection, keys, list(new)))).all():
        new.pop(tuple(known), None)
    if new:
        insert_all(connection, table, list(new.values()))

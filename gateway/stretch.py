"""The questions about a stretch of the feed, in SQL, for callers with one community, a few, or a whole district."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from gateway.reader import each_of, is_among
from gateway.store import feed, feed_head

LENGTH = 1000
FEW = 8

_AFTER = sa.bindparam("after", type_=sa.BigInteger)
_NUMBER = sa.bindparam("number", type_=sa.Integer)


def head() -> sa.Select[Any]:
    """The last position and the last one that was deleted."""
    return sa.select(feed_head.c.position, feed_head.c.purged)


def everything() -> sa.Select[Any]:
    """The next `number` events after a position."""
    return sa.select(feed).where(feed.c.position > _AFTER).order_by(feed.c.position).limit(_NUMBER)


def end_for_few(dialect: Dialect) -> sa.Select[Any]:
    """The first position at which one of the communities has had more than `skipped` events; NULL when none has."""
    communities = each_of("communities", dialect)
    there = (
        sa.select(feed.c.position)
        .where(feed.c.community_id == communities.c.value, feed.c.position > _AFTER)
        .order_by(feed.c.position)
        .limit(1)
        .offset(sa.bindparam("skipped", type_=sa.Integer))
        .correlate(communities)
        .scalar_subquery()
    )
    return sa.select(sa.func.min(there)).select_from(communities)


def for_one(dialect: Dialect) -> sa.Select[Any]:
    """The events of one community in a stretch that its caller may see."""
    return _visible(dialect).where(feed.c.community_id == sa.bindparam("community_id", type_=feed.c.community_id.type))


def for_some(dialect: Dialect) -> sa.Select[Any]:
    """The events of some communities in a stretch that their caller may see."""
    return _visible(dialect).where(is_among(feed.c.community_id, "communities", dialect))


def _visible(dialect: Dialect) -> sa.Select[Any]:
    where = feed.c.community_id
    allowed = sa.or_(
        feed.c.rank == sa.literal_column("0"),
        sa.and_(feed.c.rank == sa.literal_column("1"), is_among(where, "members", dialect)),
        sa.and_(feed.c.rank == sa.literal_column("2"), is_among(where, "staff", dialect)),
        feed.c.member_id == sa.bindparam("member_id", type_=feed.c.member_id.type),
    )
    stretch = (feed.c.position > _AFTER, feed.c.position <= sa.bindparam("last", type_=sa.BigInteger))
    wanted = is_among(feed.c.type, "types", dialect)
    return sa.select(feed).where(*stretch, wanted, allowed).order_by(feed.c.position).limit(_NUMBER)

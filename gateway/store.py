"""The gateway's tables: the newest version of every view as ready JSON for each audience, and the feed of all events.

A rendition that is NULL is not for that audience. `rank` says how narrow the audience of a row is; as the second column
of the indexes it lets a list be read in its order, without passing over a single row that the caller may not see.

Where things have many filters, each index of a list ends with all of them: whatever is combined is looked for within one
index, and no row is read that is not listed. A filter that many things have no value for is indexed only where there is one.
"""

from functools import cache
from typing import Annotated, Any, get_args, get_origin

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

import gateway.directory.contract as _directory
import services.experts.contract as _experts
import services.issues.contract as _issues
import services.points.contract as _points
import services.projects.contract as _projects
from gateway.notices.tables import notice_tables
from gateway.numbers.tables import fact_tables
from gateway.photos.tables import photo_tables
from gateway.search import index_words, word_columns
from gateway.similar.kept import index_near, near_columns
from services.database import Instant, Store, key
from services.declare import AUDIENCES, ONE_MEMBER, VIEWS, ViewSpec
from services.wire import hints_of
from services.work import kit_tables

CONTRACTS = (_directory, _issues, _projects, _experts, _points)  # whose views and events exist once they are imported

METADATA = kit_tables(sa.MetaData())

RANKS = {audience: rank for rank, audience in enumerate(AUDIENCES)}
OWN = "own"
RENDITIONS = {audience: OWN if audience == ONE_MEMBER else audience for audience in AUDIENCES}
LONGEST_FILTER = 80
FEW_FILTERS = 2


def _view_table(spec: ViewSpec) -> sa.Table:
    name = f"view_{spec.name}"
    table = sa.Table(
        name,
        METADATA,
        *key(),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("rank", sa.SmallInteger, nullable=False),
        sa.Column("member_id", sa.Uuid(as_uuid=False)),
        sa.Column("created_at", Instant, nullable=False),
        sa.Column("updated_at", Instant, nullable=False),
        *(sa.Column(each, sa.String(LONGEST_FILTER)) for each in spec.filters),
        *(near_columns() if spec.cls is _issues.IssueState else ()),
        *(word_columns() if spec.text else ()),
        *(sa.Column(rendition, sa.LargeBinary) for rendition in reversed(RENDITIONS.values())),
        postgresql_with={"toast_tuple_target": 8160},  # what fits into a page is stored as it is answered
    )
    newest = (table.c.created_at.desc(), table.c.id.desc(), *(table.c[each] for each in combined(spec)))
    place = (table.c.rank,) if is_of_the_district(spec) else (table.c.community_id, table.c.rank)
    sa.Index(f"{name}_newest", *place, *newest)
    for each in spec.filters:
        given = table.c[each].is_not(None) if is_sparse(spec, each) else None
        rest = [column for column in newest if column is not table.c[each]]
        sa.Index(f"{name}_{each}", *place, table.c[each], *rest, postgresql_where=given, sqlite_where=given)
    if spec.concerns:
        sa.Index(f"{name}_own", table.c.community_id, table.c.member_id, table.c.rank, *newest)
    if spec.text:
        index_words(table)
    if spec.cls is _issues.IssueState:
        index_near(table)
    return table


def is_of_the_district(spec: ViewSpec) -> bool:
    """Whether such things are listed across all communities, of which each has but one or a few."""
    return "district_id" in spec.filters


def combined(spec: ViewSpec) -> tuple[str, ...]:
    """The filters that the indexes of its lists end with: all where there are many, none where there are `FEW_FILTERS`."""
    return spec.filters if len(spec.filters) > FEW_FILTERS else ()


def is_sparse(spec: ViewSpec, name: str) -> bool:
    """Whether many things have no value for a filter; a truth that is False counts as none."""
    return name in combined(spec) and (is_truth(spec, name) or _may_be_none(spec, name))


def is_truth(spec: ViewSpec, name: str) -> bool:
    """Whether a filter is true or false."""
    return hints_of(spec.cls)[name] is bool


def _may_be_none(spec: ViewSpec, name: str) -> bool:
    hint = hints_of(spec.cls)[name]
    inner = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    return type(None) in get_args(inner)


VIEW_TABLES = {cls: _view_table(spec) for cls, spec in VIEWS.items()}

feed = sa.Table(
    "feed",
    METADATA,
    sa.Column("community_id", sa.String(64), primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(36), nullable=False),
    sa.Column("type", sa.String(120), nullable=False),
    sa.Column("source", sa.String(120), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("rank", sa.SmallInteger, nullable=False),
    sa.Column("member_id", sa.String(36)),
    sa.Column("actor", sa.String(64), nullable=False),
    sa.Column("causation_id", sa.String(64), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("data", sa.LargeBinary, nullable=False),
)
sa.Index("feed_position", feed.c.position, unique=True)

feed_head = sa.Table(
    "feed_head",
    METADATA,
    sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("purged", sa.BigInteger, nullable=False),
)

webhook_cursors = sa.Table(
    "webhook_cursors",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("next_at", Instant, nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False),
    sa.Column("error", sa.String(200), nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
)
sa.Index("webhook_cursors_next", webhook_cursors.c.disabled, webhook_cursors.c.next_at)

issue_facts = fact_tables(METADATA)

notices, notice_deliveries, notice_posts = notice_tables(METADATA)

photos = photo_tables(METADATA)

STORE = Store("gateway", METADATA, {})


@cache
def keep_newest(table: sa.Table, dialect: str) -> Any:
    """An INSERT of a view that replaces an older version and leaves a newer one alone."""
    insert = pg_insert(table) if dialect == "postgresql" else sqlite_insert(table)
    return insert.on_conflict_do_update(
        index_elements=["community_id", "id"],
        set_={column.name: insert.excluded[column.name] for column in table.columns if not column.primary_key},
        where=insert.excluded.version > table.c.version,
    )

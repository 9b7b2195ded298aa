"""A gateway's database with what events told it, and the web process's way to it, for the tests of views and feed."""

import asyncio
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

from gateway.directory.contract import CommunityOnboarded, CommunityState
from gateway.districts import Districts
from gateway.feed import Feed
from gateway.sight import Sight, sight_of
from gateway.store import METADATA, STORE
from gateway.told import Told, write_told
from gateway.views import Views
from services.actor import Actor
from services.database import open_engine
from services.declare import event_spec
from services.envelope import Envelope
from services.ids import derived_id
from services.issues.contract import IssueReported, IssueState
from services.wire import to_data
from tests.shared.samples import COMMUNITY, DISTRICT, NOON, REPORTER, issue_state

T = TypeVar("T")

STRANGER = Sight()


@dataclass
class World:
    """The edge's side (`engine`) and the web process's side (`views`, `feed`) of one database."""

    engine: Engine
    views: Views
    feed: Feed
    districts: Districts
    runner: asyncio.Runner

    def tell(self, *events: Any) -> None:
        """Keep what some events tell, in one transaction."""
        with self.engine.begin() as connection:
            write_told(connection, STORE, [told(event) for event in events])

    def report(self, *issues: IssueState) -> None:
        """Keep some issues, in one transaction."""
        self.tell(*(IssueReported(issue=issue) for issue in issues))

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run something in the web process's loop."""
        return self.runner.run(coroutine)


@contextmanager
def world_on(url: URL) -> Iterator[World]:
    """A gateway's database on a server or in a file: its tables are made where there are none, and emptied."""
    engine = open_engine(url)
    METADATA.create_all(engine)
    with engine.begin() as connection:
        for table in reversed(METADATA.sorted_tables):
            connection.execute(sa.delete(table))
    engine.dispose()
    with world_as_it_is(url) as world:
        yield world


@contextmanager
def world_as_it_is(url: URL) -> Iterator[World]:
    """A gateway's database as it is."""
    engine = open_engine(url)
    views = Views.open(url)
    with asyncio.Runner() as runner:
        yield World(engine, views, Feed(views.reader), Districts(views.reader), runner)
        runner.run(views.close())
    engine.dispose()


def told(event: Any, event_id: str = "") -> Told:
    """An event as the edge is told of it."""
    spec = event_spec(type(event))
    state = getattr(event, spec.subject)
    envelope = Envelope(
        id=event_id or derived_id("event", state.id, str(state.version), spec.name),
        type=spec.name,
        source=f"/sansan/{spec.service}",
        subject=state.id,
        time=state.updated_at,
        community_id=state.community_id,
        audience=state.audience,
        actor=REPORTER,
        sequence=state.version,
        causation_id=derived_id("command", state.id),
    )
    return Told(envelope, spec.cls, to_data(event))


def numbered(number: int, **changed: Any) -> IssueState:
    """One of many issues: the greater its number, the newer it is."""
    at = NOON + timedelta(seconds=number)
    return issue_state(**{"id": derived_id("issue", str(number)), "created_at": at, "updated_at": at, **changed})


def community(community_id: str = COMMUNITY, district_id: str = DISTRICT) -> CommunityOnboarded:
    """A community that joined."""
    return CommunityOnboarded(
        community=CommunityState(
            community_id=community_id,
            id=derived_id("community", community_id),
            version=1,
            district_id=district_id,
            name="操场社区",
            created_at=NOON,
            updated_at=NOON,
        )
    )


def sight(actor: Actor, community_id: str = COMMUNITY) -> Sight:
    """What an actor without a role in a district sees."""
    return sight_of(actor, community_id)

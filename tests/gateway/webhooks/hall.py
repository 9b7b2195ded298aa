"""A gateway's and a directory's tables in one database, API clients with webhooks there, and a delivery on a set clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine

from gateway.directory.contract import WebhookSet
from gateway.directory.hooks import Hook, hooks
from gateway.directory.model import ApiClient, Webhook, webhook_id
from gateway.directory.store import METADATA as DIRECTORY
from gateway.directory.store import webhooks
from gateway.store import METADATA, STORE, VIEW_TABLES, feed, feed_head, webhook_cursors
from gateway.told import Told, write_told
from gateway.webhooks.cursors import Cursor
from gateway.webhooks.delivery import Delivery
from gateway.webhooks.guard import Guard
from services.database import open_engine, reading
from services.ids import derived_id
from services.issues.contract import IssueReported, IssueState
from tests.gateway.world import numbered, told
from tests.shared.desks import SetClock
from tests.shared.samples import COMMUNITY

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@dataclass
class Hall:
    """`delivery` is one process's; `another` makes one more."""

    engine: Engine
    clock: SetClock = field(default_factory=SetClock)

    def __post_init__(self) -> None:
        self.delivery = self.another()

    def another(self) -> Delivery:
        """What another process would serve webhooks with."""
        return Delivery(self.engine, self.engine, Guard(["127.0.0.0/8"]), self.clock)

    def subscribe(self, name: str, url: str, *types: str, community_id: str = COMMUNITY, tell: bool = True) -> str:
        """An API client of this name has a webhook from now on, and the feed says so; the webhook's id."""
        client = ApiClient(community_id, derived_id("client", name), 1, name, "", False, self.clock.now, self.clock.now)
        hook = Webhook.begin(client, self.clock.now)
        with self.engine.begin() as connection:
            row = connection.execute(sa.select(webhooks).where(webhooks.c.id == hook.id)).mappings().one_or_none()
            hook = Webhook(**row) if row else hook
            event = hook.set(url, types or ("*",), SECRET, self.clock.now)
            connection.execute(sa.delete(webhooks).where(webhooks.c.id == hook.id))
            connection.execute(sa.insert(webhooks).values(**vars(hook)))
        if tell:
            self.tell(event)
        return hook.id

    def tell(self, *events: Any) -> None:
        """The edge hears some events."""
        self._keep(told(event) for event in events)
        if any(isinstance(event, WebhookSet) for event in events):
            self.delivery.follow()

    def report(self, *numbers: int, **changed: Any) -> list[str]:
        """Some issues are reported; their ids."""
        issues = [numbered(number, **changed) for number in numbers]
        self.tell(*(IssueReported(issue=issue) for issue in issues))
        return [issue.id for issue in issues]

    def tell_of(self, *issues: IssueState, causes: str) -> None:
        """The same with another event id each."""
        self._keep(told(IssueReported(issue=issue), derived_id(causes, issue.id)) for issue in issues)

    def _keep(self, events: Any) -> None:
        rows: list[Told] = list(events)
        with self.engine.begin() as connection:
            write_told(connection, STORE, rows)

    def remove(self, id_: str) -> None:
        """A webhook is removed."""
        with self.engine.begin() as connection:
            connection.execute(sa.update(webhooks).where(webhooks.c.id == id_).values(removed=True))

    def serve(self) -> None:
        """Take turns until nobody is due."""
        while self.delivery.turn() == 0.0:
            pass

    def cursor(self, id_: str) -> Cursor:
        """Where a webhook stands."""
        with reading(self.engine) as connection:
            query = sa.select(webhook_cursors).where(webhook_cursors.c.id == id_)
            return Cursor(**connection.execute(query).mappings().one())

    def cursors(self) -> set[str]:
        """Which webhooks have one."""
        with reading(self.engine) as connection:
            return set(connection.execute(sa.select(webhook_cursors.c.id)).scalars())

    def hook(self, id_: str, **changed: Any) -> Hook:
        """A webhook as it holds now."""
        with reading(self.engine) as connection:
            return replace(next(each for each in hooks(connection) if each.id == id_), **changed)


def hook_id(name: str) -> str:
    """The id of a client's webhook."""
    return webhook_id(derived_id("client", name))


def build(url: URL) -> URL:
    """Make the tables; the same URL."""
    engine = open_engine(url)
    for metadata in (METADATA, DIRECTORY):
        metadata.create_all(engine)
    engine.dispose()
    return url


@contextmanager
def hall_in(url: URL) -> Iterator[Hall]:
    """A hall in a database that has its tables, emptied."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for table in (feed, feed_head, webhooks, webhook_cursors, VIEW_TABLES[IssueState]):
            connection.execute(sa.delete(table))
    yield Hall(engine)
    engine.dispose()

"""What the databases hold after all: every issue with its turns, every journal row, every event of the feed, every credit."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from deploy import parts
from deploy.audit import audit_all
from services.database import Store, open_engine, reading
from services.declare import EVENTS
from services.settings import Settings
from services.wire import from_json, to_data
from tests.faults.checker import Element

JOURNALS = ("issues", "points", "directory")
HEARERS = ("issues", "points", "edge")  # the processes of these stories' towns
VERBS = {"reported": "report", "accepted": "accept", "resolved": "resolve", "confirmed": "confirm"}


@dataclass(frozen=True)
class Evidence:
    """The databases of a system, read from outside while it runs or after it ended."""

    settings: Settings
    community: str

    def issues(self) -> dict[str, list[Element]]:
        """Issue → the commands that made it what it is."""
        with self._open("issues") as (connection, store):
            table = store.metadata.tables["issues"]
            rows = connection.execute(sa.select(table).where(table.c.community_id == self.community)).mappings()
            return {row["id"]: elements_of({**row, "history": to_data(row["history"])}) for row in rows}

    def told(self) -> list[Element]:
        """What the journal of the issues tells, event by event."""
        with self._open("issues") as (connection, store):
            journal = store.table("journal")
            rows = connection.execute(sa.select(journal.c.type, journal.c.subject, journal.c.data)).all()
        return [
            told_of(row.type, row.subject, from_json(row.data)) for row in rows if row.type.startswith("issues.issue.")
        ]

    def credited(self) -> list[Element]:
        """The confirmations that points were given for."""
        with self._open("points") as (connection, store):
            transfers = store.metadata.tables["transfers"]
            causes = connection.execute(
                sa.select(transfers.c.cause).where(
                    transfers.c.community_id == self.community, transfers.c.kind == "confirmed_report"
                )
            )
            return [("confirm", cause) for cause in causes.scalars()]

    def ledger_faults(self) -> Iterator[str]:
        """Points that came from nowhere: entries of a transfer that do not sum to zero, balances that are not their sum."""
        with self._open("points") as (connection, store):
            entries, accounts = (store.metadata.tables[name] for name in ("entries", "accounts"))
            sums = sa.select(entries.c.transfer_id, sa.func.sum(entries.c.amount), sa.func.count())
            for transfer, amount, number in connection.execute(sums.group_by(entries.c.transfer_id)):
                if amount != 0 or number not in (1, 2):  # a hold is one entry that moves nothing
                    yield f"transfer {transfer} has {number} entries that sum to {amount}"
            held = sa.select(sa.func.coalesce(sa.func.sum(entries.c.amount), 0)).where(
                entries.c.account_id == accounts.c.id
            )
            for id_, balance, total in connection.execute(
                sa.select(accounts.c.id, accounts.c.balance, held.scalar_subquery())
            ):
                if balance != total:
                    yield f"account {id_} has {balance} and entries of {total}"

    def feed_faults(self, foreign: Iterable[str] = ()) -> Iterator[str]:
        """Events that a journal tells, or `foreign` names, and the feed does not hold exactly once; and events of nobody."""
        told = Counter(foreign)
        for service in JOURNALS:
            with self._open(service) as (connection, store):
                told.update(connection.execute(sa.select(store.table("journal").c.id)).scalars())
        with self._open("gateway") as (connection, store):
            held = Counter(connection.execute(sa.select(store.metadata.tables["feed"].c.id)).scalars())
        yield from (f"event {id_} is in the feed {held[id_]} times" for id_ in told | held if held[id_] != 1)
        yield from (f"event {id_} of the feed is in no journal" for id_ in held if not told[id_])

    def journals(self) -> tuple[int, int]:
        """How many journal rows there are in all, and how many of them wait to be published."""
        rows = waiting = 0
        for service in JOURNALS:
            with self._open(service) as (connection, store):
                journal = store.table("journal")
                found = connection.execute(sa.select(sa.func.count(), sa.func.count(journal.c.sent_at))).one()
                rows, waiting = rows + found[0], waiting + found[0] - found[1]
        return rows, waiting

    def unheard(self) -> dict[str, int]:
        """Queue → how many events of the journals its consumer has not handled yet; only where there are some.

        The inboxes know; the broker's own figures for a quorum queue may be some seconds old.
        """
        found = {}
        for name, path in ((name, parts.SERVICES[name]) for name in HEARERS):
            for source, keys in parts.named(path).subscriptions.sources.items():
                queue = f"{name}.on.{source}"
                if number := len(self._told_to(source, keys) - self._handled(parts.named(path).office.store, queue)):
                    found[queue] = number
        return found

    def _told_to(self, source: str, keys: Iterable[str]) -> set[str]:
        with self._open(source) as (connection, store):
            journal = store.table("journal")
            rows = connection.execute(sa.select(journal.c.id, journal.c.type)).all()
        return {row.id for row in rows if {"#", f"*.{EVENTS[row.type].key}"} & set(keys)}

    def _handled(self, store: Store, queue: str) -> set[str]:
        with self._open(store.service) as (connection, _):
            inbox = store.table("inbox")
            return set(connection.execute(sa.select(inbox.c.id).where(inbox.c.consumer == queue)).scalars())

    def chain_faults(self) -> Iterator[str]:
        """What is wrong with the hash chains of the journals."""
        for service, audit in audit_all(self.settings):
            if audit.fault:
                yield f"the chain of {service} in {audit.community_id}: {audit.fault}"

    def is_known(self, service: str) -> bool:
        """Whether a service has heard of the community."""
        with self._open(service) as (connection, store):
            known = store.table("communities")
            return bool(connection.execute(sa.select(known).where(known.c.community_id == self.community)).first())

    def relay_holder(self, service: str) -> str:
        """Who holds the lease of a service's relay; nobody: an empty text."""
        with self._open(service) as (connection, store):
            return connection.execute(sa.select(store.table("lease").c.holder)).scalar() or ""

    @contextmanager
    def _open(self, service: str) -> Iterator[tuple[Connection, Store]]:
        engine = open_engine(self.settings.database(service), pool_size=1)
        try:
            with reading(engine) as connection:
                yield connection, parts.store_of(service)
        finally:
            engine.dispose()


def elements_of(state: Mapping[str, Any]) -> list[Element]:
    """The commands that made an issue what it is: its report by the key in its text, the others by the issue."""
    key = state["text"].rpartition(" ")[2]
    return [("report", key) if turn["move"] == "report" else (turn["move"], state["id"]) for turn in state["history"]]


def told_of(type_: str, subject: str, data: Any) -> Element:
    """The command that an event of the issues tells of."""
    move = VERBS[type_.split(".")[2]]
    return (move, data["issue"]["text"].rpartition(" ")[2] if move == "report" else subject)


def all_of(issues: Mapping[str, Iterable[Element]]) -> list[Element]:
    """The commands of all issues together."""
    return [element for elements in issues.values() for element in elements]

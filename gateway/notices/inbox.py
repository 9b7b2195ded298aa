"""Everybody's own inbox over HTTP: read it, count what is unread, mark what was read."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from gateway.call import Answer, Call
from gateway.directory.contract import ChannelKind, NoticeKind
from gateway.handlers import PRIVATE, Handlers, merged, no_query
from gateway.notices import questions
from gateway.notices.answers import (
    Notice,
    NoticeDelivery,
    Notices,
    NoticesQuestion,
    ReadNotices,
    UnreadNotices,
    check_one_way,
)
from gateway.notices.tables import DeliveryState
from gateway.paging import read_query
from gateway.reader import Prepared, Reader, instant
from services.clock import utc_now
from services.errors import NotFound
from services.schemas import load
from services.wire import to_json

_END = str(UUID(int=2**128 - 1))

Owner = Mapping[str, str]


class Inbox:
    """The handlers of the endpoints below …/notices."""

    def __init__(self, handlers: Handlers, reader: Reader, body_limit_bytes: int) -> None:
        self._handlers = handlers
        self._reader = reader
        self._body_limit_bytes = body_limit_bytes
        dialect = reader.dialect
        self._pages = {unread: Prepared(questions.page(unread), dialect) for unread in (False, True)}
        self._sent = Prepared(questions.sent(dialect), dialect)
        self._unread = Prepared(questions.unread(), dialect)
        self._owned = Prepared(questions.owned(dialect), dialect)
        self._read_some = Prepared(questions.read_some(dialect), dialect)
        self._read_up_to = Prepared(questions.read_up_to(), dialect)

    async def notices(self, call: Call) -> Answer:
        """A page of one's own notices, each with how far it has got on every channel."""
        owner = await self._owner(call)
        asked = read_query(NoticesQuestion, call.query)
        values = {**owner, "before": asked.cursor or _END, "number": asked.limit + 1}
        rows = await self._reader.fetch(self._pages[asked.unread], values)
        shown = rows[: asked.limit]
        sent = await self._deliveries(owner, [str(row[0]) for row in shown])
        items = tuple(_notice(row, sent[_text(row[0])]) for row in shown)
        following = items[-1].id if len(rows) > asked.limit else None
        return Answer(200, to_json(Notices(items=items, next=following)), PRIVATE)

    async def unread_notices(self, call: Call) -> Answer:
        """How many are unread."""
        owner = await self._owner(call)
        no_query(call)
        return await self._counted(owner)

    async def read_notices(self, call: Call) -> Answer:
        """Mark some as read; if one of them is not the caller's, none is."""
        owner = await self._owner(call)
        no_query(call)
        asked = load(ReadNotices, merged(await call.json(self._body_limit_bytes), call.path))
        check_one_way(asked)
        ids = [asked.up_to] if asked.up_to else sorted(set(asked.ids))
        if len(await self._reader.fetch(self._owned, {**owner, "ids": ids})) < len(ids):
            raise NotFound("you have no such notice", "您没有此通知")
        values = {**owner, "now": utc_now()}
        if asked.up_to:
            await self._reader.write([(self._read_up_to, [{**values, "up_to": asked.up_to}])])
        else:
            await self._reader.write([(self._read_some, [{**values, "ids": ids}])])
        return await self._counted(owner)

    async def _owner(self, call: Call) -> Owner:
        """Whose inbox in which community. Errors: Forbidden for who has no role there."""
        actor = self._handlers.admit(call)
        await self._handlers.member_here(call)
        return {"community_id": call.path["community_id"], "member_id": actor.member_id}

    async def _counted(self, owner: Owner) -> Answer:
        rows = await self._reader.fetch(self._unread, owner)
        return Answer(200, to_json(UnreadNotices(unread=rows[0][0])), PRIVATE)

    async def _deliveries(self, owner: Owner, ids: Sequence[str]) -> dict[str, list[NoticeDelivery]]:
        found: dict[str, list[NoticeDelivery]] = defaultdict(list)
        if ids:
            wanted = {"community_id": owner["community_id"], "ids": [_text(id_) for id_ in ids]}
            for notice_id, *row in await self._reader.fetch(self._sent, wanted):
                found[_text(notice_id)].append(_delivery(row))
        return found


def _notice(row: Sequence[Any], sent: Sequence[NoticeDelivery]) -> Notice:
    told = dict(zip(questions.COLUMNS, row, strict=True))
    return Notice(
        **{
            **told,
            "id": _text(told["id"]),
            "issue_id": told["issue_id"] and _text(told["issue_id"]),
            "kind": NoticeKind(told["kind"]),
            "urgent": bool(told["urgent"]),
            "at": instant(told["at"]),
            "read_at": told["read_at"] and instant(told["read_at"]),
            "deliveries": tuple(sent),
        }
    )


def _delivery(row: Sequence[Any]) -> NoticeDelivery:
    number, kind, state, attempts, error, next_at, sent_at = row
    return NoticeDelivery(
        number=number,
        kind=ChannelKind(kind),
        state=DeliveryState(state),
        attempts=attempts,
        error=error,
        next_at=next_at and instant(next_at),
        sent_at=sent_at and instant(sent_at),
    )


def _text(id_: Any) -> str:
    """An id as the contracts write it, however the database tells it."""
    return str(id_ if isinstance(id_, UUID) else UUID(id_))

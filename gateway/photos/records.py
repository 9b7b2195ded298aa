"""What the web process knows of each photo, read and written by its own way to the database."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import Dialect

from gateway.reader import Batch, Prepared, Reader, Row, each_of, instant
from gateway.store import photos

_COLUMNS = tuple(column.name for column in photos.columns)
_IDS = {"id", "uploader_id", "request_id"}


@dataclass(frozen=True)
class Record:
    """One row of the table of photos."""

    community_id: str
    id: str
    uploader_id: str
    request_id: str
    kind: str
    media: str
    sha256: str
    thumbnail_sha256: str | None
    width: int
    height: int
    bytes: int
    created_at: datetime


class Records:
    """The table of photos. Errors of each method: Unavailable."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._get = Prepared(_by("id"), reader.dialect)
        self._of_request = Prepared(_by("request_id"), reader.dialect)
        self._owned = Prepared(_owned(reader.dialect), reader.dialect)
        self._since = Prepared(_bytes_since(), reader.dialect)
        self._keep = Prepared(_keep(reader.dialect.name), reader.dialect)
        self._durably = Prepared(sa.select(sa.func.set_config("synchronous_commit", "on", True)), reader.dialect)

    async def get(self, community_id: str, id_: str) -> Record | None:
        """One photo."""
        return await self._one(self._get, {"community_id": community_id, "id_": id_})

    async def of_request(self, community_id: str, request_id: str) -> Record | None:
        """The photo that came with a request."""
        return await self._one(self._of_request, {"community_id": community_id, "id_": request_id})

    async def owned(self, community_id: str, ids: Iterable[str], uploader_id: str) -> set[str]:
        """Those of some photos that are there and that somebody uploaded."""
        given = [each.replace("-", "") for each in ids] if self._reader.dialect.name == "sqlite" else list(ids)
        values = {"community_id": community_id, "ids": given, "uploader_id": uploader_id}
        return {_id(row[0]) for row in await self._reader.fetch(self._owned, values)}

    async def bytes_since(self, community_id: str, uploader_id: str, since: datetime) -> int:
        """How much somebody uploaded since then."""
        values = {"community_id": community_id, "uploader_id": uploader_id, "since": since}
        return int((await self._reader.fetch(self._since, values))[0][0])

    async def keep(self, record: Record) -> Record:
        """Keep a photo, unless it is there already; what is there at last. No event tells of it, so the disk is waited for."""
        durably: list[Batch] = [(self._durably, [{}])] if self._reader.dialect.name == "postgresql" else []
        await self._reader.write([*durably, (self._keep, [asdict(record)])])
        return await self.get(record.community_id, record.id) or record

    async def _one(self, prepared: Prepared, values: Mapping[str, Any]) -> Record | None:
        rows = await self._reader.fetch(prepared, values)
        return _record(rows[0]) if rows else None


def _record(row: Row) -> Record:
    told = dict(zip(_COLUMNS, row, strict=True))
    return Record(**{**told, **{name: _id(told[name]) for name in _IDS}, "created_at": instant(told["created_at"])})


def _id(told: Any) -> str:
    """An id as either database tells it."""
    return str(UUID(str(told)))


def _bound(name: str, column: str) -> sa.BindParameter[Any]:
    return sa.bindparam(name, type_=photos.c[column].type)


def _here() -> sa.ColumnElement[bool]:
    return photos.c.community_id == _bound("community_id", "community_id")


def _by(column: str) -> sa.Select[Any]:
    return sa.select(*photos.columns).where(_here(), photos.c[column] == _bound("id_", column)).limit(1)


def _owned(dialect: Dialect) -> sa.Select[Any]:
    if dialect.name == "postgresql":
        among = photos.c.id == sa.any_(sa.bindparam("ids", type_=ARRAY(sa.Uuid(as_uuid=False))))
    else:
        among = photos.c.id.in_(sa.select(each_of("ids", dialect).c.value))
    return sa.select(photos.c.id).where(_here(), among, photos.c.uploader_id == _bound("uploader_id", "uploader_id"))


def _bytes_since() -> sa.Select[Any]:
    return sa.select(sa.func.coalesce(sa.func.sum(photos.c.bytes), 0)).where(
        _here(),
        photos.c.uploader_id == _bound("uploader_id", "uploader_id"),
        photos.c.created_at >= _bound("since", "created_at"),
    )


def _keep(dialect: str) -> Any:
    insert = pg_insert(photos) if dialect == "postgresql" else sqlite_insert(photos)
    return insert.on_conflict_do_nothing()

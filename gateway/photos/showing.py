"""A photo is shown to its uploader, and as part of an issue to whoever sees the issue, with its covered parts painted over.

What parts are covered may change, so an issue's photo is asked for again each time; its tag names exactly what is shown.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

from gateway.call import Answer, Call
from gateway.districts import Districts
from gateway.handlers import PRIVATE, Handlers, known_place
from gateway.paging import read_query
from gateway.photos import pictures
from gateway.photos.contract import IssuePhotoQuestion, OwnPhotoQuestion, Size
from gateway.photos.kinds import GIVEN, JPEG
from gateway.photos.records import Record, Records
from gateway.photos.room import Threads
from gateway.photos.shelf import Shelf
from gateway.problems import Header, Problem
from gateway.views import Views
from services.actor import Actor
from services.errors import Forbidden, NotFound, Unavailable
from services.ids import is_id
from services.issues.contract import ADMINS, Area, IssueState, MediaKind
from services.wire import from_json, read

PIECE_BYTES = 262_144
KEEP_SECONDS = 3600
FOR_GOOD: tuple[Header, ...] = (
    (b"cache-control", b"private, max-age=%d, immutable" % KEEP_SECONDS),
    (b"vary", b"authorization"),
)
_ENDINGS = {JPEG: "jpg", "video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm"}
_RANGE = re.compile(rb"bytes=(\d{0,15})-(\d{0,15})")
_PAINT = f"{pictures.BLOCK} {pictures.COVER}"

Areas = tuple[Area, ...]


class Showing:
    """The handlers of the endpoints that photos are read from."""

    def __init__(
        self,
        handlers: Handlers,
        districts: Districts,
        views: Views,
        records: Records,
        shelf: Shelf,
        drawing: Threads,
        files: Threads,
    ) -> None:
        self._handlers = handlers
        self._districts = districts
        self._views = views
        self._records = records
        self._shelf = shelf
        self._drawing = drawing
        self._files = files
        self._painting: dict[tuple[str, ...], asyncio.Task[None]] = {}

    async def own_photo(self, call: Call) -> Answer:
        """What one uploaded oneself."""
        actor = self._admit(call)
        asked = read_query(OwnPhotoQuestion, call.query)
        await self._handlers.member_here(call)
        record = await self._record(call)
        if record.uploader_id != actor.member_id:
            raise _nothing()
        return await self._shown(call, record, asked.size, (), FOR_GOOD)

    async def issue_photo(self, call: Call) -> Answer:
        """A photo that an issue has, for whoever sees the issue."""
        actor = self._admit(call)
        asked = read_query(IssuePhotoQuestion, call.query)
        areas = await self._areas(call)
        if asked.original:
            if not await self._districts.holds(actor, known_place(call), ADMINS.roles):
                raise Forbidden("only an admin sees what is covered", "仅管理员可查看原图")
            areas = ()
        return await self._shown(call, await self._record(call), asked.size, areas, PRIVATE)

    def _admit(self, call: Call) -> Actor:
        """Who calls, and takes at least one of the types that there are."""
        wanted = (media.encode() for media in GIVEN if call.accepts(media.encode()))
        return self._handlers.admit(call, media=next(wanted, GIVEN[0].encode()))

    async def _areas(self, call: Call) -> Areas:
        """The covered parts of a photo of an issue. Errors: NotFound where the caller sees no such issue with such a photo."""
        sight = await self._handlers.member_here(call)
        found = await self._views.get(IssueState, known_place(call), call.path["issue_id"], sight)
        listed = from_json(found[0]).get("photos", ()) if found else ()
        entry: Any = next((each for each in listed if each["id"] == call.path["photo_id"]), None)
        if entry is None:
            raise _nothing()
        return tuple(read(Area, area) for area in entry["covered"])

    async def _record(self, call: Call) -> Record:
        id_ = call.path["photo_id"]
        record = await self._records.get(known_place(call), id_) if is_id(id_) else None
        if record is None:
            raise _nothing()
        return record

    async def _shown(self, call: Call, record: Record, size: Size, areas: Areas, kept: tuple[Header, ...]) -> Answer:
        """The answer: the file, a part of it, or that the caller has it already. Errors: Problem 406; NotFound."""
        if not call.accepts(record.media.encode()):
            raise Problem("not_acceptable")
        if record.kind == MediaKind.VIDEO and areas:
            raise Forbidden("a part of this video is covered, so it is not shown", "该视频含遮挡内容,不予展示")
        name = _name(record, size, areas)
        tag = b'"%b"' % name.encode()
        headers: tuple[Header, ...] = ((b"etag", tag), *kept)
        if call.has(tag):
            return Answer(304, headers=headers)
        ending = _ENDINGS[record.media]
        headers += (
            (b"content-disposition", f'inline; filename="{record.id}.{ending}"'.encode()),
            (b"content-security-policy", b"sandbox; default-src 'none'"),
        )
        if record.kind == MediaKind.VIDEO:
            return self._film(call, record, tag, headers)
        return Answer(200, await self._picture(record, name, size, areas), headers, JPEG.encode())

    async def _picture(self, record: Record, name: str, size: Size, areas: Areas) -> bytes:
        found = await self._files.do(self._shelf.get, record.community_id, name)
        if found is None and areas:
            await self._painted(record, areas)
            found = await self._files.do(self._shelf.get, record.community_id, name)
        if found is None:
            raise _lost()
        return found

    async def _painted(self, record: Record, areas: Areas) -> None:
        """Paint the parts over, once, however many ask at the same time."""
        key = (record.community_id, _name(record, Size.FULL, areas))
        task = self._painting.get(key)
        if task is None:
            task = self._painting[key] = asyncio.create_task(self._paint(record, areas))
            task.add_done_callback(lambda _: self._painting.pop(key))
        await asyncio.shield(task)

    async def _paint(self, record: Record, areas: Areas) -> None:
        here, put = record.community_id, self._shelf.put
        full = await self._files.do(self._shelf.get, here, record.sha256)
        if full is None:
            raise _lost()
        picture = await self._drawing.do(pictures.covered, full, areas)
        await self._files.do(put, here, _name(record, Size.THUMBNAIL, areas), picture.thumbnail)
        await self._files.do(put, here, _name(record, Size.FULL, areas), picture.full)

    def _film(self, call: Call, record: Record, tag: bytes, headers: tuple[Header, ...]) -> Answer:
        """A video piece by piece, the whole or the range that is asked for (RFC 9110, section 14)."""
        part = _range(call, tag, record.bytes)
        start, end = part or (0, record.bytes)
        headers += ((b"accept-ranges", b"bytes"), (b"content-length", str(end - start).encode()))
        if part:
            headers += ((b"content-range", f"bytes {start}-{end - 1}/{record.bytes}".encode()),)
        pieces = self._pieces(record, start, start if call.method == "HEAD" else end)
        return Answer(206 if part else 200, headers=headers, media=record.media.encode(), stream=pieces)

    async def _pieces(self, record: Record, start: int, end: int) -> AsyncIterator[bytes]:
        for at in range(start, end, PIECE_BYTES):
            until = min(at + PIECE_BYTES, end)
            piece = await self._files.do(self._shelf.get, record.community_id, record.sha256, at, until)
            if not piece:
                raise _lost()
            yield piece


def _name(record: Record, size: Size, areas: Areas) -> str:
    """The name of a file on the shelf: a hash of its content, or of all that its content follows from."""
    if areas:
        parts = (f"{area.left} {area.top} {area.right} {area.bottom}" for area in sorted(areas, key=repr))
        return sha256("|".join((record.sha256, size, _PAINT, *parts)).encode()).hexdigest()
    if size == Size.FULL:
        return record.sha256
    if record.thumbnail_sha256 is None:
        raise NotFound("a video has no thumbnail", "视频没有缩略图")
    return record.thumbnail_sha256


def _range(call: Call, tag: bytes, size: int) -> tuple[int, int] | None:
    """From where to before where a part is asked for; None where the whole is to be sent."""
    found = _RANGE.fullmatch(call.headers.get(b"range", b""))
    if found is None or call.headers.get(b"if-range", tag) != tag:
        return None
    first, last = found[1], found[2]
    start = int(first) if first else max(size - int(last or 0), 0)
    end = min(int(last) + 1, size) if first and last else size
    return (start, end) if start < end else None


def _nothing() -> NotFound:
    return NotFound("there is no such photo here", "没有此照片")


def _lost() -> Unavailable:
    return Unavailable("the file of this photo cannot be found", "暂时找不到该照片文件")

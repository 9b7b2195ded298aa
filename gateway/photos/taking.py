"""A photo or short video comes in: read within limits, recognised, made anew, put on the shelf, and only then written down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from gateway.call import Answer, Call
from gateway.handlers import PRIVATE, Handlers, no_query
from gateway.photos import boxes, elements
from gateway.photos.contract import PhotoFile
from gateway.photos.film import MOST_SECONDS
from gateway.photos.kinds import JPEG, WEBM, checked, declared_kind
from gateway.photos.pictures import drawn_anew
from gateway.photos.records import Record, Records
from gateway.photos.room import Room, Threads
from gateway.photos.shelf import Shelf
from gateway.problems import Problem, retry_after
from services.clock import utc_now
from services.errors import Conflict, Invalid
from services.ids import derived_id
from services.issues.contract import MediaKind
from services.wire import to_json

MOST_BYTES_A_DAY = 1_000_000_000
_HOUR = 3600.0


@dataclass(frozen=True)
class Made:
    """What is kept of an upload: the whole, and of a photo its thumbnail."""

    media: str
    width: int
    height: int
    full: bytes
    thumbnail: bytes | None = None


class Taking:
    """The handler of the endpoint that photos are sent to; `limits` are bytes."""

    def __init__(
        self,
        handlers: Handlers,
        records: Records,
        shelf: Shelf,
        drawing: Threads,
        files: Threads,
        limits: Mapping[MediaKind, int],
    ) -> None:
        self._handlers = handlers
        self._records = records
        self._shelf = shelf
        self._drawing = drawing
        self._files = files
        self._limits = limits
        self._room = Room()

    async def upload_photo(self, call: Call) -> Answer:
        """Take in a photo or video; what the same member sent before is answered as it was then."""
        self._handlers.admit(call)
        no_query(call)
        await self._handlers.member_here(call)
        declared, kind = declared_kind(call.headers.get(b"content-type", b""))
        request_id = call.command_id()
        async with self._room.body(call, self._limits[kind]) as data:
            if not data:
                raise Invalid("the body is empty", "请求内容为空")
            media, digest = await self._files.do(_recognised, declared, data)
            record = await self._known(call, request_id, digest) or await self._new(
                call, request_id, digest, data, media
            )
        place = f"/v1/communities/{record.community_id}/photos/{record.id}"
        return Answer(201, to_json(told(record)), ((b"location", place.encode()), *PRIVATE))

    async def _known(self, call: Call, request_id: str, digest: str) -> Record | None:
        """What is there of this upload. Errors: Conflict when its Idempotency-Key came with other bytes before."""
        here, id_ = call.path["community_id"], _id_of(call, digest)
        if b"idempotency-key" in call.headers:
            before = await self._records.of_request(here, request_id)
            if before is not None and before.id != id_:
                raise Conflict("this key was used for another photo", "该幂等键已用于另一张照片")
        return await self._records.get(here, id_)

    async def _new(self, call: Call, request_id: str, digest: str, data: bytearray, media: str) -> Record:
        here, uploader_id = call.path["community_id"], call.actor.member_id
        await self._check_allowance(here, uploader_id, len(data))
        made = await self._drawing.do(made_of, data, media)
        name = await self._files.do(self._put, here, made.full)
        thumbnail = await self._files.do(self._put, here, made.thumbnail) if made.thumbnail else None
        record = Record(
            community_id=here,
            id=_id_of(call, digest),
            uploader_id=uploader_id,
            request_id=request_id,
            kind=MediaKind.PHOTO if made.thumbnail else MediaKind.VIDEO,
            media=made.media,
            sha256=name,
            thumbnail_sha256=thumbnail,
            width=made.width,
            height=made.height,
            bytes=len(made.full),
            created_at=utc_now(),
        )
        return await self._records.keep(record)

    def _put(self, community_id: str, data: bytes) -> str:
        """Put a file on the shelf under its own hash."""
        name = sha256(data).hexdigest()
        self._shelf.put(community_id, name, data)
        return name

    async def _check_allowance(self, here: str, uploader_id: str, more: int) -> None:
        """Nobody fills the store by themselves."""
        used = await self._records.bytes_since(here, uploader_id, utc_now() - timedelta(days=1))
        if used + more > MOST_BYTES_A_DAY:
            most = MOST_BYTES_A_DAY // 1_000_000
            en, zh = f"at most {most} MB a day are taken of one member", f"每位成员每天最多上传 {most} MB"
            raise Problem("too_many_requests", en, zh, headers=(retry_after(_HOUR),))


def made_of(data: bytes | bytearray, media: str) -> Made:
    """What is kept of some bytes of a type that is taken. Errors: Invalid for what is broken, too large or too long."""
    if media.startswith("image/"):
        picture = drawn_anew(data, media)
        return Made(JPEG, picture.width, picture.height, picture.full, picture.thumbnail)
    film = (
        elements.only_what_plays(data, MOST_SECONDS)
        if media == WEBM
        else boxes.only_what_plays(data, media, MOST_SECONDS)
    )
    return Made(film.media, film.width, film.height, film.data)


def told(record: Record) -> PhotoFile:
    """A photo as its uploader hears of it."""
    return PhotoFile(
        community_id=record.community_id,
        id=record.id,
        kind=MediaKind(record.kind),
        media=record.media,
        width=record.width,
        height=record.height,
        bytes=record.bytes,
        created_at=record.created_at,
    )


def _recognised(declared: str, data: bytearray) -> tuple[str, str]:
    """The media type of some bytes and their hash. Errors: Problem 415."""
    return checked(declared, data), sha256(data).hexdigest()


def _id_of(call: Call, digest: str) -> str:
    return derived_id("photo", call.path["community_id"], call.actor.member_id, digest)

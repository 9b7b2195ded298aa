"""The table of photos on both databases: one row a photo, whoever is first; nobody's photo passes as another's."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.engine import URL

from gateway.photos.records import Record, Records
from gateway.reader import open_reader
from gateway.store import METADATA
from services.database import open_engine
from services.ids import derived_id
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NEIGHBOUR, NOON, REPORTER

PHOTO = Record(
    community_id=COMMUNITY,
    id=derived_id("photo"),
    uploader_id=REPORTER,
    request_id=derived_id("request"),
    kind="photo",
    media="image/jpeg",
    sha256="a" * 64,
    thumbnail_sha256="b" * 64,
    width=4,
    height=3,
    bytes=1000,
    created_at=NOON,
)
FILM = replace(PHOTO, id=derived_id("film"), request_id=derived_id("other"), kind="video", thumbnail_sha256=None)


def test_a_photo_is_kept_once_and_found_by_id_request_and_uploader(database_url: URL) -> None:
    engine = open_engine(database_url)
    METADATA.create_all(engine)

    async def story() -> None:
        reader = open_reader(database_url)
        records = Records(reader)
        assert await records.get(COMMUNITY, PHOTO.id) is None
        assert await records.keep(PHOTO) == PHOTO
        assert await records.keep(replace(PHOTO, created_at=NOON + timedelta(days=1))) == PHOTO, "the first one counts"
        assert await records.keep(FILM) == FILM
        assert await records.of_request(COMMUNITY, PHOTO.request_id) == PHOTO
        assert await records.of_request(ANOTHER_COMMUNITY, PHOTO.request_id) is None
        assert await records.get(ANOTHER_COMMUNITY, PHOTO.id) is None

        asked = [PHOTO.id, FILM.id, derived_id("nothing")]
        assert await records.owned(COMMUNITY, asked, REPORTER) == {PHOTO.id, FILM.id}
        assert await records.owned(COMMUNITY, asked[:1], REPORTER) == {PHOTO.id}
        assert await records.owned(COMMUNITY, asked, NEIGHBOUR) == set()
        assert await records.owned(ANOTHER_COMMUNITY, asked, REPORTER) == set()
        assert await records.owned(COMMUNITY, [], REPORTER) == set()

        assert await records.bytes_since(COMMUNITY, REPORTER, NOON) == 2000
        assert await records.bytes_since(COMMUNITY, REPORTER, NOON + timedelta(seconds=1)) == 0
        assert await records.bytes_since(COMMUNITY, NEIGHBOUR, NOON) == 0
        await reader.close()

    asyncio.run(story())
    engine.dispose()

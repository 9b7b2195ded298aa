"""Photos come in over HTTP: made anew, kept once, limited in every way; what is no photo is refused and leaves nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.photos import taking
from tests.gateway.photos.desk import ELSEWHERE, HERE, IDS, Desk
from tests.gateway.photos.files import SECRET, file_of, mp4, png_bomb, scene, telling_jpeg, telling_png, webm
from tests.gateway.photos.test_kinds import SVG

KINDS = [
    (telling_jpeg(width=640, height=480), "image/jpeg", "photo"),
    (telling_png(), "image/png", "photo"),
    (file_of(scene(), "GIF"), "image/gif", "photo"),
    (file_of(scene(), "WEBP"), "image/webp", "photo"),
    (mp4(), "video/mp4", "video"),
    (mp4(brand=b"qt  "), "video/quicktime", "video"),
    (webm(), "video/webm", "video"),
]


def refused(answer: httpx.Response, status: int, *words: str) -> None:
    """A whole problem with this status, in both languages, with these words in it."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    problem = answer.json()
    assert problem["zh"]
    assert all(word in problem["en"] + problem["zh"] for word in words), problem


def test_every_kind_that_is_taken_is_kept_without_what_it_tells_beside(desk: Desk) -> None:
    for data, media, kind in KINDS:
        answer = desk.send(data, media)
        assert answer.status_code == 201, answer.text
        told = answer.json()
        assert (told["kind"], told["media"]) == (kind, media if kind == "video" else "image/jpeg")
        assert told["width"] > 0 < told["height"]
        assert answer.headers["location"] == f"{HERE}/photos/{told['id']}"
        read = desk.get("resident", answer.headers["location"])
        assert (read.status_code, read.headers["content-type"], len(read.content)) == (
            200,
            told["media"],
            told["bytes"],
        )
        assert SECRET not in read.content
    assert all(SECRET not in (desk.store / name).read_bytes() for name in desk.files())


def test_what_is_sent_again_is_the_same_photo_also_at_the_same_time_and_another_members_is_another(desk: Desk) -> None:
    data, before = telling_jpeg(width=600, height=400), desk.files()

    async def at_once() -> list[httpx.Response]:
        headers = {"content-type": "image/jpeg"}
        sending = (desk.asking("resident", "POST", f"{HERE}/photos", content=data, headers=headers) for _ in range(12))
        return list(await asyncio.gather(*sending))

    answers = desk.run(at_once())
    assert {answer.status_code for answer in answers} == {201}
    (only,) = {answer.text for answer in answers}
    assert desk.send(data).text == only
    assert desk.send(data, who="neighbour").json()["id"] != answers[0].json()["id"]
    assert len(desk.files() - before) == 2, "the picture and its thumbnail, once"


def test_a_key_names_one_photo_of_one_member(desk: Desk) -> None:
    first = desk.send(file_of(scene()), **{"idempotency-key": "one"})
    assert desk.send(file_of(scene()), **{"idempotency-key": "one"}).text == first.text
    refused(desk.send(file_of(scene(32, 32)), **{"idempotency-key": "one"}), 409, "幂等键")
    assert desk.send(file_of(scene(32, 32)), who="neighbour", **{"idempotency-key": "one"}).status_code == 201
    refused(desk.send(file_of(scene()), **{"idempotency-key": "a b"}), 400)


def test_what_is_no_photo_is_refused_with_its_reason_and_leaves_nothing(desk: Desk) -> None:
    before = desk.files()
    gif, jpeg = file_of(scene(), "GIF"), telling_jpeg(width=400, height=300)
    for data, media, status, word in (
        (gif, "image/jpeg", 415, "image/gif"),
        (SVG, "image/png", 415, "image/svg+xml"),
        (SVG, "image/svg+xml", 415, "image/jpeg"),
        (b"PK\x03\x04" + bytes(100), "image/jpeg", 415, "application/zip"),
        (b"<html><script>alert(1)</script>", "image/gif", 415, "text/html"),
        (jpeg, "video/mp4", 415, "image/jpeg"),
        (mp4(), "image/jpeg", 415, "video/mp4"),
        (b"\0\0\0\x18ftypheic" + bytes(20), "image/jpeg", 415, "image/heic"),
        (jpeg, "application/octet-stream", 415, "image/jpeg"),
        (jpeg, "", 415, "image/jpeg"),
        (b"", "image/jpeg", 422, "empty"),
        (jpeg[:900], "image/jpeg", 422, "损坏"),
        (png_bomb(60_000, 60_000), "image/png", 422, "25 million"),
        (mp4(seconds=90), "video/mp4", 422, "60 秒"),
        (mp4()[:200], "video/mp4", 422, "损坏"),
    ):
        refused(desk.send(data, media), status, word)
    assert desk.files() == before


def test_too_much_is_cut_off_as_soon_as_it_is_known(desk: Desk) -> None:
    async def endless(most: int) -> AsyncIterator[bytes]:
        for _ in range(most // 1_000_000 + 2):
            sent.append(1)
            yield bytes(1_000_000)
        raise AssertionError("it was read to its end")

    for media, most in (("image/jpeg", 12_000_000), ("video/mp4", 30_000_000)):
        sent: list[int] = []
        declared = desk.send(b"", media, **{"content-length": "200000000"})
        refused(declared, 413, str(most))
        assert declared.headers["connection"] == "close"
        refused(desk.send(endless(most), media), 413, str(most))
        assert len(sent) == most // 1_000_000 + 1


def test_only_members_here_send_photos_here(desk: Desk) -> None:
    data = file_of(scene())
    for who, where, status in (
        ("nobody", HERE, 401), ("newcomer", HERE, 403), ("stranger", HERE, 403), ("resident", ELSEWHERE, 403),
        ("resident", "/v1/communities/NO", 404), ("officer", HERE, 201), ("ruler", HERE, 201),
    ):  # fmt: skip
        assert desk.send(data, who=who, where=where).status_code == status, who
    refused(desk.ask("resident", "POST", f"{HERE}/photos?size=full", content=data), 422)


def test_nobody_fills_the_store_by_themselves(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    first = file_of(scene())
    monkeypatch.setattr(taking, "MOST_BYTES_A_DAY", 2 * len(first))
    assert desk.send(first, who="collector").status_code == 201
    over = desk.send(file_of(scene(1000, 1000), quality=95), who="collector")
    refused(over, 429, "MB")
    assert over.headers["retry-after"] == "3600"
    assert desk.send(first, who="collector").status_code == 201, "what is there already is no more"
    assert desk.send(file_of(scene(32, 32)), who="beginner").status_code == 201


def test_while_photos_are_drawn_others_are_answered(desk: Desk) -> None:
    photos = [file_of(scene(3000 + number, 2000), "PNG") for number in range(4)]

    async def story() -> int:
        headers = {"content-type": "image/png"}
        sending: Any = asyncio.gather(
            *(desk.asking("resident", "POST", f"{HERE}/photos", content=each, headers=headers) for each in photos)
        )
        answered = 0
        while not sending.done():
            assert (await desk.client.get("/healthz")).status_code == 200
            answered += 1
            await asyncio.wait({sending}, timeout=0.002)
        assert {each.status_code for each in await sending} == {201}
        return answered

    assert desk.run(story()) > 20


def test_what_was_answered_is_in_the_table_with_its_uploader(desk: Desk) -> None:
    told = desk.send(file_of(scene())).json()
    record = desk.run(desk.web.photos.taking._records.get(told["community_id"], told["id"]))
    assert record is not None
    assert (record.uploader_id, record.bytes) == (IDS["resident"], told["bytes"])
    assert f"wuhan-caochang/{record.sha256[:2]}/{record.sha256}" in desk.files()

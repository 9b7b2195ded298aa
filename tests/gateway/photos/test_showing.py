"""Photos are shown to those who may see them, with what is covered really gone, and are not sent twice for nothing."""

import asyncio

import httpx

from gateway.photos import showing
from gateway.photos.contract import Size
from services.ids import derived_id
from services.issues.contract import Area, Exposure, Photo
from tests.gateway.city import HERE as RUNNING
from tests.gateway.city import City
from tests.gateway.photos.desk import ELSEWHERE, HERE, Desk
from tests.gateway.photos.files import BLUE, RED, file_of, mp4, scene
from tests.gateway.photos.test_pictures import image_of, near
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY

LEFT = (Area(left=0, top=0, right=500, bottom=1000),)


def test_an_own_photo_is_for_its_uploader_alone_and_may_be_kept(desk: Desk) -> None:
    path = f"{HERE}/photos/{desk.photo()}"
    for who, status in (
        ("resident", 200), ("neighbour", 404), ("officer", 404), ("admin", 404),
        ("stranger", 403), ("newcomer", 403), ("nobody", 401),
    ):  # fmt: skip
        assert desk.get(who, path).status_code == status, who
    answer = desk.get("resident", path)
    assert answer.headers["cache-control"] == "private, max-age=3600, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
    assert answer.headers["content-disposition"].startswith('inline; filename="')
    assert answer.headers["vary"] == "authorization"
    unchanged = desk.get("resident", path, headers={"if-none-match": answer.headers["etag"]})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    small = desk.get("resident", path, params={"size": "thumbnail"})
    assert max(image_of(small.content).size) == 320
    assert small.headers["etag"] != answer.headers["etag"]


def test_a_photo_of_an_issue_is_for_all_who_see_the_issue_and_only_through_it(desk: Desk) -> None:
    photo, other = desk.photo(), desk.photo(data=file_of(scene(333, 222)))
    issue = desk.issue(Photo(id=photo))
    for who, status in (
        ("resident", 200), ("neighbour", 200), ("officer", 200), ("admin", 200), ("ruler", 200), ("stranger", 403), ("nobody", 401),
    ):  # fmt: skip
        assert desk.get(who, f"{issue}/photos/{photo}").status_code == status, who
    for wrong in (other, derived_id("nothing"), "x", "%00", photo.upper()):
        assert desk.get("officer", f"{issue}/photos/{wrong}").status_code == 404
        assert desk.get("resident", f"{HERE}/photos/{derived_id('no')}").status_code == 404
    assert desk.get("officer", f"{HERE}/issues/{derived_id('no issue')}/photos/{photo}").status_code == 404
    answer = desk.get("neighbour", f"{issue}/photos/{photo}")
    assert answer.headers["cache-control"] == "private, no-cache", "it may be covered any time"


def test_a_private_issue_shows_its_photos_to_staff_and_its_reporter(desk: Desk) -> None:
    photo = desk.photo()
    private = {"id": derived_id("issue", "quarrel"), "audience": "staff", "exposure": Exposure.HIDDEN}
    path = f"{desk.issue(Photo(id=photo), **private)}/photos/{photo}"
    found = {who: desk.get(who, path).status_code for who in ("officer", "resident", "neighbour")}
    assert found == {"officer": 200, "resident": 200, "neighbour": 404}


def test_a_photo_of_another_community_is_not_shown_though_an_issue_here_names_it(desk: Desk) -> None:
    sent = desk.send(file_of(scene(100, 90)), who="both", where=ELSEWHERE)
    assert sent.status_code == 201
    photo = sent.json()["id"]
    issue = desk.issue(Photo(id=photo), id=derived_id("issue", "foreign"))
    assert desk.get("both", f"{ELSEWHERE}/photos/{photo}").status_code == 200
    assert desk.get("both", f"{issue}/photos/{photo}").status_code == 404
    assert desk.get("both", f"{HERE}/photos/{photo}").status_code == 404
    assert (desk.store / ANOTHER_COMMUNITY).is_dir()


def test_a_covered_part_is_gone_from_the_bytes_of_every_size_and_the_original_is_for_admins(desk: Desk) -> None:
    photo = desk.photo(data=file_of(scene(800, 600)))
    issue = {"id": derived_id("issue", "covered")}
    path = f"{desk.issue(Photo(id=photo), **issue)}/photos/{photo}"
    seen = desk.get("officer", path)
    assert near(image_of(seen.content), 100, 100, RED)
    desk.issue(Photo(id=photo, covered=LEFT), version=2, **issue)
    for who in ("neighbour", "officer", "admin", "resident"):
        for size in ("full", "thumbnail"):
            shown = desk.get(who, path, params={"size": size}, headers={"if-none-match": seen.headers["etag"]})
            assert shown.status_code == 200, "what is cached is no longer right"
            image = image_of(shown.content)
            reds = [x for x in range(0, image.width) if near(image, x, image.height // 2, RED, 90)]
            assert reds == [], (who, size)
            assert near(image, image.width - 20, 20, BLUE)
    for who in ("admin", "ruler"):
        assert desk.get(who, path, params={"original": "true"}).content == seen.content
    for who in ("officer", "resident", "neighbour"):
        answer = desk.get(who, path, params={"original": "true"})
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    desk.issue(Photo(id=photo), version=3, **issue)
    assert desk.get("neighbour", path).content == seen.content, "uncovered again"


def test_a_cover_is_painted_once_for_all_who_ask_at_the_same_time(desk: Desk) -> None:
    photo = desk.photo(data=file_of(scene(900, 600)))
    path = f"{desk.issue(Photo(id=photo, covered=LEFT), id=derived_id('issue', 'once'))}/photos/{photo}"
    before = desk.files()

    async def at_once() -> list[httpx.Response]:
        return list(await asyncio.gather(*(desk.asking("neighbour", "GET", path) for _ in range(20))))

    answers = desk.run(at_once())
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert len(desk.files() - before) == 2
    tag = answers[0].headers["etag"]
    assert desk.get("neighbour", path, headers={"if-none-match": tag}).status_code == 304
    assert len(desk.web.photos.showing._painting) == 0


def test_a_video_is_sent_whole_or_in_parts_and_not_at_all_when_covered(desk: Desk) -> None:
    photo = desk.photo(media="video/mp4", data=mp4())
    issue = {"id": derived_id("issue", "film")}
    path = f"{desk.issue(Photo(id=photo), **issue)}/photos/{photo}"
    whole = desk.get("neighbour", path)
    assert (whole.status_code, whole.headers["content-type"]) == (200, "video/mp4")
    assert whole.headers["accept-ranges"] == "bytes"
    size, tag = len(whole.content), whole.headers["etag"]
    for asked, start, end in (("0-1", 0, 2), ("10-", 10, size), ("-5", size - 5, size), ("0-999999", 0, size)):
        part = desk.get("neighbour", path, headers={"range": f"bytes={asked}", "if-range": tag})
        assert (part.status_code, part.content) == (206, whole.content[start:end]), asked
        assert part.headers["content-range"] == f"bytes {start}-{end - 1}/{size}"
    for asked in ("bytes=5-2", f"bytes={size}-", "bytes=-", "bytes=0-1,4-5", "items=0-1", "bytes=-0"):
        assert desk.get("neighbour", path, headers={"range": asked}).content == whole.content, asked
    assert desk.get("neighbour", path, headers={"range": "bytes=0-1", "if-range": '"old"'}).status_code == 200
    assert desk.get("neighbour", path, params={"size": "thumbnail"}).status_code == 404
    head = desk.ask("neighbour", "HEAD", path)
    assert (head.headers["content-length"], head.content) == (str(size), b"")

    desk.issue(Photo(id=photo, covered=LEFT), version=2, **issue)
    for who in ("neighbour", "officer", "admin"):
        withheld = desk.get(who, path)
        assert (withheld.status_code, "遮挡" in withheld.json()["zh"]) == (403, True)
    assert desk.get("admin", path, params={"original": "true"}).content == whole.content


def test_what_is_asked_badly_is_refused(desk: Desk) -> None:
    photo = desk.photo()
    path = f"{desk.issue(Photo(id=photo), id=derived_id('issue', 'asked'))}/photos/{photo}"
    for query in ("size=huge", "original=maybe", "nonsense=1", "size=full&size=full"):
        assert desk.get("officer", f"{path}?{query}").status_code == 422, query
    assert desk.get("resident", f"{HERE}/photos/{photo}?original=true").status_code == 422
    for accept, status in (
        ("image/avif,image/*;q=0.8", 200),
        ("video/mp4", 406),
        ("application/json", 406),
        ("*/*", 200),
    ):
        assert desk.get("officer", path, headers={"accept": accept}).status_code == status, accept


def test_a_file_that_is_lost_is_said_to_be_so(desk: Desk) -> None:
    photo = desk.photo(data=file_of(scene(77, 55)))
    record = desk.run(desk.web.photos.showing._records.get(COMMUNITY, photo))
    assert record is not None
    (desk.store / COMMUNITY / record.sha256[:2] / record.sha256).unlink()
    answer = desk.get("resident", f"{HERE}/photos/{photo}")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


def test_the_name_of_what_is_shown_follows_from_photo_size_and_areas(desk: Desk) -> None:
    record = desk.run(desk.web.photos.showing._records.get(COMMUNITY, desk.photo()))
    assert record is not None
    right = Area(left=600, top=0, right=900, bottom=100)
    names = {showing._name(record, size, areas) for size in Size for areas in ((), LEFT, (right,), (*LEFT, right))}
    assert len(names) == 8
    assert showing._name(record, Size.FULL, (*LEFT, right)) == showing._name(record, Size.FULL, (right, *LEFT))


def test_a_photo_goes_with_a_report_is_covered_by_staff_and_stays_evidence(city: City) -> None:
    resident, officer, neighbour = (city.person(name) for name in ("resident", "officer", "neighbour"))
    photos, media = f"/v1/communities/{RUNNING}/photos", {"content-type": "image/jpeg"}
    photo = resident.post(photos, content=file_of(scene(640, 480)), headers=media).json()["id"]
    issue = city.report(photos=[photo])
    path = f"/v1/communities/{RUNNING}/issues/{issue['id']}/photos/{photo}"
    assert near(image_of(neighbour.get(path).content), 100, 100, RED)
    area = {"left": 0, "top": 0, "right": 500, "bottom": 1000}
    covered = officer.post(f"{path}/cover", json={"areas": [area]})
    assert covered.status_code == 200, covered.text
    assert not near(image_of(neighbour.get(path).content), 100, 100, RED, 90)
    assert near(image_of(city.person("admin").get(path, params={"original": True}).content), 100, 100, RED)

    foreign = officer.post(
        f"/v1/communities/{RUNNING}/issues/{issue['id']}/resolution", json={"note": "已更换", "evidence": [photo]}
    )
    assert (foreign.status_code, foreign.json()["clause"]) == (409, "日-1"), "evidence is the handler's own"

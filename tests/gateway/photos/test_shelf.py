"""A file is whole or not there, is found again under its name, and only in its community's part."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway.photos.shelf import Bucket, Folder, Shelf, open_shelf
from services.errors import Unavailable
from services.ids import new_id

NAME = "ab" * 32


@pytest.fixture(params=["folder", "file", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    place = {"folder": str(tmp_path / "a b"), "file": f"file://{tmp_path}/x", "bucket": f"memory://{new_id()}/photos"}
    return open_shelf(place[request.param])


def test_what_was_put_is_found_whole_and_in_parts(shelf: Shelf) -> None:
    assert shelf.get("here", NAME) is None
    shelf.put("here", NAME, b"0123456789")
    shelf.put("here", NAME, b"0123456789")
    assert shelf.get("here", NAME) == b"0123456789"
    assert shelf.get("here", NAME, 3, 6) == b"345"
    assert shelf.get("here", NAME, 8) == b"89"
    assert shelf.get("here", NAME, 8, 100) == b"89"
    assert shelf.get("there", NAME) is None


def test_the_setting_says_where_the_shelf_is(tmp_path: Path) -> None:
    assert isinstance(open_shelf(tmp_path), Folder)
    assert isinstance(open_shelf("memory://x"), Bucket)


def test_many_write_the_same_at_once_and_nobody_sees_a_part(tmp_path: Path) -> None:
    shelf, data, seen = Folder(tmp_path), bytes(500_000), []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            if (found := shelf.get("here", NAME)) is not None:
                seen.append(found == data)

    with ThreadPoolExecutor(9) as threads:
        looking = threads.submit(look)
        for _ in threads.map(lambda _: Folder(tmp_path).put("here", NAME, data), range(32)):
            pass
        done.set()
        looking.result()
    assert all(seen)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [NAME], "nothing half done is left"


def test_only_the_owner_reads_the_files(tmp_path: Path) -> None:
    Folder(tmp_path).put("here", NAME, b"x")
    assert (tmp_path / "here" / "ab" / NAME).stat().st_mode & 0o777 == 0o600


def test_a_store_that_does_not_answer_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    shelf = Folder(tmp_path / "file")
    with pytest.raises(Unavailable):
        shelf.put("here", NAME, b"x")
    with pytest.raises(Unavailable):
        shelf.get("here", NAME)

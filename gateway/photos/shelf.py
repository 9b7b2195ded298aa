"""Where the files lie: each under the hash that names it, in its community's part of a folder or of an object store.

A file is whole or not there: it is written beside its place and moved into it, so that any number of processes may write
the same one at once. What is written stays after a power cut, before anybody is told of it.
"""

import os
from pathlib import Path
from typing import Any, Protocol

from services.errors import Unavailable
from services.ids import new_id


class Shelf(Protocol):
    """A store of files by community and name. Errors of each method: Unavailable while it does not answer."""

    def put(self, community_id: str, name: str, data: bytes) -> None:
        """Keep a file; one of this name that is there already is the same."""

    def get(self, community_id: str, name: str, start: int = 0, end: int | None = None) -> bytes | None:
        """A file, or its bytes from `start` to before `end`; None when there is none."""


def open_shelf(place: str | Path) -> Shelf:
    """The shelf at a path or `file://`; any other URL (`s3://bucket/prefix`) is opened by fsspec and its driver."""
    text = str(place)
    if "://" not in text or text.startswith("file://"):
        return Folder(Path(text.removeprefix("file://")))
    return Bucket(text)


class Folder:
    """A shelf in a directory."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, community_id: str, name: str, data: bytes) -> None:
        """Keep a file."""
        path = self._path(community_id, name)
        if path.exists():
            return
        part = path.with_name(f".{name}.{new_id()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                _write(part, data)
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
            _sync(path.parent)
        except OSError as error:
            raise _away() from error

    def get(self, community_id: str, name: str, start: int = 0, end: int | None = None) -> bytes | None:
        """A file or a part of it."""
        try:
            with self._path(community_id, name).open("rb") as file:
                file.seek(start)
                return file.read(-1 if end is None else max(end - start, 0))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _away() from error

    def _path(self, community_id: str, name: str) -> Path:
        return self._root / community_id / name[:2] / name


class Bucket:
    """A shelf in an object store, where a file appears when all of it has arrived."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs

        self._files: Any
        self._files, self._root = url_to_fs(url)

    def put(self, community_id: str, name: str, data: bytes) -> None:
        """Keep a file."""
        try:
            self._files.pipe_file(self._path(community_id, name), data)
        except OSError as error:
            raise _away() from error

    def get(self, community_id: str, name: str, start: int = 0, end: int | None = None) -> bytes | None:
        """A file or a part of it."""
        try:
            found: bytes = self._files.cat_file(self._path(community_id, name), start=start, end=end)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _away() from error
        return found

    def _path(self, community_id: str, name: str) -> str:
        return f"{self._root}/{community_id}/{name[:2]}/{name}"


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        path.chmod(0o600)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have the folder itself written, which knows the new name."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _away() -> Unavailable:
    return Unavailable("the store of photos is away", "照片存储暂时不可用,请稍后再试")

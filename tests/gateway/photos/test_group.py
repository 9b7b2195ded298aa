"""The limits on photos are the operator's settings, and a place that is a URL is an object store."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from gateway.photos.group import Photos
from gateway.photos.shelf import Bucket, Folder
from gateway.reader import open_reader
from gateway.views import Views
from services.issues.contract import MediaKind
from services.settings import read_settings


def test_the_settings_say_where_photos_lie_and_how_large_they_may_be(tmp_path: Path) -> None:
    chosen = replace(read_settings(), data_directory=tmp_path, photo_limit_bytes=1, video_limit_bytes=2)
    views = Views(open_reader(chosen.database("gateway")))
    nobody: Any = None
    for place, kind in (("", Folder), ("memory://photos", Bucket)):
        photos = Photos(nobody, nobody, views, replace(chosen, photo_store=place))
        assert isinstance(photos.taking._shelf, kind)
        assert photos.taking._limits == {MediaKind.PHOTO: 1, MediaKind.VIDEO: 2}
        photos.close()
    assert chosen.photo_place == str(tmp_path / "photos")

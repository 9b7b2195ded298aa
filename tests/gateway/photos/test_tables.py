"""The table of photos has what the code asks of it: tests/gateway/test_store.py compares it with its migration."""

from gateway.store import METADATA, photos


def test_photos_are_found_by_community_uploader_and_request() -> None:
    assert METADATA.tables["photos"] is photos
    assert [column.name for column in photos.primary_key.columns] == ["community_id", "id"]
    assert {tuple(column.name for column in index.columns) for index in photos.indexes} == {
        ("community_id", "uploader_id", "created_at"),
        ("community_id", "request_id"),
    }

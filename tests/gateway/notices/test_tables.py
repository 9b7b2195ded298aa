"""The tables hold no address, and an inbox is read, counted and planned by indexes of its own."""

import sqlalchemy as sa

from gateway.notices.tables import DeliveryState, notice_tables


def test_no_address_stands_in_them() -> None:
    for table in notice_tables(sa.MetaData()):
        assert not {"address", "email", "phone", "url", "name"} & set(table.columns.keys())


def test_every_way_in_has_its_index() -> None:
    notices, deliveries, posts = notice_tables(sa.MetaData())
    assert {index.name for index in notices.indexes} == {
        "notices_own",
        "notices_unread",
        "notices_unplanned",
        "notices_at",
    }
    assert {index.name for index in deliveries.indexes} == {"notice_deliveries_due", "notice_deliveries_together"}
    assert {index.name for index in posts.indexes} == {"notice_posts_member"}
    assert len(DeliveryState) == 5

"""What was read is named by ids or by the newest one, never by both or neither."""

from dataclasses import replace

import pytest

from gateway.notices.answers import Notice, NoticesQuestion, ReadNotices, check_one_way
from services.errors import Invalid
from services.ids import new_id
from services.schemas import json_schema, load
from tests.shared.samples import COMMUNITY


def test_notices_are_named_in_one_way() -> None:
    check_one_way(ReadNotices(community_id=COMMUNITY, ids=(new_id(),)))
    check_one_way(ReadNotices(community_id=COMMUNITY, up_to=new_id()))
    none = ReadNotices(community_id=COMMUNITY)
    for both_or_none in (none, replace(none, ids=(new_id(),), up_to=new_id())):
        with pytest.raises(Invalid) as refused:
            check_one_way(both_or_none)
        assert refused.value.details[0]["member"] == "/ids"


def test_what_is_asked_and_answered_has_limits() -> None:
    for wrong in ({"ids": [new_id()] * 101}, {"ids": ["1"]}, {"up_to": "x"}, {"ids": None}, {"all": True}):
        with pytest.raises(Invalid):
            load(ReadNotices, {"community_id": COMMUNITY, **wrong})
    for wrong_page in ({"limit": 0}, {"limit": 101}, {"cursor": "AAAA"}, {"unread": "yes"}):
        with pytest.raises(Invalid):
            load(NoticesQuestion, wrong_page)
    assert json_schema(Notice)["properties"]["deliveries"]["maxItems"] == 5

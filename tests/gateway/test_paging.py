"""What a list may be asked follows from the view's declaration; everything else in a query is refused by name."""

from datetime import UTC, datetime

import pytest

from gateway.directory.contract import ApiClientState, CommunityState
from gateway.paging import Question, question, question_class, read_query
from gateway.questions import EventsQuestion, RollQuestion
from services.declare import VIEWS
from services.errors import Invalid
from services.issues.contract import IssueState
from services.points.contract import AccountState
from services.wire import hints_of


def test_a_list_is_asked_by_its_filters_its_text_its_time_and_its_page() -> None:
    query = b"status=reported&q=%E4%BA%95%E7%9B%96&mine=true&since=2024-05-01T00%3A00%3A00%2B08%3A00&cursor=abc_-%3D&limit=5"
    assert question(IssueState, query) == Question(
        filters={"status": "reported"},
        q="井盖",
        mine=True,
        since=datetime(2024, 4, 30, 16, tzinfo=UTC),
        until=None,
        cursor="abc_-=",
        limit=5,
    )
    assert question(IssueState, b"") == Question({}, "", False, None, None, "", 20)


def test_only_what_the_view_declares_can_be_asked() -> None:
    always = {"since", "until", "cursor", "limit"}
    assert set(hints_of(question_class(IssueState))) == always | {*VIEWS[IssueState].filters, "q", "mine"}
    assert set(hints_of(question_class(CommunityState))) == always | {"district_id", "q"}
    assert set(hints_of(question_class(AccountState))) == always | {"mine"}


def test_a_filter_that_is_true_or_false_is_read_as_such() -> None:
    assert question(ApiClientState, b"revoked=false").filters == {"revoked": "False"}
    with pytest.raises(Invalid):
        question(ApiClientState, b"revoked=0")


@pytest.mark.parametrize(
    "query", [b"nonsense=1", b"limit=1&limit=2", b"q=%ff", b"\xff=1", b"a=1&" * 30, b"limit", b"&&&x"]
)
def test_a_query_that_cannot_be_read_is_refused(query: bytes) -> None:
    with pytest.raises(Invalid):
        question(IssueState, query)


def test_wrong_parameters_are_named() -> None:
    with pytest.raises(Invalid) as refused:
        question(IssueState, b"limit=1000&status=nonsense&nonsense=1")
    assert {detail["member"] for detail in refused.value.details} == {"/limit", "/status", "/nonsense"}


def test_times_that_no_database_can_hold_are_refused() -> None:
    for text in (b"0001-01-01T00:00:00%2B14:00", b"9999-12-31T23:59:59-14:00", b"1969-12-31T00:00:00Z"):
        with pytest.raises(Invalid):
            question(IssueState, b"since=" + text)


def test_other_questions_are_read_in_the_same_way() -> None:
    assert read_query(EventsQuestion, b"community=wuhan-caochang,abc&type=issues.*&cursor=0").limit == 100
    assert read_query(RollQuestion, b"limit=200").limit == 200
    for query in (b"cursor=01", b"type=**", b"community=,", b"limit=0"):
        with pytest.raises(Invalid):
            read_query(EventsQuestion, query)

"""What goes over the wire comes back the same, and nobody is shown what is not for them."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.declare import AUDIENCES, ONE_MEMBER, PUBLIC, STAFF, seen_by, value
from services.fields import Id, Line
from services.issues.contract import IssueConfirmed, IssueState
from services.points.contract import AccountState
from services.wire import filter_for, from_json, only_declared, read, reader, shown_to, to_data, to_json
from tests.shared.made_up import catalogue, instances
from tests.shared.samples import NOON, OFFICER, REPORTER, issue_state

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("cls", catalogue(), ids=lambda cls: cls.__name__)
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_every_contract_comes_back_from_the_wire_as_it_went_and_an_audience_sees_a_part_of_it(
    cls: type, data: st.DataObject
) -> None:
    thing = data.draw(instances(cls))
    whole = to_data(thing)
    assert read(cls, whole) == thing
    assert to_json(read(cls, whole)) == to_json(read(cls, from_json(to_json(thing))))
    for audience in AUDIENCES:
        assert is_part(from_json(shown_to(cls, whole, audience)), whole), audience


@given(JSON)
def test_json_is_read_as_it_was_written(thing: Any) -> None:
    assert from_json(to_json(thing)) == thing


def test_json_is_canonical() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert to_json({"b": 1, "a": "井盖", "at": NOON}) == '{"b":1,"a":"井盖","at":"2024-05-20T04:00:00Z"}'.encode()
    assert to_json([date(2024, 5, 20), datetime(2024, 5, 20, 12, tzinfo=shanghai)]) == (
        b'["2024-05-20","2024-05-20T12:00:00+08:00"]'
    )


@pytest.mark.parametrize(
    "data", [b"", b"{", b"\xff", b'"\\ud800"', b'{"a":1,}', b"NaN", b"[" * 100_000, b"\xef\xbb\xbf{}"]
)
def test_what_is_no_json_is_an_error(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        from_json(data)


def test_times_come_back_in_utc() -> None:
    assert reader(datetime)("2024-05-20T12:00:00+08:00") == NOON
    assert reader(datetime)("2024-05-20T12:00:00+08:00").tzinfo is UTC


def test_members_that_are_absent_take_their_defaults_and_unknown_ones_are_left_out() -> None:
    data = to_data(issue_state(history=(), handler_id=None))
    del data["history"], data["handler_id"]
    assert read(IssueState, data | {"mood": "good"}) == issue_state(history=(), handler_id=None)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_who_reported_and_who_handled_an_issue_is_for_staff_and_the_reporter(audience: str) -> None:
    text = shown_to(IssueState, to_data(issue_state()), audience).decode()
    allowed = audience in (STAFF, ONE_MEMBER)
    assert (REPORTER in text) == (OFFICER in text) == allowed
    assert ("reporter_id" in text) == ("handler_id" in text) == ('"by"' in text) == allowed
    assert "井盖破损" in text
    assert "已更换" in text


@pytest.mark.parametrize("audience", AUDIENCES)
def test_what_is_hidden_in_a_view_is_hidden_in_the_events_that_hold_it(audience: str) -> None:
    text = shown_to(IssueConfirmed, to_data(IssueConfirmed(issue=issue_state())), audience).decode()
    assert (REPORTER in text) == (OFFICER in text) == (audience in (STAFF, ONE_MEMBER))
    assert '"by_silence":false' in text


def is_part(some: Any, whole: Any) -> bool:
    """Whether it has nothing that the whole has not."""
    if isinstance(some, dict):
        return all(name in whole and is_part(inner, whole[name]) for name, inner in some.items())
    if isinstance(some, list):
        return len(some) == len(whole) and all(map(is_part, some, whole))
    return bool(some == whole)


@value
class Secret:
    """A limit outside and one inside of an optional member."""

    plain: Line
    outside: Annotated[Id | None, seen_by(STAFF)] = None
    inside: Annotated[Id, seen_by(STAFF)] | None = None


def test_a_limit_counts_wherever_it_stands_in_an_optional_member() -> None:
    secret = to_data(Secret(plain="open", outside=OFFICER, inside=OFFICER))
    assert from_json(shown_to(Secret, secret, PUBLIC)) == {"plain": "open"}
    assert from_json(shown_to(Secret, secret, STAFF)) == secret


def test_a_whole_that_hides_nothing_is_not_copied() -> None:
    assert filter_for(AccountState, STAFF) is None
    assert filter_for(IssueState, PUBLIC) is not None


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(state=instances(IssueState))
def test_what_a_newer_sender_added_is_left_out_and_what_an_older_one_lacks_is_filled_in(state: IssueState) -> None:
    data = to_data(state)
    newer = {**data, "mood": "angry", "place": {**data["place"], "planet": "earth"}}
    assert only_declared(IssueState, newer) == data
    older = {name: value for name, value in data.items() if name not in ("rating", "me_toos")}
    assert only_declared(IssueState, older) == data | {"rating": None, "me_toos": 0}

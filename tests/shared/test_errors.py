"""The six errors arrive as they left: in a reply, in the inbox, and through nameko's own hands."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nameko.exceptions import deserialize, registry, serialize

from services.errors import (
    CODES,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refused,
    SansanError,
    Unavailable,
    Words,
    from_wire,
)
from services.wire import from_json, to_json

DETAILS = st.lists(st.dictionaries(st.sampled_from(["member", "en", "zh"]), st.text(max_size=20)), max_size=3).map(
    tuple
)
ERRORS = st.builds(
    lambda code, en, zh, clause, details: CODES[code](en, zh, clause, details),
    st.sampled_from(sorted(CODES)),
    st.text(max_size=50),
    st.text(max_size=50),
    st.text(max_size=10),
    DETAILS,
)


def same(one: object, other: SansanError) -> bool:
    """Whether two errors say the same."""
    return isinstance(one, SansanError) and type(one) is type(other) and one.to_wire() == other.to_wire()


def test_exactly_six_errors_cross_a_boundary() -> None:
    assert {
        "invalid": Invalid,
        "refused": Refused,
        "forbidden": Forbidden,
        "not_found": NotFound,
        "conflict": Conflict,
        "unavailable": Unavailable,
    } == CODES


@given(ERRORS)
def test_an_error_arrives_over_the_wire_as_it_left(error: SansanError) -> None:
    assert same(from_wire(from_json(to_json(error.to_wire()))), error)


@given(ERRORS)
def test_nameko_rebuilds_an_error_from_its_arguments(error: SansanError) -> None:
    rebuilt = type(error)(*from_json(to_json(error.args)))
    assert same(rebuilt, error)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_stock_nameko_service_can_carry_an_error_and_its_reason(code: str) -> None:
    error = CODES[code]("no", "不可以", "日-4", ({"member": "/note", "en": "missing", "zh": "缺少"},))
    carried = deserialize(from_json(to_json(serialize(error))))
    assert error.reason.zh in str(carried)
    assert CODES[code].__name__ in str(carried)


@pytest.mark.parametrize("code", sorted(CODES))
def test_a_stock_nameko_client_that_knows_the_class_is_given_the_error_itself(
    monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setitem(registry, f"services.errors.{CODES[code].__name__}", CODES[code])
    error = CODES[code]("no", "不可以", "日-4", ({"member": "/note", "en": "missing", "zh": "缺少"},))
    assert same(deserialize(from_json(to_json(serialize(error)))), error)


@given(ERRORS)
def test_an_error_survives_being_copied_between_processes(error: SansanError) -> None:
    assert same(pickle.loads(pickle.dumps(error)), error)


def test_a_reason_of_the_policy_keeps_both_languages_and_the_clause() -> None:
    error = Refused.because(Words("too late", "太晚了"), "日-8")
    assert error.to_wire() == {"code": "refused", "clause": "日-8", "en": "too late", "zh": "太晚了", "details": []}


@pytest.mark.parametrize("data", [{"code": "defect", "en": "", "zh": ""}, {"code": "refused", "en": "no"}, {}])
def test_what_is_not_one_of_the_six_is_not_taken_for_one(data: dict[str, str]) -> None:
    with pytest.raises(KeyError):
        from_wire(data)

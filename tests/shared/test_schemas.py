"""What is foreign gets in only as its contract says, and the JSON Schema that we publish says the same."""

import copy
import json
from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Annotated, Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from marshmallow import EXCLUDE, RAISE

from services.declare import COMMANDS, Between, value
from services.errors import Invalid
from services.fields import Label, Line, Note
from services.issues.contract import IssueConfirmed, IssueState, ReportIssue
from services.schemas import _load, components, json_schema, load, load_tolerantly
from services.wire import to_data
from tests.shared.made_up import catalogue, instances
from tests.shared.samples import issue_state, report

HARD = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
CLASSES = pytest.mark.parametrize("cls", catalogue(), ids=lambda cls: cls.__name__)
ANYTHING = st.sampled_from(
    [
        None,
        True,
        False,
        0,
        -1,
        1.5,
        2**63,
        "",
        " ",
        "x",
        "\x00",
        "2024-05-20",
        "2024-05-20T12:00:00",
        [],
        ["x"],
        {},
        {"x": 1},
    ]
) | st.text(max_size=5)


class Colour(StrEnum):
    """Some colours."""

    RED = "red"
    GREEN = "green"


@value
class Part:
    """A part of a thing."""

    name: Label
    weight: Annotated[int, Between(1, 5)] = 1


@value
class Thing:
    """One member of each kind."""

    name: Line
    note: Note | None = None
    colour: Colour = Colour.RED
    heavy: bool = False
    count: Annotated[int, Between(0, 10)] = 0
    day: date | None = None
    at: datetime | None = None
    parts: Annotated[tuple[Part, ...], Between(0, 2)] = ()


@cache
def validator_of(cls: type) -> Draft202012Validator:
    """What checks data against the JSON Schema that we publish."""
    return Draft202012Validator(json_schema(cls))


def faults(data: object, cls: type = Thing) -> dict[str, str]:
    """What is wrong with the data: the English words by member."""
    with pytest.raises(Invalid) as refused:
        load(cls, data)
    assert all(detail["zh"] for detail in refused.value.details)
    return {detail["member"]: detail["en"] for detail in refused.value.details}


@CLASSES
@HARD
@given(data=st.data())
def test_every_contract_is_taken_as_it_was_sent_by_the_slow_way_the_fast_one_and_the_json_schema(
    cls: type, data: st.DataObject
) -> None:
    thing = data.draw(instances(cls))  # drawn once for all of it: making things up takes longer than trying them
    sent = to_data(thing)
    assert load(cls, sent) == thing
    assert load_tolerantly(cls, sent) == thing
    assert _load_slowly(cls, sent) == thing
    validator_of(cls).validate(sent)
    sent = changed(sent, data.draw(st.sampled_from(list(places(sent)))), data.draw(ANYTHING))
    assert verdict(load_tolerantly, cls, sent) == verdict(_load_slowly, cls, sent)
    assert verdict(load, cls, sent) == verdict(_load_strictly_and_slowly, cls, sent)


@pytest.mark.parametrize("cls", [cls for cls in catalogue() if cls in COMMANDS], ids=lambda cls: cls.__name__)
@HARD
@given(data=st.data())
def test_the_json_schema_refuses_what_the_validator_refuses(cls: type, data: st.DataObject) -> None:
    sent = to_data(data.draw(instances(cls)))
    path = data.draw(st.sampled_from(list(places(sent))))
    put = data.draw(ANYTHING)
    sent = changed(sent, path, put)
    taken = True
    try:
        load(cls, sent)
    except Invalid:
        taken = False
    schema_takes = validator_of(cls).is_valid(sent)
    assume(not (schema_takes and "format" in json.dumps(validator_of(cls).schema)))  # a format is a note, not a rule
    assert taken == schema_takes


def places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where something could be put: every member and every item, and a member that does not exist."""
    if isinstance(data, dict):
        yield (*path, "unheard_of")
        for name, inner in data.items():
            yield (*path, name)
            yield from places(inner, (*path, name))
    if isinstance(data, list):
        for number, inner in enumerate(data):
            yield (*path, number)
            yield from places(inner, (*path, number))


def changed(data: Any, path: tuple[Any, ...], put: object) -> Any:
    """A copy with something else in one place."""
    made = inner = copy.deepcopy(data)
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = put
    return made


def test_every_fault_is_named_in_both_languages() -> None:
    with pytest.raises(Invalid) as refused:
        load(ReportIssue, {"community_id": "X", "title": "", "place": {"spot": 3}, "mood": "bad"})
    details = {detail["member"]: detail for detail in refused.value.details}
    assert set(details) == {"/community_id", "/title", "/text", "/place/spot", "/mood"}
    assert details["/text"] == {"member": "/text", "en": "Missing data for required field.", "zh": "缺少此项"}
    assert details["/mood"]["zh"] == "未知的项"
    assert "/place/spot" in refused.value.reason.en


def test_a_member_with_two_faults_is_named_once_in_the_reason() -> None:
    with pytest.raises(Invalid) as refused:
        load(ReportIssue, to_data(report()) | {"title": ""})
    assert len(refused.value.details) == 2
    assert refused.value.reason.zh == "内容有误:/title"


def test_a_missing_member_is_named_and_an_unknown_one_too() -> None:
    assert faults({}) == {"/name": "Missing data for required field."}
    assert faults({"name": "x", "size": 1}) == {"/size": "Unknown field."}


@pytest.mark.parametrize("data", [None, 1, "x", [], [{"name": "x"}], True])
def test_what_is_no_object_is_refused_as_a_whole(data: object) -> None:
    assert set(faults(data)) == {""}


@pytest.mark.parametrize(
    ("member", "wrong"),
    [
        ("count", True),
        ("count", 1.0),
        ("count", "1"),
        ("count", 11),
        ("count", -1),
        ("count", 10**30),
        ("count", None),
        ("heavy", 1),
        ("heavy", "true"),
        ("heavy", None),
        ("colour", "blue"),
        ("colour", "RED"),
        ("colour", 1),
        ("colour", ["red"]),
        ("day", "2024-02-30"),
        ("day", 20240101),
        ("day", "2024-05-20T00:00:00Z"),
        ("at", "2024-05-20T12:00:00"),
        ("at", "2024-05-20"),
        ("at", 1716177600),
        ("at", "12:00"),
        ("at", ""),
        ("name", 5),
        ("name", None),
        ("name", "a\x00b"),
        ("name", "a\nb"),
        ("name", "\u3000"),
        ("name", "x" * 201),
        ("note", "a\x1b[31m"),
        ("parts", {}),
        ("parts", "ab"),
        ("parts", [{"name": "x"}] * 3),
    ],
)
def test_a_wrong_value_is_refused_and_its_member_named(member: str, wrong: object) -> None:
    assert set(faults({"name": "x", member: wrong})) == {f"/{member}"}


def test_a_fault_deep_inside_is_named_by_its_path() -> None:
    assert set(faults({"name": "x", "parts": [{"name": "a"}, {"name": "", "weight": 9, "size": 1}]})) == {
        "/parts/1/name",
        "/parts/1/weight",
        "/parts/1/size",
    }


def test_only_times_that_say_their_zone_are_taken() -> None:
    for text in ("2024-05-20T12:00:00+08:00", "2024-05-20T04:00:00Z", "2024-05-20T04:00:00.000000+00:00"):
        assert load(Thing, {"name": "x", "at": text}).at == datetime.fromisoformat("2024-05-20T04:00:00Z")


def test_no_number_of_faults_makes_an_answer_long() -> None:
    with pytest.raises(Invalid) as refused:
        load(Thing, {"name": "x", **{f"{number}" * 10_000: number for number in range(1_000)}})
    assert len(refused.value.details) == 50
    assert len(json.dumps(refused.value.to_wire())) < 10_000


def test_a_tolerant_reader_leaves_out_what_a_newer_sender_added() -> None:
    data = to_data(IssueConfirmed(issue=issue_state()))
    data["weather"] = "rain"
    data["issue"]["mood"] = "good"
    data["issue"]["history"][0]["mood"] = "bad"
    assert load_tolerantly(IssueConfirmed, data) == IssueConfirmed(issue=issue_state())
    assert set(faults(data, IssueConfirmed)) == {"/weather", "/issue/mood", "/issue/history/0/mood"}


def test_a_tolerant_reader_takes_nothing_that_is_wrong() -> None:
    data = to_data(issue_state()) | {"version": "3"}
    with pytest.raises(Invalid):
        load_tolerantly(IssueState, data)


def _load_slowly(cls: type, sent: Any) -> Any:
    return _load(cls, sent, EXCLUDE)


def _load_strictly_and_slowly(cls: type, sent: Any) -> Any:
    return _load(cls, sent, RAISE)


def verdict(way: Callable[[type, Any], Any], cls: type, sent: Any) -> Any:
    """What it makes of the data, or what is wrong."""
    try:
        return way(cls, sent)
    except Invalid as refused:
        return refused.details


@pytest.mark.parametrize(
    "wrong",
    [
        {"version": 3.0},
        {"version": True},
        {"created_at": "2024-05-20T23:59:60Z"},
        {"created_at": "2024-02-30T12:00:00Z"},
        {"created_at": "2024-05-20T12:00:00"},
        {"created_at": 1716177600},
        {"history": {}},
    ],
    ids=str,
)
def test_a_tolerant_reader_is_not_taken_in_by_what_json_schema_lets_pass(wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        load_tolerantly(IssueState, to_data(issue_state()) | wrong)


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_the_ends_of_the_calendar_break_nothing(edge: str) -> None:
    try:
        found = load_tolerantly(IssueState, to_data(issue_state()) | {"created_at": edge})
    except Invalid:
        return
    assert found.created_at == datetime.fromisoformat(edge)


def test_defaults_are_filled_in() -> None:
    assert load(Thing, {"name": "x"}) == Thing(name="x")
    sent = to_data(report())
    del sent["category"]
    assert load(ReportIssue, sent).category == "other"


@CLASSES
def test_the_json_schema_is_a_schema_whole_in_itself(cls: type) -> None:
    schema = json_schema(cls)
    Draft202012Validator.check_schema(schema)
    assert schema["title"] == cls.__name__
    assert "#/components" not in json.dumps(schema)


def test_the_json_schema_of_what_is_sent_to_us_is_closed_and_of_what_we_tell_is_open() -> None:
    assert json_schema(ReportIssue)["additionalProperties"] is False
    told = json_schema(IssueConfirmed)
    assert "additionalProperties" not in told
    assert all("additionalProperties" not in part for part in told["$defs"].values())


def test_components_hold_each_part_once() -> None:
    parts = components([IssueState, IssueConfirmed, ReportIssue])
    assert {"IssueState", "IssueConfirmed", "ReportIssue", "Place", "Turn", "Rating", "Appeal"} <= set(parts)
    assert parts["IssueConfirmed"]["properties"]["issue"] == {"$ref": "#/components/schemas/IssueState"}

"""The kinds of members take what people write and no more."""

import copy
import dataclasses
import pickle
from typing import Any

import pytest

from services.errors import Invalid
from services.fields import Code, Id, Label, Labelled, Line, Note, Prose, Slug, Version
from services.schemas import load
from services.wire import to_json

AN_ID = "01a20527-482e-7a3c-8c31-0a404c7054ee"


def taken(hint: Any, value: object) -> bool:
    """Whether a contract with one member of this kind takes the value."""
    cls = dataclasses.make_dataclass("Probe", [("member", hint)], frozen=True, kw_only=True)
    try:
        load(cls, {"member": value})
    except Invalid as error:
        return {detail["member"] for detail in error.details} != {"/member"}
    return True


@pytest.mark.parametrize("text", [AN_ID, "00000000-0000-0000-0000-000000000000"])
def test_an_id_is_a_uuid_in_lower_case(text: str) -> None:
    assert taken(Id, text)


@pytest.mark.parametrize("text", ["", "1", AN_ID.upper().replace("0", "A"), AN_ID + "\n", AN_ID[:-1], "ü" * 36])
def test_no_other_text_is_an_id(text: str) -> None:
    assert not taken(Id, text)


@pytest.mark.parametrize("text", ["wuhan-caochang", "a1", "0-", "a" * 63])
def test_a_slug_is_short_and_lower_case(text: str) -> None:
    assert taken(Slug, text)


@pytest.mark.parametrize(
    "text", ["", "a", "-a", "Wuhan", "a b", "a.b", "*", "#", "a/b", "操场", "a" * 64, "caochang\n", "a\x00b"]
)
def test_what_could_be_a_routing_pattern_or_a_path_is_no_slug(text: str) -> None:
    assert not taken(Slug, text)


@pytest.mark.parametrize(
    ("text", "good"), [("other", True), ("a", True), ("", False), ("1a", False), ("a" * 41, False)]
)
def test_a_code_is_one_short_word(text: str, good: bool) -> None:
    assert taken(Code, text) == good


@pytest.mark.parametrize(("kind", "most"), [(Label, 80), (Line, 200), (Note, 1000), (Prose, 4000)])
def test_a_text_has_a_limit_in_characters_of_any_script(kind: Any, most: int) -> None:
    for character in ("a", "井", "𠮷", "🚲"):
        assert taken(kind, character * most)
        assert not taken(kind, character * (most + 1))
    assert not taken(kind, "井" * 1_000_000)


@pytest.mark.parametrize("kind", [Label, Line, Note, Prose])
@pytest.mark.parametrize("text", ["", " ", "\u3000", "\u00a0 ", "a\x00b", "\x00", "a\x1bb", "a\x7fb", "\x08"])
def test_a_text_is_neither_blank_nor_has_control_characters(kind: Any, text: str) -> None:
    assert not taken(kind, text)


@pytest.mark.parametrize("text", ["一行\n两行", "a\tb", "a\r\nb", "\n a", "a\n"])
def test_only_a_text_of_several_lines_has_lines(text: str) -> None:
    assert taken(Note, text)
    assert taken(Prose, text)
    assert not taken(Label, text)
    assert not taken(Line, text)


@pytest.mark.parametrize("value", [None, 1, True, [], {}, object], ids=repr)
def test_a_text_is_text(value: object) -> None:
    assert not taken(Line, value)


@pytest.mark.parametrize(
    ("value", "good"),
    [(1, True), (2**31 - 1, True), (0, False), (2**31, False), (-1, False), (True, False), (1.0, False), ("1", False)],
)
def test_a_version_is_a_whole_number_from_one_on(value: object, good: bool) -> None:
    assert taken(Version, value) == good


class Lamp(Labelled):
    """A lamp."""

    LIT = "lit", "亮"
    DARK = "dark", "灭"


def test_a_labelled_member_is_its_value_on_the_wire_and_has_the_label_that_people_see() -> None:
    assert [(str(lamp), lamp.value, lamp.zh) for lamp in Lamp] == [("lit", "lit", "亮"), ("dark", "dark", "灭")]
    assert Lamp("dark") is Lamp.DARK
    assert to_json({"lamp": Lamp.LIT}) == b'{"lamp":"lit"}'
    assert copy.deepcopy(Lamp.LIT) is pickle.loads(pickle.dumps(Lamp.LIT)) is Lamp.LIT
    with pytest.raises(ValueError, match="broken"):
        Lamp("broken")


def test_a_member_without_a_label_is_a_defect() -> None:
    with pytest.raises(AssertionError, match="no label"):

        class Unlabelled(Labelled):
            LIT = "lit"

"""A lifecycle lets exactly its own rows pass, says why not, and prints itself."""

from dataclasses import dataclass
from enum import StrEnum

import pytest

from services.actor import MEMBER, SYSTEM, Actor, Role, concerned, holders
from services.clock import Moment
from services.errors import Forbidden, Refused, Words
from services.lifecycle import Gate, Move, gates_markdown, markdown, mermaid, move_of, permit
from tests.shared.samples import COMMUNITY, moment


class Light(StrEnum):
    """The states of a lamp."""

    NEW = "new"
    LIT = "lit"
    DARK = "dark"
    GONE = "gone"

    @property
    def zh(self) -> str:
        """The label that people see."""
        return {"new": "新", "lit": "亮", "dark": "灭", "gone": "拆"}[self]


@dataclass
class Lamp:
    """A lamp with a keeper."""

    status: Light
    keeper_id: str = "keeper"
    oil: int = 1


def has_oil(lamp: Lamp, at: Moment) -> Words | None:
    """灯-3."""
    return None if lamp.oil else Words("there is no oil", "没有油")


def is_evening(lamp: Lamp, at: Moment) -> Words | None:
    """灯-3."""
    return None if at.local.hour >= 12 else Words("it is not evening", "还没到晚上")


STEWARD = holders(Role.PROPERTY_STEWARD)
KEEPER = concerned("keeper_id", "the keeper", "管灯人")
LIFE = (
    Move("hang", MEMBER, None, Light.NEW, "灯-1"),
    Move("light", STEWARD, (Light.NEW, Light.DARK), Light.LIT, "灯-3", (has_oil, is_evening)),
    Move("put_out", KEEPER, Light.LIT, Light.DARK, "灯-4"),
    Move("take_down", STEWARD, (Light.NEW, Light.DARK), Light.GONE, "灯-5"),
)
A_STEWARD = Actor("steward", {COMMUNITY: frozenset({Role.PROPERTY_STEWARD})})
HELD = frozenset({Role.PROPERTY_STEWARD})


def test_a_move_of_the_table_passes_and_tells_where_it_leads() -> None:
    assert permit(LIFE, "light", Lamp(Light.DARK), A_STEWARD, HELD, moment()).target is Light.LIT
    assert permit(LIFE, "hang", None, A_STEWARD, HELD, moment()).target is Light.NEW


def test_the_wrong_person_is_forbidden_with_the_clause() -> None:
    with pytest.raises(Forbidden) as no:
        permit(LIFE, "light", Lamp(Light.DARK), Actor("resident"), frozenset({Role.RESIDENT}), moment())
    assert no.value.clause == "灯-3"
    assert no.value.reason == Words("only property steward may light here", "只有物业管家可以进行此操作")


def test_the_wrong_state_is_refused_and_names_the_right_ones() -> None:
    with pytest.raises(Refused) as no:
        permit(LIFE, "light", Lamp(Light.LIT), A_STEWARD, HELD, moment())
    assert no.value.clause == "灯-3"
    assert no.value.reason.en == "cannot light while lit; possible while new, dark"
    assert no.value.reason.zh == "当前状态为“亮”,不能进行此操作(仅限:新、灭)"


def test_whoever_may_not_learns_nothing_of_the_state() -> None:
    with pytest.raises(Forbidden):
        permit(LIFE, "put_out", Lamp(Light.GONE), A_STEWARD, HELD, moment())


def test_every_check_is_asked_in_order() -> None:
    with pytest.raises(Refused, match="there is no oil"):
        permit(LIFE, "light", Lamp(Light.DARK, oil=0), A_STEWARD, HELD, moment(moment().now.replace(hour=20)))
    with pytest.raises(Refused, match="it is not evening"):
        permit(LIFE, "light", Lamp(Light.DARK), A_STEWARD, HELD, moment(moment().now.replace(hour=20)))


def test_what_lives_already_cannot_begin_again() -> None:
    for light in Light:
        with pytest.raises(Refused):
            permit(LIFE, "hang", Lamp(light), A_STEWARD, HELD, moment())


def test_the_system_makes_no_move_that_is_not_its_own() -> None:
    for move in LIFE:
        thing = Lamp(Light(move.sources[0])) if move.sources else None
        with pytest.raises(Forbidden):
            permit(LIFE, move.name, thing, SYSTEM, frozenset(), moment())


def test_a_move_that_is_not_in_the_table_is_a_defect() -> None:
    with pytest.raises(StopIteration):
        move_of(LIFE, "paint")


def test_the_table_can_be_proof_read() -> None:
    assert markdown(LIFE).splitlines()[2:] == [
        "| hang | member (社区成员) | – | new | 灯-1 |  |",
        "| light | property steward (物业管家) | new, dark | lit | 灯-3 | has oil; is evening |",
        "| put_out | the keeper (管灯人) | lit | dark | 灯-4 |  |",
        "| take_down | property steward (物业管家) | new, dark | gone | 灯-5 |  |",
    ]


def test_the_diagram_has_every_move_one_beginning_and_its_ends() -> None:
    assert mermaid(LIFE).splitlines() == [
        "stateDiagram-v2",
        "    [*] --> new: hang",
        "    new --> lit: light",
        "    dark --> lit: light",
        "    lit --> dark: put_out",
        "    new --> gone: take_down",
        "    dark --> gone: take_down",
        "    gone --> [*]",
    ]


GATE = Gate(Light.DARK, Words("Is it ready for the night?", "准备好过夜了吗?"), "关-1", (has_oil, is_evening))


def test_an_open_gate_lets_pass() -> None:
    assert GATE.reasons(Lamp(Light.DARK), moment()) == []
    GATE.pass_through(Lamp(Light.DARK), moment())


def test_a_shut_gate_gives_every_reason_and_refuses_with_the_first() -> None:
    morning = moment(moment().now.replace(hour=0))  # 8 o'clock in Shanghai
    lamp = Lamp(Light.DARK, oil=0)
    assert [reason.en for reason in GATE.reasons(lamp, morning)] == ["there is no oil", "it is not evening"]
    with pytest.raises(Refused, match="there is no oil") as no:
        GATE.pass_through(lamp, morning)
    assert no.value.clause == "关-1"


def test_gates_are_printed_as_a_table() -> None:
    assert gates_markdown([GATE]).splitlines()[2:] == [
        "| dark | Is it ready for the night? | 准备好过夜了吗? | 关-1 | has oil; is evening |"
    ]

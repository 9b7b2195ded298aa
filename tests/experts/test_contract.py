"""What others may know of experts and draws: reasons and qualifications are for staff and the member concerned only."""

import dataclasses

import pytest

from services.declare import COMMANDS, ONE_MEMBER, PUBLIC, STAFF, VIEWS, Seen, commands_of
from services.errors import Invalid
from services.experts.contract import (
    CommitToDraw,
    ConflictState,
    DrawState,
    DrawStatus,
    ExpertState,
    ExpertStatus,
    RevealSecret,
    Seat,
)
from services.experts.use_cases import DOES
from services.schemas import load
from services.wire import hints_of, shown_to, to_data
from tests.experts.drawn import DRAW, drawn
from tests.shared.samples import COMMUNITY


def hidden(cls: type) -> set[str]:
    """The members that only staff and the member concerned see."""
    return {
        name
        for name, hint in hints_of(cls).items()
        if any(isinstance(mark, Seen) and mark.by == {STAFF, ONE_MEMBER} for mark in getattr(hint, "__metadata__", ()))
    }


def test_why_somebody_declines_is_close_or_knows_a_trade_is_not_for_everybody() -> None:
    assert hidden(ExpertState) == {"qualification"}
    assert hidden(ConflictState) == {"reason"}
    assert hidden(Seat) == {"reason"}


def test_a_draw_is_for_everybody_without_the_reasons() -> None:
    state = drawn(declining=[0]).state()
    assert state.audience == PUBLIC
    assert "近期出差" not in shown_to(DrawState, to_data(state), PUBLIC).decode()
    assert "近期出差" in shown_to(DrawState, to_data(state), STAFF).decode()


def test_nothing_in_the_contract_could_hold_a_name_a_phone_or_an_address() -> None:
    for cls in (ExpertState, ConflictState, DrawState, *(spec.cls for spec in commands_of("experts").values())):
        members = {member.name for member in dataclasses.fields(cls)}
        assert not members & {"name", "phone", "address", "email", "home_id"}, cls


def test_every_command_is_done_and_answers_with_the_state() -> None:
    assert set(DOES) == {spec.cls for spec in commands_of("experts").values()}
    assert {VIEWS[COMMANDS[cls].returns].name for cls in DOES} == {"expert", "conflict", "draw"}


@pytest.mark.parametrize("wrong", ["", "0" * 63, "0" * 65, "F" * 64, "0" * 63 + "g"])
def test_a_commitment_is_a_hash(wrong: str) -> None:
    data = {"community_id": COMMUNITY, "draw_id": DRAW, "party": "property_company", "sha256": wrong}
    with pytest.raises(Invalid, match="sha256"):
        load(CommitToDraw, data)


@pytest.mark.parametrize("wrong", ["", "0" * 31, "0" * 33, "F" * 32, "0" * 31 + "g", "0x" + "0" * 30])
def test_a_secret_is_32_hexadecimal_digits(wrong: str) -> None:
    data = {"community_id": COMMUNITY, "draw_id": DRAW, "party": "property_company", "secret": wrong}
    with pytest.raises(Invalid, match="secret"):
        load(RevealSecret, data)


def test_states_have_labels_of_their_own() -> None:
    assert len({status.zh for status in (*ExpertStatus, *DrawStatus)}) == 6

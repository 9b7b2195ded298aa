"""What is declared once stands in the catalogue, frozen, under its name."""

import dataclasses
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

import pytest

from services import declare
from services.actor import MEMBER, Role, holders
from services.declare import (
    AUDIENCES,
    COMMANDS,
    EVENTS,
    VIEWS,
    command,
    commands_of,
    event,
    event_spec,
    events_of,
    seen_by,
    view,
)
from services.fields import Id, Slug, Version
from services.wire import hints_of
from tests.shared.made_up import catalogue

# What of a thing an event may be named after instead of the thing.
ASPECTS = defaultdict(set, {"member": {"role", "password", "ownership"}})


@pytest.fixture
def own_catalogue(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave the catalogue as it was."""
    kept = [(book, dict(book)) for book in (VIEWS, COMMANDS, EVENTS, declare._EVENT_OF)]
    yield
    for book, before in kept:
        book.clear()
        book.update(before)  # type: ignore[arg-type]


@pytest.mark.usefixtures("own_catalogue")
def test_a_view_a_command_and_an_event_are_found_under_their_names() -> None:
    keepers = holders(Role.PROPERTY_STEWARD)

    @view("lamp", filters=("status",), text=("name",), concerns="keeper_id")
    class LampState:
        """A street lamp."""

        community_id: Slug
        id: Id
        version: Version

    @command("lamps.light_lamp", returns=LampState, by=keepers, subject="lamp_id")
    class LightLamp:
        """Light a lamp."""

        community_id: Slug
        lamp_id: Id

    @event("lamps.lamp.lit.v1")
    class LampLit:
        """A lamp was lit."""

        lamp: LampState
        at: datetime

    assert VIEWS[LampState].concerns == "keeper_id"
    assert commands_of("lamps") == {"light_lamp": COMMANDS[LightLamp]}
    assert COMMANDS[LightLamp].name == "lamps.light_lamp"
    assert COMMANDS[LightLamp].by is keepers
    told = events_of("lamps")["lamps.lamp.lit.v1"]
    assert told is event_spec(LampLit)
    assert (told.service, told.key, told.subject, told.state) == ("lamps", "lamp.lit", "lamp", LampState)


@pytest.mark.usefixtures("own_catalogue")
def test_an_event_begins_with_the_state_of_its_subject() -> None:
    with pytest.raises(AssertionError, match="the first member must be a view"):

        @event("lamps.lamp.broken.v1")
        class LampBroken:
            """Nobody knows which lamp."""

            lamp_id: Id


@pytest.mark.usefixtures("own_catalogue")
def test_whoever_may_is_any_member_unless_it_says_otherwise() -> None:
    @view("bench")
    class BenchState:
        """A bench."""

        id: Id

    @command("benches.paint_bench", returns=BenchState)
    class PaintBench:
        """Paint a bench."""

        bench_id: Id

    spec = COMMANDS[PaintBench]
    assert spec.by is MEMBER
    assert (spec.refuses, spec.personal, spec.subject) == (("refused",), False, "")


def test_a_contract_object_is_frozen_and_takes_its_members_by_name_only() -> None:
    for cls in catalogue():
        assert cls.__dataclass_params__.frozen, cls  # type: ignore[attr-defined]
        assert all(member.kw_only for member in dataclasses.fields(cls)), cls


def test_a_limit_of_sight_names_known_audiences() -> None:
    assert seen_by("staff", "member").by == {"staff", "member"}
    for cls in catalogue():
        for hint in hints_of(cls).values():
            for mark in getattr(hint, "__metadata__", ()):
                assert not isinstance(mark, declare.Seen) or mark.by <= set(AUDIENCES), cls


def test_every_contract_says_what_it_is() -> None:
    for cls in catalogue():
        assert (cls.__doc__ or "").strip().endswith("."), cls


def test_every_view_has_the_members_that_the_kit_reads() -> None:
    catalogue()
    needed = {"community_id", "id", "version", "audience", "created_at", "updated_at"}
    for cls, spec in VIEWS.items():
        members = set(hints_of(cls))
        assert needed <= members, cls
        assert {*spec.filters, *spec.text} <= members, cls
        assert not spec.concerns or spec.concerns in members, cls


def test_every_command_names_its_community_and_its_subject() -> None:
    catalogue()
    for cls, spec in COMMANDS.items():
        members = set(hints_of(cls))
        assert spec.returns in VIEWS or dataclasses.is_dataclass(spec.returns), cls
        assert not spec.subject or spec.subject in members, cls
        assert spec.personal or spec.service == "directory" or "community_id" in members, cls


def test_every_event_is_named_by_service_thing_deed_and_version() -> None:
    catalogue()
    for name, spec in EVENTS.items():
        service, thing, deed, version = name.split(".")
        assert version[0] == "v", name
        assert version[1:].isdecimal(), name
        assert spec.service == service
        assert spec.key == f"{thing}.{deed}"
        assert thing == VIEWS[spec.state].name or thing in ASPECTS[VIEWS[spec.state].name], name

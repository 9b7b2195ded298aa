"""What leaves the directory's process holds nobody's name, phone, login or password; what holds one stays inside."""

import dataclasses
from collections.abc import Iterator
from typing import Annotated, Any, get_args, get_origin

import pytest

from gateway.directory.answers import OwnerKind, Profile, Session, TooManyAttempts
from services.declare import EVENTS, VIEWS, commands_of
from services.errors import NotAuthenticated, from_wire
from services.schemas import json_schema
from services.wire import hints_of

PERSONAL = {"phone", "login", "password", "old_password", "new_password", "key", "admin", "address"}


def members(hint: Any) -> Iterator[str]:
    """The names of all members of a contract class, however deep."""
    if get_origin(hint) is Annotated or get_args(hint):
        for part in get_args(hint):
            yield from members(part)
    elif isinstance(hint, type) and dataclasses.is_dataclass(hint):
        for name, inner in hints_of(hint).items():
            yield name
            yield from members(inner)


OURS = [spec.cls for spec in EVENTS.values() if spec.service == "directory"]
OURS += [cls for cls in VIEWS if cls.__module__.startswith("gateway.directory")]


@pytest.mark.parametrize("cls", OURS, ids=lambda cls: cls.__name__)
def test_no_view_and_no_event_tells_of_a_person(cls: type) -> None:
    assert PERSONAL & set(members(cls)) == set()


def test_a_command_that_tells_of_a_person_never_leaves_the_process() -> None:
    for spec in commands_of("directory").values():
        if PERSONAL & {*members(spec.cls), *members(spec.returns)}:
            assert spec.personal, spec.name


def test_the_check_above_sees_what_is_deep_inside() -> None:
    assert {"phone", "login"} <= set(members(Profile))
    assert "admin" in set(members(commands_of("directory")["create_district"].cls))


def test_too_many_attempts_is_told_like_an_unknown_caller_where_nobody_knows_it() -> None:
    error = TooManyAttempts("wait", "请稍候")
    assert isinstance(error, NotAuthenticated)
    assert error.retry_after_seconds == 1
    assert from_wire(error.to_wire()).code == error.code


def test_the_answers_have_schemas() -> None:
    assert json_schema(Session)["properties"]["access_token"]["maxLength"] == 8000
    assert {kind.value for kind in OwnerKind} == {"person", "company", "developer"}

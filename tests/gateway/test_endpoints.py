"""The table is the whole surface: every command of every service is in it, and nothing is in it twice."""

import re

from gateway.directory.contract import CreateDistrict, ImportRoll, SetNoticePreferences
from gateway.endpoints import ENDPOINTS, Endpoint, Listing, Reading, Special
from services.declare import COMMANDS, VIEWS
from services.wire import hints_of
from tests.shared.made_up import import_contracts

ROWS = [row for rows in ENDPOINTS.values() for row in rows]


def test_every_command_has_an_endpoint() -> None:
    import_contracts()
    reached = {row.command for row in ROWS if isinstance(row, Endpoint)}
    reached |= {ImportRoll, SetNoticePreferences}  # by endpoints with a handler of their own
    own = {cls for cls in COMMANDS if not cls.__module__.startswith("tests.")}
    assert own - reached == {CreateDistrict}, "a district is begun by the operator, on the machine"


def test_no_method_and_path_is_there_twice() -> None:
    doors = [(row.method, re.sub(r"\{\w+\}", "{}", row.path)) for row in ROWS]
    assert len(doors) == len(set(doors))


def test_the_parameters_of_a_commands_path_are_its_members() -> None:
    for row in ROWS:
        if isinstance(row, Endpoint):
            assert set(re.findall(r"\{(\w+)\}", row.path)) <= set(hints_of(row.command)), row.path


def test_what_is_answered_can_be_read_somewhere() -> None:
    read = {row.view for row in ROWS if isinstance(row, Reading)}
    for row in ROWS:
        if isinstance(row, Endpoint):
            returns = COMMANDS[row.command].returns
            assert returns in read or any(hint in read for hint in hints_of(returns).values()), row.path
        elif isinstance(row, Listing):
            assert row.view in VIEWS


def test_what_is_public_is_said_and_nothing_else_is() -> None:
    public = {f"{row.method} {row.path}" for row in ROWS if row.public and not isinstance(row, Special)}
    assert public == {
        "GET /v1/communities",
        "GET /v1/communities/{community_id}",
        "GET /v1/communities/{community_id}/draws",
        "GET /v1/communities/{community_id}/draws/{draw_id}",
        "GET /v1/communities/{community_id}/roll",
        "POST /v1/communities/{community_id}/members",
    }


def test_everything_has_a_chinese_label() -> None:
    assert all(re.search(r"[\u4e00-\u9fff]", row.zh) for row in ROWS)

"""What was promised to others is kept: every contract is locked in a file here, and no change breaks it."""

import json
from pathlib import Path

import pytest

from services.schemas import json_schema
from tests.contracts.lock import FOLDER, breaks_of, contracts, file_of, lock, locked

ONCE_MORE = "lock it: python -m tests.contracts.lock"


@pytest.mark.parametrize("name", contracts())
def test_a_contract_keeps_what_it_promised(name: str) -> None:
    assert breaks_of(name, contracts()[name]) == []


@pytest.mark.parametrize("name", contracts())
def test_a_contract_is_locked_as_it_is_declared(name: str) -> None:
    assert locked(name) == json_schema(contracts()[name]), ONCE_MORE


@pytest.mark.parametrize("name", sorted(file.stem for file in FOLDER.glob("*.json")))
def test_what_was_promised_is_still_declared(name: str) -> None:
    assert name in contracts(), f"{name} was removed, and somebody may still send or read it"


def test_locking_adds_what_is_new(tmp_path: Path) -> None:
    assert lock(tmp_path) == {}
    assert {file.stem for file in tmp_path.glob("*.json")} == set(contracts())
    assert all(locked(name, tmp_path) == json_schema(cls) for name, cls in contracts().items())


def test_locking_leaves_alone_what_would_break(tmp_path: Path) -> None:
    name, cls = "issues.report_issue", contracts()["issues.report_issue"]
    before = json_schema(cls)
    before["properties"]["mood"] = {"type": "string"}
    file_of(name, tmp_path).write_text(json.dumps(before))
    assert lock(tmp_path) == {name: ["/mood: was removed"]}
    assert locked(name, tmp_path) == before

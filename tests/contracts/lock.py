"""Every event, view and command has its JSON Schema locked in a file here; `python -m tests.contracts.lock` writes them.

It writes what is new and what changed compatibly. What would break others is left as it is and named: give the event a
new version, or add a member with a default instead.
"""

import json
import sys
from pathlib import Path
from typing import Any

from services.declare import COMMANDS, EVENTS, VIEWS
from services.schemas import json_schema
from tests.contracts.compare import breaks
from tests.shared.made_up import catalogue

FOLDER = Path(__file__).parent


def contracts() -> dict[str, type]:
    """The whole catalogue by name: an event's type, a view's name, a command's `service.method`."""
    declared = set(catalogue())
    named = [
        *((spec.name, cls) for cls, spec in VIEWS.items()),
        *((spec.name, cls) for cls, spec in COMMANDS.items()),
        *((spec.name, spec.cls) for spec in EVENTS.values()),
    ]
    found = sorted((name, cls) for name, cls in named if cls in declared)
    assert len(dict(found)) == len(found), "two contracts have one name"
    return dict(found)


def file_of(name: str, folder: Path = FOLDER) -> Path:
    """Where a contract is locked."""
    return folder / f"{name}.json"


def locked(name: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """The schema of a contract as it was locked, or None."""
    file = file_of(name, folder)
    if not file.exists():
        return None
    schema: dict[str, Any] = json.loads(file.read_text())
    return schema


def breaks_of(name: str, cls: type, folder: Path = FOLDER) -> list[str]:
    """In which ways a contract, as it is declared now, breaks what was locked."""
    before = locked(name, folder)
    return [] if before is None else breaks(before, json_schema(cls), told=cls not in COMMANDS)


def lock(folder: Path = FOLDER) -> dict[str, list[str]]:
    """Lock what is new or changed compatibly; returns what was not, with its reasons."""
    refused = {}
    for name, cls in contracts().items():
        if reasons := breaks_of(name, cls, folder):
            refused[name] = reasons
        else:
            file_of(name, folder).write_text(json.dumps(json_schema(cls), indent=2, ensure_ascii=False) + "\n")
    return refused


if __name__ == "__main__":
    left = lock()
    for contract, reasons in left.items():
        print(f"{contract} breaks what was promised:", *reasons, sep="\n  ", file=sys.stderr)
    sys.exit(bool(left))

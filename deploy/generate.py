"""Everything that is generated and committed: one function makes it, one says what is stale."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deploy import parts
from gateway import openapi
from services import __version__, asyncapi, lifecycle, parameters
from services.declare import EVENTS
from services.issues import policy as issues_policy

_SECTION = "<!-- generated: {name} -->\n{text}\n<!-- end -->"


def files(root: Path) -> Mapping[Path, str]:
    """Every generated file's path and the text that it should have."""
    return {
        root / "gateway/openapi.json": _json(openapi.document()),
        root / "services/asyncapi.json": _json(asyncapi.document(__version__)),
        root / "README.md": _readme((root / "README.md").read_text()),
    }


def write_files(root: Path) -> None:
    """Write them all."""
    for path, text in files(root).items():
        path.write_text(text)


def stale_files(root: Path) -> list[Path]:
    """Those that differ from what they should be."""
    return [
        path.relative_to(root) for path, text in files(root).items() if not path.exists() or path.read_text() != text
    ]


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def _readme(text: str) -> str:
    for name, make in SECTIONS.items():
        section = _SECTION.format(name=name, text=make())
        text = re.sub(rf"<!-- generated: {name} -->.*?<!-- end -->", lambda _, new=section: new, text, flags=re.DOTALL)  # type: ignore[misc]
    return text


def _readers() -> dict[str, list[str]]:
    readers: dict[str, list[str]] = {}
    for name in ("issues", "points"):
        reacts = parts.named(f"{parts.STORES[name]}.use_cases:REACTS")
        for spec in EVENTS.values():
            if spec.cls in reacts:
                readers.setdefault(spec.name, []).append(name)
    return readers


def _diagram() -> str:
    return f"```mermaid\n{lifecycle.mermaid(issues_policy.LIFECYCLE)}\n```"


SECTIONS: Mapping[str, Callable[[], str]] = {
    "issue lifecycle": lambda: lifecycle.markdown(issues_policy.LIFECYCLE),
    "issue diagram": _diagram,
    "numbers": lambda: parameters.markdown(parts.parameters()),
    "event map": lambda: asyncapi.event_map(_readers()),
}

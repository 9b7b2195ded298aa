"""Everything that is generated and committed: one function makes it, one says what is stale."""

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

from deploy import parts
from gateway import openapi
from services import __version__, asyncapi, lifecycle, parameters
from services.actor import ROLE_LABELS
from services.declare import EVENTS
from services.issues import policy as issues_policy
from services.issues.built_in import BUILT_IN
from services.issues.huddle import HUDDLE_LIFECYCLE
from services.projects import policy as projects_policy
from services.projects.acceptance import ACCEPTANCE_GATE

_SECTION = "<!-- generated: {name} -->\n{text}\n<!-- end -->"


def files(root: Path) -> Mapping[Path, str]:
    """Every generated file's path and the text that it should have."""
    return {
        root / "gateway/openapi.json": _json(openapi.document()),
        root / "services/asyncapi.json": _json(asyncapi.document(__version__)),
        root / "deploy/topology.json": _json(_heard()),
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


def _heard() -> dict[str, dict[str, list[str]]]:
    sources = {name: parts.named(path).subscriptions.sources for name, path in parts.SERVICES.items()}
    return {name: {each: keys[each] for each in sorted(keys)} for name, keys in sources.items()}


def _readers() -> dict[str, list[str]]:
    readers: dict[str, list[str]] = {}
    for name in parts.OWNERS:
        reacts = parts.named(f"{parts.STORES[name]}.use_cases:REACTS")
        for spec in EVENTS.values():
            if spec.cls in reacts:
                readers.setdefault(spec.name, []).append(name)
    return readers


def _diagram(of: lifecycle.Lifecycle, groups: Mapping[str, tuple[StrEnum, ...]] | None = None) -> str:
    return f"```mermaid\n{lifecycle.mermaid(of, groups)}\n```"


def _gates() -> str:
    gates = (projects_policy.DESIGN_GATE, projects_policy.CONSTRUCTION_GATE, ACCEPTANCE_GATE)
    return lifecycle.gates_markdown(gates)


def _categories() -> str:
    lines = ["| category | 类别 | urgency | to be settled | 办结时限 | handler |", "|---|---|---|---|---|---|"]
    for each in BUILT_IN:
        within = {
            "hours": f"{each.settle} h",
            "same_day": "the same day",
            "working_days": f"{each.settle} working days",
        }
        zh = {"hours": f"{each.settle} 小时", "same_day": "当日", "working_days": f"{each.settle} 个工作日"}
        name = f"{each.en}{' (private)' if each.private else ''}"
        lines.append(
            f"| {'' if each.parent is None else '· '}`{each.code}` {name} | {each.zh} | {each.urgency} "
            f"| {within[each.timing]} | {zh[each.timing]} | {ROLE_LABELS[each.handler][0]} |"
        )
    return "\n".join(lines)


SECTIONS: Mapping[str, Callable[[], str]] = {
    "categories": _categories,
    "huddle lifecycle": lambda: lifecycle.markdown(HUDDLE_LIFECYCLE),
    "issue acts": lambda: lifecycle.acts_markdown(issues_policy.ACTS),
    "issue lifecycle": lambda: lifecycle.markdown(issues_policy.LIFECYCLE),
    "issue diagram": lambda: _diagram(
        issues_policy.LIFECYCLE, {"unsettled": issues_policy.UNSETTLED, "dated": issues_policy.DATED}
    ),
    "project lifecycle": lambda: lifecycle.markdown(projects_policy.LIFECYCLE),
    "project diagram": lambda: _diagram(projects_policy.LIFECYCLE),
    "gates": _gates,
    "numbers": lambda: parameters.markdown(parts.parameters()),
    "event map": lambda: asyncapi.event_map(_readers()),
}

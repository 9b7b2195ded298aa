"""A policy is a table: moves between states and gates between steps, each with who, clause and the checks it must pass."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from services.actor import Actor, Role, Who
from services.clock import Moment
from services.errors import Forbidden, Refused, Words

Check = Callable[[Any, Moment], Words | None]


class HasStatus(Protocol):
    """Anything that a lifecycle moves."""

    @property
    def status(self) -> StrEnum: ...


@dataclass(frozen=True)
class Move:
    """One row of a lifecycle: who may take a thing from which states to which, under which clause, only if what."""

    name: str
    by: Who
    source: StrEnum | tuple[StrEnum, ...] | None
    target: StrEnum
    clause: str
    only_if: tuple[Check, ...] = ()

    @property
    def sources(self) -> tuple[StrEnum, ...]:
        """The states it leaves; none for the move that begins a life."""
        if self.source is None:
            return ()
        return (self.source,) if isinstance(self.source, StrEnum) else self.source


Lifecycle = tuple[Move, ...]


def move_of(lifecycle: Lifecycle, name: str) -> Move:
    """The row of that name."""
    return next(move for move in lifecycle if move.name == name)


def permit(
    lifecycle: Lifecycle, name: str, thing: HasStatus | None, by: Actor, held: frozenset[Role], at: Moment
) -> Move:
    """The move, if this actor may make it with this thing at this moment.

    `thing` is None for a move that begins a life. Errors: Forbidden for the wrong person, Refused for the wrong state
    or a failed check, each naming the clause.
    """
    move = move_of(lifecycle, name)
    if not move.by.allows(by, held, thing):
        raise Forbidden(f"only {move.by.en} may {name} here", f"只有{move.by.zh}可以进行此操作", move.clause)
    if thing is not None and thing.status not in move.sources:
        allowed = ", ".join(move.sources)
        raise Refused(
            f"cannot {name} while {thing.status}; possible while {allowed}",
            f"当前状态为“{_label(thing.status)}”,不能进行此操作(仅限:{'、'.join(map(_label, move.sources))})",
            move.clause,
        )
    for check in move.only_if:
        if reason := check(thing, at):
            raise Refused.because(reason, move.clause)
    return move


@dataclass(frozen=True)
class Act:
    """What may be done about a thing without moving it: by whom, while what, under which clause, only if what."""

    by: Who
    during: tuple[StrEnum, ...]
    clause: str
    only_if: tuple[Check, ...] = ()


def permit_act(
    acts: Mapping[str, Act], name: str, thing: HasStatus, by: Actor, held: frozenset[Role], at: Moment
) -> None:
    """Refuse an act as a move would be. Errors: Forbidden, Refused, naming the clause."""
    act = acts[name]
    permit((Move(name, act.by, act.during, thing.status, act.clause, act.only_if),), name, thing, by, held, at)


@dataclass(frozen=True)
class Gate:
    """A question that must be answered with yes before a thing goes past a step."""

    after: StrEnum
    question: Words
    clause: str
    checks: tuple[Check, ...]

    def reasons(self, thing: object, at: Moment) -> list[Words]:
        """Every reason for which the gate is shut; none when it is open."""
        return [reason for check in self.checks if (reason := check(thing, at))]

    def pass_through(self, thing: object, at: Moment) -> None:
        """Refuse with the first reason while the gate is shut."""
        if reasons := self.reasons(thing, at):
            raise Refused.because(reasons[0], self.clause)


def markdown(lifecycle: Lifecycle) -> str:
    """The lifecycle as a table that a street office can proof-read."""
    lines = ["| move | by | from | to | clause | only if |", "|---|---|---|---|---|---|"]
    for move in lifecycle:
        checks = "; ".join(check.__name__.replace("_", " ") for check in move.only_if)
        lines.append(
            f"| {move.name} | {move.by.en} ({move.by.zh}) | {', '.join(move.sources) or '–'} "
            f"| {move.target} | {move.clause} | {checks} |"
        )
    return "\n".join(lines)


def acts_markdown(acts: Mapping[str, Act]) -> str:
    """The acts as a table."""
    lines = ["| act | by | while | clause | only if |", "|---|---|---|---|---|"]
    for name, act in acts.items():
        checks = "; ".join(check.__name__.replace("_", " ") for check in act.only_if)
        lines.append(f"| {name} | {act.by.en} ({act.by.zh}) | {', '.join(act.during)} | {act.clause} | {checks} |")
    return "\n".join(lines)


def mermaid(lifecycle: Lifecycle, groups: Mapping[str, tuple[StrEnum, ...]] | None = None) -> str:
    """The lifecycle as a Mermaid state diagram; where a move leaves all states of a group, one arrow leaves the group.

    `groups` maps names to states, the largest first; a group stands in the diagram as a state that lists its states.
    """
    groups = groups or {}
    lines = ["stateDiagram-v2"]
    lines += [f'    state "any of: {", ".join(states)}" as {name}' for name, states in groups.items()]
    targets: list[StrEnum] = []
    left: set[StrEnum] = set()
    for move in lifecycle:
        for source in _gathered(move.sources, groups) or ("[*]",):
            lines.append(f"    {source} --> {move.target}: {move.name}")
        left.update(move.sources)
        targets.append(move.target)
    lines += [f"    {state} --> [*]" for state in _once(targets) if state not in left]
    return "\n".join(lines)


def _gathered(states: tuple[StrEnum, ...], groups: Mapping[str, tuple[StrEnum, ...]]) -> list[str]:
    """The names of the groups that lie wholly among some states, then the states that are left."""
    names, left = [], list(states)
    for name, group in groups.items():
        if all(state in left for state in group):
            names.append(name)
            left = [state for state in left if state not in group]
    return [*names, *left]


def gates_markdown(gates: Iterable[Gate]) -> str:
    """The gates as a table."""
    lines = ["| after | question | 问题 | clause | checks |", "|---|---|---|---|---|"]
    for gate in gates:
        checks = "; ".join(check.__name__.replace("_", " ") for check in gate.checks)
        lines.append(f"| {gate.after} | {gate.question.en} | {gate.question.zh} | {gate.clause} | {checks} |")
    return "\n".join(lines)


def _label(state: StrEnum) -> str:
    """The Chinese label of a state whose enumeration has them as `zh`."""
    return str(getattr(state, "zh", state))


def _once(states: Iterable[StrEnum]) -> list[StrEnum]:
    return list(dict.fromkeys(states))

"""Each disposition of a huddle is a move of the issue, made as anybody would make it (日-15)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any

from services.errors import Invalid
from services.issues.contract import (
    AcceptIssue,
    AssignIssue,
    DisposeIssue,
    Disposition,
    EscalateIssue,
    IssueState,
    PostponeIssue,
    RejectIssue,
    ResolveIssue,
    TransferIssue,
)
from services.issues.handling import (
    accept_issue,
    assign_issue,
    escalate_issue,
    postpone_issue,
    reject_issue,
    resolve_issue,
    transfer_issue,
)
from services.work import Work


def handle(work: Work, command: DisposeIssue) -> IssueState:
    """Make the move of the issue that a disposition is; who may and when is the issue's own rule.

    Errors: Invalid, naming the members that are missing, or that do not go with it; what the move refuses.
    """
    move = _MOVES[command.disposition]
    given = {member: getattr(command, said) for member, said in move.members.items()}
    missing = [said for member, said in move.members.items() if given[member] is None and member in move.required]
    _refuse(command, missing, "must be given", "为必填项")
    strange = [said for said in _PARTICULAR if getattr(command, said) is not None and said not in move.members.values()]
    _refuse(command, strange, "does not go with this disposition", "不适用于该处理方式")
    return move.do(work, move.command(community_id=command.community_id, issue_id=command.issue_id, **given))


def _refuse(command: DisposeIssue, members: Sequence[str], en: str, zh: str) -> None:
    if members:
        details = tuple({"member": f"/{member}", "en": en, "zh": zh} for member in members)
        names, label = ", ".join(members), command.disposition.zh
        raise Invalid(f"{command.disposition}: {names} {en}", f"{label}:{names} {zh}", "日-15", details)


@dataclass(frozen=True)
class _Move:
    """The command that a disposition stands for, who does it, and which of its members is said by which of ours."""

    command: type[Any]
    do: Callable[[Work, Any], IssueState]
    members: Mapping[str, str]

    @property
    def required(self) -> frozenset[str]:
        """The members that the command does not do without."""
        return frozenset(member.name for member in fields(self.command) if member.default is MISSING)


_PARTICULAR = ("handler_id", "body", "reference", "until", "instead")

_MOVES = {
    Disposition.ACCEPT: _Move(AcceptIssue, accept_issue, {}),
    Disposition.ASSIGN: _Move(AssignIssue, assign_issue, {"handler_id": "handler_id", "note": "note"}),
    Disposition.RESOLVE: _Move(ResolveIssue, resolve_issue, {"note": "note"}),
    Disposition.TRANSFER: _Move(
        TransferIssue, transfer_issue, {"body": "body", "reference": "reference", "reason": "note"}
    ),
    Disposition.POSTPONE: _Move(PostponeIssue, postpone_issue, {"until": "until", "reason": "note"}),
    Disposition.ESCALATE: _Move(EscalateIssue, escalate_issue, {"reason": "note"}),
    Disposition.REJECT: _Move(RejectIssue, reject_issue, {"reason": "note", "instead": "instead"}),
}

"""Who of the members is known to be an owner, and who an expert: what the directory and the experts service told last."""

from dataclasses import dataclass

from gateway.directory.contract import MemberState, MemberStatus
from services.experts.contract import ExpertState


@dataclass
class KnownOwner:
    """The homes that a member is known to own: one row of the table `known_owners`; id and version are the member's."""

    community_id: str
    id: str
    version: int
    homes: tuple[str, ...]

    @classmethod
    def of(cls, member: MemberState) -> "KnownOwner":
        """As the directory tells it: only of a verified member it is known what they own."""
        verified = member.status is MemberStatus.VERIFIED
        homes = tuple(tie.home_id for tie in member.homes if tie.owner and verified)
        return cls(member.community_id, member.id, member.version, homes)


@dataclass
class KnownExpert:
    """The groups that an expert was verified for: one row of the table `known_experts`; id and version are the expert's."""

    community_id: str
    id: str
    version: int
    member_id: str
    groups: tuple[str, ...]

    @classmethod
    def of(cls, expert: ExpertState) -> "KnownExpert":
        """As the experts service tells it."""
        return cls(expert.community_id, expert.id, expert.version, expert.member_id, expert.groups)

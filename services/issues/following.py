"""Who hears of an issue: those who said "me too" and those who follow it, each once, until they do not want to any longer."""

from dataclasses import dataclass
from datetime import datetime

from services.clock import Moment
from services.ids import derived_id
from services.issues.contract import Bond, FollowingBegun, FollowingEnded, FollowingState


@dataclass
class Following:
    """The aggregate: one row of the table `followings`, whose id is made of the issue's and the member's."""

    community_id: str
    id: str
    version: int
    issue_id: str
    member_id: str
    bond: Bond
    active: bool
    through: str | None
    created_at: datetime
    updated_at: datetime

    @classmethod
    def begin(
        cls, community_id: str, issue_id: str, member_id: str, bond: Bond, at: Moment, through: str | None = None
    ) -> tuple["Following", FollowingBegun]:
        """A member hears of an issue from now on; `through` is the copy that brought them here (日-18)."""
        id_ = following_id(issue_id, member_id)
        made = cls(community_id, id_, 1, issue_id, member_id, bond, True, through, at.now, at.now)
        return made, FollowingBegun(following=made.state())

    def become(self, bond: Bond, at: Moment, through: str | None = None) -> FollowingBegun:
        """Hear of it again, or with another bond (日-18)."""
        self.bond, self.active, self.through = bond, True, through
        self._touch(at)
        return FollowingBegun(following=self.state())

    def end(self, at: Moment) -> FollowingEnded:
        """Hear of it no longer (日-18)."""
        self.active = False
        self._touch(at)
        return FollowingEnded(following=self.state())

    def counts(self) -> tuple[int, int]:
        """What it adds to the issue's me-toos and followers."""
        if not self.active:
            return 0, 0
        return (1, 0) if self.bond is Bond.ME_TOO else (0, 1)

    def state(self) -> FollowingState:
        """Its visible state: the member's own."""
        return FollowingState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            issue_id=self.issue_id,
            member_id=self.member_id,
            bond=self.bond,
            active=self.active,
            through=self.through,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _touch(self, at: Moment) -> None:
        self.version += 1
        self.updated_at = at.now


def following_id(issue_id: str, member_id: str) -> str:
    """The id of a member's following of an issue."""
    return derived_id(issue_id, "following", member_id)

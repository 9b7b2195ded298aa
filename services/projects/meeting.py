"""The weekly meeting of the three parties (三方例会): who sits, what is moved, and what all three agree to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import NotFound, Refused
from services.lifecycle import permit
from services.parties import Party, missing, speak_for
from services.projects.contract import (
    Attendance,
    MeetingAttended,
    MeetingClosed,
    MeetingConvened,
    MeetingState,
    MeetingStatus,
    MoveResolution,
    Resolution,
    ResolutionAdopted,
    ResolutionAgreed,
    ResolutionMoved,
)
from services.projects.limits import room_in
from services.projects.policy import MEETING_LIFECYCLE
from services.projects.topic import Topic


@dataclass
class Meeting:
    """The aggregate: one row of the table `meetings`."""

    community_id: str
    id: str
    version: int
    status: MeetingStatus
    topic_ids: tuple[str, ...]
    attendance: tuple[Attendance, ...]
    resolutions: tuple[Resolution, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def convene(
        cls, id_: str, topics: Sequence[Topic], by: Actor, held: frozenset[Role], at: Moment
    ) -> "tuple[Meeting, MeetingConvened]":
        """A new meeting about topics that still wait for their project (例-2). Errors: Forbidden, Refused."""
        move = permit(MEETING_LIFECYCLE, "convene", None, by, held, at)
        for topic in topics:
            topic.must_wait(move.clause)
        ids = tuple(topic.id for topic in topics)
        community_id = topics[0].community_id
        meeting = cls(community_id, id_, 1, MeetingStatus(move.target), ids, (), (), at.now, at.now)
        return meeting, MeetingConvened(meeting=meeting.state())

    def attend(self, party: Party, by: Actor, held: frozenset[Role], at: Moment) -> MeetingAttended:
        """Somebody sits down for their party (例-2), and for no other one. Errors: Forbidden, Refused."""
        clause = self._permit("attend", party, by, held, at)
        if any(each.member_id == by.member_id for each in self.attendance):
            raise Refused("one person sits for one party only, once", "每人在一次会议中只能代表一方签到一次", clause)
        room_in(MeetingState, "attendance", self.attendance, clause)
        self.attendance = (*self.attendance, Attendance(party=party, member_id=by.member_id, at=at.now))
        self._touch(at)
        return MeetingAttended(meeting=self.state(), party=party)

    def move_resolution(
        self, command: MoveResolution, topic: Topic, by: Actor, held: frozenset[Role], at: Moment
    ) -> ResolutionMoved:
        """A party that sits moves to make a project of one of the topics, and agrees by that (例-3).

        Errors: Forbidden, Refused.
        """
        clause = self._permit("move_resolution", command.party, by, held, at)
        self._must_sit(command.party, clause)
        if topic.id not in self.topic_ids:
            raise Refused("this topic is not one of the meeting's", "该议题不在本次会议议程内", clause)
        topic.must_wait(clause)
        room_in(MeetingState, "resolutions", self.resolutions, clause)
        resolution = Resolution(
            number=len(self.resolutions) + 1,
            topic_id=topic.id,
            title=command.title,
            purpose=command.purpose,
            budget=command.budget,
            moved_by=command.party,
            agreed=(command.party,),
        )
        self.resolutions = (*self.resolutions, resolution)
        self._touch(at)
        return ResolutionMoved(meeting=self.state(), number=resolution.number)

    def agree(self, number: int, party: Party, by: Actor, held: frozenset[Role], at: Moment) -> ResolutionAgreed:
        """A party that sits agrees to a resolution, once (例-3). Errors: Forbidden, NotFound, Refused."""
        clause = self._permit("agree", party, by, held, at)
        self._must_sit(party, clause)
        resolution = self._still_open(number, clause)
        if party in resolution.agreed:
            raise Refused(f"the {_en(party)} agreed to this already", f"{party.zh}已同意该项决议", clause)
        self._change(replace(resolution, agreed=(*resolution.agreed, party)), at)
        return ResolutionAgreed(meeting=self.state(), number=number, party=party)

    def adopt(
        self, number: int, project_id: str, by: Actor, held: frozenset[Role], at: Moment
    ) -> tuple[Resolution, ResolutionAdopted]:
        """A resolution becomes a project: all three parties sit, and all three agreed (例-3).

        Errors: Forbidden, NotFound, Refused (naming the parties that are missing).
        """
        clause = permit(MEETING_LIFECYCLE, "adopt", self, by, held, at).clause
        resolution = self._still_open(number, clause)
        if absent := missing(each.party for each in self.attendance):
            raise Refused(
                f"not all three parties sit here, there is no quorum: {_names_en(absent)} missing",
                f"三方未到齐,不能作出决议:缺{_names_zh(absent)}",
                clause,
            )
        if silent := missing(resolution.agreed):
            raise Refused(
                f"not all three parties agreed to this: {_names_en(silent)} missing",
                f"三方尚未一致同意:{_names_zh(silent)}未同意",
                clause,
            )
        adopted = replace(resolution, project_id=project_id)
        self._change(adopted, at)
        return adopted, ResolutionAdopted(meeting=self.state(), number=number)

    def close(self, by: Actor, held: frozenset[Role], at: Moment) -> MeetingClosed:
        """Nothing can be moved any more (例-2). Errors: Forbidden, Refused."""
        self.status = MeetingStatus(permit(MEETING_LIFECYCLE, "close", self, by, held, at).target)
        self._touch(at)
        return MeetingClosed(meeting=self.state())

    def state(self) -> MeetingState:
        """Its visible state."""
        return MeetingState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            status=self.status,
            topic_ids=self.topic_ids,
            attendance=self.attendance,
            resolutions=self.resolutions,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _permit(self, name: str, party: Party, by: Actor, held: frozenset[Role], at: Moment) -> str:
        clause = permit(MEETING_LIFECYCLE, name, self, by, held, at).clause
        speak_for(party, held, clause)
        return clause

    def _must_sit(self, party: Party, clause: str) -> None:
        if party in missing(each.party for each in self.attendance):
            raise Refused(f"the {_en(party)} does not sit in this meeting", f"{party.zh}尚未签到", clause)

    def _still_open(self, number: int, clause: str) -> Resolution:
        resolution = next((each for each in self.resolutions if each.number == number), None)
        if resolution is None:
            raise NotFound("this meeting has no such resolution", "本次会议没有该项决议", clause)
        if resolution.project_id is not None:
            raise Refused("this resolution was adopted already", "该项决议已通过", clause)
        return resolution

    def _change(self, resolution: Resolution, at: Moment) -> None:
        self.resolutions = tuple(resolution if each.number == resolution.number else each for each in self.resolutions)
        self._touch(at)

    def _touch(self, at: Moment) -> None:
        self.version += 1
        self.updated_at = at.now


def _en(party: Party) -> str:
    return party.replace("_", " ")


def _names_en(parties: Sequence[Party]) -> str:
    return ", ".join(map(_en, parties))


def _names_zh(parties: Sequence[Party]) -> str:
    return "、".join(party.zh for party in parties)

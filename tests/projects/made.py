"""The people of the three parties, projects in any state, and what others tell the projects service."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from gateway.directory.contract import MemberState, MemberStatus, MemberVerified, RollHome, RollListed, RollState, Tie
from services.actor import Actor, Role
from services.clock import Moment
from services.errors import SansanError
from services.experts.contract import DrawState, DrawStatus, ExpertState, ExpertStatus
from services.ids import derived_id
from services.issues.contract import IssueEscalated, Status
from services.parties import Party
from services.projects.contract import (
    AdoptResolution,
    AgreeToResolution,
    Alternative,
    AttendMeeting,
    ConveneMeeting,
    Judgement,
    MoveResolution,
    OpenVote,
    ProjectStatus,
    RaiseTopic,
    Satisfaction,
    StopOrder,
)
from services.projects.meeting import Meeting
from services.projects.model import Project
from services.projects.tally import Weight
from services.projects.topic import Topic
from services.projects.use_cases import DOES, REACTS
from services.projects.votes import Vote, WholeRoll
from services.work import Desk
from tests.shared.desks import event, job, perform, rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, ISSUE, NOON, PROJECT, issue_state, member, moment

TOPIC = derived_id("topic", "sheds")
MEETING = derived_id("meeting", "first")
DRAW = derived_id("draw", "first")
VOTE = derived_id("vote", "first")
HASH = hashlib.sha256(b"roll").hexdigest()


def id_of(name: str) -> str:
    """The id of somebody."""
    return derived_id("member", name)


SECRETARY = member(id_of("secretary"), Role.PARTY_COMMITTEE)
MANAGER = member(id_of("manager"), Role.PROPERTY_MANAGER)
CHAIR = member(id_of("chair"), Role.OWNERS_COMMITTEE, Role.OWNER)
STEWARD = member(id_of("steward"), Role.PROPERTY_STEWARD)
DESIGNER = member(id_of("designer"), Role.RESIDENT)
STRANGER = member(id_of("stranger"), Role.OWNERS_COMMITTEE, community_id=ANOTHER_COMMUNITY)
OF_PARTY = {
    Party.PARTY_COMMITTEE: SECRETARY,
    Party.PROPERTY_COMPANY: MANAGER,
    Party.OWNERS_COMMITTEE: CHAIR,
}
JURORS = tuple(id_of(f"juror {number}") for number in range(1, 6))


def held(actor: Actor) -> frozenset[Role]:
    """The roles that somebody has in the community."""
    return actor.roles_in(COMMUNITY)


def juror(number: int) -> Actor:
    """One of the five jurors, counted from 0."""
    return member(JURORS[number], Role.RESIDENT)


def owner(name: str) -> Actor:
    """An owner."""
    return member(id_of(name), Role.OWNER)


def topic(**changed: Any) -> Topic:
    """A topic that was raised."""
    return Topic.raise_issues(changed.pop("id", TOPIC), raise_topic(**changed), SECRETARY, held(SECRETARY), at_noon())[
        0
    ]


def meeting(*sitting: Party) -> Meeting:
    """A meeting about the topic, at which some parties sit."""
    begun = Meeting.convene(MEETING, [topic()], SECRETARY, held(SECRETARY), at_noon())[0]
    for party in sitting:
        begun.attend(party, OF_PARTY[party], held(OF_PARTY[party]), at_noon())
    return begun


def at_noon(**passed: float) -> Moment:
    """The moment at which the clocks of the tests stand, or some time later."""
    return moment(NOON + timedelta(**passed))


def alternative(number: int = 1, by: str = DESIGNER.member_id) -> Alternative:
    """A plan for the sheds."""
    return Alternative(number=number, title="膜结构车棚", text="膜结构加智能充电。", cost=50_000_000, proposed_by=by)


def judgement(number: int, feasible: bool = True) -> Judgement:
    """What one of the jurors, counted from 0, found."""
    return Judgement(member_id=JURORS[number], feasible=feasible, reason="消防间距足够", at=NOON)


def project(status: ProjectStatus, **changed: Any) -> Project:
    """A project in a state, with all that any move asks for."""
    return Project(
        **{
            "community_id": COMMUNITY,
            "id": PROJECT,
            "version": 7,
            "status": status,
            "title": "新建充电车棚",
            "purpose": "在小区内新建带智能充电的车棚。",
            "budget": 60_000_000,
            "topic_id": TOPIC,
            "issue_ids": (ISSUE,),
            "created_at": NOON,
            "updated_at": NOON,
            "alternatives": (alternative(),),
            "chosen": 1,
            "draw_id": DRAW,
            "draw_version": 3,
            "jurors": JURORS,
            "judgements": (judgement(0), judgement(1), judgement(2)),
            "vote_id": VOTE,
            "supervisors": (id_of("supervisor"),),
            "experts_supervising": (id_of("supervisor"),),
            "stop_orders": (
                StopOrder(number=1, reason="回填不合格", by=id_of("supervisor"), at=NOON, rectified_at=NOON),
            ),
            "acceptors": (id_of("acceptor"),),
            "final_paid": True,
            "after": Satisfaction(asked=10, satisfied=9),
            **changed,
        }
    )


def raise_topic(**changed: Any) -> RaiseTopic:
    """A command that raises one issue."""
    return RaiseTopic(
        **{
            "community_id": COMMUNITY,
            "title": "电动车乱停乱放",
            "text": "建议增建车棚。",
            "issue_ids": (ISSUE,),
            **changed,
        }
    )


def move_resolution(meeting_id: str = MEETING, topic_id: str = TOPIC, **changed: Any) -> MoveResolution:
    """A command with which the owners' committee moves to build sheds."""
    return MoveResolution(
        **{
            "community_id": COMMUNITY,
            "meeting_id": meeting_id,
            "party": Party.OWNERS_COMMITTEE,
            "topic_id": topic_id,
            "title": "新建充电车棚",
            "purpose": "在小区内新建带智能充电的车棚。",
            "budget": 60_000_000,
            **changed,
        }
    )


def open_vote(project_id: str = PROJECT, days: float = 15, **changed: Any) -> OpenVote:
    """A command that asks the owners about altering common parts."""
    return OpenVote(
        **{
            "community_id": COMMUNITY,
            "project_id": project_id,
            "matter": 8,
            "closes_at": NOON + timedelta(days=days),
            **changed,
        }
    )


ROLL = WholeRoll(3, HASH, Weight(300, 3))


def vote(roll: WholeRoll = ROLL, **changed: Any) -> Vote:
    """A vote that was opened at noon."""
    return Vote.open(VOTE, open_vote(**changed), roll, CHAIR, held(CHAIR), at_noon())[0]


def escalated(issue_id: str = ISSUE) -> IssueEscalated:
    """The issues service tells of an issue for the weekly meeting."""
    return IssueEscalated(
        issue=issue_state(id=issue_id, status=Status.ESCALATED, resolved_at=None), reason="需三方商定"
    )


def draw(project_id: str = PROJECT, draw_id: str = DRAW, version: int = 4) -> DrawState:
    """A draw as the experts service tells of it."""
    return DrawState(
        community_id=COMMUNITY,
        id=draw_id,
        version=version,
        status=DrawStatus.DRAWN,
        project_id=project_id,
        group="plan_evaluation",
        seats=5,
        list_hash=HASH,
        reveal_by=NOON,
        created_at=NOON,
        updated_at=NOON,
    )


def expert(member_id: str, *groups: str, version: int = 2) -> ExpertState:
    """A verified expert."""
    return ExpertState(
        community_id=COMMUNITY,
        id=derived_id(COMMUNITY, "expert", member_id),
        version=version,
        status=ExpertStatus.VERIFIED,
        member_id=member_id,
        profession="engineer",
        qualification="注册建造师",
        groups=groups,
        created_at=NOON,
        updated_at=NOON,
    )


def home(name: str, area: int = 10_000, person: str = "") -> RollHome:
    """A home of the roll; it counts for a person of its own unless one is named."""
    return RollHome(home_id=derived_id("home", name), area=area, person_id=derived_id("person", person or name))


def roll(homes: Sequence[RollHome], version: int = 1) -> RollState:
    """The totals of a roll."""
    return RollState(
        community_id=COMMUNITY,
        id=derived_id("roll", COMMUNITY),
        version=version,
        homes=len(homes),
        area=sum(each.area for each in homes),
        headcount=len({each.person_id for each in homes}),
        hash=hashlib.sha256(repr((version, homes)).encode()).hexdigest(),
        created_at=NOON,
        updated_at=NOON,
    )


def pages(homes: Sequence[RollHome], version: int = 1, page: int = 500) -> list[RollListed]:
    """The directory lists a roll, so many homes a page."""
    parts = [tuple(homes[at : at + page]) for at in range(0, len(homes), page)]
    totals = roll(homes, version)
    return [RollListed(roll=totals, part=number, parts=len(parts), homes=part) for number, part in enumerate(parts, 1)]


def owning(member_id: str, *homes: RollHome, version: int = 2, **changed: Any) -> MemberState:
    """A verified member who owns some homes."""
    ties = tuple(Tie(home_id=each.home_id, owner=True) for each in homes)
    return MemberState(
        **{
            "community_id": COMMUNITY,
            "id": member_id,
            "version": version,
            "status": MemberStatus.VERIFIED,
            "homes": ties,
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def do(desk: Desk, command: Any, actor: Actor, **options: Any) -> Any:
    """What a command answers."""
    return perform(desk, job(command, actor, does=DOES, **options))[0]


def hear(desk: Desk, *told: Any) -> None:
    """Let the service hear of events, each in a batch of its own."""
    for each in told:
        perform(desk, event(each, REACTS))


def everything(desk: Desk) -> dict[str, list[Any]]:
    """All that the service keeps, but the replies that it keeps to repeat them."""
    return {name: rows(desk, name) for name in desk.store.metadata.tables if name != "inbox"}


def refusal(desk: Desk, command: Any, actor: Actor, **options: Any) -> SansanError:
    """The error with which a command is refused; it changes nothing, and says why in both languages."""
    before = everything(desk)
    outcome = desk.perform([job(command, actor, does=DOES, **options)])[0]
    if outcome.failure:
        raise outcome.failure
    assert outcome.refusal is not None, outcome.reply
    assert everything(desk) == before
    assert outcome.refusal.reason.en.isascii()
    assert any("\u4e00" <= character <= "\u9fff" for character in outcome.refusal.reason.zh)
    return outcome.refusal


def told(desk: Desk) -> list[str]:
    """What the journal tells, ENTITY.DEED, in order."""
    return [".".join(row.type.split(".")[1:3]) for row in rows(desk, "journal")]


def raised(desk: Desk, issue_id: str = ISSUE) -> str:
    """The id of a topic of an escalated issue."""
    hear(desk, escalated(issue_id))
    return str(do(desk, raise_topic(issue_ids=(issue_id,)), SECRETARY)["id"])


def convened(desk: Desk, topic_id: str, *sitting: Party) -> str:
    """The id of a meeting about a topic, at which some parties sit."""
    command = ConveneMeeting(community_id=COMMUNITY, topic_ids=(topic_id,))
    meeting_id = str(do(desk, command, SECRETARY)["id"])
    for party in sitting:
        do(desk, AttendMeeting(community_id=COMMUNITY, meeting_id=meeting_id, party=party), OF_PARTY[party])
    return meeting_id


def begun(desk: Desk) -> str:
    """The id of a project that the three parties began."""
    topic_id = raised(desk)
    meeting_id = convened(desk, topic_id, *Party)
    do(desk, move_resolution(meeting_id, topic_id), CHAIR)
    for party in (Party.PARTY_COMMITTEE, Party.PROPERTY_COMPANY):
        do(
            desk,
            AgreeToResolution(community_id=COMMUNITY, meeting_id=meeting_id, number=1, party=party),
            OF_PARTY[party],
        )
    return str(do(desk, AdoptResolution(community_id=COMMUNITY, meeting_id=meeting_id, number=1), SECRETARY)["id"])


def kept(desk: Desk, thing: Any) -> Any:
    """Put an aggregate into its table."""
    table = desk.store.aggregates[type(thing)]
    with desk.engine.begin() as connection:
        connection.execute(
            table.insert().values({column.name: getattr(thing, column.name) for column in table.columns})
        )
    return thing


def verified(state: MemberState) -> MemberVerified:
    """The directory tells of a member."""
    return MemberVerified(member=state)

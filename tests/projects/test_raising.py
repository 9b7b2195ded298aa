"""From escalated issues to a project that the three parties began; whatever is refused changes nothing."""

from services.errors import Conflict, Forbidden, NotFound, Refused
from services.ids import derived_id
from services.parties import Party
from services.projects.contract import (
    AdoptResolution,
    AgreeToResolution,
    AttendMeeting,
    CloseMeeting,
    ConveneMeeting,
)
from services.wire import from_json
from services.work import Desk
from tests.projects.made import (
    CHAIR,
    DESIGNER,
    MANAGER,
    MEETING,
    OF_PARTY,
    SECRETARY,
    STRANGER,
    TOPIC,
    convened,
    do,
    escalated,
    hear,
    id_of,
    move_resolution,
    raise_topic,
    raised,
    refusal,
    told,
)
from tests.shared.desks import rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, ISSUE

ANOTHER_ISSUE = derived_id("issue", "wires")


def agree(meeting_id: str, party: Party) -> AgreeToResolution:
    """A party agrees to the first resolution."""
    return AgreeToResolution(community_id=COMMUNITY, meeting_id=meeting_id, number=1, party=party)


def adopt(meeting_id: str) -> AdoptResolution:
    """The first resolution is adopted."""
    return AdoptResolution(community_id=COMMUNITY, meeting_id=meeting_id, number=1)


def test_three_parties_make_a_project_of_escalated_issues(desk: Desk) -> None:
    hear(desk, escalated(), escalated(ANOTHER_ISSUE))
    topic = do(desk, raise_topic(issue_ids=(ISSUE, ANOTHER_ISSUE, ISSUE)), SECRETARY)
    assert topic["issue_ids"] == [ISSUE, ANOTHER_ISSUE]
    meeting_id = convened(desk, topic["id"], *Party)
    do(desk, move_resolution(meeting_id, topic["id"]), CHAIR)
    do(desk, agree(meeting_id, Party.PARTY_COMMITTEE), SECRETARY)
    meeting = do(desk, agree(meeting_id, Party.PROPERTY_COMPANY), MANAGER)
    assert meeting["resolutions"][0]["agreed"] == ["owners_committee", "party_committee", "property_company"]
    project = do(desk, adopt(meeting_id), SECRETARY)
    assert project["id"] == derived_id(meeting_id, "1")
    assert (project["status"], project["step"]) == ("discussing", "discuss")
    assert (project["topic_id"], project["issue_ids"]) == (topic["id"], [ISSUE, ANOTHER_ISSUE])
    closed = do(desk, CloseMeeting(community_id=COMMUNITY, meeting_id=meeting_id), MANAGER)
    assert (closed["status"], closed["resolutions"][0]["project_id"]) == ("closed", project["id"])
    assert told(desk) == [
        "topic.raised",
        "meeting.convened",
        *["meeting.attended"] * 3,
        "meeting.moved",
        *["meeting.agreed"] * 2,
        *["meeting.resolved", "topic.adopted", "project.begun"],
        "meeting.closed",
    ]
    begun = rows(desk, "journal")[-2]
    assert from_json(begun.data) == {"project": project}
    assert [row.project_id for row in rows(desk, "topics")] == [project["id"]]
    again = refusal(desk, ConveneMeeting(community_id=COMMUNITY, topic_ids=(topic["id"],)), SECRETARY)
    assert (type(again), again.clause) == (Refused, "例-2")


def test_what_is_refused_at_the_meeting_changes_nothing(desk: Desk) -> None:
    topic_id = raised(desk)
    hear(desk, escalated(ANOTHER_ISSUE))
    both = raise_topic(issue_ids=(ANOTHER_ISSUE, ISSUE))
    no = refusal(desk, both, SECRETARY)
    assert (type(no), no.clause) == (Refused, "例-1")
    no = refusal(desk, raise_topic(issue_ids=(ANOTHER_ISSUE, id_of("never escalated"))), SECRETARY)
    assert (type(no), no.clause) == (NotFound, "例-1")
    assert isinstance(refusal(desk, raise_topic(issue_ids=(ANOTHER_ISSUE,)), DESIGNER), Forbidden)

    for ids in ((topic_id, TOPIC), (TOPIC,)):
        convene = ConveneMeeting(community_id=COMMUNITY, topic_ids=ids)
        assert isinstance(refusal(desk, convene, SECRETARY), NotFound)
    meeting_id = convened(desk, topic_id, Party.OWNERS_COMMITTEE)
    attend = AttendMeeting(community_id=COMMUNITY, meeting_id=meeting_id, party=Party.PARTY_COMMITTEE)
    assert isinstance(refusal(desk, attend, MANAGER), Forbidden)
    assert isinstance(refusal(desk, move_resolution(meeting_id, TOPIC), CHAIR), NotFound)
    do(desk, move_resolution(meeting_id, topic_id), CHAIR)
    assert refusal(desk, agree(meeting_id, Party.PROPERTY_COMPANY), MANAGER).clause == "例-3"
    no = refusal(desk, adopt(meeting_id), CHAIR)
    assert (no.clause, "社区党委、物业公司" in no.reason.zh) == ("例-3", True)
    for party in (Party.PARTY_COMMITTEE, Party.PROPERTY_COMPANY):
        do(desk, AttendMeeting(community_id=COMMUNITY, meeting_id=meeting_id, party=party), OF_PARTY[party])
    do(desk, agree(meeting_id, Party.PARTY_COMMITTEE), SECRETARY)
    no = refusal(desk, adopt(meeting_id), CHAIR)
    assert (no.clause, "物业公司未同意" in no.reason.zh, "property company" in no.reason.en) == ("例-3", True, True)
    assert isinstance(refusal(desk, agree(meeting_id, Party.PROPERTY_COMPANY), MANAGER, version=1), Conflict)
    do(desk, CloseMeeting(community_id=COMMUNITY, meeting_id=meeting_id), CHAIR)
    for command, actor in (
        (attend, SECRETARY),
        (move_resolution(meeting_id, topic_id), CHAIR),
        (agree(meeting_id, Party.PROPERTY_COMPANY), MANAGER),
        (adopt(meeting_id), CHAIR),
    ):
        assert isinstance(refusal(desk, command, actor), Refused)


def test_what_is_another_communitys_is_not_found(desk: Desk) -> None:
    topic_id = raised(desk)
    meeting_id = convened(desk, topic_id)
    place = {"community_id": ANOTHER_COMMUNITY}
    for command in (
        raise_topic(**place),
        ConveneMeeting(**place, topic_ids=(topic_id,)),
        AttendMeeting(**place, meeting_id=meeting_id, party=Party.OWNERS_COMMITTEE),
        move_resolution(meeting_id, topic_id, **place),
        AgreeToResolution(**place, meeting_id=meeting_id, number=1, party=Party.OWNERS_COMMITTEE),
        AdoptResolution(**place, meeting_id=meeting_id, number=1),
        CloseMeeting(**place, meeting_id=meeting_id),
    ):
        assert isinstance(refusal(desk, command, STRANGER), NotFound)
    unknown = CloseMeeting(community_id=COMMUNITY, meeting_id=MEETING)
    assert isinstance(refusal(desk, unknown, SECRETARY), NotFound)

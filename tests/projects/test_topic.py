"""A topic is made of escalated issues, each of them once, and becomes one project."""

import pytest

from services.errors import Forbidden, Refused
from services.projects.contract import TopicAdopted, TopicRaised, TopicStatus
from services.projects.topic import EscalatedIssue, Topic
from tests.projects.made import DESIGNER, SECRETARY, TOPIC, at_noon, held, id_of, raise_topic, topic
from tests.shared.samples import COMMUNITY, ISSUE, PROJECT


def test_a_topic_is_raised_with_its_issues_each_once() -> None:
    command = raise_topic(issue_ids=(ISSUE, id_of("x"), ISSUE))
    raised, told = Topic.raise_issues(TOPIC, command, SECRETARY, held(SECRETARY), at_noon())
    assert told == TopicRaised(topic=raised.state())
    assert (raised.status, raised.issue_ids, raised.project_id) == (TopicStatus.RAISED, (ISSUE, id_of("x")), None)


def test_only_the_three_parties_raise_a_topic() -> None:
    with pytest.raises(Forbidden) as no:
        Topic.raise_issues(TOPIC, raise_topic(), DESIGNER, held(DESIGNER), at_noon())
    assert no.value.clause == "例-1"


def test_an_issue_is_in_one_topic_only() -> None:
    issue = EscalatedIssue(COMMUNITY, ISSUE)
    issue.put_into(TOPIC)
    assert (issue.topic_id, issue.version) == (TOPIC, 2)
    for another in (TOPIC, id_of("another")):
        with pytest.raises(Refused, match="another topic") as no:
            issue.put_into(another)
        assert no.value.clause == "例-1"
    assert issue.topic_id == TOPIC


def test_a_topic_becomes_a_project_once() -> None:
    thing = topic()
    thing.must_wait("例-2")
    told = thing.adopt(PROJECT, SECRETARY, held(SECRETARY), at_noon())
    assert told == TopicAdopted(topic=thing.state())
    assert (thing.status, thing.project_id, thing.version) == (TopicStatus.ADOPTED, PROJECT, 2)
    with pytest.raises(Refused):
        thing.adopt(PROJECT, SECRETARY, held(SECRETARY), at_noon())
    with pytest.raises(Refused, match="became a project already") as no:
        thing.must_wait("例-2")
    assert no.value.clause == "例-2"

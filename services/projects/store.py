"""The tables of the projects service; the database itself refuses a second ballot for a home."""

from datetime import datetime

import sqlalchemy as sa

from services.database import Choice, Instant, Json, Store, key
from services.projects import contract
from services.projects.contract import (
    Alternative,
    Attendance,
    Doubt,
    Judgement,
    MeetingStatus,
    ProjectStatus,
    Resolution,
    Satisfaction,
    StopOrder,
    TopicStatus,
    VoteStatus,
)
from services.projects.known import KnownExpert, KnownOwner
from services.projects.meeting import Meeting
from services.projects.model import Project
from services.projects.topic import EscalatedIssue, Topic
from services.projects.votes import Ballot, Vote
from services.projects.works_store import add_tables
from services.work import kit_tables

METADATA = kit_tables(sa.MetaData())


def _lived() -> list[sa.Column[datetime]]:
    return [sa.Column("created_at", Instant, nullable=False), sa.Column("updated_at", Instant, nullable=False)]


escalated_issues = sa.Table(
    "escalated_issues",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("topic_id", sa.Uuid(as_uuid=False)),
)

topics = sa.Table(
    "topics",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(TopicStatus), nullable=False),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("issue_ids", Json(tuple[str, ...]), nullable=False),
    sa.Column("project_id", sa.Uuid(as_uuid=False)),
    *_lived(),
)

meetings = sa.Table(
    "meetings",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(MeetingStatus), nullable=False),
    sa.Column("topic_ids", Json(tuple[str, ...]), nullable=False),
    sa.Column("attendance", Json(tuple[Attendance, ...]), nullable=False),
    sa.Column("resolutions", Json(tuple[Resolution, ...]), nullable=False),
    *_lived(),
)

projects = sa.Table(
    "projects",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(ProjectStatus), nullable=False),
    sa.Column("title", sa.String(80), nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("budget", sa.BigInteger, nullable=False),
    sa.Column("topic_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("issue_ids", Json(tuple[str, ...]), nullable=False),
    *_lived(),
    sa.Column("alternatives", Json(tuple[Alternative, ...]), nullable=False),
    sa.Column("chosen", sa.Integer),
    sa.Column("draw_id", sa.Uuid(as_uuid=False)),
    sa.Column("draw_version", sa.Integer, nullable=False),
    sa.Column("jurors", Json(tuple[str, ...]), nullable=False),
    sa.Column("judgements", Json(tuple[Judgement, ...]), nullable=False),
    sa.Column("vote_id", sa.Uuid(as_uuid=False)),
    sa.Column("contract_id", sa.Uuid(as_uuid=False)),
    sa.Column("doubts", Json(tuple[Doubt, ...]), nullable=False),
    sa.Column("supervisors", Json(tuple[str, ...]), nullable=False),
    sa.Column("experts_supervising", Json(tuple[str, ...]), nullable=False),
    sa.Column("stop_orders", Json(tuple[StopOrder, ...]), nullable=False),
    sa.Column("acceptors", Json(tuple[str, ...]), nullable=False),
    sa.Column("acceptance_id", sa.Uuid(as_uuid=False)),
    sa.Column("final_paid", sa.Boolean, nullable=False),
    sa.Column("before", Json(Satisfaction), nullable=False),
    sa.Column("after", Json(Satisfaction), nullable=False),
)

votes = sa.Table(
    "votes",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("status", Choice(VoteStatus), nullable=False),
    sa.Column("project_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("matter", sa.Integer, nullable=False),
    sa.Column("roll_version", sa.Integer, nullable=False),
    sa.Column("roll_hash", sa.String(64), nullable=False),
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("headcount", sa.Integer, nullable=False),
    sa.Column("closes_at", Instant, nullable=False),
    *_lived(),
    sa.Column("ballots", sa.Integer, nullable=False),
    sa.Column("participating_area", sa.BigInteger, nullable=False),
    sa.Column("participating_headcount", sa.Integer, nullable=False),
    sa.Column("yes_area", sa.BigInteger),
    sa.Column("yes_headcount", sa.Integer),
    sa.CheckConstraint("participating_area <= area AND participating_headcount <= headcount", name="votes_roll"),
    sa.CheckConstraint("(status = 'open') = (yes_area IS NULL)", name="votes_told_when_closed"),
)

ballots = sa.Table(
    "ballots",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("vote_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("choice", Choice(contract.Choice), nullable=False),
    sa.Column("homes", Json(tuple[str, ...]), nullable=False),
    *_lived(),
    sa.UniqueConstraint("community_id", "vote_id", "number", name="ballots_number"),
)

ballot_homes = sa.Table(
    "ballot_homes",
    METADATA,
    *key("vote_id", "home_id"),
    sa.Column("ballot", sa.Integer, nullable=False),
    sa.Column("choice", Choice(contract.Choice), nullable=False),
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("cast_by", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("on_paper", sa.Boolean, nullable=False),
)
sa.Index("ballot_homes_person", ballot_homes.c.community_id, ballot_homes.c.vote_id, ballot_homes.c.person_id)

rolls = sa.Table(
    "rolls",
    METADATA,
    sa.Column("community_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("homes", sa.Integer, nullable=False),
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("headcount", sa.Integer, nullable=False),
    sa.Column("hash", sa.String(64), nullable=False),
)

roll_homes = sa.Table(
    "roll_homes",
    METADATA,
    sa.Column("community_id", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("home_id", sa.Uuid(as_uuid=False), primary_key=True),
    sa.Column("area", sa.BigInteger, nullable=False),
    sa.Column("person_id", sa.Uuid(as_uuid=False), nullable=False),
)

known_owners = sa.Table(
    "known_owners",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("homes", Json(tuple[str, ...]), nullable=False),
)

known_experts = sa.Table(
    "known_experts",
    METADATA,
    *key(),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("member_id", sa.Uuid(as_uuid=False), nullable=False),
    sa.Column("groups", Json(tuple[str, ...]), nullable=False),
)

AGGREGATES = {
    EscalatedIssue: escalated_issues,
    Topic: topics,
    Meeting: meetings,
    Project: projects,
    Vote: votes,
    Ballot: ballots,
    KnownOwner: known_owners,
    KnownExpert: known_experts,
    **add_tables(METADATA),
}
STORE = Store("projects", METADATA, AGGREGATES)

"""People, contracts and acceptances of a project that is being carried out; money is in fen."""

from typing import Any

import pytest

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import SansanError
from services.ids import derived_id
from services.projects.acceptance import Acceptance
from services.projects.contract import AcceptanceStatus, Clause, PaymentKind, PaymentStatus, ProjectStatus
from services.projects.model import Project
from services.projects.payments import Payment
from services.projects.works import Contract
from tests.shared.samples import COMMUNITY, ISSUE, NOON, PROJECT, member

CONTRACT = derived_id("contract", "sheds")
ACCEPTANCE = derived_id("acceptance", "sheds")
PAYMENT = derived_id("payment", "sheds")


def person(name: str, *roles: Role) -> Actor:
    """Somebody of the community by a name."""
    return member(derived_id("member", name), *(roles or (Role.RESIDENT,)))


COMMITTEE = person("committee", Role.OWNERS_COMMITTEE)
SECRETARY = person("secretary", Role.PARTY_COMMITTEE)
MANAGER = person("manager", Role.PROPERTY_MANAGER)
STEWARD = person("steward", Role.PROPERTY_STEWARD)
BANK = Actor(derived_id("client", "bank"), {COMMUNITY: frozenset({Role.PROPERTY_SYSTEM})}, kind="client")
ENGINEER = person("engineer")
DOUBTER = person("doubter")
DELEGATE = person("delegate", Role.OWNER)
SURVEYOR = person("surveyor")
PASSER_BY = person("passer-by")
STRANGER = Actor(derived_id("member", "stranger"))

AMOUNT = 1_000_000
CLAUSES = (
    Clause(number=1, text="车棚立柱间距", measure="卷尺,不大于 3 m"),
    Clause(number=2, text="排水坡度", measure="坡度尺,不小于 0.5%"),
    Clause(number=3, text="智能充电桩", measure="逐桩通电"),
)
AT = Moment(NOON)


def held(actor: Actor) -> frozenset[Role]:
    """What somebody is here."""
    return actor.roles_in(COMMUNITY)


def who(actor: Actor) -> tuple[Actor, frozenset[Role], Moment]:
    """Somebody who acts at noon, as the rules ask for it."""
    return actor, held(actor), AT


def project(status: ProjectStatus = ProjectStatus.DECIDED, **changed: Any) -> Project:
    """A project for sheds, as it comes out of the table."""
    return Project(
        **{
            "community_id": COMMUNITY,
            "id": PROJECT,
            "version": 5,
            "status": status,
            "title": "新建电动车棚",
            "purpose": "解决电动车乱停乱充",
            "budget": AMOUNT,
            "topic_id": derived_id("topic", "sheds"),
            "issue_ids": (ISSUE,),
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def contract(**changed: Any) -> Contract:
    """A contract of a million fen with three clauses."""
    return Contract(
        **{
            "community_id": COMMUNITY,
            "id": CONTRACT,
            "version": 1,
            "project_id": PROJECT,
            "contractor": "江岸建设",
            "amount": AMOUNT,
            "clauses": CLAUSES,
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def acceptance(**changed: Any) -> Acceptance:
    """An acceptance by two people, just opened."""
    return Acceptance(
        **{
            "community_id": COMMUNITY,
            "id": ACCEPTANCE,
            "version": 1,
            "status": AcceptanceStatus.OPEN,
            "signed": False,
            "project_id": PROJECT,
            "contract_id": CONTRACT,
            "clauses": (1, 2, 3),
            "acceptors": (DELEGATE.member_id, SURVEYOR.member_id),
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def payment(**changed: Any) -> Payment:
    """A payment for progress that was instructed."""
    return Payment(
        **{
            "community_id": COMMUNITY,
            "id": PAYMENT,
            "version": 1,
            "status": PaymentStatus.INSTRUCTED,
            "project_id": PROJECT,
            "contract_id": CONTRACT,
            "kind": PaymentKind.PROGRESS,
            "amount": 100,
            "created_at": NOON,
            "updated_at": NOON,
            **changed,
        }
    )


def no(error: type[SansanError], clause: str, zh: str, do: Any, *given: Any) -> None:
    """It is refused with this error under this clause, for a reason whose Chinese words hold these."""
    with pytest.raises(error) as refusal:
        do(*given)
    assert (refusal.value.clause, zh in refusal.value.reason.zh) == (clause, True), refusal.value.reason

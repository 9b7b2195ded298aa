"""The database itself refuses a final payment behind which no signed acceptance of its contract stands, whoever writes it."""

from typing import Any

import pytest
import sqlalchemy as sa

from services.database import reading
from services.ids import new_id
from services.projects.acceptance import Acceptance
from services.projects.contract import (
    AcceptanceStatus,
    ClauseCheck,
    HearingStatus,
    PaymentKind,
    PaymentStatus,
    Question,
    ReworkOrder,
    Signature,
)
from services.projects.hearing import Hearing, Opinion
from services.projects.payments import Payment
from services.projects.store import STORE
from services.projects.works import Contract, DiaryEntry
from services.projects.works_store import add_tables
from services.work import Desk
from tests.projects.building import (
    ACCEPTANCE,
    CONTRACT,
    DELEGATE,
    DOUBTER,
    ENGINEER,
    MANAGER,
    PAYMENT,
    SURVEYOR,
    acceptance,
    contract,
    payment,
)
from tests.projects.made import everything, kept
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON, PROJECT

acceptances, contracts, payments = (STORE.table(name) for name in ("acceptances", "contracts", "payments"))
NAMELESS = {  # SQLite names its checks only
    "payments_acceptance": "FOREIGN KEY constraint failed",
    "payments_one_final": "UNIQUE constraint failed: payments.community_id, payments.contract_id",
    "contracts_project": "UNIQUE constraint failed: contracts.community_id, contracts.project_id",
    "acceptances_project": "UNIQUE constraint failed: acceptances.community_id, acceptances.project_id",
}


def signed(**changed: Any) -> Acceptance:
    """An acceptance that everybody signed."""
    return acceptance(**{"status": AcceptanceStatus.SIGNED, "signed": True, **changed})


def final(**changed: Any) -> Payment:
    """A final payment that says that an acceptance is signed."""
    return payment(**{"kind": PaymentKind.FINAL, "acceptance_id": ACCEPTANCE, "acceptance_signed": True, **changed})


def pay(thing: Payment) -> Any:
    """The statement that puts a payment into its table past every rule."""
    return sa.insert(payments).values(**vars(thing))


def refused(desk: Desk, constraint: str, statement: Any) -> None:
    """The database says no, at once or when the transaction ends, and everything is as before."""
    before = everything(desk)
    with pytest.raises(sa.exc.IntegrityError) as no, desk.engine.begin() as connection:
        connection.execute(statement)
    if desk.engine.dialect.name == "sqlite":
        constraint = NAMELESS.get(constraint, constraint)
    assert constraint in str(no.value.orig)
    assert everything(desk) == before


def test_a_final_payment_needs_the_signed_acceptance_of_its_contract(desk: Desk) -> None:
    kept(desk, contract())
    refused(desk, "payments_final_accepted", pay(final(acceptance_id=None, acceptance_signed=None)))
    refused(desk, "payments_final_accepted", pay(final(acceptance_id=None)))
    refused(desk, "payments_acceptance", pay(final()))  # there is none of that id

    kept(desk, acceptance(signatures=(Signature(member_id=DELEGATE.member_id, at=NOON),)))
    refused(desk, "payments_acceptance", pay(final()))  # whatever it says of it
    refused(desk, "payments_final_signed", pay(final(acceptance_signed=False)))
    refused(desk, "payments_final_signed", pay(final(acceptance_signed=None)))

    of_another, elsewhere = new_id(), new_id()
    kept(desk, signed(id=of_another, project_id=new_id(), contract_id=new_id()))
    kept(desk, signed(id=elsewhere, community_id=ANOTHER_COMMUNITY))
    refused(desk, "payments_acceptance", pay(final(acceptance_id=of_another)))
    refused(desk, "payments_acceptance", pay(final(acceptance_id=elsewhere)))


def test_a_final_payment_is_the_only_one_and_its_acceptance_stays_signed(desk: Desk) -> None:
    with desk.engine.begin() as connection:  # inside one transaction the order does not matter
        connection.execute(pay(final()))
        connection.execute(sa.insert(acceptances).values(**vars(acceptance())))
        connection.execute(sa.update(acceptances).values(signed=True, status=AcceptanceStatus.SIGNED))
    for _ in range(2):
        kept(desk, payment(id=new_id()))
    refused(desk, "payments_one_final", pay(final(id=new_id())))

    unsigned = sa.update(acceptances).values(signed=False, status=AcceptanceStatus.OPEN)
    refused(desk, "payments_acceptance", unsigned)
    refused(desk, "payments_acceptance", sa.update(acceptances).values(contract_id=new_id()))
    refused(desk, "payments_acceptance", sa.update(acceptances).values(id=new_id()))
    refused(desk, "payments_acceptance", sa.delete(acceptances))

    of_final = sa.update(payments).where(payments.c.kind == PaymentKind.FINAL)
    of_others = sa.update(payments).where(payments.c.kind != PaymentKind.FINAL)
    refused(desk, "payments_final_accepted", of_final.values(acceptance_id=None, acceptance_signed=None))
    refused(desk, "payments_acceptance", of_final.values(contract_id=new_id()))
    refused(desk, "payments_final_accepted", of_others.values(kind=PaymentKind.FINAL))

    with desk.engine.begin() as connection:  # with no final payment nothing is kept from being taken back
        connection.execute(sa.delete(payments))
        connection.execute(unsigned)


def test_the_database_keeps_contracts_and_acceptances_consistent(desk: Desk) -> None:
    kept(desk, contract())
    kept(desk, payment())
    kept(desk, acceptance())
    refused(desk, "contracts_amount", sa.update(contracts).values(instructed=contracts.c.amount + 1))
    refused(desk, "contracts_amount", sa.update(contracts).values(paid=1))
    refused(desk, "contracts_amount", sa.update(contracts).values(instructed=-1, paid=-1))
    refused(desk, "payments_amount", sa.update(payments).values(amount=0))
    refused(desk, "acceptances_signed_status", sa.update(acceptances).values(signed=True))
    refused(desk, "acceptances_signed_status", sa.update(acceptances).values(status=AcceptanceStatus.SIGNED))
    refused(desk, "contracts_project", sa.insert(contracts).values(**vars(contract(id=new_id()))))
    refused(desk, "acceptances_project", sa.insert(acceptances).values(**vars(acceptance(id=new_id()))))


def test_everything_comes_back_as_it_went(desk: Desk) -> None:
    check = ClauseCheck(clause=2, passed=False, measured="0.4%", by=DELEGATE.member_id, at=NOON)
    order = ReworkOrder(
        number=1, clauses=(2,), reason="坡度不足", by=SURVEYOR.member_id, at=NOON, done="已重做", done_at=NOON
    )
    signature = Signature(member_id=DELEGATE.member_id, at=NOON)
    question = Question(number=1, asked_by=DOUBTER.member_id, text="何时?\n多少?", at=NOON)
    things: list[Any] = [
        contract(instructed=900_000, paid=100_000),
        acceptance(checks=(check,), rework_orders=(order,), signatures=(signature,)),
        acceptance(id=new_id(), project_id=new_id(), status=AcceptanceStatus.REWORK),
        payment(status=PaymentStatus.CONFIRMED, reference="ICBC-1", amount=100_000_000_000),
        DiaryEntry(COMMUNITY, PAYMENT, 1, PROJECT, ENGINEER.member_id, "浇筑\n基础 ☔", NOON, NOON),
        Hearing(COMMUNITY, PAYMENT, 2, HearingStatus.OPEN, (PROJECT, CONTRACT), NOON, NOON, (question,)),
        Opinion(COMMUNITY, PAYMENT, 1, PROJECT, MANAGER.member_id, False, NOON, NOON),
    ]
    for thing in things:
        kept(desk, thing)
        table = STORE.aggregates[type(thing)]
        with reading(desk.engine) as connection:
            row = connection.execute(sa.select(table).where(table.c.id == thing.id)).mappings().one()
        assert type(thing)(**row) == thing


def test_the_store_holds_what_is_carried_out() -> None:
    mine = add_tables(sa.MetaData())
    assert set(mine) == {Contract, Acceptance, Payment, DiaryEntry, Hearing, Opinion}
    assert {kind: STORE.aggregates[kind].name for kind in mine} == {kind: table.name for kind, table in mine.items()}

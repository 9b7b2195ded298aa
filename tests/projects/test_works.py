"""Whatever payments are wished for, never more than the contract is paid, and its final share waits for the signatures."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import Role
from services.clock import Moment
from services.errors import Forbidden, Refused
from services.projects.contract import (
    PAYERS,
    ContractCharged,
    ContractSigned,
    PaymentInstructed,
    PaymentKind,
    SignContract,
)
from services.projects.works import Contract, DiaryEntry
from tests.projects.building import (
    ACCEPTANCE,
    AMOUNT,
    AT,
    CLAUSES,
    COMMITTEE,
    CONTRACT,
    ENGINEER,
    MANAGER,
    PAYMENT,
    contract,
    held,
    no,
    person,
    who,
)
from tests.shared.samples import COMMUNITY, NOON, PROJECT, moment

ADVANCE, PROGRESS, FINAL = PaymentKind
WISHES = st.lists(
    st.tuples(st.sampled_from(PaymentKind), st.integers(1, 1_200), st.booleans(), st.booleans()), max_size=25
)


def sign(**changed: object) -> SignContract:
    """The command that signs the sample contract."""
    wish = SignContract(
        community_id=COMMUNITY, project_id=PROJECT, contractor="江岸建设", amount=AMOUNT, clauses=CLAUSES
    )
    return replace(wish, **changed)  # type: ignore[arg-type]


def pay(thing: Contract, kind: PaymentKind, amount: int, signed: str | None = None, at: Moment = AT) -> None:
    """Instruct a payment as the property manager."""
    thing.instruct(PAYMENT, kind, amount, signed, MANAGER, held(MANAGER), at)


def test_a_contract_begins_unpaid() -> None:
    signed, told = Contract.sign(CONTRACT, sign(), AMOUNT, NOON)
    assert signed == contract()
    assert told == ContractSigned(contract=signed.state())


def test_a_contract_is_worth_at_most_the_budget() -> None:
    no(Refused, "行-1", "超出预算", Contract.sign, CONTRACT, sign(amount=AMOUNT + 1), AMOUNT, NOON)


@pytest.mark.parametrize("numbers", [(2, 3, 4), (1, 3, 2), (1, 1, 2), (1, 2, 4)])
def test_clauses_are_numbered_in_order(numbers: Sequence[int]) -> None:
    clauses = tuple(replace(clause, number=number) for clause, number in zip(CLAUSES, numbers, strict=True))
    no(Refused, "行-1", "依次编号", Contract.sign, CONTRACT, sign(clauses=clauses), AMOUNT, NOON)


def test_a_payment_is_told_with_what_it_leaves_of_the_contract() -> None:
    thing = contract()
    payment, instructed, charged = thing.instruct(PAYMENT, ADVANCE, 300_000, None, *who(COMMITTEE))
    assert (thing.instructed, thing.paid, thing.rest, thing.version) == (300_000, 0, 700_000, 2)
    assert (instructed, charged) == (
        PaymentInstructed(payment=payment.state()),
        ContractCharged(contract=thing.state()),
    )
    assert (payment.acceptance_id, payment.acceptance_signed) == (None, None)
    assert thing.confirmed(payment, AT) == ContractCharged(contract=thing.state())
    assert (thing.instructed, thing.paid, thing.version) == (300_000, 300_000, 3)


@pytest.mark.parametrize("role", Role)
def test_only_who_holds_the_money_instructs(role: Role) -> None:
    able = who(person("somebody", role))
    if role in PAYERS.roles:
        contract().instruct(PAYMENT, ADVANCE, 1, None, *able)
    else:
        no(Forbidden, "关-3", "物业经理、业委会", contract().instruct, PAYMENT, ADVANCE, 1, None, *able)


@pytest.mark.parametrize("kind", [ADVANCE, PROGRESS])
def test_a_tenth_is_kept_back_to_the_fen(kind: PaymentKind) -> None:
    thing = contract()
    no(Refused, "关-3", "10%", pay, thing, kind, 900_001)
    pay(thing, kind, 900_000)
    no(Refused, "关-3", "10%", pay, thing, PROGRESS, 1)
    no(Refused, "关-3", "余款仅 100000 分", pay, thing, PROGRESS, 100_001)


def test_the_advance_is_the_first_payment_and_there_is_one() -> None:
    for before in (ADVANCE, PROGRESS):
        thing = contract()
        pay(thing, before, 1)
        no(Refused, "关-3", "首笔付款", pay, thing, ADVANCE, 1)


@given(amount=st.integers(1, 10_000), first=st.integers(1, 10_000))
def test_the_kept_share_is_never_rounded_down(amount: int, first: int) -> None:
    thing = contract(amount=amount)
    if 10 * first <= 9 * amount:
        pay(thing, ADVANCE, first)
    else:
        no(Refused, "关-3", "", pay, thing, ADVANCE, first)


@pytest.mark.parametrize("amount", [1, AMOUNT, 10 * AMOUNT])
def test_the_final_payment_waits_for_the_signatures_whatever_its_amount(amount: int) -> None:
    thing = contract()
    no(Refused, "关-3", "验收组签字前不得支付尾款", pay, thing, FINAL, amount)
    assert thing == contract()


def test_the_final_payment_is_exactly_the_rest_and_names_the_acceptance() -> None:
    thing = contract(instructed=900_000)
    no(Refused, "关-3", "余款 100000 分", pay, thing, FINAL, 99_999, ACCEPTANCE)
    no(Refused, "关-3", "余款 100000 分", pay, thing, FINAL, 100_001, ACCEPTANCE)
    payment, *_ = thing.instruct(PAYMENT, FINAL, 100_000, ACCEPTANCE, *who(MANAGER))
    assert (payment.acceptance_id, payment.acceptance_signed) == (ACCEPTANCE, True)
    assert thing.rest == 0


def test_after_the_final_payment_nothing_is_paid() -> None:
    thing = contract()
    pay(thing, FINAL, AMOUNT, ACCEPTANCE)
    no(Refused, "关-3", "尾款已下达", pay, thing, FINAL, 1, ACCEPTANCE)
    no(Refused, "关-3", "余款仅 0 分", pay, thing, PROGRESS, 1, ACCEPTANCE)


def test_a_contract_keeps_the_share_of_the_day_on_which_it_was_signed() -> None:
    a_fifth = [(date(2024, 5, 1), 20), (date(2024, 5, 21), 50)]
    later = moment(NOON + timedelta(days=30), projects__final_payment_percent=a_fifth)
    thing = contract()
    no(Refused, "关-3", "20%", pay, thing, ADVANCE, 800_001, None, later)
    pay(thing, ADVANCE, 800_000, None, later)


@given(amount=st.integers(1, 3_000), wishes=WISHES)
def test_whatever_is_wished_for_the_sum_and_the_kept_share_hold(
    amount: int, wishes: list[tuple[PaymentKind, int, bool, bool]]
) -> None:
    thing = contract(amount=amount)
    given: list[tuple[PaymentKind, int]] = []
    for kind, wished, everything, signed in wishes:
        part = max(thing.rest, 1) if everything else wished
        before = replace(thing)
        try:
            payment, *_ = thing.instruct(PAYMENT, kind, part, ACCEPTANCE if signed else None, *who(MANAGER))
        except Refused:
            assert thing == before
            continue
        given.append((payment.kind, payment.amount))
        assert signed or kind is not FINAL
        thing.confirmed(payment, AT)
    earlier = sum(part for kind, part in given if kind is not FINAL)
    finals = [part for kind, part in given if kind is FINAL]
    assert 100 * (amount - earlier) >= 10 * amount
    assert finals in ([], [amount - earlier])
    assert thing.paid == thing.instructed == earlier + sum(finals) <= amount


def test_a_diary_entry_is_shown_as_it_was_written() -> None:
    entry = DiaryEntry(COMMUNITY, PAYMENT, 1, PROJECT, ENGINEER.member_id, "今日浇筑基础", NOON, NOON)
    state = entry.state()
    assert (state.project_id, state.written_by, state.text) == (PROJECT, ENGINEER.member_id, "今日浇筑基础")

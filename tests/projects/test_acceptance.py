"""Nobody signs while a clause is unchecked, failed or done again since; only the last signature accepts the works."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import Actor, Role
from services.clock import Moment
from services.errors import Forbidden, Refused
from services.projects.acceptance import (
    ACCEPTANCE_GATE,
    ACCEPTANCE_LIFECYCLE,
    Acceptance,
    everybody_signed,
    some_clause_failed,
)
from services.projects.contract import (
    AcceptanceOpened,
    AcceptanceSigned,
    AcceptanceStatus,
    ClauseCheck,
    ClauseChecked,
    ReworkOrder,
    Signature,
)
from tests.projects.building import (
    ACCEPTANCE,
    AT,
    CLAUSES,
    DELEGATE,
    ENGINEER,
    MANAGER,
    PASSER_BY,
    SURVEYOR,
    acceptance,
    contract,
    held,
    no,
    person,
    who,
)
from tests.shared.samples import NOON

ACCEPTORS = (DELEGATE.member_id, SURVEYOR.member_id)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["pass", "pass", "pass", "fail", "order", "report", "sign", "sign"]),
        st.integers(1, 3),
        st.booleans(),
        st.integers(0, 2),
    ),
    max_size=40,
)


def later(hours: float) -> Moment:
    """So many hours after noon."""
    return Moment(NOON + timedelta(hours=hours))


def check(thing: Acceptance, clause: int, passed: bool = True, by: Actor = DELEGATE, at: Moment = AT) -> ClauseChecked:
    """One of the group measures a clause."""
    return thing.check(clause, passed, "0.4%", by, held(by), at)


def checked(**changed: Any) -> Acceptance:
    """An acceptance in which every clause has passed."""
    thing = acceptance(**changed)
    for clause in thing.clauses:
        check(thing, clause)
    return thing


def failed(*clauses: int) -> Acceptance:
    """An acceptance in which every clause was checked and some failed."""
    thing = acceptance()
    for clause in thing.clauses:
        check(thing, clause, clause not in clauses)
    return thing


def test_it_opens_over_every_clause_of_the_contract() -> None:
    opened, told = Acceptance.open(ACCEPTANCE, contract(), ACCEPTORS, *who(MANAGER))
    assert opened == acceptance()
    assert told == AcceptanceOpened(acceptance=opened.state())
    assert opened.state().clauses == tuple(clause.number for clause in CLAUSES)
    no(Forbidden, "关-3", "物业经理", Acceptance.open, ACCEPTANCE, contract(), ACCEPTORS, *who(DELEGATE))


def test_a_check_is_kept_with_what_was_measured() -> None:
    thing = acceptance()
    told = check(thing, 2, passed=False)
    assert thing.checks == (ClauseCheck(clause=2, passed=False, measured="0.4%", by=DELEGATE.member_id, at=NOON),)
    assert (told.acceptance, told.clause, thing.version) == (thing.state(), 2, 2)


def test_only_the_contracts_clauses_are_checked() -> None:
    no(Refused, "关-3", "没有第 4 条", check, acceptance(), 4)


def test_as_many_checks_as_can_be_told_are_kept() -> None:
    one = ClauseCheck(clause=1, passed=True, measured="0.6%", by=DELEGATE.member_id, at=NOON)
    no(Refused, "关-3", "1000", check, acceptance(checks=(one,) * 1000), 1)


@pytest.mark.parametrize("outsider", [PASSER_BY, ENGINEER, MANAGER, *(person("x", role) for role in Role)])
def test_only_the_acceptance_group_checks_orders_and_signs(outsider: Actor) -> None:
    words = "竣工验收组成员"
    no(Forbidden, "关-3", words, check, acceptance(), 1, True, outsider)
    no(Forbidden, "关-3", words, failed(1).order_rework, "坡度不足", *who(outsider))
    no(Forbidden, "关-3", words, checked().sign, *who(outsider))


def test_the_latest_check_of_a_clause_counts() -> None:
    thing = failed(2)
    assert thing.failed() == (2,)
    check(thing, 2, by=SURVEYOR)
    assert thing.failed() == ()
    check(thing, 2, passed=False)
    assert thing.failed() == (2,)


def test_a_signature_waits_for_every_clause_and_names_the_missing_one() -> None:
    thing = acceptance()
    no(Refused, "关-3", "第 1 条尚未验收", thing.sign, *who(DELEGATE))
    check(thing, 1)
    check(thing, 3)
    no(Refused, "关-3", "第 2 条尚未验收", thing.sign, *who(DELEGATE))
    check(thing, 2, passed=False)
    no(Refused, "关-3", "第 2 条验收不合格", thing.sign, *who(DELEGATE))
    assert thing.signatures == ()


def test_the_gate_asks_whether_every_clause_holds() -> None:
    assert ACCEPTANCE_GATE.question.en == "Does every clause hold?"
    assert [reason.en for reason in ACCEPTANCE_GATE.reasons(failed(1), AT)] == ["clause 1 has failed"]
    assert ACCEPTANCE_GATE.reasons(checked(), AT) == []


def test_the_last_signature_concludes_the_acceptance() -> None:
    thing = checked()
    first = thing.sign(*who(DELEGATE))
    assert (thing.status, thing.signed, thing.version) == (AcceptanceStatus.OPEN, False, 5)
    assert first == AcceptanceSigned(acceptance=thing.state(), member_id=DELEGATE.member_id)
    no(Refused, "关-3", "已签字", thing.sign, *who(DELEGATE))
    thing = checked(signatures=thing.signatures)
    last = thing.sign(*who(SURVEYOR))
    assert (thing.status, thing.signed, thing.version) == (AcceptanceStatus.SIGNED, True, 5)
    assert last == AcceptanceSigned(acceptance=thing.state(), member_id=SURVEYOR.member_id)
    no(Refused, "关-3", "", check, thing, 1)
    no(Refused, "关-3", "", thing.sign, *who(SURVEYOR))


def test_rework_is_ordered_of_exactly_what_failed() -> None:
    thing = failed(2, 3)
    told = thing.order_rework("坡度不足", *who(SURVEYOR))
    order = ReworkOrder(number=1, clauses=(2, 3), reason="坡度不足", by=SURVEYOR.member_id, at=NOON)
    assert (thing.status, thing.rework_orders) == (AcceptanceStatus.REWORK, (order,))
    assert told.acceptance == thing.state()


@pytest.mark.parametrize("thing", [acceptance(), checked()], ids=["unchecked", "passed"])
def test_without_a_failed_clause_no_rework_is_ordered(thing: Acceptance) -> None:
    no(Refused, "关-3", "没有验收不合格的条款", thing.order_rework, "不好看", *who(DELEGATE))


def test_during_rework_nothing_is_checked_or_signed() -> None:
    thing = failed(2)
    thing.order_rework("坡度不足", *who(DELEGATE))
    no(Refused, "关-3", "", check, thing, 2)
    no(Refused, "关-3", "", thing.sign, *who(DELEGATE))
    no(Refused, "关-3", "", thing.order_rework, "再返工", *who(DELEGATE))
    no(Forbidden, "关-3", "物业经理", thing.report_rework, "已返工", *who(DELEGATE))


def test_what_was_done_again_is_checked_again() -> None:
    thing = failed(2)
    thing.order_rework("坡度不足", *who(DELEGATE))
    assert thing.report_rework("已重做坡度", MANAGER, held(MANAGER), later(1)).acceptance == thing.state()
    (order,) = thing.rework_orders
    assert (thing.status, order.done, order.done_at) == (AcceptanceStatus.OPEN, "已重做坡度", later(1).now)
    no(Refused, "关-3", "第 2 条尚未验收或返工后尚未复验", thing.sign, *who(DELEGATE))
    no(Refused, "关-3", "没有验收不合格的条款", thing.order_rework, "再返工", *who(DELEGATE))
    check(thing, 2, at=later(2))
    thing.sign(*who(DELEGATE))


def test_whoever_signed_before_the_rework_signs_again() -> None:
    thing = checked()
    thing.sign(*who(DELEGATE))
    check(thing, 3, passed=False, by=SURVEYOR)
    thing.order_rework("充电桩不通电", *who(SURVEYOR))
    assert thing.signatures == ()
    thing.report_rework("已更换", *who(MANAGER))
    check(thing, 3, at=later(1))
    thing.sign(*who(SURVEYOR))
    assert not thing.signed
    thing.sign(*who(DELEGATE))
    assert thing.signed


def test_the_checks_of_the_lifecycle_say_why() -> None:
    assert some_clause_failed(checked(), AT) is not None
    assert some_clause_failed(failed(1), AT) is None
    half = acceptance(signatures=(Signature(member_id=DELEGATE.member_id, at=NOON),))
    assert everybody_signed(half, AT) is not None
    assert {move.clause for move in ACCEPTANCE_LIFECYCLE} == {"关-3"}


@given(steps=STEPS)
def test_whatever_is_tried_only_works_that_hold_are_signed_by_all(steps: list[tuple[str, int, bool, int]]) -> None:
    thing, now = acceptance(), NOON
    for step, clause, surveyor, minutes in steps:
        now += timedelta(minutes=minutes)
        by = SURVEYOR if surveyor else DELEGATE
        try_to(thing, step, clause, by, Moment(now))
        assert thing.signed == (thing.status is AcceptanceStatus.SIGNED)
        if thing.signed:
            assert holds(thing)


def try_to(thing: Acceptance, step: str, clause: int, by: Actor, at: Moment) -> None:
    """One step, refused or not."""
    can: dict[str, Callable[[], object]] = {
        "pass": lambda: check(thing, clause, True, by, at),
        "fail": lambda: check(thing, clause, False, by, at),
        "order": lambda: thing.order_rework("不合格", by, held(by), at),
        "report": lambda: thing.report_rework("已返工", MANAGER, held(MANAGER), at),
        "sign": lambda: thing.sign(by, held(by), at),
    }
    before = thing.signatures
    try:
        can[step]()
    except Refused:
        assert thing.signatures == before


def holds(thing: Acceptance) -> bool:
    """Every clause passed the last time, after every rework of it, and everybody signed after the last rework."""
    last: dict[int, tuple[datetime, bool]] = {check.clause: (check.at, check.passed) for check in thing.checks}
    done = [order.done_at for order in thing.rework_orders]
    assert None not in done
    times = [time for time in done if time]
    return (
        all(last[clause][1] for clause in thing.clauses)
        and all(
            last[clause][0] >= time
            for order, time in zip(thing.rework_orders, times, strict=True)
            for clause in order.clauses
        )
        and {signature.member_id for signature in thing.signatures} == set(ACCEPTORS)
        and all(signature.at >= time for signature in thing.signatures for time in times)
    )

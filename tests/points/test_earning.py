"""Every row of the table is credited to whoever took part, once for each thing done, whatever is told how often."""

from collections.abc import Callable
from datetime import date
from typing import Any

from services.communities import keep_communities
from services.declare import event_spec
from services.ids import is_id
from services.issues.contract import IssueConfirmed, Status
from services.points.contract import PointsCredited
from services.points.earning import EARNING
from services.points.policy import PARAMETERS, VOUCHER_DAYS
from services.points.store import STORE
from services.points.use_cases import REACTS
from services.schemas import load
from services.wire import from_json
from services.work import Desk, Job
from tests.points.books import balances, check
from tests.points.made import cast, given, id_of, judged, signed, stopped, verified, written
from tests.shared.desks import event, perform, rows
from tests.shared.samples import NEIGHBOUR, REPORTER, caochang, issue_state


def confirmed(name: str = "issue", who: str = REPORTER) -> IssueConfirmed:
    """An issue was confirmed."""
    return IssueConfirmed(issue=issue_state(id=id_of(name), reporter_id=who, status=Status.CONFIRMED, version=4))


# What is told; how many points it earns; the same thing told otherwise; another thing of the same kind.
ROWS: list[tuple[Callable[..., Any], int, dict[str, Any], dict[str, Any]]] = [
    (confirmed, 5, {}, {"name": "second"}),
    (verified, 10, {"version": 7}, {"name": "second"}),
    (judged, 20, {}, {"name": "bridge"}),
    (judged, 20, {}, {"draw": "second"}),
    (judged, 20, {}, {"draw": None}),
    (cast, 2, {"ballot": "forged"}, {"vote": "second"}),
    (written, 2, {}, {"name": "second"}),
    (stopped, 20, {}, {"number": 2}),
    (stopped, 20, {}, {"name": "bridge"}),
    (signed, 10, {}, {"name": "second"}),
    (given, 1, {}, {"name": "second"}),
]


def heard(told: Any) -> Job:
    """The job with which points hears of it."""
    return event(told, REACTS, consumer="points.on.others")


def test_each_thing_done_is_credited_once_to_whoever_did_it(desk: Desk) -> None:
    model: dict[str | None, int] = {None: 0}
    for number, (tells, points, again, other) in enumerate(ROWS):
        who = id_of(f"member {number}")
        perform(desk, heard(tells(who=who)))
        perform(desk, heard(tells(who=who, **again)), heard(tells(who=who)))
        model |= {who: points, None: model[None] - points}
        assert balances(desk) == model, tells
        perform(desk, heard(tells(who=who, **other)))
        model |= {who: 2 * points, None: model[None] - points}
        assert balances(desk) == model, tells
        said = load(PointsCredited, from_json(rows(desk, "journal")[-1].data))
        assert (said.transfer.amount, said.transfer.kind) == (points, EARNING[type(tells())].kind)
        assert (said.account.member_id, said.transfer.clause, said.account.audience) == (who, "分-1", "member")
    assert len(rows(desk, "journal")) == 2 * len(ROWS)
    check(desk)


def test_where_several_take_part_each_earns(desk: Desk) -> None:
    points = 0
    for tells in (judged, cast, stopped, signed):
        perform(desk, heard(tells()), heard(tells(who=NEIGHBOUR)))
        points += next(row[1] for row in ROWS if row[0] is tells)
        assert balances(desk) == {REPORTER: points, NEIGHBOUR: points, None: -2 * points}
    check(desk)


def test_a_community_that_gives_nothing_for_it_books_nothing(desk: Desk) -> None:
    for version, rule in enumerate(EARNING.values(), 2):
        none = caochang(version=version, parameters={rule.points.name: [(date(2024, 5, 20), 0)]})
        with desk.engine.begin() as connection:
            keep_communities(connection, STORE, [none])
        desk.communities.forget(none.community_id)
        tells = next(row[0] for row in ROWS if EARNING[type(row[0]())] is rule)
        perform(desk, heard(tells()))
    assert rows(desk, "accounts") == rows(desk, "transfers") == rows(desk, "journal") == []


def test_every_row_has_a_kind_and_a_number_of_its_own() -> None:
    assert len({rule.kind for rule in EARNING.values()}) == len(EARNING) == 8
    assert [rule.points.name for rule in EARNING.values()] == [
        each.name for each in PARAMETERS if each is not VOUCHER_DAYS
    ]
    assert {type(row[0]()) for row in ROWS} == set(EARNING)


def test_every_cause_is_an_id_and_no_two_of_a_kind_are_one() -> None:
    told = [tells(**members) for tells, _, _, other in ROWS for members in ({}, other)]
    causes = {(type(each), EARNING[type(each)].once_for(each)) for each in told}
    assert len(causes) == len({(type(each), repr(each)) for each in told})
    assert all(is_id(cause) for _, cause in causes)
    assert all(EARNING[type(each)].whose(each) == REPORTER for each in told)


def test_every_row_is_heard_of_from_the_service_that_tells_it() -> None:
    assert set(EARNING) <= set(REACTS)
    assert {event_spec(cls).service for cls in EARNING} == {"issues", "experts", "projects"}

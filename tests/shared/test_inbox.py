"""What was done is remembered for seven days, by community, consumer and id."""

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from services import inbox
from services.ids import new_id
from services.inbox import KEPT_DAYS, purge, request_hash, seen
from services.issues.store import STORE
from services.many import one_of
from services.work import Desk
from tests.shared.desks import job, perform, rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, NOON, report


def keep(desk: Desk, *made: dict[str, Any]) -> None:
    """Put rows into the inbox."""
    row = {"community_id": COMMUNITY, "consumer": "commands", "request": "", "reply": "{}", "at": NOON}
    with desk.engine.begin() as connection:
        connection.execute(sa.insert(STORE.table("inbox")), [{**row, "id": new_id(), **each} for each in made])


def purged(desk: Desk) -> int:
    """Purge at noon; how many rows went."""
    with desk.engine.begin() as connection:
        return purge(connection, STORE, NOON)


def test_what_was_done_is_seen_by_its_consumer_only(desk: Desk) -> None:
    id_ = new_id()
    keep(desk, {"id": id_}, {"id": id_, "community_id": ANOTHER_COMMUNITY}, {"id": id_, "consumer": "points.on.issues"})
    mine, theirs, other = (COMMUNITY, "commands", id_), (ANOTHER_COMMUNITY, "commands", id_), (COMMUNITY, "edge", id_)
    with desk.engine.connect() as connection:
        assert set(seen(connection, STORE, [mine, other, (COMMUNITY, "commands", new_id())])) == {mine}
        assert set(seen(connection, STORE, [mine, theirs])) == {mine, theirs}
        assert seen(connection, STORE, [other]) == {}
        assert seen(connection, STORE, []) == {}


def test_each_key_is_looked_up_however_full_the_inbox_is(desk: Desk) -> None:
    columns = [STORE.table("inbox").c[name] for name in ("community_id", "consumer", "id")]
    with desk.engine.connect() as connection:
        query = sa.select(*columns).where(one_of(connection, columns, [(COMMUNITY, "commands", new_id())] * 20))
        text = query.compile(connection, compile_kwargs={"literal_binds": True})
        if connection.dialect.name == "postgresql":
            rows = f"'{COMMUNITY}', 'commands', gen_random_uuid(), '', '', now() FROM generate_series(1, 50000)"
            connection.exec_driver_sql(f"INSERT INTO inbox SELECT {rows}")
            connection.exec_driver_sql("ANALYZE inbox")
            plan = "\n".join(connection.exec_driver_sql(f"EXPLAIN {text}").scalars())
            assert re.search(r"using inbox_pkey.*\n +Index Cond: .*community_id.*consumer.*id", plan), plan
        else:
            plan = str(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())
            assert "(community_id=? AND consumer=? AND id=?)" in plan, plan


def test_a_reply_is_kept_for_seven_days_and_not_longer(desk: Desk) -> None:
    days, moment = timedelta(days=KEPT_DAYS), timedelta(seconds=1)
    keep(desk, {"at": NOON - days}, {"at": NOON - days + moment}, {"at": NOON - days - moment}, {"at": NOON})
    assert KEPT_DAYS == 7
    assert purged(desk) == 1
    assert purged(desk) == 0
    assert sorted(row.at for row in rows(desk, "inbox")) == [NOON - days, NOON - days + moment, NOON]


def test_a_long_backlog_goes_in_steps(desk: Desk, monkeypatch: Any) -> None:
    monkeypatch.setattr(inbox, "_PURGED_AT_ONCE", 100)
    keep(desk, *({"at": NOON - timedelta(days=8)} for _ in range(250)), {"at": NOON})
    assert [purged(desk) for _ in range(4)] == [100, 100, 50, 0]
    assert len(rows(desk, "inbox")) == 1


def test_a_step_is_large_enough_to_keep_up_and_small_enough_not_to_stop_others() -> None:
    assert inbox._PURGED_AT_ONCE == 5000


def test_after_that_the_same_command_is_done_anew(desk: Desk) -> None:
    command = job(report())
    first = perform(desk, command)[0]
    with desk.engine.begin() as connection:
        assert purge(connection, STORE, NOON + timedelta(days=7, seconds=1)) == 1
    assert perform(desk, command)[0]["id"] != first["id"]


NAMES = st.sampled_from(["issues.report_issue", "issues.accept_issue"])
MEMBERS = st.sampled_from(["a", "b", ""])
DATA = st.dictionaries(st.sampled_from(["title", "note"]), st.none() | st.text(max_size=3))


@given(st.tuples(NAMES, MEMBERS, DATA), st.tuples(NAMES, MEMBERS, DATA))
def test_two_requests_are_the_same_when_command_member_and_members_are(
    one: tuple[str, str, Any], other: tuple[str, str, Any]
) -> None:
    same = [*one[:2], list(one[2].items())] == [*other[:2], list(other[2].items())]
    assert (request_hash(*one) == request_hash(*other)) == same
    assert len(request_hash(*one)) == 64

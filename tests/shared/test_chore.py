"""A chore is done again and again, waits while its database is away, is seen by the probes, and ends with its process."""

from pathlib import Path

from deploy.machine import tries
from services.database import open_engine
from services.ids import new_id
from services.issues.contract import Status
from services.issues.store import STORE as ISSUES
from services.issues.store import issues
from services.many import insert_all
from tests.issues.made import issue
from tests.shared.running import House
from tests.shared.samples import NOON


def test_a_chore_goes_on_after_a_failure_and_ends_in_order(fresh_amqp_url: str, tmp_path: Path) -> None:
    house = House(fresh_amqp_url, f"sqlite:///{tmp_path}/{{service}}.db", tmp_path).prepare(ISSUES)
    try:
        running = house.start("tests.shared.chores:Busy")
        assert running.get("/readyz").json()["issues.counting"] is True
        assert [line["chore"] for line in running.said("chore waits")] == ["issues.counting"]
        before = house.rows(ISSUES, "communities")[0].version
        for _ in tries(10):
            if house.rows(ISSUES, "communities")[0].version > before + 3:
                break
        else:
            raise AssertionError("the chore is not done again")
        status, seconds = running.stop()
        assert (status, seconds < 5) == (0, True)
    finally:
        house.end()


def test_what_must_happen_to_things_by_itself_is_done_and_what_failed_is_said(
    fresh_amqp_url: str, tmp_path: Path
) -> None:
    house = House(fresh_amqp_url, f"sqlite:///{tmp_path}/{{service}}.db", tmp_path).prepare(ISSUES)
    titles = ["broken", *(str(number) for number in range(120))]
    made = [issue(Status.ACCEPTED, id=new_id(), title=title, watch_at=NOON) for title in titles]
    engine = open_engine(house.url_of(ISSUES))
    with engine.begin() as connection:
        rows = [{str(column.name): getattr(each, column.name) for column in issues.columns} for each in made]
        insert_all(connection, issues, rows)
    engine.dispose()
    try:
        running = house.start("tests.shared.chores:Watching")
        assert running.get("/readyz").json()["issues.watching"] is True
        for _ in tries(20):
            left = [row.title for row in house.rows(ISSUES, "issues") if row.version == 3]
            if len(left) == 1:
                break
        assert left == ["broken"]
        (said,) = running.said("watch failed")
        assert (said["kind"], said["subject"]) == ("count_one", made[0].id)
        assert [row.subject for row in house.rows(ISSUES, "due")] == [made[0].id]
        status, seconds = running.stop()
        assert (status, seconds < 5) == (0, True)
    finally:
        house.end()

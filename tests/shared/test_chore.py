"""A chore is done again and again, waits while its database is away, is seen by the probes, and ends with its process."""

from pathlib import Path

from deploy.machine import tries
from services.issues.store import STORE as ISSUES
from tests.shared.running import House


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

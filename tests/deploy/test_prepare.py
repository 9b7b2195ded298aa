"""Make's preparation succeeds without a word where everything is there, and names what it cannot get."""

import pytest

from deploy import prepare
from deploy.machine import Missing


def test_nothing_is_installed_where_the_servers_are(
    lent_broker: object, postgres_url: object, capfd: pytest.CaptureFixture[str]
) -> None:
    assert prepare.main("tests") == 0
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("purpose", "status"), [("run", 1), ("tests", 0)])
def test_what_cannot_be_had_is_named_in_one_line_and_fatal_to_a_run_only(
    purpose: str, status: int, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise Missing("sansan needs RabbitMQ")

    monkeypatch.setattr(prepare, "make_available", refuse)
    monkeypatch.setattr(prepare, "database", lambda: None)
    assert prepare.main(purpose) == status
    assert capfd.readouterr().err == "sansan needs RabbitMQ\n"

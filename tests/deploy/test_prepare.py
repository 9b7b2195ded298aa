"""Make's preparation succeeds without a word where everything is there, and names what it cannot get."""

import pytest

from deploy import prepare
from deploy.machine import Missing


def test_nothing_is_installed_where_the_servers_are(
    private_broker: object, postgres_url: object, capfd: pytest.CaptureFixture[str]
) -> None:
    assert prepare.main(["broker", "database"]) == 0
    assert capfd.readouterr() == ("", "")


def test_what_cannot_be_had_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def refuse() -> None:
        raise Missing("sansan needs PostgreSQL")

    monkeypatch.setattr(prepare, "database", refuse)
    assert prepare.main(["database"]) == 1
    assert capfd.readouterr().err == "sansan needs PostgreSQL\n"

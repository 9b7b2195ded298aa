"""Settings come from the environment, each with a default that works on one machine, and a wrong one is named."""

from pathlib import Path

import pytest
from environs import EnvError

from services.settings import child_environment, read_settings


def test_everything_has_a_default() -> None:
    found = read_settings()
    assert found.amqp_url == ""
    assert found.http_port == 8600
    assert found.data_directory == Path("var").absolute()
    assert found.keys_directory == found.data_directory / "keys"
    assert str(found.database("issues")) == f"sqlite:///{found.data_directory}/data/issues.db"


@pytest.mark.parametrize(
    ("given", "database"),
    [
        ("postgresql://postgres@127.0.0.1/sansan", "postgresql+psycopg://postgres@127.0.0.1/sansan_issues"),
        ("postgres://u:p%40ss@db:5433/{service}", "postgresql+psycopg://u:p%40ss@db:5433/issues"),
        ("postgresql+psycopg://db", "postgresql+psycopg://db/sansan_issues"),
        ("sqlite:////tmp/sansan.db", "sqlite:////tmp/sansan_issues.db"),
        ("sqlite:////tmp/{service}/x.db", "sqlite:////tmp/issues/x.db"),
    ],
)
def test_each_service_has_a_database_of_its_own(monkeypatch: pytest.MonkeyPatch, given: str, database: str) -> None:
    monkeypatch.setenv("SANSAN_DATABASE_URL", given)
    assert read_settings().database("issues").render_as_string(hide_password=False) == database
    assert read_settings().database("points") != read_settings().database("issues")


@pytest.mark.parametrize(
    ("name", "text"), [("HTTP_PORT", "eighty"), ("BATCH_SIZE", ""), ("RATE_PER_SECOND", "fast"), ("PROBE_PORT", "1.5")]
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(f"SANSAN_{name}", text)
    with pytest.raises(EnvError, match=f"SANSAN_{name}"):
        read_settings()


def test_a_list_is_given_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANSAN_CORS_ORIGINS", "https://a.example,https://b.example")
    assert read_settings().cors_origins == ("https://a.example", "https://b.example")


def test_a_child_process_is_given_changed_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANSAN_HTTP_PORT", "1")
    environment = child_environment(PROBE_PORT="9")
    assert (environment["SANSAN_HTTP_PORT"], environment["SANSAN_PROBE_PORT"]) == ("1", "9")

"""Every test gets real and empty servers of its own, and leaves none behind."""

from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from kombu.connection import Connection
from sqlalchemy.engine import URL, make_url

from deploy.machine import docker_image, is_free, postgresql_programs, postgresql_trusts
from deploy.private_node import answers
from tests import servers
from tests.conftest import GIVEN


def tables(url: URL) -> list[str]:
    """The tables of a database, after one more was made."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE mine (id integer)"))
    names = sa.inspect(engine).get_table_names()
    engine.dispose()
    return names


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_an_empty_database_of_its_own(database_url: URL, turn: int) -> None:
    assert tables(database_url) == ["mine"]


def test_the_databases_of_a_system_are_dropped_with_their_test(postgres_url: URL) -> None:
    with servers.fresh_databases(postgres_url) as (prefix, connection):
        connection.execute(f"CREATE DATABASE {prefix}_issues")
    with psycopg.connect(postgres_url.render_as_string(hide_password=False)) as connection:
        left = connection.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (prefix,)
        ).fetchall()
    assert left == []


def test_the_setting_for_a_system_names_one_database_for_each_service(databases_url: str) -> None:
    assert make_url(databases_url.replace("{service}", "issues")).database != databases_url
    assert databases_url.count("{service}") == 1


def test_a_private_server_runs_while_it_is_needed() -> None:
    if not postgresql_programs():
        pytest.skip("no PostgreSQL programs on this machine")
    with servers.private_postgres() as url, servers.fresh_database(url) as fresh:
        assert tables(fresh.set(drivername="postgresql+psycopg")) == ["mine"]
        assert url.port
        assert postgresql_trusts(url.port)
    assert is_free(url.port)


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_has_an_empty_virtual_host_of_its_own(fresh_amqp_url: str, amqp_url: str, turn: int) -> None:
    assert fresh_amqp_url != amqp_url
    assert answers(amqp_url)
    with Connection(fresh_amqp_url) as connection, connection.SimpleQueue("mine") as queue:
        assert queue.qsize() == 0
        queue.put("left behind")


def test_containers_stand_in_where_a_docker_engine_answers(docker_engine: None, tmp_path: Path) -> None:
    for image in (GIVEN.rabbitmq_image, GIVEN.postgres_image):
        if not docker_image(image):
            pytest.skip(f"the Docker engine has no image {image}")
    with servers.broker(tmp_path, GIVEN.rabbitmq_image) as broker, broker.vhost() as url:
        assert isinstance(broker, servers.ContainerBroker)
        assert answers(url)
    assert not answers(url)
    with servers.postgres(GIVEN.postgres_image, "") as server, servers.fresh_database(server) as fresh:
        assert tables(fresh.set(drivername="postgresql+psycopg")) == ["mine"]

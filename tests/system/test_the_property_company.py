"""The story with the property company's own program: webhooks and the feed reach it, and what it slept through is not lost."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from rich.console import Console

from deploy import parts
from deploy.audit import audit_all
from deploy.demo.building import PropertySystem
from deploy.demo.cast import PASSWORD, PEOPLE
from deploy.demo.narrator import Narrator
from deploy.demo.onboarding import COMMUNITY, onboard
from deploy.demo.person import PATIENCE_SECONDS, Person
from deploy.demo.story import Sheds
from deploy.machine import free_port
from deploy.system import System, running_system
from gateway.webhooks.signing import headers_for, new_secret
from services.clock import utc_now
from services.database import open_engine, reading
from services.dead_letters import dead_letters
from services.settings import Settings, read_settings
from tests.property_company.company import TYPES, Config, PropertyCompany

PLACE = f"/v1/communities/{COMMUNITY}"
INSTRUCTED, CONFIRMED = "projects.payment.instructed.v1", "projects.payment.confirmed.v1"
VOUCHER_ISSUED, VOUCHER_CONFIRMED = "points.redemption.issued.v1", "points.redemption.confirmed.v1"
CONTRACT = 48_000_000
AGAIN_SECONDS = 60.0  # webhooks that failed for a while are sent again after so long at the most


class Program(PropertySystem):
    """The program behind one API client: nobody asks it. It is off while the final payment, and then a voucher, wait for it."""

    def __init__(self, base: str, config: Config, webhook_id: str) -> None:
        super().__init__("the property company's program 物业程序", base, "api client", config.key)
        self.config = config
        self.delivery = f"{PLACE}/webhooks/{webhook_id}/delivery"
        self.runs: list[PropertyCompany] = []
        self.is_on = False

    def settles(self, tells: Narrator, path: str, reference: str) -> None:
        """Have it on or off as this payment or voucher wants it, and wait until it has confirmed it by itself."""
        kind = self.sees(f"{tells.home}/{path}").get("kind", "voucher")
        if kind == "final":
            self.misses(tells, path)
            self.switch_on(port=0)  # where no webhook finds it
        elif kind == "voucher":
            self.misses(tells, path)
            self.is_not_fooled()
            self.switch_on()
        tells.until(self, path, lambda thing: bool(thing["status"] == "confirmed"))
        if kind in ("progress", "final"):
            self.switch_off()

    def switch_on(self, **changed: Any) -> None:
        """It begins, or goes on with the same books."""
        self.runs.append(PropertyCompany(replace(self.config, **changed)))
        self.runs[-1].start()
        self.is_on = True

    def switch_off(self) -> None:
        """It ends in order."""
        if self.is_on:
            self.is_on = False
            self.runs[-1].stop()

    def misses(self, tells: Narrator, path: str) -> None:
        """It is off: the webhook fails, and what waits for it goes on waiting."""
        assert not self.is_on
        self.served(lambda delivery: bool(delivery["failures"] and delivery["behind"]))
        assert self.sees(f"{tells.home}/{path}")["status"] in ("instructed", "issued")

    def is_not_fooled(self) -> None:
        """The very event that it waits for, signed by somebody else or not at all, is refused and has no effect."""
        [event] = self.feed(VOUCHER_ISSUED)
        self.switch_on(port=0, poll_seconds=0)
        for secret in (new_secret(), None):
            assert self.sends(event, secret) == 401
        self.switch_off()
        assert self.runs[-1].told == {}
        assert f"FEE-{event['subject']}" not in self.runs[-1].books.bookings
        assert self.sees(f"{PLACE}/redemptions/{event['subject']}")["status"] == "issued"

    def sends(self, event: Mapping[str, Any], secret: str | None) -> int:
        """The program's answer to an event that a webhook brings, signed with a secret, or with none."""
        body = json.dumps(event).encode()
        headers = headers_for(secret, event["id"], utc_now(), body) if secret else {}
        return httpx.post(self.runs[-1].url, content=body, headers=headers).status_code

    def served(self, holds: Callable[[Any], bool], seconds: float = PATIENCE_SECONDS) -> None:
        """Wait until the webhook's delivery is as it should be."""
        self.awaits(self.delivery, {}, lambda delivery: [delivery] if holds(delivery) else [], seconds)

    def feed(self, type_: str, number: int = 1) -> list[dict[str, Any]]:
        """The events of a type in the feed, once it has so many."""

        def enough(page: Any) -> list[dict[str, Any]]:
            return page["events"] if len(page["events"]) >= number else []

        return self.awaits("/v1/events", {"community": COMMUNITY, "type": type_}, enough, PATIENCE_SECONDS)


@contextmanager
def whole_system(amqp_url: str, directory: Path) -> Iterator[tuple[Settings, System]]:
    """All processes on SQLite with the demo's community; its operator allows webhooks to this machine."""
    given = {"AMQP_URL": amqp_url, "DATA_DIRECTORY": str(directory), "HTTP_PORT": str(free_port())}
    with pytest.MonkeyPatch.context() as patched:
        for name, text in (given | {"WEBHOOK_NETWORKS": "127.0.0.0/8", "RATE_PER_SECOND": "0"}).items():
            patched.setenv(f"SANSAN_{name}", text)
        chosen = read_settings()
        with running_system(chosen, logs=directory / "log") as system:
            onboard(chosen, Console(file=StringIO()))
            yield chosen, system


@contextmanager
def the_program(address: str, directory: Path) -> Iterator[Program]:
    """An admin lets the program in and has it told by webhook; it runs, first without reading the feed."""
    title, login = PEOPLE["sun"]
    admin = Person(title, address, login, PASSWORD)
    with closing(admin.http):
        program = _let_in(admin, directory)
    program.switch_on(poll_seconds=0)
    try:
        with closing(program.http):
            yield program
    finally:
        program.switch_off()


def _let_in(admin: Person, directory: Path) -> Program:
    made = admin.does("POST", f"{PLACE}/api-clients", 201, {"label": "物业收费系统"})
    config = Config(admin.base, COMMUNITY, made["key"], directory / "books.json", port=free_port())
    url = f"http://{config.host}:{config.port}/events"
    wanted = {"client_id": made["client"]["id"], "url": url, "types": TYPES}
    hook = admin.does("POST", f"{PLACE}/webhooks", 201, wanted)
    return Program(admin.base, replace(config, secret=hook["secret"]), hook["webhook"]["id"])


def test_every_payment_and_voucher_is_confirmed_once_by_a_program_that_is_switched_off_and_on(
    fresh_amqp_url: str, tmp_path: Path
) -> None:
    said = StringIO()
    with (
        whole_system(fresh_amqp_url, tmp_path) as (chosen, system),
        the_program(system.address, tmp_path) as program,
        ExitStack() as ended,
    ):
        sheds = Sheds(system.address, Console(file=said, width=200), program)
        ended.callback(sheds.close)
        sheds.tell()
        program.served(lambda delivery: delivery["behind"] == delivery["failures"] == 0, AGAIN_SECONDS)
        instructed = {event["data"]["payment"]["kind"]: event for event in program.feed(INSTRUCTED, 3)}
        [voucher] = program.feed(VOUCHER_ISSUED)
        for event in (*instructed.values(), voucher):
            assert program.sends(event, program.config.secret) == 204, "once more, and rightly signed"
        program.switch_off()

        assert said.getvalue().count("program 物业程序 confirms the payment with the bank's reference") == 3
        _came_by(program, {kind: event["id"] for kind, event in instructed.items()}, voucher["id"])
        payments = [event["subject"] for event in instructed.values()]
        _confirmed_once(program, payments, voucher["subject"])
        for type_ in (INSTRUCTED, CONFIRMED):
            assert _journal(chosen, "projects", type_) == sorted(payments)
        for type_ in (VOUCHER_ISSUED, VOUCHER_CONFIRMED):
            assert _journal(chosen, "points", type_) == [voucher["subject"]]
        assert dead_letters(system.amqp_url) == []
        assert [found.fault for _, found in audit_all(chosen) if found.fault] == []


def _came_by(program: Program, instructed: Mapping[str, str], voucher: str) -> None:
    """Each way was taken: webhooks alone, the feed alone, nothing for the forger, and both together."""
    webhooks, feed, forger, both = (run.told for run in program.runs)
    assert {webhooks[instructed["advance"]], webhooks[instructed["progress"]]} == {"webhook"}
    assert instructed["final"] not in webhooks
    assert (feed[instructed["final"]], set(feed.values())) == ("feed", {"feed"})
    assert forger == {}
    assert both[instructed["final"]] == "webhook", "the webhook skips nothing, though the feed was faster"
    assert both[voucher] in ("feed", "webhook")
    assert voucher not in feed


def _confirmed_once(program: Program, payments: list[str], voucher: str) -> None:
    """The feed tells once of each, and the program's books agree with it to the fen."""
    paid = [event["data"]["payment"] for event in program.feed(CONFIRMED, len(payments))]
    assert [payment["reference"] for payment in paid] == [f"PAY-{id_}" for id_ in payments]
    [reduced] = [event["data"]["redemption"] for event in program.feed(VOUCHER_CONFIRMED)]
    assert reduced["reference"] == f"FEE-{voucher}"
    booked = {ref: what["fen"] for ref, what in program.runs[-1].books.bookings.items() if "fen" in what}
    assert booked == {payment["reference"]: payment["amount"] for payment in paid} | {
        f"FEE-{voucher}": -reduced["value"]
    }
    assert sum(payment["amount"] for payment in paid) == CONTRACT


def _journal(chosen: Settings, service: str, type_: str) -> list[str]:
    """What a service's events of a type are about, as it wrote them down, sorted."""
    journal = parts.store_of(service).table("journal")
    engine = open_engine(chosen.database(service))
    with reading(engine) as connection:
        rows = connection.execute(sa.select(journal.c.subject).where(journal.c.type == type_))
        subjects = sorted(rows.scalars())
    engine.dispose()
    return subjects

"""The property company with the real system: webhooks come signed and again after it was off, and no voucher is confirmed twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy import parts
from deploy.machine import free_port, tries
from services.ids import new_id
from tests.gateway.city import HERE, City, city_on
from tests.property_company.company import Config, PropertyCompany
from tests.servers import BrokerForTests

PLACE = f"/v1/communities/{HERE}"
SECONDS = 20.0


@pytest.fixture(scope="module")
def open_city(broker: BrokerForTests, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city whose operator allows webhooks to this machine."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("SANSAN_WEBHOOK_NETWORKS", "127.0.0.0/8")
        patched.setattr(parts, "PROCESSES", ("issues", "points", "edge", "web"))
        with broker.vhost() as amqp_url, city_on(amqp_url, tmp_path_factory.mktemp("open-city")) as city:
            yield city


@dataclass
class Deal:
    """One API client of the community with its webhook, and the company that is behind it while it is on."""

    city: City
    config: Config
    client_id: str
    webhook_id: str = ""
    on: list[PropertyCompany] = field(default_factory=list)

    def hook(self) -> None:
        """The admin sets the webhook and hands over its secret."""
        url = f"http://127.0.0.1:{self.config.port}/events"
        told = {"client_id": self.client_id, "url": url, "types": ["issues.*", "points.*"]}
        made = self.city.person("admin").post(f"{PLACE}/webhooks", json=told)
        assert made.status_code == 201, made.text
        self.webhook_id = made.json()["webhook"]["id"]
        self.config = replace(self.config, secret=made.json()["secret"])

    def switch_on(self, **changed: Any) -> PropertyCompany:
        """The company begins, or goes on."""
        self.on.append(PropertyCompany(replace(self.config, **changed)))
        self.on[-1].start()
        return self.on[-1]

    def switch_off(self) -> None:
        """The company is off."""
        self.on.pop().stop()

    def delivery(self, who: str = "admin") -> Any:
        """How far the webhook has been served."""
        answer = self.city.person(who).get(f"{PLACE}/webhooks/{self.webhook_id}/delivery")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture
def deal(open_city: City, tmp_path: Path) -> Iterator[Deal]:
    made = open_city.person("admin").post(f"{PLACE}/api-clients", json={"label": "物业系统"}).json()
    config = Config(open_city.address, HERE, made["key"], tmp_path / "books.json", port=free_port())
    deal = Deal(open_city, config, made["client"]["id"])
    yield deal
    while deal.on:
        deal.switch_off()
    gone = open_city.person("admin").delete(f"{PLACE}/api-clients/{deal.client_id}")
    assert gone.status_code == 200, gone.text


def await_that(holds: Callable[[], Any], seconds: float = SECONDS) -> Any:
    """What becomes true within some seconds."""
    found = next((found for _ in tries(seconds) if (found := holds())), None)
    assert found, "it did not come in time"
    return found


def knows(company: PropertyCompany, subject: str) -> bool:
    return f"WO-{subject}" in company.books.bookings


def test_a_webhook_comes_signed_and_what_came_while_the_company_was_off_comes_again(deal: Deal) -> None:
    deal.hook()
    company = deal.switch_on(poll_seconds=0)
    issue = deal.city.report()
    await_that(lambda: knows(company, issue["id"]))
    deal.switch_off()
    missed = deal.city.report()
    failing = await_that(lambda: (found := deal.delivery())["failures"] and found)
    assert (failing["behind"] >= 1, failing["disabled"]) == (True, False)
    assert "refused" in failing["error"].lower()
    again = deal.switch_on(poll_seconds=0)
    await_that(lambda: knows(again, missed["id"]) and again.told)  # it books first, and remembers then
    assert set(again.told.values()) == {"webhook"}
    await_that(lambda: deal.delivery()["behind"] == 0)


def test_without_webhooks_the_feed_alone_brings_everything(deal: Deal) -> None:
    company = deal.switch_on(poll_seconds=0.2)
    first = deal.city.report()
    await_that(lambda: knows(company, first["id"]))
    deal.switch_off()
    second = deal.city.report()
    again = deal.switch_on(poll_seconds=0.2)
    await_that(lambda: knows(again, second["id"]) and again.told)
    assert first["id"] not in str(again.told), "the cursor was kept"
    assert set(again.told.values()) == {"feed"}


def test_what_is_not_signed_is_not_read(deal: Deal) -> None:
    deal.hook()
    company = deal.switch_on(poll_seconds=3600)
    forged = {"id": new_id(), "type": "issues.issue.reported.v1", "subject": "x", "data": {"issue": {"title": "x"}}}
    assert httpx.post(company.url, json=forged).status_code == 401
    assert forged["id"] not in company.told


def test_a_voucher_is_booked_and_confirmed_once_even_if_the_company_forgot_that_it_was(deal: Deal) -> None:
    deal.hook()
    voucher = redeemed(deal.city)
    state = f"{PLACE}/redemptions/{voucher['id']}"
    company = deal.switch_on()
    await_that(lambda: voucher["id"] in str(company.books.bookings) and company.books.cursor != "0")
    deal.switch_off()
    confirmed = deal.city.person("resident").get(state).json()
    assert (confirmed["status"], confirmed["reference"]) == ("confirmed", f"FEE-{voucher['id']}")
    deal.config.books.unlink()
    again = deal.switch_on()
    await_that(lambda: again.books.cursor != "0")
    assert again.books.bookings[confirmed["reference"]] == company.books.bookings[confirmed["reference"]]
    assert deal.city.person("resident").get(state).json() == confirmed


def test_only_staff_and_the_client_itself_see_its_webhook(deal: Deal) -> None:
    deal.hook()
    webhook = f"{PLACE}/webhooks/{deal.webhook_id}"
    token = httpx.post(f"{deal.city.address}/v1/client-tokens", json={"key": deal.config.key}).json()["access_token"]
    own = {"Authorization": f"Bearer {token}"}
    shown = httpx.get(deal.city.address + webhook, headers=own).json()
    assert shown["url"].endswith(f":{deal.config.port}/events")
    assert "secret" not in shown
    assert httpx.get(f"{deal.city.address}{webhook}/delivery", headers=own).json()["disabled"] is False
    for who, status in (("officer", 200), ("resident", 404), ("stranger", 404), ("nobody", 401)):
        assert deal.city.person(who).get(f"{webhook}/delivery").status_code == status
    assert deal.city.person("officer").delete(webhook).status_code == 403
    gone = deal.city.person("admin").delete(webhook)
    assert (gone.status_code, gone.json()["removed"]) == (200, True)
    await_that(lambda: deal.delivery()["behind"] == 0)


def test_an_address_inside_is_refused_with_its_reason(deal: Deal) -> None:
    told = {"client_id": deal.client_id, "url": "http://169.254.169.254/latest/meta-data"}
    answer = deal.city.person("admin").post(f"{PLACE}/webhooks", json=told)
    assert (answer.status_code, answer.json()["clause"]) == (409, "开-2")
    assert "公网" in answer.json()["zh"]


def redeemed(city: City) -> Any:
    """The resident earns points and redeems them for a voucher."""
    resident, officer = city.person("resident"), city.person("officer")
    offered = {"title": "物业费抵扣", "price": 5, "value": 500}
    reward = city.person("admin").post(f"{PLACE}/rewards", json=offered)
    assert reward.status_code == 201, reward.text
    issue = city.report()
    for who, what, said in ((officer, "acceptance", {}), (officer, "resolution", {"note": "已更换"})):
        assert who.post(f"{PLACE}/issues/{issue['id']}/{what}", json=said).status_code == 200
    assert resident.post(f"{PLACE}/issues/{issue['id']}/confirmation", json={}).status_code == 200
    await_that(lambda: any(each["balance"] >= 5 for each in resident.get(f"{PLACE}/accounts").json()["items"]))
    home = city.person("officer").get(f"{PLACE}/members/{city.members['resident']}").json()["homes"][0]["home_id"]
    made = resident.post(f"{reward.headers['location']}/redemptions", json={"home_id": home})
    assert made.status_code == 201, made.text
    return made.json()

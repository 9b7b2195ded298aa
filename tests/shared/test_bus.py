"""What stock nameko loses, doubles or dies of, our extensions do not: each defect that was seen there is tried here."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cloudevents.core.bindings import rabbitmq
from sqlalchemy.engine import URL

from deploy.machine import tries
from services.actor import Role
from services.broker import DEAD_LETTERS, Link, Outgoing, Publisher, events_exchange
from services.clock import utc_now
from services.dead_letters import DeadLetter, dead_letters
from services.envelope import Envelope, read_envelope
from services.errors import from_wire
from services.ids import derived_id, new_id
from services.issues.contract import AcceptIssue, IssueConfirmed, IssueReported, Status
from services.issues.store import STORE as ISSUES
from services.points.store import STORE as POINTS
from services.schemas import load
from services.wire import to_data, to_json
from tests import servers
from tests.shared.made_up import ROOT
from tests.shared.odd_services import ALWAYS_LOSES_ITS_CONNECTION, FAILS, IS_REFUSED, LOSES_ITS_CONNECTION
from tests.shared.running import Caller, House, Running
from tests.shared.samples import (
    COMMUNITY,
    GRID_OFFICER,
    ISSUE,
    NEIGHBOUR,
    REPORTER,
    RESIDENT,
    issue_state,
    member,
    report,
)

ISSUES_SERVICE = "services.issues.service:IssuesService"
POINTS_SERVICE = "services.points.service:PointsService"
ODD_ISSUES = "tests.shared.odd_services:OddIssues"
ODD_POINTS = "tests.shared.odd_services:OddPoints"
QUEUE = "points.on.issues"


@pytest.fixture(scope="module")
def village(broker: servers.BrokerForTests, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house whose issues service all tests share that do it no harm; so it must bear all of them."""
    directory = tmp_path_factory.mktemp("village")
    with broker.vhost() as url:
        made = House(url, f"sqlite:///{directory}/{{service}}.db", directory).prepare(ISSUES)
        made.start(ISSUES_SERVICE)
        yield made
        made.end()


@pytest.fixture
def caller(village: House) -> Iterator[Caller]:
    """A resident, after whom the service still works."""
    with village.caller() as somebody:
        yield somebody
        assert somebody.call(report())["result"]["status"] == "reported"
        assert village.running[0].process.poll() is None


@pytest.fixture
def house(fresh_amqp_url: str, tmp_path: Path) -> Iterator[House]:
    """A house of its own on SQLite."""
    made = House(fresh_amqp_url, f"sqlite:///{tmp_path}/{{service}}.db", tmp_path).prepare(ISSUES, POINTS)
    yield made
    made.end()


@pytest.fixture
def house_on_postgres(fresh_amqp_url: str, postgres_url: URL, tmp_path: Path) -> Iterator[House]:
    """A house of its own on PostgreSQL."""
    with servers.fresh_databases(postgres_url) as (prefix, _):
        url = postgres_url.set(database=prefix).render_as_string(hide_password=False) + "_{service}"
        made = House(fresh_amqp_url, url, tmp_path).prepare(ISSUES, POINTS)
        yield made
        made.end()


def letter_about(house: House, text: str) -> DeadLetter:
    """The dead letter with this in its reason, when it is there."""
    for _ in tries(20):
        for letter in dead_letters(house.amqp_url):
            if text in letter.reason:
                return letter
    raise AssertionError(f"no dead letter says {text!r}: {[each.reason for each in dead_letters(house.amqp_url)]}")


def titles(house: House) -> list[str]:
    """The titles of all reported issues."""
    return [row.title for row in house.rows(ISSUES, "issues")]


# Commands


def test_a_command_is_answered_after_it_was_committed(village: House, caller: Caller) -> None:
    reply = caller.call(report(title="committed"))
    assert reply["error"] is None
    assert reply["result"]["reporter_id"] == REPORTER
    assert "committed" in titles(village)


def test_a_message_without_reply_to_is_done_and_harms_nobody(village: House, caller: Caller) -> None:
    caller.ask(report(title="no reply_to"), reply_to=None)
    caller.call(report())
    assert "no reply_to" in titles(village)


def test_a_message_without_any_property_is_put_aside_and_harms_nobody(village: House, caller: Caller) -> None:
    caller.send("issues.report_issue", b"{}", content_type=None, correlation_id=None, reply_to=None)
    assert letter_about(village, "content type '' is not").queue == "rpc-issues"


@pytest.mark.parametrize("stack", ["broken", 7, None, {"a": 1}, [[]], [None]], ids=repr)
def test_a_broken_call_id_stack_harms_nobody(caller: Caller, stack: Any) -> None:
    assert caller.call(report(), {"nameko.call_id_stack": stack})["error"] is None


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe\x00", b"\x80\x04}q\x00.", b"[1]", b'{"args": []}', b"null"])
def test_bytes_that_are_no_command_are_put_aside_with_their_reason_and_answered(
    village: House, caller: Caller, body: bytes
) -> None:
    reply = caller.reply(caller.send("issues.report_issue", body))
    assert reply["error"]["code"] == "unavailable"
    letter = letter_about(village, reply["error"]["en"])
    assert (letter.queue, letter.headers["sansan-routing-key"]) == ("rpc-issues", "issues.report_issue")
    assert body in [each.body for each in dead_letters(village.amqp_url)]


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-python-serialize", "", "x" * 200])
def test_a_wrong_content_type_is_put_aside_with_its_reason(village: House, caller: Caller, content_type: str) -> None:
    reply = caller.call(report(title="wrong type"), content_type=content_type)
    assert "is not application/json" in reply["error"]["en"]
    letter_about(village, f"content type {content_type[:80]!r} is not application/json")
    assert "wrong type" not in titles(village)


def test_no_header_makes_somebody_else_of_the_caller(village: House, caller: Caller) -> None:
    forged = {
        "nameko.user_id": NEIGHBOUR,
        "user_id": NEIGHBOUR,
        "nameko.member_id": NEIGHBOUR,
        "nameko.roles": '{"wuhan-caochang": ["grid_officer"]}',
        "auth_token": village.keys.sign(GRID_OFFICER),
        "nameko.language": "x",
    }
    issue = caller.call(report(title="forged"), forged)["result"]
    assert issue["reporter_id"] == REPORTER
    command = AcceptIssue(community_id=COMMUNITY, issue_id=issue["id"])
    assert caller.call(command, forged)["error"]["code"] == "forbidden"


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "bytes", "number", "other keys"])
def test_without_a_true_token_nothing_is_done(village: House, caller: Caller, token: str, tmp_path: Path) -> None:
    forger = House("", "", tmp_path).keys
    made: Any = {"bytes": b"\xff\xfe", "number": 7, "other keys": forger.sign(RESIDENT)}.get(token, token)
    reply = caller.call(report(title="unsigned"), {"nameko.auth_token": made})
    assert reply["error"]["code"] == "forbidden"
    assert reply["error"]["exc_type"]
    assert "unsigned" not in titles(village)


def test_a_token_counts_only_where_its_roles_are(village: House) -> None:
    with village.caller(member(REPORTER, Role.RESIDENT, community_id="wuhan-elsewhere")) as stranger:
        assert stranger.call(report(title="stranger"))["error"]["code"] == "forbidden"
    assert "stranger" not in titles(village)


def test_a_refusal_says_the_clause_and_the_reason_in_both_languages(caller: Caller) -> None:
    issue_id = caller.call(report())["result"]["id"]
    error = caller.call(AcceptIssue(community_id=COMMUNITY, issue_id=issue_id))["error"]
    found = from_wire(error)
    assert (found.code, found.clause) == ("forbidden", "日-2")
    assert "micro" not in found.reason.en
    assert found.reason.zh.startswith("只有")
    assert error["exc_path"] == "services.errors.Forbidden"


def test_an_unknown_command_and_wrong_members_are_answered(village: House, caller: Caller) -> None:
    signed = {"nameko.auth_token": caller.token}
    assert caller.reply(caller.send("issues.sing", b'{"args":[],"kwargs":{}}', signed))["error"]["code"] == "not_found"
    metrics = village.running[0].get("/metrics").text
    assert 'name="unknown",outcome="not_found"' in metrics
    assert "sing" not in metrics
    wrong = to_json({"args": [], "kwargs": {"title": 5}})
    error = caller.reply(caller.send("issues.report_issue", wrong, signed))["error"]
    assert error["code"] == "invalid"
    assert "/title" in {detail["member"] for detail in error["details"]}
    assert caller.call(AcceptIssue(community_id=COMMUNITY, issue_id=ISSUE))["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "properties",
    [
        {"correlation_id": b"\xff\xfe"},
        {"reply_to": b"\xff\xfe"},
        {"content_type": b"\xff"},
        {"correlation_id": "", "reply_to": "nobody-listens"},
        {"content_encoding": "utf-16"},
        {"content_encoding": "no-such-thing"},
        {"timestamp": 2**63},
        {"expiration": "60000", "priority": 9, "delivery_mode": 1, "message_id": "井盖", "user_id": "guest"},
    ],
    ids=lambda properties: "-".join(properties),
)
def test_strange_properties_harm_nobody(caller: Caller, properties: dict[str, Any]) -> None:
    caller.ask(report(title="strange"), **properties)


@pytest.mark.parametrize(
    "headers",
    [
        {"nameko.deadline": "9" * 5000},
        {"nameko.if_version": "9" * 5000},
        {"nameko.command_id": "\ud800"},
        {"traceparent": "\ud800"},
        {b"\xff": "x", "deep": {"a": [{"b": None}]}, "float": 1.5},
        {"x" * 255: "y" * 50_000},
    ],
    ids=["deadline", "version", "surrogate id", "surrogate trace", "bytes", "long"],
)
def test_strange_headers_harm_nobody(caller: Caller, headers: dict[Any, Any]) -> None:
    assert caller.call(report(), headers)


@pytest.mark.parametrize(
    "key", [b"issues.\xff", b"issues.\xed\xa0\x80", "issues.", "issues.井盖", "issues." + "x" * 200]
)
def test_strange_routing_keys_harm_nobody(village: House, caller: Caller, key: Any) -> None:
    caller.send(key, b'{"args":[],"kwargs":{}}')
    assert village.running[0].get("/metrics").status_code == 200


def test_a_command_that_its_caller_gave_up_is_not_begun(village: House, caller: Caller) -> None:
    past = str(int(utc_now().timestamp() * 1000) - 1)
    caller.ask(report(title="given up"), {"nameko.deadline": past})
    caller.call(report())
    assert "given up" not in titles(village)
    assert village.running[0].handled("expired") >= 1


def test_the_same_command_50_times_at_once_is_done_once_and_answered_50_times(village: House, caller: Caller) -> None:
    id_ = new_id()
    asked = [caller.ask(report(title="fifty"), {"nameko.command_id": id_}) for _ in range(50)]
    replies = [caller.reply(each) for each in asked]
    assert all(reply == replies[0] for reply in replies)
    assert replies[0]["error"] is None
    assert titles(village).count("fifty") == 1
    other = caller.call(report(title="another"), {"nameko.command_id": id_})
    assert other["error"]["code"] == "conflict"


def test_what_happened_is_told_as_a_cloudevent_that_the_sdk_reads(village: House, caller: Caller) -> None:
    channel = caller.link.channel
    queue = channel.queue_declare("", exclusive=True).queue
    channel.queue_bind(queue, events_exchange("issues"), "*.issue.reported")
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    id_ = new_id()
    state = caller.call(report(title="told"), {"nameko.command_id": id_, "traceparent": trace})["result"]
    message = None
    for _ in tries(20):
        message = channel.basic_get(queue, no_ack=True)
        if message and message.properties["application_headers"]["ce-subject"] == state["id"]:
            break
    assert message
    headers = message.properties["application_headers"]
    event = rabbitmq.from_binary_event(
        rabbitmq.RabbitMQMessage(headers, message.properties["content_type"], bytes(message.body.encode()))
    )
    assert event.get_type() == "issues.issue.reported.v1"
    assert event.get_data() == {"issue": state}
    assert event.get_extension("causationid") == id_
    assert event.get_extension("traceparent").split("-")[1] == trace.split("-")[1]
    assert message.delivery_info["routing_key"] == f"{COMMUNITY}.issue.reported"
    assert message.properties["delivery_mode"] == 2
    assert message.properties["message_id"] == event.get_id() == read_envelope(headers).id
    assert load(IssueReported, event.get_data()).issue.reporter_id == REPORTER


STOCK_CLIENT = """
import eventlet; eventlet.monkey_patch()
import sys
from nameko.exceptions import deserialize_to_instance
from nameko.standalone.rpc import ClusterRpcProxy
from services.errors import CODES, Forbidden, NotFound
for error in CODES.values():
    deserialize_to_instance(error)
url, token, community = sys.argv[1:]
with ClusterRpcProxy({"AMQP_URI": url}, context_data={"auth_token": token}, timeout=20) as rpc:
    place = {"spot": "gate"}
    issue = rpc.issues.report_issue(community_id=community, title="stock", text="nameko", place=place)
    assert issue["status"] == "reported", issue
    calls = [rpc.issues.report_issue.call_async(community_id=community, title=f"stock {n}", text="x", place=place)
             for n in range(20)]
    assert [call.result()["title"] for call in calls] == [f"stock {n}" for n in range(20)]
    try:
        rpc.issues.accept_issue(community_id=community, issue_id=issue["id"])
    except Forbidden as error:
        print("forbidden", error.reason.zh, error.clause)
    try:
        rpc.issues.sing(song="x")
    except NotFound as error:
        print("not found", error.reason.en)
"""


def test_a_stock_nameko_client_calls_our_commands(village: House, caller: Caller) -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", STOCK_CLIENT, village.amqp_url, caller.token, COMMUNITY],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    said = run.stdout.splitlines()
    assert said[0].startswith("forbidden 只有"), said
    assert said[0].endswith("日-2")
    assert said[1] == "not found issues has no such command"
    assert titles(village).count("stock") == 1


STOCK_LISTENER = """
import eventlet; eventlet.monkey_patch()
import sys
from nameko.containers import ServiceContainer
from nameko.events import event_handler
heard = eventlet.event.Event()
class Listener:
    name = "listener"
    @event_handler("issues", "*.issue.reported", reliable_delivery=False, handler_type="broadcast")
    def hear(self, payload):
        if not heard.ready():
            heard.send(payload["issue"]["title"])
container = ServiceContainer(Listener, {"AMQP_URI": sys.argv[1], "serializer": "json"})
container.start()
print("listening", flush=True)
with eventlet.Timeout(30):
    print(heard.wait(), flush=True)
container.kill()
"""


def test_a_stock_nameko_event_handler_hears_our_events(village: House, caller: Caller) -> None:
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", STOCK_LISTENER, village.amqp_url],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as listener:
        assert listener.stdout
        assert listener.stdout.readline().strip() == "listening"
        caller.call(report(title="to a stock listener"))
        said, errors = listener.communicate(timeout=60)
    assert said.strip() == "to a stock listener", errors


def test_a_command_whose_handler_fails_fails_alone(house: House) -> None:
    odd = house.start(ODD_ISSUES)
    with house.caller() as caller:
        asked = {title: caller.ask(report(title=title)) for title in ("one", FAILS, "two", IS_REFUSED, "three")}
        replies = {title: caller.reply(id_) for title, id_ in asked.items()}
    assert [title for title, reply in replies.items() if reply["error"] is None] == ["one", "two", "three"]
    assert replies[FAILS]["error"]["code"] == "unavailable"
    assert "defect" not in str(replies[FAILS])
    assert replies[IS_REFUSED]["error"]["code"] == "refused"
    assert sorted(titles(house)) == ["one", "three", "two"]
    assert "a defect that stays" in str(odd.said("command"))


def test_a_command_whose_connection_to_the_database_breaks_is_done_once(house_on_postgres: House) -> None:
    house = house_on_postgres
    odd = house.start(ODD_ISSUES)
    with house.caller() as caller:
        wanted = ["one", LOSES_ITS_CONNECTION, "two", ALWAYS_LOSES_ITS_CONNECTION, "three"]
        asked = {title: caller.ask(report(title=title)) for title in wanted}
        replies = {title: caller.reply(id_) for title, id_ in asked.items()}
        assert replies[ALWAYS_LOSES_ITS_CONNECTION]["error"]["code"] == "unavailable"
        assert sum(reply["error"] is None for reply in replies.values()) == 4
        assert caller.call(report(title="four"))["error"] is None
    assert sorted(titles(house)) == sorted([*wanted[:3], "three", "four"])
    assert odd.process.poll() is None


# Events


def told(title: str = "井盖", number: int = 0, reporter_id: str = REPORTER) -> Outgoing:
    """A confirmed issue, as the relay of the issues service publishes it."""
    state = issue_state(
        id=derived_id("told", f"{number}"), title=title, status=Status.CONFIRMED, version=4, reporter_id=reporter_id
    )
    envelope = Envelope(
        id=derived_id("event", title, f"{number}"),
        type="issues.issue.confirmed.v1",
        source="/sansan/issues",
        subject=state.id,
        time=state.updated_at,
        community_id=state.community_id,
        audience=state.audience,
        actor=state.reporter_id,
        sequence=state.version,
        member_id=state.reporter_id,
    )
    properties = {"content_type": "application/json", "delivery_mode": 2}
    body = to_json(IssueConfirmed(issue=state))
    return Outgoing(events_exchange("issues"), envelope.routing_key, body, dict(envelope.headers()), properties)


def publish(house: House, *messages: Outgoing) -> None:
    """Put messages among the events of the issues service."""
    publisher = Publisher(house.amqp_url, confirms=True)
    publisher.send(messages)
    publisher.close()


def subscribe(house: House) -> None:
    """Have the queue of the points service declared, by the service itself."""
    house.start(POINTS_SERVICE).stop()


def credits(house: House) -> int:
    """How many credits the ledger has."""
    return len(house.rows(POINTS, "transfers"))


def await_credits(house: House, number: int, seconds: float = 60) -> None:
    """Return when the ledger has so many credits."""
    for _ in tries(seconds):
        if credits(house) == number:
            return
    raise AssertionError(f"{credits(house)} of {number} credits")


def test_a_poison_event_is_put_aside_with_its_reason_while_its_neighbours_pass(house: House) -> None:
    subscribe(house)
    good = [told(number=number) for number in range(30)]
    poison = told(number=99)
    spoilt = [
        replace(poison, body=b"{"),
        replace(poison, properties={}),
        replace(poison, headers={**poison.headers, "ce-id": "1"}),
        replace(poison, headers={}),
        replace(poison, body=b'{"issue":{}}'),
        replace(poison, properties={**poison.properties, "reply_to": b"\xff"}),
    ]
    publish(house, *good[:10], *spoilt, *good[10:])
    points = house.start(POINTS_SERVICE)
    await_credits(house, 30)
    reasons = ["no JSON", "content type ''", "ce-id", "ce-specversion", "/issue/id", "'unreadable'"]
    letters = [letter_about(house, reason) for reason in reasons]
    assert len({letter.number for letter in letters}) == len(spoilt)
    assert {letter.queue for letter in letters} == {QUEUE}
    with house.caller() as caller:
        caller.await_depth(QUEUE, 0)
        assert caller.depth(DEAD_LETTERS) == len(spoilt)
    assert points.handled("done") == 30
    assert "井盖" not in points.log.read_text()


def test_a_handler_that_fails_for_ever_is_tried_again_later_and_its_neighbours_pass(house: House) -> None:
    points = house.start(ODD_POINTS)
    publish(house, *(told(number=number) for number in range(5)), told(FAILS, 77), told(number=6))
    await_credits(house, 6)
    with house.caller() as caller:
        caller.await_depth("retry.10s", 1)
        assert [caller.depth(name) for name in (QUEUE, "retry.1s", "retry.1min", DEAD_LETTERS)] == [0, 0, 0, 0]
        message = caller.link.channel.basic_get("retry.10s")
        headers = message.properties["application_headers"]
        assert headers["sansan-attempts"] == 2
        assert "a defect that stays" in headers["sansan-reason"]
        assert read_envelope(headers).id == told(FAILS, 77).headers["ce-id"]
    assert points.handled("failed") == 2
    assert points.process.poll() is None


@pytest.mark.parametrize("title", [FAILS, IS_REFUSED])
def test_after_the_last_attempt_it_is_put_aside_with_its_reason(house: House, title: str) -> None:
    house.start(ODD_POINTS)
    last = told(title, 77)
    publish(
        house,
        told(number=1),
        replace(last, headers={**last.headers, "sansan-attempts": 4}),
    )
    letter = letter_about(house, "a defect that stays" if title == FAILS else "not while it rains")
    assert (letter.id, letter.queue, letter.headers["sansan-attempts"]) == (last.headers["ce-id"], QUEUE, 4)
    await_credits(house, 1)


@pytest.mark.parametrize("attempts", [-7, 10**9, True, "many", None, 2.5])
def test_a_forged_number_of_attempts_harms_nobody(house: House, attempts: Any) -> None:
    points = house.start(ODD_POINTS)
    bad = told(FAILS, 77)
    publish(
        house,
        replace(bad, headers={**bad.headers, "sansan-attempts": attempts}),
    )
    publish(house, told(number=1))
    await_credits(house, 1)
    assert points.process.poll() is None
    with house.caller() as caller:
        for _ in tries(20):
            if sum(caller.depth(name) for name in ("retry.1s", "retry.10s", DEAD_LETTERS)) == 1:
                break
        else:
            raise AssertionError("the event is lost")


def test_a_handler_that_loses_its_database_connection_does_everything_once(house_on_postgres: House) -> None:
    house = house_on_postgres
    points = house.start(ODD_POINTS)
    publish(
        house,
        *(told(number=number) for number in range(20)),
        told(LOSES_ITS_CONNECTION, 77),
        *(told(number=number) for number in range(20, 40)),
        told(ALWAYS_LOSES_ITS_CONNECTION, 88),
        told(number=41),
    )
    await_credits(house, 42)
    with house.caller() as caller:
        caller.await_depth("retry.10s", 1)
        assert [caller.depth(name) for name in (QUEUE, DEAD_LETTERS)] == [0, 0]
    accounts = {row.member_id: row.balance for row in house.rows(POINTS, "accounts")}
    assert accounts == {REPORTER: 42 * 5, None: -42 * 5}
    assert points.process.poll() is None


def test_an_event_of_a_type_that_nobody_here_knows_is_put_aside(house: House) -> None:
    house.start(POINTS_SERVICE)
    newer = told(number=1)
    headers = {**newer.headers, "ce-type": "issues.issue.confirmed.v2"}
    publish(house, replace(newer, headers=headers))
    assert letter_about(house, "issues.issue.confirmed.v2").type == "issues.issue.confirmed.v2"


def test_a_redelivered_event_changes_nothing(house: House) -> None:
    points = house.start(POINTS_SERVICE)
    publish(house, *(told(number=number % 5) for number in range(50)))
    for _ in tries(20):
        if points.handled("done") + points.handled("repeated") == 50:
            break
    assert (points.handled("done"), points.handled("repeated")) == (5, 45)
    assert credits(house) == 5


# An orderly stop under load


def stopped(running: Running) -> None:
    """Stop it while it works: it ends in time and in order."""
    status, seconds = running.stop(signal.SIGTERM)
    assert status == 0, running.log.read_text(errors="replace")[-2000:]
    assert seconds < 10


def test_commands_that_were_begun_are_finished_and_nothing_runs_twice_after_an_orderly_stop(house: House) -> None:
    number = 1500
    first = house.start(ISSUES_SERVICE)
    with house.caller() as caller:
        for each in range(number):
            caller.ask(report(title=f"{each}"))
        caller.await_replies(100)
        stopped(first)
        done = len(house.rows(ISSUES, "issues"))
        assert 100 <= done < number
        assert all(row.sent_at for row in house.rows(ISSUES, "journal"))
        second = house.start(ISSUES_SERVICE)
        caller.await_replies(number)
        assert caller.count == number
        assert all(reply["error"] is None for reply in caller.replies.values())
    assert sorted(map(int, titles(house))) == list(range(number))
    assert second.handled("repeated") == 0
    assert second.handled("done") == number - done


def test_events_that_were_begun_are_finished_and_nothing_runs_twice_after_an_orderly_stop(house: House) -> None:
    number = 2000
    subscribe(house)
    publish(house, *(told(number=each) for each in range(number)))
    first = house.begin(POINTS_SERVICE)
    for _ in tries(60, pause=0):
        if credits(house) >= 100:
            break
    stopped(first)
    done = credits(house)
    assert 100 <= done < number
    assert all(row.sent_at for row in house.rows(POINTS, "journal"))
    second = house.start(POINTS_SERVICE)
    await_credits(house, number)
    for _ in tries(20):
        if second.handled("done") == number - done:
            break
    assert (second.handled("done"), second.handled("repeated")) == (number - done, 0)
    with house.caller() as caller:
        caller.await_depth(QUEUE, 0)
        assert caller.depth(DEAD_LETTERS) == 0


def test_a_service_that_stops_gives_back_what_it_had_not_begun(house: House) -> None:
    first = house.start(ISSUES_SERVICE)
    with house.caller() as caller:
        for each in range(500):
            caller.ask(report(title=f"{each}"))
        caller.await_replies(1)
        stopped(first)
        link = Link(house.amqp_url)
        done = len(house.rows(ISSUES, "issues"))
        caller.await_depth("rpc-issues", 500 - done)
        link.close()
    assert to_data(report())["title"] == "井盖破损"

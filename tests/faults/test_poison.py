"""A message that nobody can handle is put aside with its reason; its neighbours pass, and it can be replayed from there."""

from dataclasses import replace

from deploy.machine import tries
from services.broker import DEAD_LETTERS, Link, Outgoing, Publisher, events_exchange
from services.clock import utc_now
from services.dead_letters import dead_letters
from services.envelope import Envelope
from services.ids import new_id
from services.issues.contract import IssueConfirmed, IssueState, Place, Status
from services.wire import to_json
from tests.faults.evidence import Evidence
from tests.faults.founding import COMMUNITY, found_community
from tests.faults.load import Load
from tests.faults.stories import ON_SQLITE, UnderLoad
from tests.faults.town import Town

NEW_COMMUNITY = "wuhan-houhu"
ATTEMPTS = 4
PROPERTIES = {"content_type": "application/json", "delivery_mode": 2}


def confirmed(community: str) -> tuple[Envelope, bytes]:
    """An event as the issues service of another system would tell it."""
    now = utc_now()
    issue = IssueState(
        community_id=community,
        id=new_id(),
        version=4,
        status=Status.CONFIRMED,
        category="other",
        title="路灯不亮",
        text=f"三天了。 {new_id()}",
        place=Place(spot="南门"),
        reporter_id=new_id(),
        created_at=now,
        updated_at=now,
    )
    envelope = Envelope(
        id=new_id(),
        type="issues.issue.confirmed.v1",
        source="/sansan/issues",
        subject=issue.id,
        time=now,
        community_id=community,
        audience=issue.audience,
        actor=issue.reporter_id,
        sequence=issue.version,
        member_id=issue.reporter_id,
    )
    return envelope, to_json(IssueConfirmed(issue=issue))


def publish(town: Town, envelope: Envelope, body: bytes, **headers: int) -> None:
    """Put a message among the events of the issues service, past its journal."""
    told = {**envelope.headers(), **{name.replace("_", "-"): number for name, number in headers.items()}}
    publisher = Publisher(town.settings.amqp_url, confirms=True)
    publisher.send([Outgoing(events_exchange("issues"), envelope.routing_key, body, told, PROPERTIES)])
    publisher.close()


def await_letters(town: Town, *wanted: tuple[str, str]) -> None:
    """Return when the dead letters are these: event and queue of each."""
    found: set[tuple[str, str]] = set()
    for _ in tries(10):
        found = {(letter.id, letter.queue) for letter in dead_letters(town.settings.amqp_url)}
        if found == set(wanted):
            return
    raise AssertionError(f"the dead letters are {found}, not {set(wanted)}")


def drop_letters(town: Town) -> None:
    """What an operator does who has read them all."""
    link = Link(town.settings.amqp_url)
    link.channel.queue_purge(DEAD_LETTERS)
    link.close()


@ON_SQLITE
def test_what_nobody_can_handle_is_put_aside_and_comes_back_when_it_is_told_to(
    town: Town, under_load: UnderLoad
) -> None:
    with under_load(town) as load:
        what_nobody_understands(town)
        load.await_acknowledged(40)
        what_came_too_early(town, load)


def what_nobody_understands(town: Town) -> None:
    """An unknown type and a broken body: put aside with the reason, and again when they are replayed as they are."""
    unknown, body = confirmed(COMMUNITY)
    unknown = replace(unknown, type="issues.issue.confirmed.v9")
    broken, _ = confirmed(COMMUNITY)
    publish(town, unknown, body)
    publish(town, broken, b"{oops")
    queues = ("points.on.issues", "edge.on.issues")
    letters = [(envelope.id, queue) for envelope in (unknown, broken) for queue in queues]
    await_letters(town, *letters)

    listed = town.run("dead-letters", "list")
    assert listed.count("nobody here knows the event type 'issues.issue.confirmed.v9'") == len(queues)
    assert listed.count("the body is no JSON") == len(queues)
    shown = town.run("dead-letters", "show", broken.id)
    assert f"ce-id: {broken.id}" in shown
    assert "{oops" in shown

    assert "2 replayed" in town.run("dead-letters", "replay", broken.id)
    await_letters(town, *letters)
    drop_letters(town)


def what_came_too_early(town: Town, load: Load) -> None:
    """An event of a community that nobody has heard of: once it is onboarded, the replay has its effect."""
    early, body = confirmed(NEW_COMMUNITY)
    load.history.foreign_events.add(early.id)
    publish(town, early, body, sansan_attempts=ATTEMPTS)
    await_letters(town, (early.id, "points.on.issues"))
    assert "this community is not known here yet" in town.run("dead-letters", "list")

    found_community(town.settings, NEW_COMMUNITY)
    there = Evidence(town.settings, NEW_COMMUNITY)
    assert "1 replayed" in town.run("dead-letters", "replay", early.id)
    assert any(there.credited() == [("confirm", early.subject)] for _ in tries(10))
    assert "0 dead letters" in town.run("dead-letters", "list")

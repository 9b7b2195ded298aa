"""From a foreign message to a job: what is not well formed is refused here, before anything is begun.

Of the headers only the named ones are read; none of them becomes context by itself, and who acts is what the token proves.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services import tokens
from services.actor import SYSTEM
from services.declare import EVENTS, CommandSpec, commands_of
from services.envelope import Envelope, is_text, next_trace, read_envelope
from services.errors import Invalid, NotFound, SansanError
from services.ids import derived_id, is_id, new_id
from services.inbox import COMMANDS as COMMANDS_CONSUMER
from services.inbox import request_hash
from services.schemas import load, load_tolerantly
from services.wire import from_json, to_data
from services.work import Context, Does, Job, Reacts, Work

Told = Callable[[Work, Envelope, type, Any], None]

MOST_BYTES = 1_000_000


class Malformed(Exception):
    """A message that nobody can understand: it goes to the dead letters with this reason."""


class Expired(Exception):
    """A command whose caller waits no longer: it is not begun."""


@dataclass(frozen=True)
class Incoming:
    """A message as it came: nothing in it is trusted."""

    queue: str
    tag: int
    routing_key: str
    headers: Mapping[str, Any]
    body: bytes
    content_type: str = ""
    correlation_id: str = ""
    reply_to: str = ""

    def header(self, name: str) -> str:
        """A header if it is text, else nothing."""
        found = self.headers.get(name)
        return found if is_text(found) else ""

    def json(self) -> Any:
        """The body. Errors: Malformed when it is too long, not declared as JSON, or no JSON."""
        if self.content_type.partition(";")[0].strip() != "application/json":
            raise Malformed(f"content type {self.content_type[:80]!r} is not application/json")
        if len(self.body) > MOST_BYTES:
            raise Malformed(f"{len(self.body)} bytes are too many")
        try:
            return from_json(self.body)
        except ValueError as error:
            raise Malformed(f"the body is no JSON: {error}") from None


def command_job(service: str, does: Does, message: Incoming, now: datetime) -> Job:
    """The job of a command message.

    Errors: Malformed for the dead letters; Expired; any error of `errors.py` as an answer to the caller.
    """
    body = message.json()
    if not isinstance(body, dict) or not isinstance(body.get("kwargs"), dict) or not isinstance(body.get("args"), list):
        raise Malformed("the body is not an object with args and kwargs")
    _check_deadline(message, now)
    spec = commands_of(service).get(message.routing_key.partition(".")[2])
    if spec is None or spec.cls not in does:
        raise NotFound(f"{service} has no such command", "没有此命令")
    if body["args"]:
        raise Invalid("give the members of a command by name", "命令的各项须按名称给出")
    actor = tokens.verify(message.header("nameko.auth_token"), now)
    command: Any = load(spec.cls, body["kwargs"])
    return job_of(
        spec, does, command, actor, _context(spec, command, actor, message), message.header("nameko.command_id")
    )


def job_of(spec: CommandSpec, does: Does, command: Any, actor: Any, context: Context, command_id: str = "") -> Job:
    """The job that does a command that is valid already; `command_id` is what makes a repetition the same."""

    def do(work: Work) -> object:
        return does[spec.cls](work, command)

    id_ = command_id if is_id(command_id) else context.cause
    return Job(COMMANDS_CONSUMER, id_, context, do, request_hash(spec.name, actor.member_id, to_data(command)))


def _context(spec: CommandSpec, command: Any, actor: Any, message: Incoming) -> Context:
    version = message.header("nameko.if_version")
    if version and not _is_number(version):
        raise Invalid("if_version is not a number", "if_version 应为数字")
    given = message.header("nameko.command_id") or message.correlation_id
    return Context(
        community_id=command.community_id,
        actor=actor,
        cause=given if is_id(given) else derived_id("correlation", given, message.body.decode()) if given else new_id(),
        traceparent=next_trace(message.header("traceparent")),
        subject=getattr(command, spec.subject) if spec.subject else "",
        expected_version=int(version) if version else None,
    )


def _check_deadline(message: Incoming, now: datetime) -> None:
    deadline = message.header("nameko.deadline")
    if _is_number(deadline) and int(deadline) < now.timestamp() * 1000:
        raise Expired


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) < 20


def event_job(consumer: str, reacts: Reacts, told: Told | None, message: Incoming) -> Job:
    """The job of an event message: the handler of its type, or one that is told everything.

    Errors: Malformed.
    """
    try:
        envelope = read_envelope(message.headers)
    except SansanError as error:
        raise Malformed(error.reason.en) from None
    spec = EVENTS.get(envelope.type)
    if spec is None or (told is None and spec.cls not in reacts):
        raise Malformed(f"nobody here knows the event type {envelope.type[:120]!r}")
    data = message.json()
    try:
        event: Any = load_tolerantly(spec.cls, data)
    except Invalid as error:
        raise Malformed(f"{envelope.type} is {error.reason.en}: {error.details[:3]}") from None
    if getattr(event, spec.subject).community_id != envelope.community_id:
        raise Malformed("the community of the data is not the one of the header")

    def do(work: Work) -> object:
        if told is not None:
            told(work, envelope, spec.cls, data)
        else:
            reacts[spec.cls](work, event)
        return None

    context = Context(envelope.community_id, SYSTEM, envelope.id, next_trace(envelope.traceparent))
    return Job(consumer, envelope.id, context, do)


def sources_of(reacts: Reacts) -> dict[str, list[str]]:
    """Which services a table of reactions listens to, and with which binding keys."""
    sources: dict[str, list[str]] = {}
    for spec in EVENTS.values():
        if spec.cls in reacts:
            sources.setdefault(spec.service, []).append(f"*.{spec.key}")
    return sources


def everything() -> dict[str, list[str]]:
    """All events of all services."""
    return {spec.service: ["#"] for spec in EVENTS.values()}

"""A contract is declared once, as a frozen dataclass; catalogue, validator and JSON Schema all come from it.

`@view` is a thing's visible state, `@command` a wish addressed to the service that owns the thing, `@event` what
happened to it. An event's first member is the state of its subject after it happened.
"""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeVar, dataclass_transform

from services.actor import MEMBER, Who

T = TypeVar("T")

PUBLIC = "public"
COMMUNITY = "community"
STAFF = "staff"
ONE_MEMBER = "member"
AUDIENCES = (PUBLIC, COMMUNITY, STAFF, ONE_MEMBER)
EVERYBODY = AUDIENCES


@dataclass(frozen=True)
class Length:
    """A text of `least` to `most` characters that is not blank and has no control characters.

    Only a text of several `lines` may hold line ends and tabs.
    """

    least: int
    most: int
    lines: bool = False


@dataclass(frozen=True)
class Matching:
    """A text that matches the whole pattern (a pattern that ECMA-262 reads in the same way)."""

    pattern: str


@dataclass(frozen=True)
class Between:
    """A number from `least` to `most`, or a list of so many items."""

    least: int
    most: int


@dataclass(frozen=True)
class Seen:
    """The audiences that may see this member; without it, everybody who may see the whole.

    Where somebody chose who may, `choice` is the member that holds their choice, and `choices` says whom each one allows.
    """

    by: frozenset[str] = frozenset()
    choice: str = ""
    choices: tuple[tuple[str, frozenset[str]], ...] = ()

    def allows(self, audience: str, whole: Mapping[str, object]) -> bool:
        """Whether an audience may see it as a part of this whole (plain data)."""
        return audience in (dict(self.choices).get(str(whole.get(self.choice)), self.by) if self.choice else self.by)


def seen_by(*audiences: str) -> Seen:
    """Limit a member to some of the audiences."""
    return Seen(frozenset(audiences))


def chosen_by(choice: str, choices: Mapping[str, Iterable[str]]) -> Seen:
    """Limit a member to the audiences that another member, the `choice`, allows; an unknown choice allows nobody."""
    return Seen(choice=choice, choices=tuple((str(name), frozenset(by)) for name, by in choices.items()))


@dataclass(frozen=True)
class ViewSpec:
    """A view: its name on the wire, what lists may be filtered by, what full-text search reads, and whom it concerns."""

    name: str
    cls: type
    filters: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    concerns: str = ""


@dataclass(frozen=True)
class CommandSpec:
    """A command: the service and method that it is sent to, who may, what it answers and how it may be refused."""

    service: str
    method: str
    cls: type
    by: Who
    returns: type
    subject: str = ""
    refuses: tuple[str, ...] = ()
    personal: bool = False

    @property
    def name(self) -> str:
        """`service.method`: its name in the catalogue and its routing key on the bus."""
        return f"{self.service}.{self.method}"


@dataclass(frozen=True)
class EventSpec:
    """An event: its CloudEvents type `name`, and the member that holds its subject's state."""

    name: str
    cls: type
    subject: str
    state: type

    @property
    def service(self) -> str:
        """The service that the event comes from."""
        return self.name.split(".")[0]

    @property
    def key(self) -> str:
        """`ENTITY.VERB`: the routing key after the community."""
        return ".".join(self.name.split(".")[1:3])


VIEWS: dict[type, ViewSpec] = {}
COMMANDS: dict[type, CommandSpec] = {}
EVENTS: dict[str, EventSpec] = {}
_EVENT_OF: dict[type, EventSpec] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def view(
    name: str, *, filters: tuple[str, ...] = (), text: tuple[str, ...] = (), concerns: str = ""
) -> Callable[[type[T]], type[T]]:
    """Declare the visible state of a thing.

    It has the members `community_id`, `id`, `version`, `audience`, `created_at` and `updated_at`.
    """

    def declare(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        VIEWS[made] = ViewSpec(name, made, filters, text, concerns)
        return made

    return declare


@dataclass_transform(frozen_default=True, kw_only_default=True)
def command(
    name: str,
    *,
    returns: type,
    by: Who = MEMBER,
    subject: str = "",
    refuses: tuple[str, ...] = ("refused",),
    personal: bool = False,
) -> Callable[[type[T]], type[T]]:
    """Declare a command `service.method`, whose member `subject` names the thing that it changes.

    `personal` marks one that holds personal data and therefore never leaves the gateway's process.
    """
    service, method = name.split(".")

    def declare(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        COMMANDS[made] = CommandSpec(service, method, made, by, returns, subject, refuses, personal)
        return made

    return declare


@dataclass_transform(frozen_default=True, kw_only_default=True)
def event(type_: str) -> Callable[[type[T]], type[T]]:
    """Declare an event `service.entity.verb.vN`; its first member is the subject's state, a view."""

    def declare(cls: type[T]) -> type[T]:
        made = dataclass(frozen=True, kw_only=True, slots=True)(cls)
        first = dataclasses.fields(made)[0]  # type: ignore[arg-type]
        assert isinstance(first.type, type), f"{type_}: the first member must be a view"
        assert first.type in VIEWS, f"{type_}: the first member must be a view"
        spec = EventSpec(type_, made, first.name, first.type)
        EVENTS[type_] = spec
        _EVENT_OF[made] = spec
        return made

    return declare


@dataclass_transform(frozen_default=True, kw_only_default=True)
def value(cls: type[T]) -> type[T]:
    """Declare a part of a contract that has no life of its own: a place, an entry of a history."""
    return dataclass(frozen=True, kw_only=True, slots=True)(cls)


def event_spec(cls: type) -> EventSpec:
    """The declaration of an event class."""
    return _EVENT_OF[cls]


def commands_of(service: str) -> Mapping[str, CommandSpec]:
    """The commands of a service, by method name."""
    return _commands_of(service, len(COMMANDS))


@cache
def _commands_of(service: str, _declared: int) -> Mapping[str, CommandSpec]:
    return {spec.method: spec for spec in COMMANDS.values() if spec.service == service}


def events_of(service: str) -> Mapping[str, EventSpec]:
    """The events of a service, by type."""
    return {name: spec for name, spec in EVENTS.items() if spec.service == service}

"""What the endpoints with a handler of their own are asked in their query, and answers that only they give."""

from datetime import datetime
from typing import Annotated

from gateway.directory.answers import Home, Profile
from gateway.directory.contract import Language
from services.actor import Role
from services.declare import Between, Matching, value
from services.fields import Code, Id, Slug

_PLACES = r"[a-z0-9-]{2,63}"
_TYPES = r"[a-z0-9_.]{1,120}\*?"
_ID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


@value
class EventsQuestion:
    """What is wanted of the feed: some communities and event types (each a list with commas), after a cursor."""

    community: Annotated[str, Matching(rf"^{_PLACES}(,{_PLACES}){{0,99}}$")] | None = None
    type: Annotated[str, Matching(rf"^{_TYPES}(,{_TYPES}){{0,49}}$")] | None = None
    cursor: Annotated[str, Matching(r"^(0|[1-9][0-9]{0,17})$")] | None = None
    limit: Annotated[int, Between(1, 100)] = 100


@value
class RollQuestion:
    """A page of the roll: from the home after `cursor`."""

    cursor: Id | None = None
    limit: Annotated[int, Between(1, 200)] = 100


@value
class ProfilesQuestion:
    """The members whose names are asked for: up to 100 ids with commas."""

    ids: Annotated[str, Matching(rf"^{_ID}(,{_ID}){{0,99}}$")]


@value
class DocsQuestion:
    """In which language; the caller's own without it."""

    lang: Language | None = None


@value
class Homes:
    """The homes of an entrance, in their order."""

    items: Annotated[tuple[Home, ...], Between(0, 50_000)]


@value
class Profiles:
    """Some members with their names."""

    items: Annotated[tuple[Profile, ...], Between(0, 100)]


@value
class WebhookDelivery:
    """How far a webhook has been served: `behind` counts the events of the community (to 1000) that were not looked at yet."""

    behind: Annotated[int, Between(0, 1000)]
    failures: Annotated[int, Between(0, 1_000_000_000)] = 0
    disabled: bool = False
    error: Annotated[str, Between(0, 200)] = ""
    next_at: datetime | None = None
    updated_at: datetime | None = None


@value
class Held:
    """The roles held in one place: a community, or a whole district."""

    place: Slug
    roles: Annotated[tuple[Role, ...], Between(0, 20)]
    in_district: bool = False


@value
class Me:
    """Who the token proves, with which roles; `profile` is None for an API client."""

    id: Id
    kind: Code
    held: Annotated[tuple[Held, ...], Between(0, 10_000)]
    profile: Profile | None = None

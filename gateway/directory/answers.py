"""What the directory answers to the gateway's own process and to nobody else: sessions, names, the roll with its owners."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from gateway.directory.contract import Area, Login, MemberStatus, PersonName, Phone, Tie
from services.declare import Between, Length, value
from services.errors import NotAuthenticated
from services.fields import Id, Label, Line, Slug

Token = Annotated[str, Between(1, 200)]
Seconds = Annotated[int, Between(0, 315_360_000)]


class TooManyAttempts(NotAuthenticated):
    """Too much was guessed from here or for this login: over HTTP this is 429 with `Retry-After`."""

    retry_after_seconds: int = 1


class OwnerKind(StrEnum):
    """Whom the roll names: the developer's unsold homes count as one person's."""

    PERSON = "person"
    COMPANY = "company"
    DEVELOPER = "developer"


@value
class LogIn:
    """A login and its password."""

    login: Annotated[str, Between(1, 200)]
    password: Annotated[str, Between(1, 1000)]


@value
class WithRefreshToken:
    """A refresh token: to go on with a session, or to end it."""

    refresh_token: Token


@value
class WithKey:
    """The key of an API client."""

    key: Token


@value
class Session:
    """A session: the access token for the requests, and the refresh token that gets the next ones, each once.

    While `change_password` is true the access token proves no role: the password was handed over and is to be changed.
    """

    member_id: Id
    access_token: Annotated[str, Between(1, 8000)]
    token_type: Label = "Bearer"
    expires_in: Seconds
    refresh_token: Token
    refresh_expires_in: Seconds
    change_password: bool = False


@value
class ClientSession:
    """An API client's access token; a new one is got with the key."""

    client_id: Id
    access_token: Annotated[str, Between(1, 8000)]
    token_type: Label = "Bearer"
    expires_in: Seconds


@value
class Profile:
    """A member with name and phone, for the member and for those of the community who may know.

    `phone` and `login` are None for those who may only know the name. `in_roll` says whether the roll names somebody of
    this name and phone for the home that is claimed.
    """

    id: Id
    name: PersonName
    phone: Phone | None = None
    login: Login | None = None
    communities: Annotated[tuple[Slug, ...], Between(0, 1000)] = ()
    status: MemberStatus | None = None
    claim: Tie | None = None
    in_roll: bool | None = None


@value
class Home:
    """A home (户) of an entrance."""

    id: Id
    name: Label


@value
class Share:
    """One owner's share of a home."""

    owner_id: Id
    kind: OwnerKind
    name: Annotated[str, Length(1, 120)]
    phone: Phone | None = None
    numerator: Annotated[int, Between(1, 1_000_000)]
    denominator: Annotated[int, Between(1, 1_000_000)]
    member_id: Id | None = None


@value
class RollEntry:
    """A home in the roll: its exclusive area in 0.01 m² and its owners."""

    home_id: Id
    home: Line
    area: Area
    owners: Annotated[tuple[Share, ...], Between(1, 100)]


@value
class RollPage:
    """A page of the roll; `next` is where the next one begins, None at the end."""

    version: int
    imported_at: datetime
    entries: Annotated[tuple[RollEntry, ...], Between(0, 200)]
    next: Id | None = None

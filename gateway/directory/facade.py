"""The directory as the gateway calls it: commands, log-in, names, the roll, where people want to be told.

Each call opens its own transactions and may take a while: call it in a thread.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

from sqlalchemy.engine import Connection, Engine

from gateway.directory import ownership, passwords, people, reading, sessions, subscribers
from gateway.directory.answers import ClientSession, Home, Profile, RollPage, Session
from gateway.directory.contract import (
    ADMINS,
    ChangePassword,
    CreateApiClient,
    CreateDistrict,
    EnrolMember,
    ImportRoll,
    NoticePreferences,
    RegisterMember,
    ResetPassword,
    SetNoticePreferences,
    SetWebhook,
)
from gateway.directory.door import Door, key_of
from gateway.directory.given import Given
from gateway.directory.policy import PARAMETERS
from gateway.directory.preferences import CLAUSE, addresses_to_vet, masked
from gateway.directory.roll_csv import read_roll
from gateway.directory.store import STORE
from gateway.directory.use_cases import DOES
from gateway.happening import scope_of
from gateway.identity import Keys
from gateway.webhooks.guard import Guard
from gateway.webhooks.signing import new_secret
from services.actor import NOBODY, Actor
from services.clock import Clock, utc_now
from services.database import open_engine
from services.database import reading as read_only
from services.declare import COMMANDS
from services.errors import Forbidden, Invalid
from services.ids import is_id, new_id
from services.inbox import COMMANDS as COMMANDS_CONSUMER
from services.inbox import request_hash, seen
from services.parameters import Parameter
from services.settings import Settings
from services.wire import to_data
from services.work import Context, Desk, Job, result_of

_SECRETS = frozenset({"password", "old_password", "new_password"})


class Directory:
    """All that the gateway does with the directory.

    `parameters` are the numbers of all services that a community may set for itself.
    """

    def __init__(
        self,
        engine: Engine,
        keys: Keys,
        clock: Clock = utc_now,
        *,
        parameters: Iterable[Parameter] = (),
        refresh_days: int = 30,
        guard: Guard | None = None,
    ) -> None:
        self.keys = keys
        self.desk = Desk(engine, STORE, clock)
        self._engine = engine
        self._numbers = {number.name: number for number in (*PARAMETERS, *parameters)}
        self._door = Door(engine, keys, clock, refresh_days)
        self._guard = guard or Guard()

    @classmethod
    def open(cls, chosen: Settings, parameters: Iterable[Parameter] = ()) -> Self:
        """The directory of the settings: its database, which is migrated already, and its keys, made where there are none."""
        keys = Keys(chosen.keys_directory, utc_now, chosen.access_token_seconds)
        engine = open_engine(chosen.database(STORE.service))
        guard = Guard(chosen.webhook_networks)
        return cls(engine, keys, parameters=parameters, refresh_days=chosen.refresh_token_days, guard=guard)

    def close(self) -> None:
        """Hang up."""
        self._engine.dispose()

    def perform(
        self,
        command: Any,
        actor: Actor,
        *,
        command_id: str = "",
        if_version: int | None = None,
        traceparent: str = "",
        source: str = "",
    ) -> dict[str, Any]:
        """Do a command of the contract once for each `command_id`; what its `returns` says, as plain data.

        A secret that is shown once is in the answer of the first time only. `source` is the address it came from.
        Errors: any of `errors.py`; TooManyAttempts.
        """
        if isinstance(command, ImportRoll):
            raise Invalid("a roll is imported by sending its CSV file", "请上传名册 CSV 文件", "册-2")
        given, secret = Given(), ""
        if not self._was_done(command.community_id, command_id):
            given, secret = self._given(command, actor, source)
        result, repeated = self._do(command, actor, given, command_id, if_version, traceparent)
        if secret and not repeated:
            if isinstance(command, CreateApiClient):
                result["key"] = key_of(result["client"]["id"], secret)
            elif isinstance(command, SetWebhook):
                result["secret"] = secret
            else:
                result["password"] = secret
        return result

    def import_roll(
        self,
        community_id: str,
        chunks: Iterable[bytes],
        actor: Actor,
        *,
        replaces: int,
        command_id: str = "",
        traceparent: str = "",
    ) -> dict[str, Any]:
        """Replace the roll by a CSV file that comes in pieces; the new RollState as plain data.

        `replaces` is the version of the roll that the caller saw, 0 where there was none. Errors: Invalid, whose details
        name every bad line; Conflict for a roll that was replaced meanwhile; Forbidden; NotFound.
        """
        with read_only(self._engine) as connection:
            place = reading.place_of(connection, community_id)
            self._only_admins(connection, place, actor, "册-2")
            homes = ownership.home_ids(connection, community_id)
        roll = read_roll(chunks, community_id, homes, [estate.name for estate in place.estates])
        command = ImportRoll(community_id=community_id, replaces=replaces, sha256=roll.sha256)
        return self._do(command, actor, Given(roll=roll), command_id, None, traceparent)[0]

    def log_in(self, login: str, password: str, source: str) -> Session:
        """A new session for the person of a login; `source` is the address that asks.

        Errors: NotAuthenticated, the same and after the same time whatever is wrong; TooManyAttempts; Unavailable.
        """
        return self._door.log_in(login, password, source)

    def refresh(self, refresh_token: str) -> Session:
        """The same session with new tokens. Errors: NotAuthenticated; a token that was used before ends the session."""
        return self._door.refresh(refresh_token)

    def log_out(self, refresh_token: str) -> None:
        """End the session; one that has ended already stays so."""
        self._door.log_out(refresh_token)

    def client_token(self, key: str) -> ClientSession:
        """An access token for the API client of a key. Errors: NotAuthenticated."""
        return self._door.client_token(key)

    def profile(self, member_id: str, actor: Actor) -> Profile:
        """A member's name, and phone where the actor may know it. Errors: NotFound, also where the actor may know nothing."""
        with read_only(self._engine) as connection:
            return reading.profile(connection, member_id, sessions.fresh(connection, actor))

    def profiles(self, community_id: str, member_ids: Iterable[str], actor: Actor) -> tuple[Profile, ...]:
        """The names of up to 100 members of a community, for those who may know them; others' ids are left out.

        Errors: Forbidden; NotFound; Invalid for too many.
        """
        with read_only(self._engine) as connection:
            return reading.profiles(connection, community_id, tuple(member_ids), sessions.fresh(connection, actor))

    def homes(self, community_id: str, entrance_id: str) -> tuple[Home, ...]:
        """The homes of an entrance, in their order: for whoever registers. Errors: NotFound."""
        with read_only(self._engine) as connection:
            return reading.homes_of_entrance(connection, community_id, entrance_id)

    def roll(self, community_id: str, actor: Actor, after: str = "", limit: int = 100) -> RollPage:
        """A page of the roll with its owners, from the home after `after`. Errors: Forbidden; NotFound."""
        with read_only(self._engine) as connection:
            return reading.roll_page(connection, community_id, sessions.fresh(connection, actor), after, limit)

    def notice_preferences(self, actor: Actor) -> NoticePreferences:
        """Where and when a person wants to be told, with masked addresses. Errors: Forbidden for who is no person."""
        with read_only(self._engine) as connection:
            member_id = self._person(connection, actor).id
            return masked(subscribers.preferences_of(connection, [member_id]).get(member_id, NoticePreferences()))

    def set_notice_preferences(
        self, preferences: NoticePreferences, actor: Actor, *, command_id: str = "", traceparent: str = ""
    ) -> dict[str, Any]:
        """Keep where and when a person wants to be told; what is kept, as plain data with masked addresses.

        Errors: Invalid, naming each bad address; Refused for a URL to which nothing may be sent; Forbidden; Conflict.
        """
        with read_only(self._engine) as connection:
            where = self._person(connection, actor).community_id
        command = SetNoticePreferences(community_id=where, preferences=preferences)
        return self.perform(command, actor, command_id=command_id, traceparent=traceparent)

    def _person(self, connection: Connection, actor: Actor) -> people.KnownPerson:
        person = people.person_of(connection, actor.member_id) if actor.kind == "member" else None
        if person is None:
            raise Forbidden("only a person is sent notices", "只有个人可以接收通知", CLAUSE)
        return person

    def _do(
        self, command: Any, actor: Actor, given: Given, command_id: str, if_version: int | None, traceparent: str
    ) -> tuple[dict[str, Any], bool]:
        spec = COMMANDS[type(command)]
        request = request_hash(spec.name, actor.member_id, _without_secrets(to_data(command)))
        if actor.kind == NOBODY.kind:
            actor = replace(actor, member_id=new_id())
        with read_only(self._engine) as connection:
            actor = sessions.fresh(connection, actor)
        id_ = command_id if is_id(command_id) else new_id()
        subject = getattr(command, spec.subject) if spec.subject else ""
        context = Context(command.community_id, actor, id_, traceparent, subject, if_version)
        job = Job(COMMANDS_CONSUMER, id_, context, lambda work: DOES[spec.cls](work, command, given), request)
        outcome = self.desk.perform([job])[0]
        self.desk.communities.forget(command.community_id)
        if outcome.failure is not None:
            raise outcome.failure
        result: dict[str, Any] = result_of(outcome.reply)
        return result, outcome.repeated

    def _was_done(self, community_id: str, command_id: str) -> bool:
        """Whether a command of this id was done, so that it will only get its reply again."""
        if not is_id(command_id):
            return False
        with read_only(self._engine) as connection:
            return bool(seen(connection, STORE, [(community_id, COMMANDS_CONSUMER, command_id)]))

    def _given(self, command: Any, actor: Actor, source: str) -> tuple[Given, str]:
        """What goes with the command, and the secret that its answer shows once."""
        given = Given(numbers=self._numbers)
        if isinstance(command, RegisterMember):
            return self._door.register(command, source), ""
        if isinstance(command, ChangePassword):
            return self._door.change(command, actor, source), ""
        if isinstance(command, CreateDistrict):
            admin = command.admin
            passwords.check_strength(admin.password, (admin.login, admin.name, admin.phone), "admin/password")
            return replace(given, secret_hash=passwords.hash_of(admin.password)), ""
        if isinstance(command, EnrolMember | ResetPassword):
            secret = passwords.random_password()
            return replace(given, secret_hash=passwords.hash_of(secret)), secret
        if isinstance(command, CreateApiClient):
            secret = passwords.random_secret()
            return replace(given, secret_hash=passwords.secret_hash(secret)), secret
        if isinstance(command, SetWebhook):
            self._vet(command, actor)
            secret = new_secret()
            return replace(given, secret=secret), secret
        if isinstance(command, SetNoticePreferences):
            for url in addresses_to_vet(command.preferences):
                self._guard.target(url)
        return given, ""

    def _vet(self, command: SetWebhook, actor: Actor) -> None:
        """Refuse an address to which nothing may be sent, and types that no event has: both outside of the transaction."""
        with read_only(self._engine) as connection:
            self._only_admins(connection, reading.place_of(connection, command.community_id), actor, "开-1")
        scope_of({}, command.types)
        self._guard.target(command.url)

    def _only_admins(self, connection: Connection, place: Any, actor: Actor, clause: str) -> None:
        held = sessions.fresh(connection, actor).roles_in(place.community_id, place.district_id)
        if not ADMINS.allows(actor, held):
            raise Forbidden(f"only {ADMINS.en} may do this", f"只有{ADMINS.zh}可以进行此操作", clause)


def _without_secrets(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a command but for passwords, of which not even a fast hash may be kept."""
    return {
        name: _without_secrets(member) if isinstance(member, Mapping) else member
        for name, member in members.items()
        if name not in _SECRETS
    }

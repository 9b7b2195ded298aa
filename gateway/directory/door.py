"""Who comes in: by password, by refresh token or by an API client's key; all else is answered the same, after the same time."""

from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from gateway.directory import guessing, passwords, people, sessions
from gateway.directory.answers import ClientSession, Session
from gateway.directory.contract import ChangePassword, RegisterMember
from gateway.directory.given import Given
from gateway.directory.hooks import client
from gateway.directory.store import api_clients
from gateway.identity import Keys
from services.actor import Actor
from services.clock import Clock
from services.database import reading
from services.errors import Forbidden, NotAuthenticated
from services.ids import new_id

_KEY = "sansan-"


class Door:
    """Log-in with its counts and sessions; `refresh_days` is how long a session lasts without being used."""

    def __init__(self, engine: Engine, keys: Keys, clock: Clock, refresh_days: int) -> None:
        self._engine = engine
        self._keys = keys
        self._clock = clock
        self._refresh_days = refresh_days

    def log_in(self, login: str, password: str, source: str) -> Session:
        """A new session.

        Errors: NotAuthenticated, the same and after the same time whatever is wrong; TooManyAttempts; Unavailable.
        """
        now = self._clock()
        with self._engine.begin() as connection:
            person = people.person_with(connection, login)
            counts = self._counts(connection, login, person.id if person else new_id(), source)
            guessing.count(connection, dict(zip(counts, (guessing.LOGIN, guessing.SOURCE), strict=True)), now)
        if not passwords.matches(password, person.password_hash if person else None) or person is None:
            raise NotAuthenticated("the login or the password is wrong", "登录名或密码错误", "号-4")
        outdated = passwords.is_outdated(person.password_hash)
        renewed = passwords.hash_of(password) if outdated else person.password_hash
        with self._engine.begin() as connection:
            if not people.renew_hash(connection, person.id, person.password_hash, renewed):
                raise NotAuthenticated("the login or the password is wrong", "登录名或密码错误", "号-4")
            guessing.forgive(connection, *counts, now)
            guessing.forget(connection, now)
            opened = sessions.open_session(connection, person.id, source, self._refresh_days, now)
            return self._session(connection, opened)

    def refresh(self, refresh_token: str) -> Session:
        """The same session with new tokens. Errors: NotAuthenticated; a token that was used before ends the session."""
        with self._engine.begin() as connection:
            opened = sessions.go_on(connection, refresh_token, self._refresh_days, self._clock())
            session = self._session(connection, opened) if opened else None
        if session is None:
            raise NotAuthenticated("the session has ended; log in again", "登录已失效,请重新登录", "号-5")
        return session

    def log_out(self, refresh_token: str) -> None:
        """End the session; one that has ended already stays so."""
        with self._engine.begin() as connection:
            sessions.log_out(connection, refresh_token)

    def client_token(self, key: str) -> ClientSession:
        """An access token for the API client of a key. Errors: NotAuthenticated."""
        id_, _, secret = key.removeprefix(_KEY).partition(".")
        with reading(self._engine) as connection:
            query = sa.select(api_clients).where(api_clients.c.id == _uuid(id_))
            row = connection.execute(query).one_or_none()
        if row is None or not passwords.is_secret(secret, row.key_hash) or row.revoked:
            raise NotAuthenticated("the key is not valid", "密钥无效", "号-6")
        actor = client(row.id, row.community_id)
        return ClientSession(client_id=row.id, access_token=self._keys.sign(actor), expires_in=self._keys.token_seconds)

    def register(self, command: RegisterMember, source: str) -> Given:
        """Count a registration (the operator's come from nowhere), and hash its password.

        Errors: Invalid for a weak one; TooManyAttempts.
        """
        passwords.check_strength(command.password, (command.login, command.name, command.phone))
        if source:
            name = guessing.name_of("registration", source)
            with self._engine.begin() as connection:
                guessing.count(connection, {name: guessing.REGISTRATION}, self._clock())
        return Given(secret_hash=passwords.hash_of(command.password))

    def change(self, command: ChangePassword, actor: Actor, source: str) -> Given:
        """Check the old password as a log-in would, and hash the new one.

        Errors: Forbidden for a wrong old one; Invalid for a weak new one; NotAuthenticated; TooManyAttempts.
        """
        with self._engine.begin() as connection:
            person = people.person_of(connection, actor.member_id) if actor.kind == "member" else None
            if person is None:
                raise NotAuthenticated("log in first", "请先登录")
            passwords.check_strength(command.new_password, (person.login, person.name, person.phone), "new_password")
            counts = self._counts(connection, person.login, person.id, source)
            guessing.count(connection, dict(zip(counts, (guessing.LOGIN, guessing.SOURCE), strict=True)), self._clock())
        if not passwords.matches(command.old_password, person.password_hash):
            raise Forbidden("the old password is wrong", "原密码错误", "号-2")
        with self._engine.begin() as connection:
            guessing.forgive(connection, *counts, self._clock())
        return Given(secret_hash=passwords.hash_of(command.new_password), seen_hash=person.password_hash)

    def _counts(self, connection: Connection, login: str, member_id: str, source: str) -> tuple[str, str]:
        """Under which names an attempt counts: its login (apart where the member is logged in from there), its source."""
        apart = (source,) if sessions.is_from(connection, member_id, source) else ()
        return guessing.name_of("login", login, *apart), guessing.name_of("source", source)

    def _session(self, connection: Connection, opened: sessions.Opened) -> Session:
        person = people.person_of(connection, opened.member_id)
        handed_over = person is None or person.handed_over
        member = sessions.actor_of_member(connection, opened.member_id)
        return Session(
            member_id=opened.member_id,
            access_token=self._keys.sign(Actor(opened.member_id) if handed_over else member),
            expires_in=self._keys.token_seconds,
            refresh_token=opened.refresh_token,
            refresh_expires_in=max(0, (opened.until - self._clock()) // timedelta(seconds=1)),
            change_password=handed_over,
        )


def key_of(client_id: str, secret: str) -> str:
    """The key of an API client: its id and its secret."""
    return f"{_KEY}{UUID(client_id).hex}.{secret}"


def _uuid(text: str) -> str:
    try:
        return str(UUID(hex=text))
    except ValueError:
        return str(UUID(int=0))

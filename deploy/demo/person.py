"""Somebody who uses the public HTTP API: a resident on a phone, an officer at a desk, a program."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx

from services.ids import new_id

PATIENCE_SECONDS = 20.0
NOT_YET = (429, 503, 504)


class Surprise(Exception):
    """The system answered otherwise than the story says."""


@dataclass
class Person:
    """One person with a session of their own; `title` is how the story calls them."""

    title: str
    base: str
    login: str
    password: str
    http: httpx.Client = field(init=False)
    _refresh_token: str = field(init=False, default="")

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base, timeout=10, verify=self.checks)
        answer = self._enter()
        if answer.status_code != 201:
            raise Surprise(f"{self.login} cannot log in: {answer.status_code} {answer.text}")
        self._keep(answer)

    @property
    def checks(self) -> bool:
        """Whether there are certificates to check; where there are none, none are loaded, which takes long."""
        return self.base.startswith("https:")

    def close(self) -> None:
        """Hang up."""
        self.http.close()

    def stay(self) -> None:
        """Get a new access token, since the old one has expired: by the refresh token, or as at the beginning."""
        self.http.headers.pop("Authorization", None)
        if self._refresh_token:
            again = {"refresh_token": self._refresh_token}
            answer = self._until_ready(lambda: self._once("POST", "/v1/sessions/refresh", json=again))
            if answer.status_code == 200:
                self._keep(answer)
                return
        answer = self._until_ready(self._enter)
        if answer.status_code == 201:
            self._keep(answer)

    def _enter(self) -> httpx.Response:
        return self.http.post("/v1/sessions", json={"login": self.login, "password": self.password})

    def _keep(self, answer: httpx.Response) -> None:
        tokens = answer.json()
        self.http.headers["Authorization"] = f"Bearer {tokens['access_token']}"
        self._refresh_token = tokens.get("refresh_token", "")

    @cached_property
    def member_id(self) -> str:
        """By what everybody else knows them."""
        return str(self.sees("/v1/me")["id"])

    def does(self, method: str, path: str, expected: int, body: Any = None, **headers: str) -> Any:
        """Send a request and give back the answer's JSON. Errors: Surprise when the status is not the expected one."""
        return self._json(method, path, expected, self._patiently(method, path, headers, json=body))

    def uploads(self, path: str, media: str, content: bytes) -> Any:
        """Send a file and give back the answer's JSON. Errors: Surprise when it is not taken."""
        return self._json("POST", path, 201, self._patiently("POST", path, {"Content-Type": media}, content=content))

    def tries(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request and give back the answer, whatever it is."""
        return self._patiently(method, path, headers, json=body)

    def _json(self, method: str, path: str, expected: int, answer: httpx.Response) -> Any:
        if answer.status_code != expected:
            raise Surprise(f"{self.title}: {method} {path} gave {answer.status_code}, not {expected}: {answer.text}")
        return answer.json() if answer.content else None

    def _patiently(self, method: str, path: str, headers: Mapping[str, str], **sent: Any) -> httpx.Response:
        """The answer; what gets none, or a “not yet”, is sent again with the same key, for a while."""
        names = {"Idempotency-Key": new_id(), **{name.replace("_", "-"): text for name, text in headers.items()}}
        return self._until_ready(lambda: self._known(method, path, headers=names, **sent))

    def _until_ready(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = send()
            if answer.status_code not in NOT_YET or time.monotonic() > deadline:
                return answer
            threading.Event().wait(min(float(answer.headers.get("Retry-After", 0.2)), 1.0))

    def _known(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One try, by somebody whose token is good."""
        answer = self._once(method, path, **request)
        if answer.status_code == 401:
            self.stay()
            answer = self._once(method, path, **request)
        return answer

    def _once(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One try; a gateway that cannot be reached counts as one that is not there yet."""
        try:
            return self.http.request(method, path, **request)
        except httpx.TransportError as error:
            return httpx.Response(503, text=repr(error))

    def sees(self, path: str, **query: Any) -> Any:
        """Read something."""
        return self.fetches(path, **query).json()

    def fetches(self, path: str, **query: Any) -> httpx.Response:
        """Read something that may be no JSON. Errors: Surprise when it is not given."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := self._known("GET", path, params=query)).status_code in NOT_YET and time.monotonic() < deadline:
            threading.Event().wait(0.1)
        if answer.status_code != 200:
            raise Surprise(f"{self.title}: GET {path} gave {answer.status_code}: {answer.text}")
        return answer

    def awaits(
        self, path: str, query: dict[str, Any], found: Callable[[Any], list[Any]], seconds: float = 10.0
    ) -> list[Any]:
        """Read something again and again until something is found in it. Errors: Surprise when nothing is in time."""
        deadline = time.monotonic() + seconds
        while not (matching := found(self.sees(path, **query))):
            if time.monotonic() > deadline:
                raise Surprise(f"{self.title}: {path} did not show in {seconds:.0f} s what it should")
            threading.Event().wait(0.05)
        return matching

    def hears(self, community: str, type_: str, is_it: Callable[[Any], bool]) -> Any:
        """The data of the first event of a type that is the one, page after page. Errors: Surprise when it is not in time."""
        deadline, cursor = time.monotonic() + PATIENCE_SECONDS, "0"
        while time.monotonic() < deadline:
            page = self.sees("/v1/events", community=community, type=type_, cursor=cursor)
            for event in page["events"]:
                if is_it(event["data"]):
                    return event["data"]
            cursor = page["next"]
            if not page["more"]:
                threading.Event().wait(0.05)
        raise Surprise(f"{self.title}: the feed did not tell in {PATIENCE_SECONDS:.0f} s of the {type_} that it should")


class ClientSystem(Person):
    """A program of the property company: it comes in with the key of an API client, which is its password here."""

    def _enter(self) -> httpx.Response:
        return self.http.post("/v1/client-tokens", json={"key": self.password})

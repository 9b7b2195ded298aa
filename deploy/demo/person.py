"""Somebody who uses the public HTTP API: a resident on a phone, an officer at a desk, and what they hear on the live feed."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx
from httpx_sse import connect_sse

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

    def __post_init__(self) -> None:
        self.http = httpx.Client(base_url=self.base, timeout=10, verify=self.checks)
        answer = self._enter()
        if answer.status_code != 201:
            raise Surprise(f"{self.login} cannot log in: {answer.status_code} {answer.text}")
        self.http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    @property
    def checks(self) -> bool:
        """Whether there are certificates to check; where there are none, none are loaded, which takes long."""
        return self.base.startswith("https:")

    def close(self) -> None:
        """Hang up."""
        self.http.close()

    def _enter(self) -> httpx.Response:
        return self.http.post("/v1/sessions", json={"login": self.login, "password": self.password})

    @cached_property
    def member_id(self) -> str:
        """By what everybody else knows them."""
        return str(self.sees("/v1/me")["id"])

    def does(self, method: str, path: str, expected: int, body: Any = None, **headers: str) -> Any:
        """Send a request and give back the answer's JSON. Errors: Surprise when the status is not the expected one."""
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        answer = self._patiently(method, path, body, names)
        if answer.status_code != expected:
            raise Surprise(f"{self.title}: {method} {path} gave {answer.status_code}, not {expected}: {answer.text}")
        return answer.json() if answer.content else None

    def _patiently(self, method: str, path: str, body: Any, headers: dict[str, str]) -> httpx.Response:
        """The answer; what gets none, or a “not yet”, is sent again with the same key, for a while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        headers = {"Idempotency-Key": new_id(), **headers}
        while True:
            answer = self._once(method, path, json=body, headers=headers)
            if answer.status_code not in NOT_YET or time.monotonic() > deadline:
                return answer
            threading.Event().wait(min(float(answer.headers.get("Retry-After", 0.2)), 1.0))

    def _once(self, method: str, path: str, **request: Any) -> httpx.Response:
        """One try; a gateway that cannot be reached counts as one that is not there yet."""
        try:
            return self.http.request(method, path, **request)
        except httpx.TransportError as error:
            return httpx.Response(503, text=repr(error))

    def sees(self, path: str, **query: Any) -> Any:
        """Read something."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (answer := self._once("GET", path, params=query)).status_code in NOT_YET and time.monotonic() < deadline:
            threading.Event().wait(0.1)
        if answer.status_code != 200:
            raise Surprise(f"{self.title}: GET {path} gave {answer.status_code}: {answer.text}")
        return answer.json()

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


class Listener:
    """Listens to the live feed in the background and keeps what it says."""

    def __init__(self, person: Person, community: str) -> None:
        self._person = person
        self._community = community
        self._heard: list[dict[str, Any]] = []
        self._changed = threading.Condition()
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)

    def start(self) -> None:
        """Begin; returns when the feed answers."""
        self._thread.start()
        if not self._listening.wait(10):
            raise Surprise("the live feed does not answer")

    def heard(self, type_: str, subject: str, times: int = 1, seconds: float = 10.0) -> list[dict[str, Any]]:
        """The events of a type about a thing, once so many have come. Errors: Surprise when they do not come in time."""

        def matching() -> list[dict[str, Any]]:
            return [event for event in self._heard if event["type"] == type_ and event["subject"] == subject]

        with self._changed:
            if not self._changed.wait_for(lambda: len(matching()) >= times, seconds):
                raise Surprise(f"the live feed told {len(matching())} times of {type_} of {subject}, not {times} times")
            return matching()

    def count(self) -> int:
        """How many events came so far."""
        return len(self._heard)

    def _listen(self) -> None:
        query = {"community": self._community}
        timeout = httpx.Timeout(10, read=60)
        headers = dict(self._person.http.headers)
        with (
            httpx.Client(
                base_url=self._person.base, headers=headers, timeout=timeout, verify=self._person.checks
            ) as client,
            connect_sse(client, "GET", "/v1/events", params=query) as source,
        ):
            if source.response.status_code != 200:
                return
            self._listening.set()
            for event in filter(lambda each: each.data, source.iter_sse()):
                with self._changed:
                    self._heard.append(event.json())
                    self._changed.notify_all()

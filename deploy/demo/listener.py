"""What is heard on the live feed, from the first moment to the last, however often the connection ends between."""

import threading
from typing import Any

import httpx
from httpx_sse import ServerSentEvent, connect_sse

from deploy.demo.person import PATIENCE_SECONDS, Person, Surprise


class Listener:
    """Listens to the live feed in the background and keeps what it says; `person` is nobody else's meanwhile.

    When the feed ends (a token expires, a process is restarted), it comes back and hears what it has missed.
    """

    def __init__(self, person: Person, community: str) -> None:
        self._person = person
        self._community = community
        self._heard: list[dict[str, Any]] = []
        self._last_id = ""
        self._changed = threading.Condition()
        self._listening = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)

    def start(self) -> None:
        """Begin; returns when the feed answers."""
        self._thread.start()
        if not self._listening.wait(10):
            raise Surprise("the live feed does not answer")

    def close(self) -> None:
        """Listen no longer: what comes next is not kept."""
        self._closed.set()
        self._person.close()

    def heard(
        self, type_: str, subject: str, times: int = 1, seconds: float = PATIENCE_SECONDS
    ) -> list[dict[str, Any]]:
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
        while not self._closed.is_set():
            try:
                self._follow()
            except httpx.TransportError:
                self._closed.wait(0.2)

    def _follow(self) -> None:
        """One connection to the feed, from where the last one ended until this one does."""
        person, last = self._person, {"Last-Event-ID": self._last_id} if self._last_id else {}
        headers = {**person.http.headers, **last}
        timeout = httpx.Timeout(10, read=60)
        with (
            httpx.Client(base_url=person.base, headers=headers, timeout=timeout, verify=person.checks) as client,
            connect_sse(client, "GET", "/v1/events", params={"community": self._community}) as source,
        ):
            if source.response.status_code == 401:
                person.stay()
                return
            if source.response.status_code != 200:
                self._closed.wait(0.2)
                return
            self._listening.set()
            for event in source.iter_sse():
                self._keep(event)
                if self._closed.is_set():
                    return

    def _keep(self, event: ServerSentEvent) -> None:
        self._last_id = event.id or self._last_id
        if event.data and event.event == "message":
            with self._changed:
                self._heard.append(event.json())
                self._changed.notify_all()

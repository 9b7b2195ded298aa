"""Somebody who listens to the live feed all the while, and whenever it ends goes on after the last event that they heard."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
from httpx_sse import SSEError, aconnect_sse

from services.wire import from_json
from tests.faults.checker import Element
from tests.faults.evidence import told_of
from tests.faults.history import History

BEGINNING = "0"
_HEARTBEAT_SECONDS = 30.0
_BACK_OFF_SECONDS = 0.2
_PAGE = 100


@dataclass
class Listener:
    """The events of a community's issues, as an officer hears them."""

    community: str
    token: str
    history: History
    last: str = BEGINNING

    async def listen(self, http: httpx.AsyncClient) -> None:
        """Listen until this is cancelled."""
        while True:
            try:
                await self._listen(http)
            except (httpx.TransportError, SSEError):
                self.history.times_cut_off += 1
            await asyncio.sleep(_BACK_OFF_SECONDS)

    async def _listen(self, http: httpx.AsyncClient) -> None:
        headers, query = {**self._headers(), "Last-Event-ID": self.last}, self._query()
        timeout = httpx.Timeout(5, read=_HEARTBEAT_SECONDS)
        async with aconnect_sse(http, "GET", "/v1/events", headers=headers, params=query, timeout=timeout) as source:
            async for event in source.aiter_sse():
                if event.event == "missed":
                    self.history.surprises.append(f"events after {self.last} were missed")
                elif event.data:
                    self.history.heard.append(_element(from_json(event.data)))
                    self.last = event.id

    def rest(self, address: str) -> Iterator[Element]:
        """What is left to hear, in pages."""
        with httpx.Client(base_url=address, headers=self._headers(), timeout=10) as http:
            cursor, more = self.last, True
            while more:
                query = {**self._query(), "cursor": cursor, "limit": str(_PAGE)}
                page = http.get("/v1/events", params=query).raise_for_status().json()
                yield from map(_element, page["events"])
                cursor, more = page["next"], page["more"]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def _query(self) -> dict[str, str]:
        return {"community": self.community, "type": "issues.issue.*"}


def _element(event: dict[str, object]) -> Element:
    return told_of(str(event["type"]), str(event["subject"]), event["data"])

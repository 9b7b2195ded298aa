"""The part of sansan's API that a property company's system uses: a token for its key, the feed, and its answers."""

from typing import Any

import httpx


class NotYet(Exception):
    """The API cannot take it now; the same is to be sent again later."""


class Api:
    """One API client of one community."""

    def __init__(self, base: str, community: str, key: str) -> None:
        self._here = f"/v1/communities/{community}"
        self._community = community
        self._key = key
        self._token = ""
        self._http = httpx.Client(base_url=base, timeout=10)

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def events(self, cursor: str, types: tuple[str, ...]) -> Any:
        """A page of the feed after a cursor: `events`, `next`, `more`. Errors: NotYet."""
        query = {"community": self._community, "type": ",".join(types), "cursor": cursor}
        answer = self._send("GET", "/v1/events", params=query)
        if answer.status_code != 200:
            raise NotYet(f"the feed answers {answer.status_code} {answer.text}")
        return answer.json()

    def confirm(self, things: str, id_: str, reference: str, key: str) -> bool:
        """Confirm one of the `redemptions` or `payments`; False when there is nothing to confirm any more. Errors: NotYet."""
        answer = self._send(
            "POST",
            f"{self._here}/{things}/{id_}/confirmation",
            json={"reference": reference},
            headers={"Idempotency-Key": key},
        )
        if answer.status_code not in (200, 409):
            raise NotYet(f"{things} {id_}: {answer.status_code} {answer.text}")
        return answer.status_code == 200

    def _send(self, method: str, path: str, **what: Any) -> httpx.Response:
        """The answer, with a fresh token when the one at hand has expired."""
        try:
            answer = self._http.request(method, path, **self._signed(what))
            if answer.status_code == 401:
                self._token = ""
                answer = self._http.request(method, path, **self._signed(what))
        except httpx.HTTPError as error:
            raise NotYet(repr(error)) from None
        return answer

    def _signed(self, what: dict[str, Any]) -> dict[str, Any]:
        if not self._token:
            answer = self._http.post("/v1/client-tokens", json={"key": self._key})
            if answer.status_code != 201:
                raise NotYet(f"no token: {answer.status_code} {answer.text}")
            self._token = answer.json()["access_token"]
        return {**what, "headers": {**what.get("headers", {}), "Authorization": f"Bearer {self._token}"}}

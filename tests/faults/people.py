"""People who use the system over HTTP: they report, accept, resolve and confirm, repeat what nobody acknowledged, and read.

Each command has an Idempotency-Key of its own, which a report carries in its text into the database. Some people have no
patience: what is not acknowledged at once they leave alone, and it may be there or not.
"""

import asyncio
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from services.ids import new_id
from tests.faults.checker import Element
from tests.faults.history import NO_ANSWER, History

ANSWER_SECONDS = 20.0
UNCERTAIN = (NO_ANSWER, 503, 504)
MOVES = (("accept", "acceptance"), ("resolve", "resolution"), ("confirm", "confirmation"))
_READ_SECONDS = 5.0
_PAUSE_SECONDS = 0.02
_BACK_OFF_SECONDS = 0.2
_LAST_ANSWERS_SECONDS = 30.0


@dataclass(frozen=True)
class Life:
    """What all of them share: where they live, the tokens of a resident and an officer, their history, and its end."""

    http: httpx.AsyncClient
    issues: str
    resident: str
    officer: str
    history: History
    ending: threading.Event


@dataclass
class Person:
    """One who reports again and again, and sees each issue through with the help of an officer.

    `impatient` is the share of issues whose commands are sent once only.
    """

    life: Life
    chance: random.Random
    impatient: float

    async def live(self) -> None:
        """Report until the end comes."""
        while not self.life.ending.is_set():
            await self._see_through(patient=self.chance.random() >= self.impatient)

    async def _see_through(self, patient: bool) -> None:
        path, key = self.life.issues, new_id()
        body = {
            "category": "suggestion",  # not due today: a cut-off while the story runs changes nothing
            "title": "3栋门口井盖破损",
            "text": f"井盖裂了,容易绊倒老人。 {key}",
            "place": {"spot": "3栋门口"},
        }
        state = await self._do(("report", key), self.life.resident, path, body, patient)
        for move, noun in MOVES:
            if state is None or self.life.ending.is_set():
                return
            who = self.life.resident if move == "confirm" else self.life.officer
            note = {"note": "已更换并加固。"} if move == "resolve" else {}
            state = await self._do((move, state["id"]), who, f"{path}/{state['id']}/{noun}", note, patient)

    async def _do(self, element: Element, token: str, path: str, body: Mapping[str, Any], patient: bool) -> Any:
        """Send a command until it is acknowledged; the state that was answered, or None when that is given up."""
        history, headers = self.life.history, {"Authorization": f"Bearer {token}", "Idempotency-Key": "-".join(element)}
        history.attempt(element)
        until = float("inf")
        while time.monotonic() < until:
            status, state = await self._send(element, path, body, headers)
            if state is not None:
                history.acknowledge(element, state["id"], state["version"])
                await asyncio.sleep(_PAUSE_SECONDS)
                return state
            await asyncio.sleep(_BACK_OFF_SECONDS)
            if status not in UNCERTAIN or not patient:
                return None
            if self.life.ending.is_set():
                until = min(until, time.monotonic() + _LAST_ANSWERS_SECONDS)
        return None

    async def _send(
        self, element: Element, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, Any]:
        """Send a command once; the status, and the state if it was done."""
        history, began = self.life.history, time.monotonic()
        try:
            answer = await self.life.http.post(path, json=body, headers=headers)
        except httpx.TransportError as error:
            if isinstance(error, httpx.TimeoutException):
                history.surprises.append(f"{element} was not answered in {ANSWER_SECONDS:.0f} s")
            history.sent(element, began, NO_ANSWER)
            return NO_ANSWER, None
        history.sent(element, began, answer.status_code)
        if not answer.is_success and answer.status_code not in UNCERTAIN:
            history.surprises.append(f"{element}: {answer.status_code} {answer.text[:300]}")
        return answer.status_code, answer.json() if answer.is_success else None


@dataclass
class Reader:
    """One who reads what is known to be there; it has to be as new as what was acknowledged before."""

    life: Life
    chance: random.Random

    async def live(self) -> None:
        """Read until the end comes."""
        history = self.life.history
        while not self.life.ending.is_set():
            if history.recent:
                issue_id = self.chance.choice(history.recent)
                await self._read(issue_id, history.versions[issue_id])
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _read(self, issue_id: str, version: int) -> None:
        history, began = self.life.history, time.monotonic()
        headers = {"Authorization": f"Bearer {self.life.officer}"}
        try:
            answer = await self.life.http.get(f"{self.life.issues}/{issue_id}", headers=headers, timeout=_READ_SECONDS)
        except httpx.TransportError as error:
            history.read(began, NO_ANSWER, repr(error))
            await asyncio.sleep(_BACK_OFF_SECONDS)
            return
        fault = "" if answer.status_code == 200 else answer.text[:200]
        if not fault and answer.json()["version"] < version:
            fault = f"version {answer.json()['version']} of {issue_id} after {version} was acknowledged"
        history.read(began, answer.status_code, fault)

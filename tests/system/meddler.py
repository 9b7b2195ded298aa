"""Tells the story of the sheds, and has every step of it tried wrongly: by others, elsewhere, malformed, again, too late.

What was refused is to say so in both languages, and may leave nothing behind. What is found wrong is kept, and the story
goes on, so that one run finds all of it.
"""

import re
import sqlite3
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import httpx

from deploy import parts
from deploy.demo.narrator import PATIENCE_SECONDS, Narrator
from deploy.demo.person import NOT_YET, Person, Surprise
from services.actor import SYSTEM_ID
from services.ids import new_id
from services.settings import Settings

NEWCOMER, STEWARD = "newcomer", "steward"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PROBLEM = ("type", "title", "detail", "instance", "code")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OTHER_WORDS = {"party_committee": "owners_committee", "property_company": "owners_committee"}
OTHER_WORDS |= {"owners_committee": "party_committee", "yes": "no", "abstain": "no"}


class Journals:
    """The journals of all services (on SQLite), as far as people wrote them: what the system does by itself comes any time."""

    def __init__(self, settings: Settings) -> None:
        names = [name for name in parts.STORES if name != "gateway"]
        self._all = sqlite3.connect(":memory:")
        for name in names:
            self._all.execute(f"ATTACH ? AS {name}", (settings.database(name).database,))
        count = "SELECT '{0}', count(*) FROM {0}.journal WHERE actor != '{1}'"
        self._query = " UNION ALL ".join(count.format(name, SYSTEM_ID) for name in names)

    def rows(self) -> Mapping[str, int]:
        """Service → how many events people caused: each was written with the state, and before the answer."""
        return dict(self._all.execute(self._query).fetchall())

    def close(self) -> None:
        """Let go of the databases."""
        self._all.close()


@dataclass(frozen=True)
class Rules:
    """Which steps (see `step_of`) may be repeated, and even when all is over; who else may do them; what else refuses them."""

    repeatable: Collection[str]
    at_any_time: Collection[str]
    bystanders_may: Mapping[str, Collection[str]]
    not_by_role: Collection[str]


@dataclass(frozen=True)
class Others:
    """Who should not: here a resident and a steward, a stranger with every role elsewhere, and somebody without a name."""

    bystanders: Mapping[str, Person]
    stranger: Person
    nobody: httpx.Client
    elsewhere: str


@dataclass(frozen=True)
class Step:
    """Something that was done, and what was answered."""

    name: str
    path: str
    who: Person
    body: Any
    answer: Any


@dataclass
class Meddler(Narrator):
    """Does what the story says, and before and after it what it does not say."""

    others: Others = field(kw_only=True)
    rules: Rules = field(kw_only=True)
    journals: Journals = field(kw_only=True)
    done: list[Step] = field(default_factory=list)
    tries: int = 0
    faults: list[str] = field(default_factory=list)
    _rows: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self._rows = self.journals.rows()

    def lets(self, who: Person, path: str, body: Any = None, words: str = "", status: int = 200) -> Any:
        """Try it wrongly, do it, do it again; the answer."""
        return self._step(who, path, body or {}, words, status, 0.0)

    def lets_soon(self, who: Person, path: str, body: Any, words: str = "", status: int = 200) -> Any:
        """The same where others must have heard something before; only the step itself is tried until they have."""
        return self._step(who, path, body or {}, words, status, PATIENCE_SECONDS)

    def refuses(self, who: Person, path: str, status: int, words: str, body: Any = None) -> None:
        """What the story itself tries wrongly."""
        path = f"{self.home}/{path}"
        told = self._wrong("as the story tries it", path, who.http, body or {}, (status,), by_rule=True)
        self.say("the rules", f"refuse: {words} — {told['detail']}", "yellow")

    def begins_anew(self) -> None:
        """When all is over, every step once more: each finds a state in which it is not possible."""
        for step in self.done:
            if step.name not in self.rules.at_any_time:
                self._with_another_key(step)

    def _step(self, who: Person, path: str, body: Any, words: str, status: int, patience: float) -> Any:
        name, path = step_of(path, body), f"{self.home}/{path}"
        self._by_others(name, path, body)
        self._elsewhere(name, path, who, body)
        self._malformed(path, who, body)
        key, answer = self._do(who, path, body, status, patience)
        self._with_the_same_key(path, who, body, key, answer)
        self.done.append(Step(name, path, who, body, answer))
        if name not in self.rules.repeatable:
            self._with_another_key(self.done[-1])
        stale = {"If-Match": '"1"'}  # every step makes a new version of what it changes
        self._wrong("of a stale version", path, who.http, body, (412,), headers=stale)
        if words:
            self.say(who.title, words)
        return answer

    def _by_others(self, name: str, path: str, body: Any) -> None:
        """By nobody, by a stranger, and by those who are members here but not the right ones."""
        self._wrong("by nobody", path, self.others.nobody, body, (401,))
        self._wrong("by a stranger", path, self.others.stranger.http, body, (403,))
        status = 409 if name in self.rules.not_by_role else 403
        for title, person in self.others.bystanders.items():
            if title not in self.rules.bystanders_may.get(name, ()):
                self._wrong(f"by the {title}", path, person.http, body, (status,), by_rule=True)

    def _elsewhere(self, name: str, path: str, who: Person, body: Any) -> None:
        """By the right one in the wrong community, and by somebody of that one who names the things of this one."""
        there = path.replace(self.home, self.others.elsewhere)
        self._wrong("elsewhere", there, who.http, body, (403,))
        if UUID.search(f"{path} {body}"):
            status = 409 if name in self.rules.not_by_role and not UUID.search(path) else 404
            self._wrong("reaching over from elsewhere", there, self.others.stranger.http, body, (status,))

    def _malformed(self, path: str, who: Person, body: Any) -> None:
        """With a member that there is not, and with every member of a wrong type."""
        self._names({"surprise"}, self._wrong("with more", path, who.http, {**body, "surprise": 1}, (422,)), path)
        wrong = {name: "七" if isinstance(value, int) else 7 for name, value in body.items()}
        self._names(wrong, self._wrong("of wrong types", path, who.http, wrong or [], (422,)), path)

    def _do(self, who: Person, path: str, body: Any, status: int, patience: float) -> tuple[str, Any]:
        """The step itself, as `lets` and `lets_soon` do it; the key that it was done with, and the answer."""
        deadline = time.monotonic() + patience
        while True:
            key = new_id()
            try:
                answer = who.does("POST", path, status, body, Idempotency_Key=key)
            except Surprise:
                if time.monotonic() > deadline:
                    raise
                Event().wait(0.1)
                continue
            if not self._something_new():
                self.faults.append(f"{path} left no trace")
            return key, answer

    def _with_the_same_key(self, path: str, who: Person, body: Any, key: str, answer: Any) -> None:
        """Again: the same answer. Something else: a conflict; nothing new in either case."""
        headers = {"Idempotency-Key": key}
        again = self._post(path, who.http, body, headers)
        if self._something_new() or not again.is_success or again.json() != answer:
            self.faults.append(f"{path} with the same key: {again.status_code} {again.text[:300]}, not {answer}")
        self._wrong("of another kind, same key", path, who.http, other(body), (409 if body else 422,), headers=headers)

    def _with_another_key(self, step: Step) -> None:
        """Again, as something new: a rule refuses it, or it changes nothing and is answered like the first time."""
        again = self._post(step.path, step.who.http, step.body, {})
        if not again.is_success:
            self._look("with another key", step.path, again, (403, 409), by_rule=True)
        elif self._something_new() or again.json() != step.answer:
            self.faults.append(f"{step.name} was done twice: {step.path} {str(step.body)[:200]}")

    def _wrong(
        self,
        how: str,
        path: str,
        http: httpx.Client,
        body: Any,
        statuses: Collection[int],
        *,
        by_rule: bool = False,
        headers: Mapping[str, str] | None = None,
    ) -> Any:
        """Try it in this way, which has to be refused with one of these statuses; the problem that was answered."""
        return self._look(how, path, self._post(path, http, body, headers or {}), statuses, by_rule)

    def _look(self, how: str, path: str, answer: httpx.Response, statuses: Collection[int], by_rule: bool) -> Any:
        """Keep what is wrong with a refusal: its status, its form (RFC 9457), its words, that something came of it."""
        self.tries += 1
        told, status = answer.json(), answer.status_code
        en, zh = told.get("en", ""), told.get("zh", "")
        holds = {
            f"{status}, not {statuses}": status in statuses,
            "no problem document": answer.headers["content-type"] == "application/problem+json",
            "a member is missing": all(told.get(name) for name in PROBLEM),
            "another status in the body": told.get("status") == status,
            "no English": en and not CHINESE.search(en),
            "no Chinese": CHINESE.search(zh),
            "no clause": told.get("clause") or not by_rule,
            "something changed": not self._something_new(),
        }
        wrong = [what for what, well in holds.items() if not well]
        if wrong:
            self.faults.append(f"{path} {how}: {', '.join(wrong)}: {answer.text[:300]}")
        return told

    def _something_new(self) -> bool:
        """Whether people have caused events since this was asked last."""
        before, self._rows = self._rows, self.journals.rows()
        return self._rows != before

    def _names(self, members: Collection[str], told: Any, path: str) -> None:
        named = {error["member"].split("/")[1] for error in told.get("errors", ())}
        if named != set(members):
            self.faults.append(f"{path}: {sorted(named)} are named as wrong, not {sorted(members)}")

    def _post(self, path: str, http: httpx.Client, body: Any, headers: Mapping[str, str]) -> httpx.Response:
        """One request, sent again with the same key while a part of the system is not there yet."""
        headers = {"Idempotency-Key": new_id(), **headers}
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            answer = http.post(path, json=body, headers=headers)
            if answer.status_code not in NOT_YET or time.monotonic() > deadline:
                return answer
            Event().wait(0.1)


def step_of(path: str, body: Mapping[str, Any]) -> str:
    """A step by its path without ids; a payment also by its kind."""
    name = "/".join(part for part in path.split("/") if not UUID.fullmatch(part))
    return f"{name} ({body['kind']})" if "kind" in body else name


def other(body: Mapping[str, Any]) -> Any:
    """A body that is as valid, and another one; for none, one that is not valid."""
    for name, value in body.items():
        match value:
            case bool():
                changed: Any = not value
            case int():
                changed = value + 1
            case list():
                changed = value[:-1] or value * 2
            case str() if UUID.fullmatch(value):
                changed = new_id()
            case str() if CHINESE.search(value) or name == "reference":
                changed = f"{value}。"
            case str() if value in OTHER_WORDS:
                changed = OTHER_WORDS[value]
            case _:
                continue
        return {**body, name: changed}
    assert not body, f"how is {body} to be changed?"
    return {"surprise": 1}

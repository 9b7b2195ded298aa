"""Tells the story on the terminal, step by step: who did what, and what the rules refused."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from rich.console import Console

from deploy.demo.person import Person, Surprise

PATIENCE_SECONDS = 20.0


@dataclass
class Narrator:
    """Numbers the steps; everything that happens is done by somebody and said at once."""

    console: Console
    home: str
    step: int = 0

    def say(self, who: str, words: str, style: str = "cyan") -> None:
        """One line of the story."""
        self.step += 1
        self.console.print(f"{self.step:3}. [{style}]{who}[/] {words}")

    def chapter(self, title: str) -> None:
        """A heading."""
        self.console.print(f"\n[bold]{title}[/]")

    def lets(self, who: Person, path: str, body: Any = None, words: str = "", status: int = 200) -> Any:
        """Somebody does something; the answer. It is said if there are words for it."""
        answer = who.does("POST", f"{self.home}/{path}", status, body or {})
        if words:
            self.say(who.title, words)
        return answer

    def lets_soon(self, who: Person, path: str, body: Any, words: str = "", status: int = 200) -> Any:
        """The same where others must have heard something before: asked anew, with a new key, until they have."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                return self.lets(who, path, body, words, status)
            except Surprise:
                if time.monotonic() > deadline:
                    raise
                Event().wait(0.1)

    def refuses(self, who: Person, path: str, status: int, words: str, body: Any = None) -> None:
        """Somebody tries something, and a rule says no."""
        problem = who.does("POST", f"{self.home}/{path}", status, body or {})
        self.say("the rules", f"refuse: {words} — {problem['detail']}", "yellow")

    def until(self, who: Person, path: str, holds: Callable[[Mapping[str, Any]], bool]) -> Any:
        """A thing, once it is as it should be. Errors: Surprise when it is not in time."""
        return who.awaits(f"{self.home}/{path}", {}, lambda thing: [thing] if holds(thing) else [], PATIENCE_SECONDS)[0]

"""What the property company keeps: how far it has read the feed, and what it booked, each once; in a file that is always whole."""

import json
from pathlib import Path
from typing import Any


class Books:
    """`bookings` maps a reference to what was booked under it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        kept = json.loads(file.read_text()) if file.exists() else {}
        self.cursor: str = kept.get("cursor", "0")
        self.bookings: dict[str, dict[str, Any]] = kept.get("bookings", {})

    def book(self, reference: str, what: dict[str, Any]) -> None:
        """Book something, unless it was booked before."""
        if reference not in self.bookings:
            self.bookings[reference] = what
            self._keep()

    def read_up_to(self, cursor: str) -> None:
        """Everything before this cursor is dealt with."""
        if cursor != self.cursor:
            self.cursor = cursor
            self._keep()

    def _keep(self) -> None:
        beside = self._file.with_suffix(".new")
        beside.write_text(json.dumps({"cursor": self.cursor, "bookings": self.bookings}, ensure_ascii=False, indent=1))
        beside.replace(self._file)

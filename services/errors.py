"""The six errors that cross a boundary; everything else is a defect and is shown to nobody.

An error carries its reason in English and Chinese and the clause of the rule that it comes from.
The positional arguments are what `nameko` rebuilds a remote exception from.
"""

from typing import Any, ClassVar, NamedTuple, Self


class Words(NamedTuple):
    """One sentence that people see, in both languages."""

    en: str
    zh: str


class SansanError(Exception):
    """An answer that says no: safe to show, with its reason."""

    code: ClassVar[str] = "invalid"

    def __init__(self, en: str, zh: str, clause: str = "", details: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(en, zh, clause, details)
        self.reason = Words(en, zh)
        self.clause = clause
        self.details = tuple(details)

    @classmethod
    def because(cls, reason: Words, clause: str = "") -> Self:
        """The error for a reason that a check of the policy gave."""
        return cls(reason.en, reason.zh, clause)

    def to_wire(self) -> dict[str, Any]:
        """The error as it travels in a reply and is kept in the inbox."""
        return {
            "code": self.code,
            "clause": self.clause,
            "en": self.reason.en,
            "zh": self.reason.zh,
            "details": list(self.details),
        }


class Invalid(SansanError):
    """The request itself is malformed; `details` names each member and what is wrong with it."""

    code = "invalid"


class Refused(SansanError):
    """A rule says no: wrong state, missing evidence, too late."""

    code = "refused"


class Forbidden(SansanError):
    """The caller may not do this here."""

    code = "forbidden"


class NotAuthenticated(Forbidden):
    """The token is missing, broken, expired or not ours: nobody is known to be acting."""


class NotFound(SansanError):
    """No such thing, or none that the caller may know of."""

    code = "not_found"


class Conflict(SansanError):
    """Somebody was faster, or a key was used for another request."""

    code = "conflict"


class Unavailable(SansanError):
    """A part of the system does not answer now; the same request may be sent again."""

    code = "unavailable"


CODES: dict[str, type[SansanError]] = {
    error.code: error for error in (Invalid, Refused, Forbidden, NotFound, Conflict, Unavailable)
}


def from_wire(data: dict[str, Any]) -> SansanError:
    """The error that `to_wire` described.

    Errors: KeyError on a code or member that is not ours.
    """
    return CODES[data["code"]](data["en"], data["zh"], data.get("clause", ""), tuple(data.get("details", ())))

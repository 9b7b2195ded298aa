"""What a member means, said beside its declaration and shown wherever the API is described."""

import dataclasses
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from services.wire import hints_of


@dataclass(frozen=True)
class Meaning:
    """What a member of a contract class means, in both languages: a mark in its `Annotated` type."""

    en: str
    zh: str

    @property
    def text(self) -> str:
        """Both in one line."""
        return f"{self.en} {self.zh}"


def describe(cls: type, schema: dict[str, Any]) -> None:
    """Put the meanings of a class's members into its JSON Schema."""
    hints = hints_of(cls)
    for member in dataclasses.fields(cls):
        if (meaning := meaning_of(hints[member.name])) and member.name in schema["properties"]:
            schema["properties"][member.name]["description"] = meaning.text


def meaning_of(hint: Any) -> Meaning | None:
    """The meaning that an annotated type is marked with."""
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    return next((mark for mark in marks if isinstance(mark, Meaning)), None)

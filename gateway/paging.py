"""What a list may be asked, as a contract class made from the view: its filters, full text, a span of time, a page of it."""

import dataclasses
import re
import types
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from keyword import iskeyword
from typing import Annotated, Any, get_args, get_origin
from urllib.parse import parse_qsl

from services.declare import VIEWS, Between, Length, Matching
from services.errors import Invalid
from services.schemas import load
from services.wire import hints_of

Cursor = Annotated[str, Matching(r"^[A-Za-z0-9_=-]{1,400}$")]
Limit = Annotated[int, Between(1, 100)]
FIRST_YEAR, LAST_YEAR = 1970, 2200
_MOST_PARAMETERS = 20
_DECIMAL = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,20})?")


@dataclass(frozen=True)
class Question:
    """One list as it is asked for: `filters` by name, the rest as `Views.list` takes it."""

    filters: dict[str, str]
    q: str
    mine: bool
    since: datetime | None
    until: datetime | None
    cursor: str
    limit: int


@cache
def question_class(view: type) -> type:
    """The query parameters of a list of such things, as a contract class."""
    spec, hints = VIEWS[view], hints_of(view)
    members: list[tuple[str, Any, Any]] = [(name, hints[name] | None, field(default=None)) for name in spec.filters]
    if spec.text:
        members.append(("q", Annotated[str, Length(1, 100)] | None, field(default=None)))
    if spec.concerns:
        members.append(("mine", bool, field(default=False)))
    members += [
        ("since", datetime | None, field(default=None)),
        ("until", datetime | None, field(default=None)),
        ("cursor", Cursor | None, field(default=None)),
        ("limit", Limit, field(default=20)),
    ]
    return dataclasses.make_dataclass(f"{view.__name__}Question", members, frozen=True, kw_only=True)


@lru_cache(maxsize=1024)
def question(view: type, query: bytes) -> Question:
    """The question in a query string. Errors: Invalid, naming each parameter that is unknown or wrong."""
    asked = read_query(question_class(view), query)
    for moment in (asked.since, asked.until):
        if moment is not None and not FIRST_YEAR < moment.year < LAST_YEAR:
            raise Invalid("no such time", "时间超出范围")
    return Question(
        filters={name: str(found) for name in VIEWS[view].filters if (found := getattr(asked, name)) is not None},
        q=getattr(asked, "q", None) or "",
        mine=getattr(asked, "mine", False),
        since=asked.since,
        until=asked.until,
        cursor=asked.cursor or "",
        limit=asked.limit,
    )


def read_query(cls: type, query: bytes) -> Any:
    """A query string as an object of a contract class. Errors: Invalid."""
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, max_num_fields=_MOST_PARAMETERS, errors="strict"
        )
    except ValueError:
        raise Invalid("the query cannot be read", "查询参数无法识别") from None
    given = dict(pairs)
    if len(given) < len(pairs):
        raise Invalid("a query parameter is given twice", "查询参数重复")
    hints = hints_of(cls)
    try:
        return load(cls, {member_of(name): _typed(hints.get(member_of(name)), text) for name, text in given.items()})
    except Invalid as error:
        raise _as_asked(error) from None


def member_of(name: str) -> str:
    """The member that holds a query parameter: a word of Python's own, like `from`, has a line after it there."""
    return f"{name}_" if iskeyword(name.rstrip("_")) else name


def name_of(member: str) -> str:
    """The query parameter that a member holds."""
    return member[:-1] if iskeyword(member.rstrip("_")) and member.endswith("_") else member


def _as_asked(error: Invalid) -> Invalid:
    """The same error in the names of the query."""
    details = tuple({**detail, "member": f"/{name_of(detail['member'][1:])}"} for detail in error.details)
    names = ", ".join(dict.fromkeys(detail["member"] or "the whole" for detail in details[:5]))
    return Invalid(f"not valid: {names}", f"内容有误:{names}", details=details)


def _typed(hint: Any, text: str) -> Any:
    """The text as a number or truth value where one is wanted and it is one; the schema judges everything."""
    kinds = _kinds(hint)
    if int in kinds and text.isascii() and text.removeprefix("-").isdigit() and len(text) < 20:
        return int(text)
    if bool in kinds and text in ("true", "false"):
        return text == "true"
    if float in kinds and _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _kinds(hint: Any) -> set[Any]:
    if get_origin(hint) is Annotated:
        return _kinds(get_args(hint)[0])
    if isinstance(hint, types.UnionType) or get_origin(hint) is not None:
        return {kind for arg in get_args(hint) for kind in _kinds(arg)}
    return {hint}

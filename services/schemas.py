"""What is foreign is validated by marshmallow schemas made from the contracts; JSON Schema comes from the same ones."""

import dataclasses
import re
import types
import typing
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import jsonschema_rs
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import EXCLUDE, RAISE, Schema, ValidationError, fields, post_load, validate

from services.declare import COMMANDS, Between, Length, Matching
from services.errors import Invalid, Words
from services.wire import hints_of, read

T = TypeVar("T")

_CONTROL = r"\u0000-\u001f\u007f"
_CONTROL_BUT_LINES = r"\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f"
_CHINESE = {
    "Missing data for required field.": "缺少此项",
    "Field may not be null.": "不能为空",
    "Unknown field.": "未知的项",
    "Not a valid string.": "应为文字",
    "Not a valid integer.": "应为整数",
    "Not a valid number.": "应为数字",
    "Not a valid boolean.": "应为 true 或 false",
    "Not a valid aware datetime.": "应为带时区的时间",
    "Not a valid date.": "应为日期",
    "Not a valid list.": "应为列表",
    "Not a valid mapping type.": "应为对象",
    "Invalid input type.": "应为对象",
}


class _Whole(validate.Regexp):
    """The whole text matches, a trailing line end included."""

    def __init__(self, pattern: str, en: str, zh: str) -> None:
        super().__init__(pattern)
        self.pattern = pattern
        self.words = Words(en, zh)

    def __call__(self, value: str) -> str:  # type: ignore[override]
        if not re.fullmatch(self.pattern, value):
            raise ValidationError([self.words])
        return value


class _Sized(validate.Length):
    def __call__(self, value: typing.Sized) -> typing.Sized:  # type: ignore[override]
        assert self.min is not None
        assert self.max is not None
        if not self.min <= len(value) <= self.max:
            raise ValidationError([Words(f"must have {self.min} to {self.max}", f"长度应为 {self.min} 至 {self.max}")])
        return value


class _Ranged(validate.Range):
    def __call__(self, value: Any) -> Any:
        if not self.min <= value <= self.max:
            raise ValidationError([Words(f"must be {self.min} to {self.max}", f"应为 {self.min} 至 {self.max}")])
        return value


class _Boolean(fields.Boolean):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if value is not True and value is not False:
            raise self.make_error("invalid")
        return value


class _Number(fields.Float):
    """A number, whole or not; no text, no truth value, nothing infinite."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)


class _Tuple(fields.List[Any]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, tuple):
            value = list(value)
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class _Instant(fields.AwareDateTime):
    """RFC 3339 with a zone; numbers and naive times are not understood."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str) or "T" not in value.upper():
            raise self.make_error("invalid", input=value, obj_type="aware datetime")
        return super()._deserialize(value, attr, data, **kwargs)


class _OneOf(fields.Enum[Any]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, str):
            raise ValidationError([self._words()])
        try:
            return self.enum(value)
        except ValueError:
            raise ValidationError([self._words()]) from None

    def _words(self) -> Words:
        values = ", ".join(str(member.value) for member in self.enum)
        return Words(f"must be one of: {values}", f"应为其中之一:{values}")


def _text_pattern(length: Length) -> str:
    control = _CONTROL_BUT_LINES if length.lines else _CONTROL
    blank = r"[ \u00a0\u3000\t\n\r]" if length.lines else r"[ \u00a0\u3000]"
    first = rf"[^{control} \u00a0\u3000\t\n\r]"
    return rf"^{blank}*{first}[^{control}]*$"


def _field(hint: Any, unknown: str, **options: Any) -> fields.Field[Any]:
    marks: tuple[Any, ...] = ()
    if get_origin(hint) is Annotated:
        hint, *rest = get_args(hint)
        marks = tuple(rest)
    if isinstance(hint, types.UnionType) or get_origin(hint) is Union:
        inner = next(arg for arg in get_args(hint) if arg is not type(None))
        options["allow_none"] = True
        return _field(Annotated[(inner, *marks)] if marks else inner, unknown, **options)
    checks = _checks(hint, marks)
    if get_origin(hint) is tuple:
        return _Tuple(_field(get_args(hint)[0], unknown), validate=checks, **options)
    if get_origin(hint) in (dict, Mapping):
        return fields.Dict(keys=fields.String(), values=_field(get_args(hint)[1], unknown), validate=checks, **options)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _OneOf(hint, by_value=True, **options)
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return fields.Nested(_schema_class(hint, unknown), **options)
    kind, extra = _PLAIN[hint]
    made: fields.Field[Any] = kind(validate=checks, **extra, **options)
    return made


_PLAIN: dict[Any, tuple[Any, dict[str, Any]]] = {
    str: (fields.String, {}),
    int: (fields.Integer, {"strict": True}),
    float: (_Number, {"allow_nan": False}),
    bool: (_Boolean, {}),
    datetime: (_Instant, {"format": "iso"}),
    date: (fields.Date, {"format": "iso"}),
}


def _checks(hint: Any, marks: Iterable[Any]) -> list[validate.Validator]:
    checks: list[validate.Validator] = []
    for mark in marks:
        if isinstance(mark, Length):
            checks.append(_Sized(mark.least, mark.most))
            checks.append(_Whole(_text_pattern(mark), "must be readable text", "应为可读文字,不能全为空白"))
        elif isinstance(mark, Matching):
            checks.append(_Whole(mark.pattern, "does not have the required form", "格式不符"))
        elif isinstance(mark, Between):
            checks.append((_Ranged if hint in (int, float) else _Sized)(mark.least, mark.most))
    return checks


@cache
def _schema_class(cls: type, unknown: str) -> type[Schema]:
    members: dict[str, Any] = {}
    hints = hints_of(cls)
    for member in dataclasses.fields(cls):
        options: dict[str, Any] = {"required": True}
        if member.default is not dataclasses.MISSING:
            options = {"load_default": member.default}
        elif member.default_factory is not dataclasses.MISSING:
            options = {"load_default": member.default_factory}
        members[member.name] = _field(hints[member.name], unknown, **options)

    def make(self: Schema, data: dict[str, Any], **kwargs: Any) -> Any:
        return cls(**data)

    meta = type("Meta", (), {"unknown": unknown, "register": False})
    return type(f"{cls.__name__}Schema", (Schema,), {**members, "make": post_load(make), "Meta": meta})


@cache
def _schema(cls: type, unknown: str) -> Schema:
    return _schema_class(cls, unknown)()


def load(cls: type[T], data: Any) -> T:
    """A command out of foreign data: unknown, missing or wrong members are `Invalid`, each named in the details."""
    return _taken(cls, data, RAISE)


def load_tolerantly(cls: type[T], data: Any) -> T:
    """An event or view out of foreign data: members that a newer sender added are ignored. Errors: Invalid."""
    return _taken(cls, data, EXCLUDE)


def _taken(cls: type[T], data: Any, unknown: str) -> T:
    """A compiled JSON Schema looks first, since every command and event passes here, mostly more than once.

    What it does not like, or takes for what it is not, is loaded by the slower schema, which says what is wrong.
    """
    with suppress(ValueError, TypeError, OverflowError):
        if _validator(cls, unknown).is_valid(data):  # type: ignore[arg-type]
            return read(cls, data)
    return _load(cls, data, unknown)


@cache
def _validator(cls: type, unknown: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(_whole(cls, unknown), validate_formats=True)


def _load(cls: type[T], data: Any, unknown: str) -> T:
    try:
        made: T = _schema(cls, unknown).load(data)  # type: ignore[arg-type]
        return made
    except ValidationError as error:
        details = tuple(_details(error.messages, ""))
        members = ", ".join(dict.fromkeys(detail["member"] or "the whole" for detail in details[:5]))
        raise Invalid(f"not valid: {members}", f"内容有误:{members}", details=details[:50]) from None


def _details(messages: Any, path: str) -> Iterable[dict[str, str]]:
    if isinstance(messages, dict):
        for name, inner in messages.items():
            yield from _details(inner, path if name == "_schema" else f"{path}/{str(name)[:80]}")
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, Words):
            yield {"member": path, "en": message.en, "zh": message.zh}
        else:
            yield {"member": path, "en": str(message), "zh": _CHINESE.get(str(message), "内容有误")}


def components(classes: Iterable[type], unknown: str = RAISE) -> dict[str, Any]:
    """The JSON Schemas (OpenAPI 3.1 dialect, which is JSON Schema 2020-12) of some contract classes and of their parts.

    With `EXCLUDE` they are open for members that a newer sender adds.
    """
    spec = APISpec("sansan", "1", "3.1.0", plugins=[MarshmallowPlugin(schema_name_resolver=_schema_name)])
    for cls in classes:
        if cls.__name__ not in spec.components.schemas:
            spec.components.schema(cls.__name__, schema=_schema(cls, unknown))
    return typing.cast(dict[str, Any], spec.to_dict()["components"]["schemas"])


def _schema_name(schema: Any) -> str:
    cls = schema if isinstance(schema, type) else type(schema)
    return cls.__name__.removesuffix("Schema")


def json_schema(cls: type) -> dict[str, Any]:
    """The JSON Schema of one contract class, whole in itself: closed for a command, open for what we tell others."""
    return _whole(cls, RAISE if cls in COMMANDS else EXCLUDE)


def _whole(cls: type, unknown: str) -> dict[str, Any]:
    parts = _rewritten(components([cls], unknown))
    whole = parts.pop(cls.__name__)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": cls.__name__, **whole} | (
        {"$defs": parts} if parts else {}
    )


def _rewritten(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _rewritten(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_rewritten(item) for item in node]
    return node.replace("#/components/schemas/", "#/$defs/") if isinstance(node, str) else node

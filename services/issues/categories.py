"""What an issue may be about here (日-1): the built-in categories with a community's own, and the answers that one asks for."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache

from services.errors import Refused
from services.issues.built_in import BUILT_IN as BUILT_IN
from services.issues.contract import AnswerKind, Category, ExtraQuestion, GivenAnswer

OTHER = "other"
MOST_SUGGESTIONS = 5

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_RFC3339 = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})")


@lru_cache(maxsize=256)
def merged(own: tuple[Category, ...]) -> tuple[Category, ...]:
    """The categories of a community: the built-in ones in their order, changed ones in their places, then its own new ones."""
    return tuple(({each.code: each for each in BUILT_IN} | {each.code: each for each in own}).values())


def named(categories: Iterable[Category], code: str) -> Category | None:
    """The category of a code, offered or not; None when there is none."""
    return next((each for each in categories if each.code == code), None)


def offered(categories: Iterable[Category], code: str) -> Category:
    """The category that something new is reported in. Errors: Refused (日-1) when there is none, or it is not active."""
    found = named(categories, code)
    if found is None or not found.active:
        raise Refused(f"there is no category “{code}” here", f"本社区没有“{code}”这一类别", "日-1")
    return found


def suggest(categories: Sequence[Category], text: str) -> tuple[str, ...]:
    """The codes of active categories whose keywords occur in a text, at most 5.

    The best one first: the one of which most characters are keywords; of equals, one that has a parent goes before one that
    has none, and then the earlier one in the catalogue.
    """
    words = _plain(text)
    scored = [(_score(each, words), each) for each in categories if each.active]
    found = [pair for pair in scored if pair[0]]
    found.sort(key=lambda pair: (-pair[0], pair[1].parent is None))
    return tuple(each.code for _, each in found[:MOST_SUGGESTIONS])


def refuse_answers(category: Category, answers: Sequence[GivenAnswer]) -> None:
    """Refuse answers that do not fit the extra questions of a category. Errors: Refused (日-1), naming the question."""
    questions = {each.code: each for each in category.questions}
    seen: set[str] = set()
    for answer in answers:
        question = questions.get(answer.question)
        if question is None:
            raise _no(answer.question, answer.question, "is not asked in this category", "不属于该类别的问题")
        if question.code in seen:
            raise _no(question.en, question.zh, "was answered twice", "重复回答")
        seen.add(question.code)
        fits, en, zh = _KINDS[question.kind]
        if not fits(question, answer.values):
            raise _no(question.en, question.zh, f"is answered with {en}", f"应填写{zh}")
    for question in category.questions:
        if question.required and question.code not in seen:
            raise _no(question.en, question.zh, "must be answered", "为必答题")


def _is_line(question: ExtraQuestion, values: tuple[str, ...]) -> bool:
    return len(values) == 1 and len(values[0]) <= 200 and values[0].splitlines() == [values[0]]


def _is_number(question: ExtraQuestion, values: tuple[str, ...]) -> bool:
    return len(values) == 1 and _NUMBER.fullmatch(values[0]) is not None


def _is_instant(question: ExtraQuestion, values: tuple[str, ...]) -> bool:
    if len(values) != 1 or not _RFC3339.fullmatch(values[0].upper()):
        return False
    try:
        datetime.fromisoformat(values[0].upper())
    except ValueError:  # well written, but no such day, hour or zone
        return False
    return True


def _is_text(question: ExtraQuestion, values: tuple[str, ...]) -> bool:
    return len(values) == 1


def _is_one_choice(question: ExtraQuestion, values: tuple[str, ...]) -> bool:
    return len(values) == 1 and _are_choices(question, values)


def _are_choices(question: ExtraQuestion, values: tuple[str, ...]) -> bool:
    return 1 <= len(values) == len(set(values)) and {*values} <= {choice.key for choice in question.choices}


_KINDS: dict[AnswerKind, tuple[Callable[[ExtraQuestion, tuple[str, ...]], bool], str, str]] = {
    AnswerKind.STRING: (_is_line, "one line of at most 200 characters", "不超过200字的一行文字"),
    AnswerKind.NUMBER: (_is_number, "a number in digits", "数字"),
    AnswerKind.DATETIME: (_is_instant, "a time with its zone, as 2026-05-01T08:30:00+08:00 (RFC 3339)", "带时区的时间"),
    AnswerKind.TEXT: (_is_text, "one text", "一段文字"),
    AnswerKind.SINGLEVALUELIST: (_is_one_choice, "one of its choices", "一个选项"),
    AnswerKind.MULTIVALUELIST: (_are_choices, "some of its choices, each once", "若干选项,且不重复"),
}


def _no(question: str, question_zh: str, en: str, zh: str) -> Refused:
    return Refused(f"“{question}” {en}", f"“{question_zh}”{zh}", "日-1")


def _score(category: Category, words: str) -> int:
    return sum(len(keyword) for keyword in set(map(_plain, category.keywords)) if keyword in words)


def _plain(text: str) -> str:
    """The text without the differences of width and case (Unicode NFKC)."""
    return unicodedata.normalize("NFKC", text).casefold()

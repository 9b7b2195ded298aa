"""Every refusal is a problem with its reason in both languages; a defect tells nothing of itself."""

import json

import pytest

from gateway.directory.answers import TooManyAttempts
from gateway.problems import KINDS, Problem, language_of, not_authenticated, problem_of, retry_after, weight_of
from services.errors import (
    CODES,
    Conflict,
    Forbidden,
    Invalid,
    NotAuthenticated,
    NotFound,
    Refused,
    SansanError,
    Unavailable,
)

REASON = ("the reason", "理由")


@pytest.mark.parametrize(
    ("error", "status"),
    [(Invalid, 422), (Refused, 409), (Forbidden, 403), (NotFound, 404), (Conflict, 409), (Unavailable, 503)],
)
def test_each_of_the_six_errors_has_its_status(error: type[SansanError], status: int) -> None:
    problem = problem_of(error(*REASON, "日-4", ({"member": "/note"},)), conditional=False)
    assert problem.kind.status == status
    told = json.loads(problem.body("zh", "trace"))
    assert told["detail"] == told["zh"] == "理由"
    assert (told["en"], told["clause"], told["errors"]) == ("the reason", "日-4", [{"member": "/note"}])


def test_a_conflict_is_stale_for_whoever_named_the_version_that_they_expect() -> None:
    assert problem_of(Conflict(*REASON), conditional=True).kind.status == 412
    assert problem_of(Refused(*REASON), conditional=True).kind.status == 409


def test_what_is_unavailable_says_when_to_come_back() -> None:
    assert problem_of(Unavailable(*REASON), conditional=False).headers == ((b"retry-after", b"2"),)


def test_nobody_is_asked_for_a_token_and_a_guesser_for_patience() -> None:
    unknown = problem_of(NotAuthenticated(*REASON), conditional=False)
    assert (unknown.kind.status, unknown.headers[0][0]) == (401, b"www-authenticate")
    guesser = TooManyAttempts(*REASON)
    guesser.retry_after_seconds = 7
    slowed = problem_of(guesser, conditional=False)
    assert (slowed.kind.status, slowed.headers) == (429, ((b"retry-after", b"7"),))
    assert not_authenticated().kind.status == 401


def test_title_and_detail_are_in_the_callers_language_and_both_are_always_there() -> None:
    problem = Problem("refused", *REASON)
    english, chinese = (json.loads(problem.body(language, "t")) for language in ("en", "zh"))
    assert (english["title"], english["detail"]) == ("A rule says no", "the reason")
    assert (chinese["title"], chinese["detail"]) == ("规则不允许此操作", "理由")
    assert {name: english[name] for name in ("en", "zh")} == {name: chinese[name] for name in ("en", "zh")}


def test_without_a_reason_of_its_own_a_problem_says_what_its_kind_means() -> None:
    told = json.loads(Problem("defect").body("en", "abc"))
    assert told == {
        "type": "/v1/docs#defect",
        "title": "Something is wrong on our side",
        "status": 500,
        "detail": "Something is wrong on our side",
        "instance": "abc",
        "code": "defect",
        "en": "Something is wrong on our side",
        "zh": "系统内部错误",
    }


def test_every_error_that_crosses_a_boundary_is_a_kind() -> None:
    assert set(CODES) <= set(KINDS)
    assert all(kind.title.en and kind.title.zh and 400 <= kind.status < 600 for kind in KINDS.values())


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (b"", "zh"),
        (b"*", "zh"),
        (b"en", "en"),
        (b"en-GB,en;q=0.9", "en"),
        (b"zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        (b"fr, en;q=0.3, zh;q=0.2", "en"),
        (b"en;q=0, zh-Hans;q=0.1", "zh"),
        (b"en;q=x", "zh"),
        (b"\xff\xfe", "zh"),
        (b"de" * 5000, "zh"),
    ],
)
def test_the_callers_language_is_the_preferred_of_the_two(header: bytes, language: str) -> None:
    assert language_of(header) == language


def test_waiting_is_told_in_whole_seconds() -> None:
    assert [retry_after(seconds)[1] for seconds in (0.0, 0.2, 1.0, 1.001, 9.5)] == [b"1", b"1", b"1", b"2", b"10"]


def test_a_weight_that_cannot_be_read_counts_nothing() -> None:
    assert [weight_of(text) for text in ("", "q=0.5", " q=2", "q=-1", "q=x", "level=1")] == [
        1.0,
        0.5,
        1.0,
        0.0,
        0.0,
        1.0,
    ]

"""Passwords: slow to guess, refused when weak, compared alike whether somebody is there or not; secrets are random."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import extract_parameters

from gateway.directory import passwords
from gateway.directory.passwords import (
    check_strength,
    hash_of,
    is_outdated,
    is_secret,
    matches,
    random_password,
    secret_hash,
)
from services.errors import Invalid, Unavailable

KNOWN = ("li.guihua", "李桂华", "13000000001")


@pytest.mark.parametrize("password", ["correct horse", "caochang-demo-2026", "操场社区东立国际", "x9$b" * 32])
def test_a_password_that_is_hard_to_guess_is_taken(password: str) -> None:
    check_strength(password, KNOWN)


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "x" * 129,
        "12345678",
        "PASSWORD",
        "aaaaaaaabb",
        "my-li.guihua-1",
        "LI.GUIHUA99",
        "李桂华李桂华a1",
        "a13000000001",
    ],
)
def test_a_weak_password_is_told_with_its_member(password: str) -> None:
    with pytest.raises(Invalid) as invalid:
        check_strength(password, KNOWN, "new_password")
    assert invalid.value.details[0]["member"] == "/new_password"
    assert password not in str(invalid.value.to_wire())


def test_a_hash_is_argon2id_and_never_the_same_twice() -> None:
    one, two = hash_of("correct horse"), hash_of("correct horse")
    assert one != two
    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert matches("correct horse", one)
    assert not matches("correct hors", one)
    assert not is_outdated(one)
    assert is_outdated(one.replace("t=2", "t=1"))


def test_where_nobody_is_the_same_work_is_done() -> None:
    kept = hash_of("correct horse")

    def seconds(of: str | None) -> float:
        best = 9.0
        for _ in range(5):
            began = time.process_time()
            assert not matches("wrong", of)
            best = min(best, time.process_time() - began)
        return best

    assert 0.3 < seconds(None) / seconds(kept) < 3
    assert extract_parameters(passwords._NOBODYS) == extract_parameters(kept)


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not matches("correct horse", "not a hash")
    assert not matches("correct horse", "")


def test_only_a_few_hash_at_the_same_time_and_the_others_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_PATIENCE_SECONDS", 0.0)
    with ThreadPoolExecutor(12) as threads:
        found = [call.exception() for call in [threads.submit(hash_of, "correct horse") for _ in range(12)]]
    assert all(error is None or isinstance(error, Unavailable) for error in found)
    assert any(isinstance(error, Unavailable) for error in found)
    assert hash_of("correct horse")


def test_random_secrets_are_long_and_compared_by_hash() -> None:
    assert len({random_password() for _ in range(100)}) == 100
    assert len(random_password()) == 19
    check_strength(random_password(), KNOWN)
    secret = passwords.random_secret()
    assert len(secret) >= 43
    assert is_secret(secret, secret_hash(secret))
    assert not is_secret(secret + "x", secret_hash(secret))

"""Signing keys: one for all processes, readable by nobody else, replaced without a gap, withdrawn within seconds."""

import multiprocessing
from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from gateway.identity import Keys, KeysExposed
from services.actor import Actor, Role
from services.clock import utc_now
from services.errors import NotAuthenticated
from services.tokens import ALGORITHM, Verifier
from services.wire import from_json
from tests.shared.desks import SetClock
from tests.shared.samples import COMMUNITY, DISTRICT, REPORTER

ACTOR = Actor(
    REPORTER,
    {COMMUNITY: frozenset({Role.OWNER, Role.OWNERS_COMMITTEE})},
    {DISTRICT: frozenset({Role.DISTRICT_ADMIN})},
)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def keys(tmp_path: Path, clock: SetClock) -> Keys:
    return Keys(tmp_path / "keys", clock)


def start(directory: str) -> str:
    return str(next(iter(Keys(Path(directory), utc_now).public()["keys"]))["kid"])


def test_what_is_signed_is_proven(keys: Keys, tmp_path: Path, clock: SetClock) -> None:
    assert Verifier(tmp_path / "keys").verify(keys.sign(ACTOR), clock()) == ACTOR


def test_no_two_tokens_are_the_same(keys: Keys) -> None:
    assert keys.sign(ACTOR) != keys.sign(ACTOR)


def test_the_private_key_is_its_owners_alone_and_the_public_set_holds_nothing_of_it(keys: Keys, tmp_path: Path) -> None:
    private = list((tmp_path / "keys").glob("*.pem"))
    assert [file.stat().st_mode & 0o777 for file in private] == [0o600]
    assert (tmp_path / "keys" / "jwks.json").stat().st_mode & 0o777 == 0o644
    (public,) = keys.public()["keys"]
    assert (public["kty"], public["crv"], public["alg"], public["use"]) == ("OKP", "Ed25519", ALGORITHM, "sig")
    assert "d" not in public


def test_a_private_key_that_others_can_read_signs_nothing(keys: Keys, tmp_path: Path, clock: SetClock) -> None:
    next((tmp_path / "keys").glob("*.pem")).chmod(0o644)
    with pytest.raises(KeysExposed, match="chmod 600"):
        Keys(tmp_path / "keys", clock).sign(ACTOR)


def test_processes_that_start_at_once_make_one_key(tmp_path: Path) -> None:
    with multiprocessing.get_context("spawn").Pool(6) as processes:
        made = processes.map(start, [str(tmp_path / "keys")] * 12)
    assert len(set(made)) == 1
    assert len(list((tmp_path / "keys").glob("*.pem"))) == 1


def test_a_new_key_signs_at_once_in_every_process_and_old_tokens_still_hold(
    keys: Keys, tmp_path: Path, clock: SetClock
) -> None:
    other, verifier = Keys(tmp_path / "keys", clock), Verifier(tmp_path / "keys")
    old = other.sign(ACTOR)
    verifier.verify(old, clock())
    kid = keys.rotate()
    assert other.public()["keys"][0]["kid"] == kid
    new = other.sign(ACTOR)
    assert verifier.verify(new, clock()) == verifier.verify(old, clock()) == ACTOR
    assert len(list((tmp_path / "keys").glob("*.pem"))) == 1


def test_an_old_public_key_goes_when_its_last_token_has_expired(keys: Keys, tmp_path: Path, clock: SetClock) -> None:
    keys.rotate()
    assert len(keys.public()["keys"]) == 2
    clock.forward(seconds=600)
    assert len(keys.public()["keys"]) == 2
    clock.forward(seconds=61)
    assert len(keys.public()["keys"]) == 1
    keys.rotate()
    assert len(from_json((tmp_path / "keys" / "jwks.json").read_bytes())["keys"]) == 2


def test_a_key_that_was_stolen_proves_nothing_within_seconds(keys: Keys, tmp_path: Path, clock: SetClock) -> None:
    verifier, old = Verifier(tmp_path / "keys"), keys.sign(ACTOR)
    verifier.verify(old, clock())
    keys.rotate(compromised=True)
    assert len(keys.public()["keys"]) == 1
    clock.forward(seconds=3)
    with pytest.raises(NotAuthenticated):
        verifier.verify(old, clock())
    verifier.verify(keys.sign(ACTOR), clock())


def test_a_token_lives_as_long_as_it_is_told_and_a_day_at_most(tmp_path: Path, clock: SetClock) -> None:
    keys, verifier = Keys(tmp_path / "keys", clock, 60), Verifier(tmp_path / "keys")
    token = keys.sign(ACTOR)
    clock.forward(seconds=59)
    verifier.verify(token, clock())
    clock.forward(seconds=1)
    with pytest.raises(NotAuthenticated):
        verifier.verify(token, clock())
    with pytest.raises(AssertionError):
        Keys(tmp_path / "keys", clock, 86_401)


def test_the_published_set_can_be_read_by_any_library(keys: Keys) -> None:
    (public,) = keys.public()["keys"]
    assert OKPKey.import_key(public).thumbprint()

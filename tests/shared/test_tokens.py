"""Tokens: only what our own key signed, for us, in time and in full, proves anybody; everything else proves nobody."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwk import OKPKey
from joserfc.jws import serialize_compact

from services.actor import Role
from services.errors import NotAuthenticated
from services.ids import new_id
from services.settings import settings
from services.tokens import ALGORITHM, AUDIENCE, ISSUER, MOST_CHARACTERS, PUBLIC_KEYS, REGISTRY, Verifier, verify
from services.wire import to_json
from tests.shared.samples import COMMUNITY, DISTRICT, NOON, REPORTER

AT = int(NOON.timestamp())
CLAIMS = {
    "iss": ISSUER, "aud": AUDIENCE, "sub": REPORTER, "kind": "member", "roles": {COMMUNITY: ["owner"]},
    "districts": {DISTRICT: ["district_admin"]}, "iat": AT, "exp": AT + 600, "jti": "1",
}  # fmt: skip


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class Signer:
    """Somebody who signs, and who may have published the public keys in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.keys: list[OKPKey] = []
        self.new_key()

    def new_key(self, **told: Any) -> None:
        self.keys.insert(0, OKPKey.generate_key("Ed25519", {"kid": new_id()}))
        self.publish(**told)

    def publish(self, **told: Any) -> None:
        """Put the public set in its place; `told` goes with the oldest key."""
        published = [{**key.as_dict(private=False), "iat": AT} for key in self.keys]
        published[-1] |= told
        part = self.directory / "part"
        part.write_bytes(to_json({"keys": published}))
        part.replace(self.directory / PUBLIC_KEYS)

    def sign(self, key: OKPKey | None = None, header: dict[str, Any] | None = None, **claims: Any) -> str:
        key = key or self.keys[0]
        told = {name: claim for name, claim in {**CLAIMS, **claims}.items() if claim is not None}
        return serialize_compact(
            {"alg": ALGORITHM, "kid": key.kid, **(header or {})}, to_json(told), key, registry=REGISTRY
        )


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    return Signer(tmp_path)


@pytest.fixture
def verifier(tmp_path: Path) -> Verifier:
    return Verifier(tmp_path)


def proves_nobody(verifier: Verifier, token: str, later: float = 0) -> None:
    with pytest.raises(NotAuthenticated):
        verifier.verify(token, NOON + timedelta(seconds=later))


def test_a_token_of_ours_proves_who_acts(signer: Signer, verifier: Verifier) -> None:
    for _ in range(2):
        actor = verifier.verify(signer.sign(jti="x"), NOON)
        assert (actor.member_id, actor.kind) == (REPORTER, "member")
        assert actor.roles_in(COMMUNITY, DISTRICT) == {Role.OWNER, Role.DISTRICT_ADMIN}


def test_roles_that_nobody_here_knows_are_left_out(signer: Signer, verifier: Verifier) -> None:
    actor = verifier.verify(signer.sign(roles={COMMUNITY: ["owner", "emperor"]}), NOON)
    assert actor.roles == {COMMUNITY: {Role.OWNER}}


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "another"}, {"iss": None}, {"aud": "another"}, {"aud": None}, {"aud": [AUDIENCE, "another"]},
        {"sub": None}, {"sub": 5}, {"iat": None}, {"exp": None}, {"exp": str(AT + 600)}, {"exp": True},
        {"exp": float(AT + 600)}, {"exp": 10**18}, {"exp": -1}, {"exp": AT}, {"exp": AT - 1}, {"iat": AT + 60},
        {"exp": AT + 86_401},
        {"roles": ["owner"]}, {"roles": {COMMUNITY: 5}}, {"roles": {COMMUNITY: [["owner"]]}}, {"districts": "all"},
    ],
    ids=str,
)  # fmt: skip
def test_a_claim_that_is_not_as_it_should_be_proves_nobody(
    signer: Signer, verifier: Verifier, claims: dict[str, Any]
) -> None:
    proves_nobody(verifier, signer.sign(**claims))


def test_no_claim_makes_anybody_the_system(signer: Signer, verifier: Verifier) -> None:
    actor = verifier.verify(signer.sign(kind="system"), NOON)
    assert not actor.is_system


def test_the_payload_is_an_object(signer: Signer, verifier: Verifier) -> None:
    key = signer.keys[0]
    for payload in (b"", b"[]", b"5", b"null", b"{", b"\xff", b'{"a":"\\ud800"}'):
        header = {"alg": ALGORITHM, "kid": key.kid}
        proves_nobody(verifier, serialize_compact(header, payload, key, registry=REGISTRY))


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", "HS256", "EdDSA", "RS256", "ES256"])
def test_another_algorithm_proves_nobody(signer: Signer, verifier: Verifier, algorithm: str) -> None:
    head = encoded(to_json({"alg": algorithm, "kid": signer.keys[0].kid}))
    body = encoded(to_json(CLAIMS))
    good = signer.sign().split(".")[2]
    with_public_key = (signer.directory / PUBLIC_KEYS).read_bytes()
    forged = encoded(hmac.digest(with_public_key, f"{head}.{body}".encode(), hashlib.sha256))
    for signature in ("", good, forged):
        proves_nobody(verifier, f"{head}.{body}.{signature}")


def test_a_stranger_who_signs_in_our_name_proves_nobody(signer: Signer, verifier: Verifier) -> None:
    stranger = OKPKey.generate_key("Ed25519", {"kid": str(signer.keys[0].kid)})
    proves_nobody(verifier, signer.sign(stranger))
    proves_nobody(verifier, signer.sign(stranger, {"jwk": stranger.as_dict(private=False)}))
    proves_nobody(verifier, signer.sign(stranger, {"kid": new_id()}))
    proves_nobody(verifier, signer.sign(stranger, {"kid": "../../etc/passwd"}))


def test_a_key_must_be_named_and_known(signer: Signer, verifier: Verifier) -> None:
    for kid in (None, "", "unheard-of", 5, ["a"]):
        head = {"alg": ALGORITHM} if kid is None else {"alg": ALGORITHM, "kid": kid}
        signed = f"{encoded(to_json(head))}.{encoded(to_json(CLAIMS))}"
        signature = encoded(signer.keys[0].private_key.sign(signed.encode()))  # type: ignore[union-attr]
        proves_nobody(verifier, f"{signed}.{signature}")


def test_a_header_that_demands_what_nobody_here_knows_proves_nobody(signer: Signer, verifier: Verifier) -> None:
    head = {"alg": ALGORITHM, "kid": signer.keys[0].kid, "crit": ["exp"], "exp": 1}
    signed = f"{encoded(to_json(head))}.{encoded(to_json(CLAIMS))}"
    signature = encoded(signer.keys[0].private_key.sign(signed.encode()))  # type: ignore[union-attr]
    proves_nobody(verifier, f"{signed}.{signature}")


@pytest.mark.parametrize("change", [lambda token: token[:-2], lambda token: token + "AA", lambda token: token[1:]])
def test_a_token_that_was_changed_proves_nobody(
    signer: Signer, verifier: Verifier, change: Callable[[str], str]
) -> None:
    token = signer.sign()
    verifier.verify(token, NOON)
    proves_nobody(verifier, change(token))
    head, _, signature = token.split(".")
    more = encoded(to_json({**CLAIMS, "roles": {COMMUNITY: ["community_admin"]}}))
    proves_nobody(verifier, f"{head}.{more}.{signature}")


@given(st.text(max_size=60) | st.from_regex(r"[\w-]{0,9}\.[\w-]{0,9}\.[\w-]{0,9}"))
def test_no_text_makes_it_fail_otherwise_than_by_saying_so(text: str) -> None:
    proves_nobody(Verifier(Path("no-such-directory")), text)


def test_a_token_that_is_too_long_is_not_looked_at(signer: Signer, verifier: Verifier) -> None:
    proves_nobody(verifier, signer.sign(jti="x" * MOST_CHARACTERS))
    proves_nobody(verifier, "é" * 100)
    proves_nobody(verifier, "")


def test_a_token_that_was_seen_before_expires_all_the_same(signer: Signer, verifier: Verifier) -> None:
    token = signer.sign()
    verifier.verify(token, NOON)
    verifier.verify(token, NOON + timedelta(seconds=599))
    proves_nobody(verifier, token, 600)
    proves_nobody(verifier, token, 601)


def test_the_same_words_for_whatever_is_wrong(signer: Signer, verifier: Verifier) -> None:
    told = set()
    for token in ("", "x", signer.sign(aud="another"), signer.sign(exp=AT)):
        with pytest.raises(NotAuthenticated) as refused:
            verifier.verify(token, NOON)
        told.add(str(refused.value.to_wire()))
    assert len(told) == 1


def test_a_new_key_counts_at_once(signer: Signer, verifier: Verifier) -> None:
    old = signer.sign()
    verifier.verify(old, NOON)
    signer.new_key()
    verifier.verify(signer.sign(), NOON)
    verifier.verify(old, NOON)


def test_a_key_that_was_withdrawn_counts_no_more_within_seconds(signer: Signer, verifier: Verifier) -> None:
    old = signer.sign()
    verifier.verify(old, NOON)
    signer.new_key()
    del signer.keys[1]
    signer.publish()
    proves_nobody(verifier, old, 3)


def test_a_key_that_was_replaced_ends_at_its_time_though_nobody_touches_the_file(
    signer: Signer, verifier: Verifier
) -> None:
    first = signer.keys[0]
    signer.new_key(exp=AT + 660)
    verifier.verify(signer.sign(first), NOON)
    late: dict[str, Any] = {"iat": AT + 700, "exp": AT + 900}
    verifier.verify(signer.sign(**late), NOON + timedelta(seconds=700))
    proves_nobody(verifier, signer.sign(first, **late), 700)


def test_before_there_are_keys_nobody_is_proven(tmp_path: Path) -> None:
    verifier = Verifier(tmp_path)
    proves_nobody(verifier, "x")
    signer = Signer(tmp_path)
    verifier.verify(signer.sign(), NOON)


def test_threads_share_it(signer: Signer, verifier: Verifier) -> None:
    tokens = [signer.sign(jti=str(number)) for number in range(50)]
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda token: verifier.verify(token, NOON).member_id, tokens * 4))
    assert found == [REPORTER] * 200


def test_the_keys_of_the_settings_are_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANSAN_DATA_DIRECTORY", str(tmp_path))
    settings.cache_clear()
    (tmp_path / "keys").mkdir()
    assert verify(Signer(tmp_path / "keys").sign(), NOON).member_id == REPORTER
    with pytest.raises(NotAuthenticated):
        verify("", NOON)
    settings.cache_clear()

"""A signature is what the Standard Webhooks specification says: its own example, and a receiver's check."""

import hashlib
import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime

import pytest

from gateway.webhooks.signing import PREFIX, headers_for, new_secret, signature_of

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
BODY = b'{"test": 2432232314}'


def test_the_specifications_example() -> None:
    assert signature_of(SECRET, ID, 1614265330, BODY) == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_the_headers_say_what_was_signed() -> None:
    headers = headers_for(SECRET, ID, datetime.fromtimestamp(1614265330.9, UTC), BODY)
    assert headers == {
        "webhook-id": ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_a_new_secret_has_256_bits_and_is_never_the_same() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert {len(b64decode(each.removeprefix(PREFIX))) for each in secrets} == {32}


def test_a_receiver_finds_the_same_and_another_body_another() -> None:
    secret = new_secret()
    key = b64decode(secret[len(PREFIX) :])
    signed = hmac.new(key, b"a.1." + BODY, hashlib.sha256).digest()
    assert signature_of(secret, "a", 1, BODY) == f"v1,{b64encode(signed).decode()}"
    assert signature_of(secret, "a", 1, BODY + b" ") != signature_of(secret, "a", 1, BODY)


def test_a_secret_that_is_none_is_a_defect() -> None:
    with pytest.raises(ValueError, match="base64"):
        signature_of("whsec_!!", "a", 1, BODY)

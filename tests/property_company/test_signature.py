"""The property company's own check of signatures agrees with the specification's example, and takes nothing else."""

import pytest

from tests.property_company.signature import is_signed

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
AT = 1614265330
BODY = b'{"test": 2432232314}'
HEADERS = {
    "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
    "webhook-timestamp": str(AT),
    "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
}


def test_the_specifications_example_is_signed() -> None:
    assert is_signed(SECRET, HEADERS, BODY, AT)
    several = {**HEADERS, "webhook-signature": f"v1a,xxxx v1,yyyy {HEADERS['webhook-signature']}"}
    assert is_signed(SECRET, several, BODY, AT + 299)


@pytest.mark.parametrize("name", sorted(HEADERS))
def test_every_header_counts(name: str) -> None:
    assert not is_signed(SECRET, {**HEADERS, name: ""}, BODY, AT)
    assert not is_signed(SECRET, {**HEADERS, name: HEADERS[name][:-1] + "1"}, BODY, AT)
    assert not is_signed(SECRET, {each: text for each, text in HEADERS.items() if each != name}, BODY, AT)


def test_another_body_another_secret_and_another_time_are_not() -> None:
    assert not is_signed(SECRET, HEADERS, BODY + b" ", AT)
    assert not is_signed("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", HEADERS, BODY, AT)
    assert not is_signed(SECRET, HEADERS, BODY, AT + 301)
    assert not is_signed(SECRET, HEADERS, BODY, AT - 301)

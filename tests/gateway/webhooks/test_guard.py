"""No address leads inside, however it is written and whatever its name resolves to; what the operator allows does."""

from collections.abc import Iterable
from ipaddress import ip_address

import pytest

from gateway.webhooks.guard import CLAUSE, Guard, Target, is_outside, resolved
from services.errors import Refused

OUTSIDE = "93.184.215.14"
INSIDE = [
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
    "::", "::1", "fd00::1", "fc00::1", "fe80::1", "fe80::1%1", "fec0::1", "ff02::1",
    "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1", "2001::1", "2001:db8::1", "3fff::1", "100::1",
    "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1", "::ffff:0:127.0.0.1",
]  # fmt: skip


def guard(*addresses: str, networks: Iterable[str] = ()) -> Guard:
    """A guard for whom every name has these addresses."""
    return Guard(networks, lambda host, port: addresses or (OUTSIDE,))


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_inside_is_one_of_the_public_internet(address: str) -> None:
    assert not is_outside(ip_address(address))
    with pytest.raises(Refused):
        guard(address).target("https://example.com/hook")


@pytest.mark.parametrize("address", [each for each in INSIDE if "%" not in each])
def test_no_address_inside_can_be_named_itself(address: str) -> None:
    with pytest.raises(Refused) as refused:
        guard().target(f"http://[{address}]/" if ":" in address else f"http://{address}/")
    assert refused.value.clause == CLAUSE


@pytest.mark.parametrize("address", [OUTSIDE, "8.8.8.8", "2606:4700:4700::1111", "2a00:1450::1"])
def test_an_address_outside_is(address: str) -> None:
    assert is_outside(ip_address(address))
    assert guard(address).target("https://example.com/").address == address


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "127.1", "127.0.0.1.", "1.2.3", "017700000001", "localhost.",
     "example.com.", "example..com", "-example.com", "ex%61mple.com", "例子.中国", "exam ple.com", "", "a" * 64 + ".com",
     "[::1", "[fe80::1%25eth0]", "example.com\\@127.0.0.1"],
)  # fmt: skip
def test_a_host_written_in_an_odd_way_is_refused(host: str) -> None:
    with pytest.raises(Refused):
        guard().target(f"https://{host}/hook")


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "file:///etc/passwd", "gopher://example.com/", "//example.com/", "example.com", "",
     "https://user@example.com/", "https://user:secret@example.com/", "https://example.com@127.0.0.1/",
     "https://example.com/#part", "https://example.com/a b", "https://example.com/\r\nhost: x", "https://example.com:99999/",
     "https://example.com:abc/"],
)  # fmt: skip
def test_what_is_no_plain_url_is_refused(url: str) -> None:
    with pytest.raises(Refused):
        guard().target(url)


@pytest.mark.parametrize("port", [22, 25, 5432, 5672, 6379, 7999, 10_000, 0])
def test_a_port_of_something_else_is_refused(port: int) -> None:
    with pytest.raises(Refused, match="port"):
        guard().target(f"https://example.com:{port}/")
    assert guard().target("https://example.com:8443/").port == 8443


def test_an_international_name_is_taken_as_the_resolver_knows_it() -> None:
    assert guard().target("https://xn--fsqu00a.xn--fiqs8s/").host == "xn--fsqu00a.xn--fiqs8s"


def test_one_address_inside_is_enough_to_refuse_a_name() -> None:
    with pytest.raises(Refused):
        guard(OUTSIDE, "127.0.0.1").target("https://example.com/")
    with pytest.raises(Refused):
        guard(OUTSIDE, "::1").target("https://example.com/")


def test_a_name_is_vetted_each_time_and_only_what_was_vetted_is_connected_to() -> None:
    answers = iter([[OUTSIDE], ["127.0.0.1"]])
    rebinding = Guard(resolve=lambda host, port: next(answers))
    assert rebinding.target("https://example.com/").address == OUTSIDE
    with pytest.raises(Refused):
        rebinding.target("https://example.com/")


def test_a_name_without_an_address_is_refused() -> None:
    def fails(host: str, port: int) -> Iterable[str]:
        raise OSError("no such name")

    def knows_none(host: str, port: int) -> Iterable[str]:
        return ()

    for resolve in (fails, knows_none):
        with pytest.raises(Refused, match="no address"):
            Guard(resolve=resolve).target("https://example.com/")


def test_what_the_operator_allows_is_let_through_on_any_port() -> None:
    allowing = guard("127.0.0.1", networks=["127.0.0.0/8", " fd00:1::/64 "])
    assert allowing.target("http://localhost:40123/a?b=c") == Target("127.0.0.1", 40123, "localhost", "/a?b=c", False)
    assert allowing.target("http://[fd00:1::5]:22/").host == "fd00:1::5"
    for other in ("10.0.0.1", "[fd00:2::5]", "[::ffff:127.0.0.1]"):
        with pytest.raises(Refused):
            allowing.target(f"http://{other}/")
    with pytest.raises(ValueError, match="appear to be"):
        Guard(["everywhere"])


def test_the_way_goes_where_the_url_says_and_over_ipv4_where_there_is_a_choice() -> None:
    target = guard("2606:4700::1", OUTSIDE).target("https://Example.com?x=1")
    assert target == Target(OUTSIDE, 443, "example.com", "/?x=1", True)
    assert guard().target("http://example.com").port == 80


def test_the_machines_own_resolver_is_asked() -> None:
    assert set(resolved("localhost", 80)) <= {"127.0.0.1", "::1"}
    with pytest.raises(Refused):
        Guard().target("http://localhost/")

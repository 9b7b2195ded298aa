"""Nobody sends too much, too large or too slowly; what is refused is refused as soon as that is known."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import DEEPEST, Rate, address_of, body_parts, check_depth, read_body
from gateway.problems import Problem


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def allowed(rate: Rate, caller: str = "a") -> bool:
    try:
        rate.take(caller)
    except Problem:
        return False
    return True


def test_a_burst_is_let_through_and_then_the_rate_holds() -> None:
    clock = Hands()
    rate = Rate(10, 5, clock)
    assert [allowed(rate) for _ in range(7)] == [True] * 5 + [False] * 2
    clock.now += 0.1
    assert [allowed(rate) for _ in range(2)] == [True, False]
    clock.now += 100
    assert [allowed(rate) for _ in range(7)] == [True] * 5 + [False] * 2


def test_whoever_is_refused_hears_when_to_come_back_and_may_then() -> None:
    clock = Hands()
    rate = Rate(0.5, 1, clock)
    rate.take("a")
    with pytest.raises(Problem) as refused:
        rate.take("a")
    assert refused.value.kind.status == 429
    assert refused.value.headers == ((b"retry-after", b"2"),)
    clock.now += 2
    rate.take("a")


def test_callers_do_not_use_up_each_others_rate() -> None:
    rate = Rate(1, 1, Hands())
    assert [allowed(rate, name) for name in "abab"] == [True, True, False, False]


def test_without_a_rate_there_is_no_limit() -> None:
    rate = Rate(0, 1, Hands())
    assert all(allowed(rate) for _ in range(1000))


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 10), st.integers(1, 20))
def test_in_no_span_of_time_more_than_burst_and_rate_allow(pauses: list[float], per_second: int, burst: int) -> None:
    clock = Hands()
    rate = Rate(per_second, burst, clock)
    taken: list[float] = []
    for pause in pauses:
        clock.now += pause
        if allowed(rate):
            taken.append(clock.now)
    for first, begun in enumerate(taken):
        for number, at in enumerate(taken[first:], 1):
            assert number <= burst + (at - begun) * per_second + 1e-6


def test_a_million_callers_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.limits._MOST_CALLERS", 100)
    clock = Hands()
    rate = Rate(1, 1, clock)
    for number in range(10_000):
        clock.now += 0.001
        rate.take(f"caller {number}")
        assert len(rate._full_at) <= 100


@pytest.mark.parametrize(
    ("host", "caller"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "20010db800010002::/64"),
        ("fe80::1%eth0", "fe80000000000000::/64"),
        ("not an address:", "not an address:"),
    ],
)
def test_a_caller_without_a_token_is_an_address_or_a_network(host: str, caller: str) -> None:
    assert address_of({"client": (host, 1)}) == caller
    assert address_of({"client": None}) == "unknown"


def sender(pieces: Iterable[bytes], then: str = "end") -> Callable[[], Coroutine[Any, Any, dict[str, Any]]]:
    """An ASGI `receive` that gives these pieces, and then ends, breaks off or hangs."""
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop(0)
        if then == "hang":
            await asyncio.Event().wait()
        return {"type": "http.disconnect"} if then == "gone" else {"type": "http.request", "body": b""}

    return receive


def test_a_body_in_pieces_is_put_together() -> None:
    assert asyncio.run(read_body(sender([b"a", b"", b"bc"]), b"", 3)) == b"abc"


def test_a_body_that_is_declared_too_large_is_not_even_read() -> None:
    receive = sender([b"x" * 11])
    with pytest.raises(Problem) as refused:
        asyncio.run(read_body(receive, b"11", 10))
    assert refused.value.kind.status == 413
    assert (b"connection", b"close") in refused.value.headers
    assert asyncio.run(receive())["body"] == b"x" * 11


def test_a_body_that_becomes_too_large_is_cut_off_while_it_is_read() -> None:
    def endless() -> Iterable[bytes]:
        return [b"x" * 1000] * 1000

    receive = sender(endless())
    with pytest.raises(Problem) as refused:
        asyncio.run(read_body(receive, b"5", 2500))
    assert refused.value.kind.status == 413


def test_a_body_that_comes_too_slowly_is_not_waited_for() -> None:
    with pytest.raises(Problem) as refused:
        asyncio.run(read_body(sender([b"{"], then="hang"), b"", 100, most_seconds=0.05))
    assert refused.value.kind.status == 408


def test_a_caller_who_goes_away_in_the_middle_leaves_nothing() -> None:
    with pytest.raises(ConnectionResetError):
        asyncio.run(read_body(sender([b"{"], then="gone"), b"", 100))


def test_a_large_body_is_handed_on_piece_by_piece() -> None:
    async def sizes() -> list[int]:
        return [len(part) async for part in body_parts(sender([b"ab", b"c"]), b"", 10)]

    assert asyncio.run(sizes()) == [2, 1, 0]


def test_nesting_is_refused_beyond_its_limit_and_only_there() -> None:
    for depth, fine in ((DEEPEST - 1, True), (DEEPEST, True), (DEEPEST + 1, False), (200, False)):
        data: Any = 1
        for level in range(depth):
            data = [data] if level % 2 else {"a": data}
        body = b"[" * depth
        if fine:
            check_depth(body, data)
        else:
            with pytest.raises(Problem, match="malformed"):
                check_depth(body, data)
    check_depth(b"[" * 1000, [[1]] * 999)

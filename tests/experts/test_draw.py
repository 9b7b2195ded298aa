"""The picks are those of RFC 3797; whatever the service draws verifies, and no single alteration of it does."""

import copy
import hashlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.experts.draw import (
    PARTIES,
    NotADraw,
    digest,
    expert_of,
    hash_of_list,
    hash_of_secret,
    key_of,
    main,
    pick,
    picks,
    prove,
    verify,
)
from services.ids import derived_id
from services.parties import Party
from tests.experts.drawn import committed, drawn, frozen, proof
from tests.shared.made_up import ROOT
from tests.shared.samples import COMMUNITY

VECTOR_SOURCES = ([9319], [2, 5, 12, 8, 10], [9, 18, 26, 34, 41, 45])
VECTOR_KEY = "9319./2.5.8.10.12./9.18.26.34.41.45./"
VECTOR_PICKS = [17, 7, 2, 16, 25, 23, 8, 24, 19, 13, 22, 5, 18, 9, 1, 4]
SECRETS = st.text("0123456789abcdef", min_size=32, max_size=32)
KEYS = st.lists(st.lists(st.integers(0, 2**128 - 1), min_size=1), min_size=1, max_size=4).map(key_of)
QUICK = settings(max_examples=60, deadline=None)


def test_the_vector_of_the_rfc() -> None:
    assert key_of(VECTOR_SOURCES) == VECTOR_KEY
    assert digest(VECTOR_KEY, 0).hex().upper() == "990DD0A5692A029A98B5E01AA28F3459"
    assert pick(VECTOR_KEY, 0, 25) == 16
    assert picks(VECTOR_KEY, 25, 16) == VECTOR_PICKS


def test_leading_zeros_count_for_nothing() -> None:
    assert key_of([[int("0" * 31 + "a", 16)], [0]]) == "10./0./"


@QUICK
@given(key=KEYS, pool=st.integers(1, 120), data=st.data())
def test_picks_are_distinct_within_the_pool_and_the_same_every_time(key: str, pool: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, pool))
    found = picks(key, pool, count)
    assert len(set(found)) == count
    assert set(found) <= set(range(1, pool + 1))
    assert found == picks(key, pool, count) == picks(key, pool, pool)[:count]


def test_everybody_has_about_the_same_chance() -> None:
    seated = [number for secret in range(2000) for number in picks(key_of([[secret]]), 10, 3)]
    assert all(520 < seated.count(number) < 680 for number in range(1, 11))


def test_hashes_are_those_that_the_contract_describes() -> None:
    text = "1 aaa\n2 bbb\n"
    assert hash_of_list([(1, "aaa"), (2, "bbb")]) == hashlib.sha256(text.encode()).hexdigest()
    assert hash_of_secret("00ff") == hashlib.sha256(b"00ff").hexdigest()


def test_what_stands_here_once_more_is_the_same_as_elsewhere() -> None:
    assert {party: party.zh for party in Party} == PARTIES
    assert expert_of(COMMUNITY, "x") == derived_id(COMMUNITY, "expert", "x")


@QUICK
@given(
    size=st.integers(1, 30),
    secrets=st.lists(SECRETS, min_size=3, max_size=3),
    declining=st.lists(st.integers(0, 50), max_size=8),
    data=st.data(),
)
def test_what_the_service_draws_verifies(
    size: int, secrets: list[str], declining: list[int], data: st.DataObject
) -> None:
    seats = data.draw(st.integers(1, size))
    draw = drawn(size, secrets, declining, seats=seats)
    assert verify(proof(draw)) == []
    assert len(draw.jurors) == min(seats, size - sum(seat.declined_at is not None for seat in draw.picks))


@pytest.mark.parametrize("draw", [frozen(), frozen(3), committed(), drawn(5)], ids=lambda draw: str(draw.status))
def test_a_draw_verifies_at_any_point_of_its_life(draw: Any) -> None:
    assert verify(proof(draw)) == []


def test_the_steps_name_list_secrets_key_picks_and_seats() -> None:
    draw = drawn(declining=[0])
    steps = prove(proof(draw)).steps
    assert len(steps) == 1 + 3 + 1 + 6 + 1
    first = next(step for step in steps if step.en.startswith("Pick 0"))
    assert first.en.endswith(f"number {draw.picks[0].number}, expert {draw.picks[0].expert_id}: declined.")
    assert "谢绝" in first.zh
    assert steps[4].en.endswith(draw.key)
    assert steps[-1].en == "5 of 5 seats are taken; 1 declined."


def leaves(data: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of everything that is no object or list."""
    if isinstance(data, dict | list):
        for name, part in data.items() if isinstance(data, dict) else enumerate(data):
            yield from leaves(part, (*place, name))
    else:
        yield place


def altered(data: Any, place: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    """The same with another value at one place."""
    data = copy.deepcopy(data)
    *way, last = place
    thing = data
    for name in way:
        thing = thing[name]
    thing[last] = change(thing[last])
    return data


def another(name: Any, value: Any) -> Any:
    """Another value of the same form."""
    if name == "declined_at":
        return None if value else "2024-05-20T06:00:00Z"
    if name == "community_id":
        return "wuhan-elsewhere"
    if name == "party":
        return next(party for party in Party if party != value)
    if name == "key":
        return value.replace("./", "1./", 1)
    if isinstance(value, int):
        return value + 1
    return ("1" if value[0] == "0" else "0") + value[1:]


SAMPLE = proof(drawn(declining=[0, 3]))
NOT_PROVEN = {"id", "version", "audience", "project_id", "group", "void_because", "status"}
NOT_PROVEN |= {"reveal_by", "created_at", "updated_at", "at", "revealed_at"}


@pytest.mark.parametrize(
    "place", [place for place in leaves(SAMPLE) if place[-1] not in NOT_PROVEN], ids=lambda p: ".".join(map(str, p))
)
def test_no_single_value_can_be_altered(place: tuple[Any, ...]) -> None:
    assert verify(altered(SAMPLE, place, lambda value: another(place[-1], value)))


ALTERATIONS: dict[str, Callable[[Any], None]] = {
    "two of the list swapped": lambda d: swap(d["candidates"], 0, 1, "expert_id", "member_id"),
    "the list in another order": lambda d: d["candidates"].reverse(),
    "one of the list left out": lambda d: d["candidates"].pop(),
    "one of the list twice": lambda d: d["candidates"].append({**d["candidates"][-1], "number": 10}),
    "two picks swapped": lambda d: swap(d["picks"], 0, 1, "number", "expert_id", "member_id"),
    "somebody else picked": lambda d: d["picks"][0].update(unpicked(d)),
    "a pick left out": lambda d: d["picks"].pop(),
    "no picks": lambda d: d["picks"].clear(),
    "one more pick": lambda d: d["picks"].append({**unpicked(d), "pick": 7, "declined_at": None}),
    "a decline removed": lambda d: next(seat for seat in d["picks"] if seat["declined_at"]).update(declined_at=None),
    "one more decline": lambda d: d["picks"][-1].update(declined_at="2024-05-20T06:00:00Z"),
    "fewer seats": lambda d: d.update(seats=4),
    "no seats": lambda d: d.update(seats=0),
    "no key": lambda d: d.update(key=""),
    "a party left out": lambda d: d["commitments"].pop(),
    "a party twice": lambda d: d["commitments"].append(d["commitments"][0]),
    "the parties in another order": lambda d: d["commitments"].reverse(),
    "a secret removed": lambda d: d["commitments"][1].update(secret=None, revealed_at=None),
    "a secret without its time": lambda d: d["commitments"][1].update(revealed_at=None),
    "a time without its secret": lambda d: d["commitments"][1].update(secret=None),
    "a secret and its hash": lambda d: d["commitments"][2].update(secret="0" * 32, sha256=hash_of_secret("0" * 32)),
    "a secret revealed before the last commitment": lambda d: d["commitments"][0].update(
        revealed_at="2024-05-20T03:59:59Z"
    ),
    **{
        f"said to be {status}": lambda d, status=status: d.update(status=status)  # type: ignore[misc]
        for status in ("frozen", "committed", "void")
    },
}


def swap(rows: list[Any], one: int, other: int, *names: str) -> None:
    """Exchange some members of two rows."""
    for name in names:
        rows[one][name], rows[other][name] = rows[other][name], rows[one][name]


def unpicked(data: Any) -> Any:
    """Somebody of the list who was not picked."""
    picked = {seat["number"] for seat in data["picks"]}
    return next(dict(each) for each in data["candidates"] if each["number"] not in picked)


@pytest.mark.parametrize("name", ALTERATIONS)
def test_no_alteration_goes_unnoticed(name: str) -> None:
    data = copy.deepcopy(SAMPLE)
    ALTERATIONS[name](data)
    faults = prove(data).faults
    assert faults
    assert all(fault.en.isascii() and not fault.zh.isascii() for fault in faults)


def test_secrets_of_a_draw_that_is_not_drawn_are_checked_too() -> None:
    for status in ("frozen", "committed", "void"):
        data = {**copy.deepcopy(SAMPLE), "status": status, "key": "", "picks": []}
        assert verify(data), status


@QUICK
@given(secrets=st.lists(SECRETS, min_size=3, max_size=3), data=st.data())
def test_a_list_or_a_secret_that_was_exchanged_later_gives_faults(secrets: list[str], data: st.DataObject) -> None:
    sample = proof(drawn(12, secrets))
    numbers = st.lists(st.integers(0, 11), min_size=2, max_size=2, unique=True)
    one, other = data.draw(numbers)
    exchanged = copy.deepcopy(sample)
    swap(exchanged["candidates"], one, other, "expert_id", "member_id")
    assert verify(exchanged)
    party, secret = data.draw(st.integers(0, 2)), data.draw(SECRETS.filter(lambda text: text not in secrets))
    assert verify(altered(sample, ("commitments", party, "secret"), lambda _: secret))


@pytest.mark.parametrize(
    ("place", "value", "where"),
    [
        ((), [], "it"),
        ((), None, "it"),
        (("status",), "new", "status"),
        (("seats",), True, "seats"),
        (("seats",), 5.0, "seats"),
        (("seats",), None, "seats"),
        (("key",), "a", "key"),
        (("candidates",), {}, "candidates"),
        (("candidates",), [0] * 65536, "candidates"),
        (("candidates", 3), 7, "candidates[3]"),
        (("candidates", 3, "expert_id"), "\ud800", "candidates[3].expert_id"),
        (("commitments", 0, "secret"), "F" * 32, "commitments[0].secret"),
        (("commitments", 0, "secret"), "0" * 32 + "\n", "commitments[0].secret"),
        (("commitments", 1, "at"), "yesterday", "commitments[1].at"),
        (("picks", 0, "declined_at"), 1, "picks[0].declined_at"),
    ],
)
def test_what_is_no_draw_is_said_to_be_none(place: tuple[Any, ...], value: Any, where: str) -> None:
    with pytest.raises(NotADraw) as no:
        verify(altered(SAMPLE, place, lambda _: value) if place else value)
    assert str(no.value) == f"{where} is not as in a draw"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(SAMPLE)), inner),
    max_leaves=5,
)


@QUICK
@given(place=st.sampled_from(sorted(leaves(SAMPLE), key=str)), depth=st.integers(1, 3), value=JSON)
def test_whatever_stands_anywhere_gives_faults_or_no_draw(place: tuple[Any, ...], depth: int, value: Any) -> None:
    with suppress(NotADraw):
        verify(altered(SAMPLE, place[:depth], lambda _: value))


def put(path: Path, data: Any) -> str:
    """A file with this JSON."""
    path.write_text(json.dumps(data))
    return str(path)


def test_a_resident_is_shown_each_step(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(put(tmp_path / "draw.json", SAMPLE)) == 0
    shown = capsys.readouterr().out.splitlines()
    numbered = [line for line in shown if line[:4].strip().rstrip(".").isdecimal()]
    assert len(numbered) == len(prove(SAMPLE).steps)
    assert shown[-1].startswith("Everything holds")


def test_a_resident_is_told_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(put(tmp_path / "draw.json", {**SAMPLE, "list_hash": "0" * 64})) == 1
    shown = capsys.readouterr().out
    assert shown.count("FAULT") == 1
    assert "名单的 SHA-256 应为" in shown


@pytest.mark.parametrize("text", [b"", b"no JSON", b'{"draw": {}}', b"\xff\xfe", b"[" * 100_000, b"1" * 5000])
def test_a_file_that_is_no_draw_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: bytes
) -> None:
    file = tmp_path / "draw.json"
    file.write_bytes(text)
    assert main(str(file)) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert len(printed.err.splitlines()) == 1
    assert main(str(tmp_path / "nowhere")) == main(str(tmp_path)) == 2


ALONE = [str(ROOT / "services/experts/draw.py")]
SANSAN = ["-m", "deploy.cli", "verify-draw"]


@pytest.mark.parametrize("command", [ALONE, SANSAN], ids=["alone", "sansan"])
def test_the_command_reads_a_file_or_what_is_piped_in(command: list[str], tmp_path: Path) -> None:
    def typed(argument: str, piped: Any = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command, argument],
            input=json.dumps(piped),
            cwd=tmp_path if command is ALONE else ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    proven = typed(put(tmp_path / "draw.json", SAMPLE))
    assert (proven.returncode, proven.stderr) == (0, "")
    assert typed("-", SAMPLE).stdout == proven.stdout
    wrong = typed("-", {**SAMPLE, "seats": 6})
    assert (wrong.returncode, wrong.stderr) == (1, "")
    assert "FAULT" in wrong.stdout
    none = typed("-", {})
    assert (none.returncode, none.stdout, len(none.stderr.splitlines())) == (2, "", 1)


def test_the_proof_needs_nothing_but_python() -> None:
    lines = (ROOT / "services/experts/draw.py").read_text().splitlines()
    imported = {line.split()[1].split(".")[0] for line in lines if line.startswith(("import ", "from "))}
    assert imported <= set(sys.stdlib_module_names)

"""Ids are ordered, unique and well formed, whoever makes them and however fast."""

import uuid
from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from services.ids import derived_id, is_id, new_id


def test_ids_made_one_after_the_other_are_in_order_and_unique() -> None:
    ids = [new_id() for _ in range(20_000)]
    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids)


def test_ids_made_by_many_threads_at_once_are_unique_and_in_order_within_each_thread() -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: [new_id() for _ in range(2_000)], range(8)))
    assert all(ids == sorted(ids) for ids in made)
    assert len({id_ for ids in made for id_ in ids}) == 8 * 2_000


def test_an_id_is_a_version_7_uuid_that_tells_its_millisecond() -> None:
    made = uuid.UUID(new_id(1_716_177_600_123_456_789))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == 1_716_177_600_123


@given(st.integers(0, 2**41), st.integers(1, 10**9))
def test_a_later_instant_makes_a_greater_id(ns: int, later: int) -> None:
    tick = 245  # one step of the fraction of a millisecond
    assert new_id(ns * 1000) < new_id(ns * 1000 + later + tick)


def test_a_derived_id_is_the_same_each_time_and_another_for_other_parts() -> None:
    assert derived_id("transfer", "a") == derived_id("transfer", "a")
    assert derived_id("transfer", "a") != derived_id("transfer", "b")
    assert derived_id("ab", "c") != derived_id("a", "bc")
    assert is_id(derived_id("transfer", "a"))


@given(st.uuids())
def test_only_the_one_form_of_an_id_is_taken(made: uuid.UUID) -> None:
    text = str(made)
    assert is_id(text)
    for other in (text.upper(), made.hex, f"{{{text}}}", f"urn:uuid:{text}", f" {text}", f"{text}\n"):
        assert is_id(other) == (other == text)


@given(st.text())
def test_any_other_text_is_no_id(text: str) -> None:
    assert not is_id(text) or str(uuid.UUID(text)) == text

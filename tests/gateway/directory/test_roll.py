"""The roll's figures: area, headcount as the law counts, and a hash without names."""

from gateway.directory.answers import OwnerKind
from gateway.directory.roll import Owner, Part, Roll, owner_id

PERSON = OwnerKind.PERSON


def the_roll(*parts: tuple[str, int, dict[str, tuple[int, int]]], name: str = "李桂华") -> Roll:
    codes = {code for _, _, shares in parts for code in shares}
    kinds = {code: OwnerKind.DEVELOPER if code.startswith("DEV") else PERSON for code in codes}
    owners = {code: Owner(code, kinds[code], name, "13000000001") for code in codes}
    return Roll("wuhan-caochang", {home: Part(area, 2, shares) for home, area, shares in parts}, owners)


def test_the_area_is_the_sum_of_all_parts() -> None:
    assert the_roll(("h1", 8935, {"A": (1, 1)}), ("h2", 10000, {"B": (1, 1)})).area == 18935


def test_one_part_is_one_person_however_many_own_it() -> None:
    assert the_roll(("h1", 1, {"A": (1, 2), "B": (1, 2)})).headcount == 1


def test_the_same_owner_of_several_parts_is_one_person() -> None:
    assert the_roll(("h1", 1, {"A": (1, 1)}), ("h2", 1, {"A": (1, 1)}), ("h3", 1, {"B": (1, 1)})).headcount == 2


def test_who_is_listed_as_a_person_is_who_counts_as_one() -> None:
    couple, firm = {"A": (1, 2), "B": (1, 2)}, {"DEV": (1, 1)}
    roll = the_roll(("h3", 7, couple), ("h1", 5, {"A": (1, 1)}), ("h2", 6, couple), ("h4", 8, firm), ("h5", 9, firm))
    listed = list(roll.listed())
    assert [(home, area) for home, area, _ in listed] == [("h1", 5), ("h2", 6), ("h3", 7), ("h4", 8), ("h5", 9)]
    people = [person for _, _, person in listed]
    assert people[1] == people[2] != people[0]
    assert people[3] == people[4]
    assert len(set(people)) == roll.headcount == 3


def test_the_same_couple_with_several_parts_is_one_and_one_of_them_alone_another() -> None:
    couple = {"A": (1, 2), "B": (1, 2)}
    assert the_roll(("h1", 1, couple), ("h2", 1, dict(couple)), ("h3", 1, {"A": (1, 1)})).headcount == 2


def test_all_that_the_developer_has_not_sold_is_one_person() -> None:
    assert the_roll(("h1", 1, {"DEV1": (1, 1)}), ("h2", 1, {"DEV2": (1, 1)}), ("h3", 1, {"A": (1, 1)})).headcount == 2


def test_the_hash_knows_areas_and_shares_but_neither_names_nor_order() -> None:
    one = the_roll(("h1", 1, {"A": (1, 2), "B": (1, 2)}), ("h2", 2, {"A": (1, 1)}))
    same = the_roll(("h2", 2, {"A": (1, 1)}), ("h1", 1, {"B": (1, 2), "A": (1, 2)}), name="王强")
    assert one.hash == same.hash
    assert one.hash != the_roll(("h1", 3, {"A": (1, 2), "B": (1, 2)}), ("h2", 2, {"A": (1, 1)})).hash
    assert one.hash != the_roll(("h1", 1, {"A": (1, 3), "B": (2, 3)}), ("h2", 2, {"A": (1, 1)})).hash


def test_the_homes_of_each_owner_are_known() -> None:
    found = the_roll(("h1", 1, {"A": (1, 2), "B": (1, 2)}), ("h2", 2, {"A": (1, 1)})).homes_by_owner()
    assert found[owner_id("wuhan-caochang", "A")] == ("李桂华", frozenset({"h1", "h2"}))
    assert found[owner_id("wuhan-caochang", "B")] == ("李桂华", frozenset({"h1"}))

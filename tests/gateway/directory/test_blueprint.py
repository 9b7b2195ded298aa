"""The YAML of a community: read strictly, and what is wrong is named with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory import blueprint
from gateway.directory.blueprint import Blueprint, read_blueprint
from gateway.directory.places import place_id
from services.actor import Role
from services.errors import Invalid

GOOD = """
district: {id: wuhan-jiangan, name: 江岸区}
community:
  id: wuhan-caochang
  name: 操场社区
  parameters: [{name: issues.reopening_days, day: 2024-05-20, value: 9}]
estates:
  - name: 东立国际小区
    buildings:
      - {names: 1-2, entrances: 2, floors: 3, homes_per_floor: 2}
      - {names: "9", entrances: 1, floors: 1, homes_per_floor: 1}
    others: [{name: 老年公寓, entrances: [{name: 东门, homes: [甲, 乙]}]}]
people:
  - {login: li.guihua, name: 李桂华, phone: "13000000001", roles: [owners_committee], homes: [{home: 1栋 2单元 301, owner: true}]}
"""


def read(text: str) -> Blueprint:
    return read_blueprint(text.encode())


def test_a_good_file_is_read() -> None:
    plan = read(GOOD)
    buildings = plan.estate_plans()[0].buildings
    assert [building.name for building in buildings] == ["1栋", "2栋", "9栋", "老年公寓"]
    assert [entrance.name for entrance in buildings[0].entrances] == ["1单元", "2单元"]
    assert plan.community.parameters[0].day.isoformat() == "2024-05-20"
    assert plan.people[0].roles == (Role.OWNERS_COMMITTEE,)
    assert plan.people[0].password is None


def test_a_home_is_named_with_or_without_its_estate() -> None:
    plan = read(GOOD)
    home = plan.people[0].homes[0]
    expected = place_id("wuhan-caochang", "东立国际小区", "1", "2", "301")
    assert home.id_in("wuhan-caochang", plan.estates) == expected
    named = blueprint.HomePlan(home="东立国际小区 1栋 2单元 301")
    assert named.id_in("wuhan-caochang", plan.estates) == expected
    for wrong in ("301", "1栋 301", "a b c d e"):
        with pytest.raises(Invalid):
            blueprint.HomePlan(home=wrong).id_in("wuhan-caochang", plan.estates)
    with pytest.raises(Invalid):
        home.id_in("wuhan-caochang", (*plan.estates, *plan.estates))


@pytest.mark.parametrize(
    ("before", "after", "member"),
    [
        ("name: 操场社区", "nam: 操场社区", "/community/name"),
        ("name: 操场社区", "name: ''", "/community/name"),
        ("name: 操场社区", "name: 5", "/community/name"),
        ("id: wuhan-caochang", "id: Wuhan Caochang", "/community/id"),
        ("names: 1-2", "names: one", "/estates/0/buildings/0/names"),
        ("floors: 3", "floors: -3", "/estates/0/buildings/0/floors"),
        ("floors: 3", "floors: 3.5", "/estates/0/buildings/0/floors"),
        ("floors: 3", "floors: many", "/estates/0/buildings/0/floors"),
        ("homes_per_floor: 2", "homes_per_floor: 100000", "/estates/0/buildings/0/homes_per_floor"),
        ("owners_committee", "king", "/people/0/roles/0"),
        ('"13000000001"', "13000000001", "/people/0/phone"),
        ("login: li.guihua", "login: Li Guihua", "/people/0/login"),
        ("owner: true", "owner: maybe", "/people/0/homes/0/owner"),
        ("day: 2024-05-20", "day: tomorrow", "/community/parameters/0/day"),
        ("district: {id: wuhan-jiangan, name: 江岸区}", "", "/district"),
        ("people:", "unheard_of: 1\npeople:", "/unheard_of"),
    ],
)
def test_what_is_wrong_is_named(before: str, after: str, member: str) -> None:
    assert before in GOOD
    with pytest.raises(Invalid) as invalid:
        read(GOOD.replace(before, after))
    assert member in {detail["member"] for detail in invalid.value.details}


@pytest.mark.parametrize(
    "text",
    [
        "district: {id: a",
        "a: b: c",
        "\t- x",
        "a: &x [1]\nb: *x",
        "a: &a [*a]",
        "a: 1\na: 2",
        "[1, 2]: 3",
        "a: !!python/object:os.system x",
        "day: 2024-13-45",
        "a: \x00",
        "[" * 500,
        "--- a\n--- b",
    ],
)
def test_what_is_no_plain_yaml_is_told_and_never_done(text: str) -> None:
    with pytest.raises(Invalid, match="not the YAML of a community"):
        read(text)


@pytest.mark.parametrize("text", ["", "5", "[]", "text", "null"])
def test_yaml_that_is_no_plan_is_told(text: str) -> None:
    with pytest.raises(Invalid):
        read(text)


def test_another_encoding_and_a_file_that_is_too_long_are_told() -> None:
    with pytest.raises(Invalid):
        read_blueprint(GOOD.encode("gbk"))
    with pytest.raises(Invalid, match="bytes"):
        read_blueprint(b"#" * (blueprint.MOST_BYTES + 1))


@given(st.text(max_size=200) | st.text(st.sampled_from("{}[]:,-&*!|>'\"\n #ab1?%@"), max_size=60))
def test_no_text_makes_it_fail_otherwise_than_by_saying_so(text: str) -> None:
    with pytest.raises(Invalid):
        read_blueprint(text.encode(errors="surrogatepass"))

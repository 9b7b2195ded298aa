"""The roll's CSV file: every good form is understood, every bad line is told with its number, and nothing is half taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.directory import roll_csv
from gateway.directory.answers import OwnerKind
from gateway.directory.places import place_id
from gateway.directory.roll import Roll
from gateway.directory.roll_csv import read_roll
from services.errors import Invalid
from tests.gateway.directory.world import ESTATE, HEADER, ROLL, home
from tests.shared.samples import COMMUNITY

HOMES = {
    home(building, entrance, f"{floor}0{number}")
    for building in (1, 2, 3) for entrance in (1, 2) for floor in (1, 2, 3) for number in (1, 2)
}  # fmt: skip
GOOD = "1,1,101,89.35,A1,李桂华,13000000001,1,person"


def read(text: str | bytes, estates: tuple[str, ...] = (ESTATE,)) -> Roll:
    return read_roll([text if isinstance(text, bytes) else text.encode()], COMMUNITY, HOMES, estates)


def faults(*rows: str) -> list[tuple[int, str, str]]:
    with pytest.raises(Invalid) as invalid:
        read(HEADER + "\n".join(rows))
    assert invalid.value.clause == "册-2"
    return [(fault["line"], fault["member"], fault["en"]) for fault in invalid.value.details]


def test_a_good_roll_is_read() -> None:
    roll = read(b"".join(ROLL))
    assert len(roll.parts) == 5
    assert roll.area == 8935 + 10000 + 12050 + 7500 + 7500
    assert roll.headcount == 3
    assert roll.parts[home(1, 1, "102")].shares == {"A2": (1, 2), "A3": (1, 2)}
    assert roll.owners["DEV"].kind is OwnerKind.DEVELOPER
    assert roll.owners["A1"].phone == "13000000001"


def test_a_chinese_header_names_with_endings_and_a_byte_order_mark_are_understood() -> None:
    text = "楼栋,单元,户,面积,业主编号,姓名,类别\r\n1栋,1单元,101室,89.3,A1,李桂华,个人\r\n2号楼,2单元,0302,75,B,某公司,单位\r\n"
    roll = read(b"\xef\xbb\xbf" + text.encode())
    assert roll.parts[home(1, 1, "101")].area == 8930
    assert roll.parts[home(2, 2, "302")].area == 7500
    assert roll.owners["B"].kind is OwnerKind.COMPANY


def test_where_there_are_several_estates_the_line_names_one() -> None:
    text = f"estate,{HEADER}{ESTATE},{GOOD}\n"
    assert len(read(text, (ESTATE, "another")).parts) == 1
    with pytest.raises(Invalid) as invalid:
        read(HEADER + GOOD, (ESTATE, "another"))
    assert invalid.value.details[0]["member"] == "home"


def test_blank_lines_and_quoted_cells_are_fine() -> None:
    assert len(read(f'{HEADER}\n{GOOD}\n\n"1","1","102","80","B","Wang, Qiang",,"1",""\n').parts) == 2


@pytest.mark.parametrize(
    "area", ["0", "0.00", "-1", "10000.01", "999999", "1000000", "89.355", "1e3", "", "八十", "NaN", "1,5", "８９"]
)
def test_an_area_that_is_none_is_told(area: str) -> None:
    assert faults(f'1,1,101,"{area}",A1,李桂华,,1,')[0][:2] == (2, "area")


@pytest.mark.parametrize("share", ["0/1", "1/0", "2/1", "-1/2", "0.5", "1/2/3", "1/1000001", "half"])
def test_a_share_that_is_no_fraction_is_told(share: str) -> None:
    assert faults(f"1,1,101,80,A1,李桂华,,{share},")[0][:2] == (2, "share")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("99,1,101,80,A1,李桂华,,1,", "home"),
        ("1,9,101,80,A1,李桂华,,1,", "home"),
        ("1,1,901,80,A1,李桂华,,1,", "home"),
        ("1,1,101,80,,李桂华,,1,", "owner"),
        ("1,1,101,80,A 1,李桂华,,1,", "owner"),
        ("1,1,101,80,A1,,,1,", "name"),
        ("1,1,101,80,A1,李桂华,call me,1,", "phone"),
        ("1,1,101,80,A1,李桂华,,1,alien", "kind"),
        ("1,1,101,80,A1,李\x00桂华,,1,", "name"),
        ("1,1,101,80,A1,李\u2028桂华,,1,", "name"),
        (f"1,1,101,80,A1,{'李' * 121},,1,", "name"),
        ("1,1,101,80,A1,李桂华,,1", ""),
        ('1,1,101,80,A1,"李桂华,,1,', ""),
        (f"1,1,101,80,A1,{'x' * 1_000_000},,1,", ""),
    ],
)
def test_a_bad_line_is_told_with_its_number_and_column(row: str, column: str) -> None:
    assert [fault[:2] for fault in faults(GOOD.replace("101", "102"), row)] == [(3, column)]


def test_shares_add_up_to_one() -> None:
    half = "1,1,101,80,{},李桂华,,{},"
    assert faults(half.format("A", "1/2"), half.format("B", "1/3")) == [
        (3, "share", "the shares of this home do not add up to 1")
    ]
    assert faults(half.format("A", "1"), half.format("B", "1"))[0][0] == 3
    thirds = [half.format(code, "1/3") for code in "ABC"]
    assert len(read(HEADER + "\n".join(thirds)).parts) == 1


def test_the_same_home_and_the_same_owner_are_told_from_what_contradicts_them() -> None:
    assert faults(GOOD, GOOD)[0][1:] == ("owner", "this owner has a share of this home already")
    other_area = "1,1,101,80,A2,王强,,1/2,"
    assert faults("1,1,101,89.35,A1,李桂华,,1/2,", other_area)[0][1] == "area"
    assert faults(GOOD, "1,1,102,80,A1,王强,13000000001,1,person")[0][1] == "owner"


def test_a_line_that_is_bad_already_does_not_make_its_home_bad_again() -> None:
    assert len(faults("1,1,101,80,A1,李桂华,,1/2,", "1,1,101,80,A2,,,1/2,")) == 1


@pytest.mark.parametrize(
    "header",
    [
        "building,entrance,home,area,owner",
        HEADER.strip() + ",building",
        HEADER.strip() + ",colour",
        "楼栋;单元;户",
        "x",
    ],
)
def test_a_header_that_is_not_ours_is_told(header: str) -> None:
    with pytest.raises(Invalid, match="first line must name each column") as invalid:
        read(f"{header}\n{GOOD}")
    assert invalid.value.details[0]["line"] == 1


def test_an_empty_roll_is_none() -> None:
    for text in ("", "\n\n", HEADER):
        with pytest.raises(Invalid):
            read(text)


def test_a_thousand_bad_lines_are_told_and_all_are_counted() -> None:
    with pytest.raises(
        Invalid, match="1500 faults in the roll, nothing was imported; the first 1000 are told"
    ) as invalid:
        read(HEADER + "\n".join(["1,1,101,0,A1,李桂华,,1,"] * 1500))
    assert len(invalid.value.details) == roll_csv.MOST_TOLD


def test_no_name_of_a_person_is_in_what_is_told() -> None:
    with pytest.raises(Invalid) as invalid:
        read(HEADER + "1,1,101,80,A1,李桂华,bad,1,\n1,1,101,80,A2,王强,,2,")
    assert "李桂华" not in str(invalid.value.to_wire())
    assert "王强" not in str(invalid.value.to_wire())


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise_than_by_saying_so(raw: bytes) -> None:
    with pytest.raises(Invalid):
        read(HEADER.encode() + raw + b"\n1,1,101,0,A1,x,,1,")


@given(st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_any_shares_that_add_up_are_taken(weights: list[int]) -> None:
    total = sum(weights)
    rows = [f"1,1,101,80,A{number},李桂华,,{weight}/{total}," for number, weight in enumerate(weights)]
    part = read(HEADER + "\n".join(rows)).parts[place_id(COMMUNITY, ESTATE, "1", "1", "101")]
    assert len(part.shares) == len(weights)

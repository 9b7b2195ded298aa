"""The owners' roll out of a CSV file, read as it streams in: all lines are good, or each bad one is told with its reason.

One line is one owner's share of one home. Columns, by their English or Chinese names, in any order: building 楼栋,
entrance 单元, home 户, area 面积 (m², two decimals), owner 业主编号 (the same code for the same owner everywhere),
name 姓名; and where there is need: estate 小区, phone 电话, share 份额 (as 1/2; alone: 1), kind 类别.
"""

import csv
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from gateway.directory.answers import OwnerKind
from gateway.directory.lines import Lines
from gateway.directory.places import place_id
from gateway.directory.roll import Owner, Part, Roll
from services.errors import Invalid, Words

MOST_TOLD = 1_000
MOST_AREA = 1_000_000
_MOST_SHARES = 100

_COLUMNS = {
    "estate": "小区", "building": "楼栋", "entrance": "单元", "home": "户", "area": "面积", "owner": "业主编号",
    "name": "姓名", "phone": "电话", "share": "份额", "kind": "类别",
}  # fmt: skip
_NEEDED = ("building", "entrance", "home", "area", "owner", "name")
_NAMES = {alias: name for name, zh in _COLUMNS.items() for alias in (name, zh)}
_KINDS = {"": OwnerKind.PERSON, "个人": OwnerKind.PERSON, "单位": OwnerKind.COMPANY, "开发商": OwnerKind.DEVELOPER}
_KINDS |= {kind.value: kind for kind in OwnerKind}

_AREA = re.compile(r"([0-9]{1,6})(?:\.([0-9]{1,2}))?")
_SHARE = re.compile(r"([0-9]{1,7})\s*[/／]\s*([0-9]{1,7})")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,39}")
_PHONE = re.compile(r"\+?[0-9][0-9 -]{4,22}[0-9]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u2028\u2029]")


def read_roll(chunks: Iterable[bytes], community_id: str, homes: Collection[str], estates: Sequence[str]) -> Roll:
    """The roll in a CSV file (UTF-8) that comes in pieces; `homes` are the ids that exist, `estates` the names.

    Errors: Invalid; its details name line, column and reason of up to 1,000 faults, and never a person.
    """
    lines = Lines(chunks)
    reader = _Reader(community_id, homes, estates[0] if len(estates) == 1 else "")
    for number, text in lines:
        if isinstance(text, Words):
            reader.fault(number, "", text)
        elif text.strip():
            reader.take(number, text)
    return reader.finish(lines.sha256)


class _Reader:
    def __init__(self, community_id: str, homes: Collection[str], estate: str) -> None:
        self._community_id = community_id
        self._homes = homes
        self._estate = estate
        self._columns: list[str] = []
        self._parts: dict[str, Part] = {}
        self._owners: dict[str, Owner] = {}
        self._faults: list[dict[str, Any]] = []
        self._count = 0
        self._spoiled: set[str] = set()

    def fault(self, line: int, column: str, reason: Words) -> None:
        """One bad line."""
        self._count += 1
        if len(self._faults) < MOST_TOLD:
            self._faults.append({"line": line, "member": column, "en": reason.en, "zh": reason.zh})

    def take(self, number: int, text: str) -> None:
        """One line: the first one names the columns."""
        try:
            cells = [cell.strip() for cell in next(csv.reader([text], strict=True))]
        except csv.Error:
            return self.fault(number, "", Words("the quotes on this line do not match", "本行引号不匹配"))
        if not self._columns:
            self._columns = _columns(cells)
        elif len(cells) != len(self._columns):
            wanted, found = len(self._columns), len(cells)
            self.fault(number, "", Words(f"{found} cells instead of {wanted}", f"应有 {wanted} 列,实有 {found} 列"))
        else:
            self._row(number, dict(zip(self._columns, cells, strict=True)))
        return None

    def finish(self, sha256: str) -> Roll:
        """The roll. Errors: Invalid when a line was bad, when shares do not add up, or when there is nothing."""
        for home_id, part in self._parts.items():
            if home_id not in self._spoiled and sum(Fraction(*share) for share in part.shares.values()) != 1:
                reason = Words("the shares of this home do not add up to 1", "该户各业主份额之和不等于 1")
                self.fault(part.line, "share", reason)
        if self._count:
            self._faults.sort(key=lambda fault: int(fault["line"]))
            told = "" if self._count <= MOST_TOLD else f"; the first {MOST_TOLD} are told"
            raise Invalid(
                f"{self._count} faults in the roll, nothing was imported{told}",
                f"名册有 {self._count} 处错误,未导入任何内容",
                "册-2",
                tuple(self._faults),
            )
        if not self._parts:
            raise Invalid("there is no home in this roll", "名册中没有任何房屋", "册-2")
        return Roll(self._community_id, self._parts, self._owners, sha256)

    def _row(self, line: int, row: Mapping[str, str]) -> None:
        home_id = ""
        try:
            home_id = self._home(row)
            self._add(line, home_id, row)
        except _Fault as fault:
            self.fault(line, fault.column, fault.reason)
            self._spoiled.add(home_id)

    def _home(self, row: Mapping[str, str]) -> str:
        for column, cell in row.items():
            _check_readable(column, cell)
        place = (row["building"], row["entrance"], row["home"])
        home_id = place_id(self._community_id, row.get("estate") or self._estate, *place)
        if home_id not in self._homes:
            raise _Fault("home", f"there is no home {' '.join(place)}", f"没有这一户:{' '.join(place)}")
        return home_id

    def _add(self, line: int, home_id: str, row: Mapping[str, str]) -> None:
        area, share, owner = _area(row["area"]), _share(row.get("share", "")), _owner(row)
        part = self._parts.setdefault(home_id, Part(area, line))
        part.line = line
        if part.area != area:
            raise _Fault("area", "another line gives this home another area", "与该户其他行的面积不一致")
        if self._owners.setdefault(owner.code, owner) != owner:
            raise _Fault("owner", "this code stands for somebody else above", "该业主编号在前面对应另一人")
        if owner.code in part.shares:
            raise _Fault("owner", "this owner has a share of this home already", "该业主在该户重复出现")
        if len(part.shares) == _MOST_SHARES:
            raise _Fault("owner", f"more than {_MOST_SHARES} owners", f"业主超过 {_MOST_SHARES} 人")
        part.shares[owner.code] = share


class _Fault(Exception):
    def __init__(self, column: str, en: str, zh: str) -> None:
        super().__init__(column, en)
        self.column = column
        self.reason = Words(en, zh)


def _columns(cells: Sequence[str]) -> list[str]:
    columns = [_NAMES.get(cell.casefold(), "") for cell in cells]
    missing = [name for name in _NEEDED if name not in columns]
    if missing or "" in columns or len(set(columns)) != len(columns):
        known = ", ".join(f"{name} {zh}" for name, zh in _COLUMNS.items())
        lacking = f" (missing: {', '.join(missing)})" if missing else ""
        wanted = Words(
            f"the first line must name each column once{lacking}; known are: {known}; commas stand between them",
            f"首行须列出各列名称且不得重复{''.join(f',缺少:{_COLUMNS[name]}' for name in missing)};可用列名:{known}",
        )
        raise Invalid(*wanted, "册-2", ({"line": 1, "member": "", "en": wanted.en, "zh": wanted.zh},))
    return columns


def _check_readable(column: str, cell: str) -> None:
    if len(cell) > 120:
        raise _Fault(column, f"{len(cell)} characters are too many", f"内容过长({len(cell)} 个字符)")
    if _CONTROL.search(cell):
        raise _Fault(column, "there is a control character", "含有控制字符")


def _area(text: str) -> int:
    found = _AREA.fullmatch(text)
    if found is None:
        raise _Fault(
            "area", "the area is not a number of m² with at most two decimals", "面积应为平方米数,最多两位小数"
        )
    area = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if not 0 < area <= MOST_AREA:
        most = MOST_AREA // 100
        raise _Fault("area", f"the area is not between 0.01 and {most} m²", f"面积应在 0.01 至 {most} 平方米之间")
    return area


def _share(text: str) -> tuple[int, int]:
    if text in ("", "1"):
        return 1, 1
    found = _SHARE.fullmatch(text)
    if found is None or not 0 < int(found[1]) <= int(found[2]) <= 1_000_000:
        raise _Fault("share", "the share is not a fraction like 1/2", "份额应为分数,如 1/2")
    return int(found[1]), int(found[2])


def _owner(row: Mapping[str, str]) -> Owner:
    kind = _KINDS.get(row.get("kind", "").casefold())
    phone = row.get("phone", "")
    if not _CODE.fullmatch(row["owner"]):
        raise _Fault(
            "owner",
            "the code is not 1 to 40 letters, digits, dots or dashes",
            "编号应为 1 至 40 位字母、数字、点或横线",
        )
    if not row["name"]:
        raise _Fault("name", "the owner has no name", "缺少业主姓名")
    if phone and not _PHONE.fullmatch(phone):
        raise _Fault("phone", "this is not a phone number", "电话号码格式不符")
    if kind is None:
        raise _Fault("kind", "the kind is not one of person, company, developer", "类别应为:个人、单位、开发商")
    return Owner(row["owner"], kind, row["name"], phone)

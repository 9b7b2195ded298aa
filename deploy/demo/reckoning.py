"""The numbers of the day: every way of looking at them, and the file that anybody can count again, say the same."""

import csv
import io
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.table import Table

from deploy.demo.cast import HOME
from deploy.demo.morning import FINDINGS
from deploy.demo.reports import Fate, of_fate
from deploy.demo.scene import Scene

SETTLED = len(of_fate(Fate.SETTLED)) + len(FINDINGS)
LEFT_OPEN = sum(len(of_fate(fate)) for fate in (Fate.DATED, Fate.ESCALATED, Fate.OVERNIGHT))
EXPECTED = {
    "reported": SETTLED + LEFT_OPEN + len(of_fate(Fate.COPY)) + len(of_fate(Fate.TRANSFERRED)),
    "settled": SETTLED,
    "settled_same_day": SETTLED,
    "merged": len(of_fate(Fate.COPY)),
    "transferred": len(of_fate(Fate.TRANSFERRED)),
    "waiting": len(of_fate(Fate.DATED)),
    "escalated": len(of_fate(Fate.ESCALATED)) + len(of_fate(Fate.OVERNIGHT)),  # one of them by itself
    "overnight": len(of_fate(Fate.OVERNIGHT)),
    "open": LEFT_OPEN,
    "reopened": 1,
    "confirmed": 2,
    "rated": 1,  # the other one was unfair
    "satisfied": 1,
}
SHOWN = {
    "reported": "上报",
    "settled_same_day": "当日办结",
    "merged": "并案",
    "transferred": "转办",
    "waiting": "约期",
    "escalated": "提交例会",
    "overnight": "隔夜",
}
WAYS = ("community", "grid", "building", "category", "handler", "day")


@dataclass
class Reckoning:
    """The numbers, asked by the community's admin."""

    scene: Scene

    def count(self) -> None:
        """The day's numbers are what happened, however they are split, and the export has the same rows."""
        numbers = {way: self._numbers(way) for way in WAYS}
        for way, answer in numbers.items():
            sums = {name: sum(row[name] for row in answer["rows"]) for name in EXPECTED}
            self.scene.holds(sums == EXPECTED, f"by {way} the numbers are {sums}, not {EXPECTED}")
        total = numbers["community"]["total"]
        self._show(numbers["grid"])
        rates = ", ".join(
            f"{zh} {total[name] * 100:.1f} %"
            for name, zh in (
                ("response_rate", "响应率"),
                ("same_day_rate", "当日办结率"),
                ("satisfaction_rate", "满意率"),
            )
        )
        rows = self._exported()
        self.scene.tells.say(
            "the numbers", f"agree in {len(WAYS)} ways, and with the {rows} rows of the CSV; {rates}", "green"
        )

    def _numbers(self, way: str) -> Any:
        def right(answer: Any) -> list[Any]:
            return [answer] if all(answer["total"][name] == number for name, number in EXPECTED.items()) else []

        return self.scene.awaits("sun", "numbers", right, by=way, **self._span())[0]

    def _exported(self) -> int:
        """How many rows the export has, which are counted again one by one."""
        text = self.scene.people["sun"].fetches(f"{HOME}/issues.csv", **self._span()).content.decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(text)))
        by_status = Counter(row["status"] for row in rows)
        counted = {
            "reported": len(rows),
            "settled": by_status["resolved"] + by_status["confirmed"],
            "merged": by_status["merged"],
            "transferred": by_status["transferred"],
            "waiting": by_status["waiting"],
            "escalated": sum(int(row["escalated"]) for row in rows),
            "overnight": sum(row["overnights"] != "0" for row in rows),
            "reopened": sum(row["reopenings"] != "0" for row in rows),
            "rated": sum(bool(row["stars"]) for row in rows),
        }
        expected = {name: EXPECTED[name] for name in counted}
        self.scene.holds(counted == expected, f"the export has {counted}, not {expected}")
        return len(rows)

    def _show(self, answer: Mapping[str, Any]) -> None:
        table = Table("", *SHOWN.values(), title=f"{self.scene.clock.day} 当日数字", title_justify="left")
        for row in (*answer["rows"], {**answer["total"], "zh": "合计"}):
            table.add_row(row["zh"], *(str(row[name]) for name in SHOWN))
        self.scene.tells.console.print(table)

    def _span(self) -> dict[str, str]:
        day = self.scene.clock.day.isoformat()
        return {"from": day, "until": day}

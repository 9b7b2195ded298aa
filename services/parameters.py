"""A number of the policy is data: its value by date, its unit, its clause, and what a community may set instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.errors import Invalid

Overrides = Sequence[tuple[date, int]]


@dataclass(frozen=True)
class Parameter:
    """One number of the policy.

    `values` maps the first day on which a value holds to that value; a community may override it within `least` and `most`.
    """

    name: str
    en: str
    zh: str
    unit: str
    clause: str
    values: Mapping[date, int]
    least: int
    most: int

    def on(self, day: date, overrides: Overrides = ()) -> int:
        """The value that holds on a day: the newest override that has begun, else the newest general value.

        Errors: LookupError when the day is before the first value.
        """
        begun = [item for item in overrides if item[0] <= day] or [
            item for item in self.values.items() if item[0] <= day
        ]
        if not begun:
            raise LookupError(f"{self.name} has no value on {day}")
        return max(begun)[1]

    def check(self, overrides: Overrides) -> None:
        """Refuse an override out of bounds (`Invalid`)."""
        for day, value in overrides:
            if not self.least <= value <= self.most:
                raise Invalid(
                    f"{self.name} from {day}: {value} is not between {self.least} and {self.most} {self.unit}",
                    f"{self.zh}自{day}起:{value} 不在 {self.least} 至 {self.most} 之间",
                    self.clause,
                )


def markdown(parameters: Iterable[Parameter]) -> str:
    """The numbers as a Markdown table, for the README."""
    lines = ["| number | 名称 | value | unit | bounds | clause |", "|---|---|---|---|---|---|"]
    for parameter in parameters:
        values = "; ".join(f"{value} from {day}" for day, value in sorted(parameter.values.items()))
        bounds = f"{parameter.least}–{parameter.most}"
        lines.append(
            f"| `{parameter.name}` {parameter.en} | {parameter.zh} | {values} | {parameter.unit} | {bounds} | {parameter.clause} |"
        )
    return "\n".join(lines)

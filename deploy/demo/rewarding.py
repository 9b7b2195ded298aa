"""Taking part earned points: they pay a part of the property fee, and the ledger adds up."""

from dataclasses import dataclass
from typing import Any

from deploy.demo.building import PropertySystem
from deploy.demo.narrator import Narrator
from deploy.demo.onboarding import COMMUNITY
from deploy.demo.person import Person, Surprise


@dataclass
class Rewarding:
    """The end of the story."""

    tells: Narrator
    people: dict[str, Person]
    system: PropertySystem

    def confirm(self, issue_ids: list[str]) -> None:
        """The issues behind the project come back to who reported them."""
        for issue_id, name in zip(issue_ids, ("zhang", "li", "ma"), strict=True):
            who = self.people[name]
            self.tells.until(who, f"issues/{issue_id}", lambda issue: issue["status"] == "resolved")
            self.tells.lets(who, f"issues/{issue_id}/confirmation")
        self.tells.say("the reporters", "hear that their issues became sheds, and confirm all three (日-10, 日-7)")

    def redeem(self, issue_id: str) -> None:
        """Points are held for a voucher, the property company reduces the fee, the points are spent."""
        xu, ma = self.people["xu"], self.people["ma"]
        before = self._told(ma, "points.account.credited.v1", issue_id)["account"]["balance"]
        offered = {"title": "物业费抵扣 5 元", "price": 5, "value": 500}
        reward = self.tells.lets(xu, "rewards", offered, "offers: 5 points for 5 yuan off the property fee", 201)
        home = ma.sees(f"{self.tells.home}/members/{ma.member_id}")["homes"][0]["home_id"]
        there = f"rewards/{reward['id']}/redemptions"
        voucher = self.tells.lets(
            ma, there, {"home_id": home}, f"has {before} points and redeems 5: they are held, a voucher is issued", 201
        )
        here = f"redemptions/{voucher['id']}"
        self.tells.refuses(
            ma, f"{here}/confirmation", 403, "the member confirms their own voucher (分-4)", {"reference": "x"}
        )
        self.system.settles(self.tells, here, "WY-2026-11-0815")
        self.tells.say(self.system.title, "reduces the fee and confirms the voucher")
        self.tells.refuses(
            self.system, f"{here}/confirmation", 409, "the same voucher is used twice (分-4)", {"reference": "WY-2"}
        )
        spent = self._told(ma, "points.account.spent.v1", voucher["id"])
        if (abs(spent["transfer"]["amount"]), spent["account"]["held"]) != (5, 0):
            raise Surprise(f"5 points were held for the voucher, and {spent} came of it")
        self.tells.say(ma.title, f"has {spent['account']['balance']} points left, none held", "green")

    def _told(self, who: Person, type_: str, cause: str) -> Any:
        """What the feed tells a member of their account, by what caused it."""
        return who.hears(COMMUNITY, type_, lambda told: told["transfer"]["cause"] == cause)

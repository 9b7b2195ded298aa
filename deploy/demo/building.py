"""Carry out: a contract, a site under the eyes of those who doubt, an acceptance clause by clause, and not a fen too early."""

from dataclasses import dataclass

from deploy.demo.narrator import Narrator
from deploy.demo.person import ClientSystem, Person

CLAUSES = (
    ("回填土分层夯实,压实度不低于 94 %", "环刀法取样"),
    ("排水坡度不小于 0.5 %,雨后一小时无积水", "水准仪测量"),
    ("智能充电柜具备过载和烟感断电保护", "现场模拟"),
)


class PropertySystem(ClientSystem):
    """The property company's system: it hears of a payment or a voucher, does what it is to do, and confirms it."""

    def settles(self, tells: Narrator, path: str, reference: str) -> None:
        """Return when what lies there is confirmed; here it is done at once. Errors: Surprise when it is not in time."""
        tells.lets_soon(self, f"{path}/confirmation", {"reference": reference})


@dataclass
class Building:
    """The second half: gates two and three, and the money."""

    tells: Narrator
    people: dict[str, Person]
    system: PropertySystem

    def contract(self, project_id: str) -> str:
        """The contract, and the advance out of it; the contract's id."""
        liu, xu = self.people["liu"], self.people["xu"]
        clauses = [{"number": at, "text": text, "measure": measure} for at, (text, measure) in enumerate(CLAUSES, 1)]
        signed = {"contractor": "武汉安居建设有限公司", "amount": 48_000_000, "clauses": clauses}
        contract = self.tells.lets(
            liu,
            f"projects/{project_id}/contract",
            signed,
            "signs the contract: 480,000 yuan, three clauses to be accepted by",
            201,
        )
        here = str(contract["id"])
        self.pay(xu, here, "advance", 14_400_000, "has the advance paid: 144,000 yuan")
        return here

    def pay(self, who: Person, contract_id: str, kind: str, amount: int, words: str) -> None:
        """A payment that the property company's own system confirms."""
        payment = self.tells.lets(
            who, f"contracts/{contract_id}/payments", {"kind": kind, "amount": amount}, words, 201
        )
        self.system.settles(self.tells, f"payments/{payment['id']}", f"ICBC {payment['id'][:13]}")
        self.tells.say(self.system.title, "confirms the payment with the bank's reference")

    def too_early(self, contract_id: str, when: str) -> None:
        """Somebody is in a hurry with the final payment."""
        self.tells.refuses(
            self.people["xu"],
            f"contracts/{contract_id}/payments",
            409,
            f"the final payment {when} (关-3)",
            {"kind": "final", "amount": 14_400_000},
        )

    def construction(self, project_id: str, contract_id: str) -> None:
        """施工关: who doubts looks on, and stops the works when something is wrong."""
        here = f"projects/{project_id}"
        zheng, xu, cao, zhang, li = (self.people[name] for name in ("zheng", "xu", "cao", "zhang", "li"))
        self.tells.lets(
            zhang,
            f"{here}/doubts",
            {"words": "怕偷工减料,想看看地基怎么做。"},
            "doubts that the foundations will be sound",
        )
        self.tells.lets_soon(
            zheng,
            f"{here}/supervisors",
            {"member_id": cao.member_id},
            "appoints the retired engineer Cao Bin 曹斌 to supervise",
        )
        self.tells.refuses(
            xu, f"{here}/construction-gate", 409, "the works begin while a doubter is not invited (关-2)"
        )
        self.tells.lets(
            zheng,
            f"{here}/supervisors",
            {"member_id": zhang.member_id},
            "invites the doubter Zhang Wei 张伟 into the group (施工关)",
        )
        self.tells.lets(xu, f"{here}/construction-gate", None, "starts the works")
        self.tells.lets(
            cao,
            f"{here}/diary",
            {"text": "1号车棚基坑开挖,深度 1.2 米。"},
            "writes the site diary, live for everybody",
            201,
        )
        self.tells.refuses(
            li,
            f"{here}/stop-orders",
            403,
            "an outsider stops the works: only supervision may (关-2)",
            {"reason": "太吵"},
        )
        self.tells.lets(
            cao,
            f"{here}/stop-orders",
            {"reason": "回填土含建筑垃圾,压实度不合格。"},
            "finds rubble in the backfill and stops the works at once (停工令)",
        )
        self.tells.refuses(xu, f"{here}/completion", 409, "works that are stopped are said to be complete")
        self.tells.refuses(cao, f"{here}/resumption", 409, "the works go on before anything was put right (关-2)")
        self.tells.lets(
            xu,
            f"{here}/rectification",
            {"note": "已清除全部不合格回填土,换填级配砂石并分层夯实。"},
            "has the backfill replaced",
        )
        self.tells.lets(cao, f"{here}/resumption", None, "inspects it again and lets the works go on")
        self.pay(xu, contract_id, "progress", 19_200_000, "has a payment for progress made: 192,000 yuan")
        self.tells.lets(
            zhang, f"{here}/diary", {"text": "13座车棚主体完工,膜结构张拉完成。"}, "writes the diary too", 201
        )
        self.too_early(contract_id, "while it is still being built")

    def acceptance(self, project_id: str, contract_id: str) -> None:
        """验收关: clause by clause, with rework, and only then the money."""
        here, zheng, xu = f"projects/{project_id}", self.people["zheng"], self.people["xu"]
        liu, wei, li = (self.people[name] for name in ("liu", "wei", "li"))
        for who in (liu, wei):
            self.tells.lets_soon(zheng, f"{here}/acceptors", {"member_id": who.member_id})
        self.tells.say(zheng.title, "appoints the acceptance group (竣工验收组): Liu Zhiyuan 刘志远 and Wei Guo 魏国")
        acceptance = self.tells.lets(xu, f"{here}/completion", None, "says that the works are complete", 201)
        there = f"acceptances/{acceptance['id']}"
        self._check(liu, there, (True, False, True))
        self.tells.say(
            liu.title, "checks clause by clause against the contract: clause 2 fails, water stands after rain"
        )
        self.tells.refuses(liu, f"{there}/signatures", 409, "it is signed while a clause fails (关-3)")
        self.tells.refuses(
            li, f"{there}/checks", 403, "somebody else checks (关-3)", {"clause": 1, "passed": True, "measured": "看过"}
        )
        self.tells.lets(liu, f"{there}/rework-orders", {"reason": "排水坡度不足,返工。"}, "orders rework (返工单)")
        self.too_early(contract_id, "during the rework")
        self.tells.lets(xu, f"{there}/rework", {"note": "已重做排水坡,实测 0.8 %。"}, "has the slope made again")
        self.tells.lets(
            liu,
            f"{there}/checks",
            {"clause": 2, "passed": True, "measured": "坡度 0.8 %,雨后无积水"},
            "measures again: it holds",
        )
        self.tells.lets(liu, f"{there}/signatures", None, "signs")
        self.too_early(contract_id, "while one signature is missing")
        self.tells.lets(wei, f"{there}/signatures", None, "signs as the last of the group: accepted")
        self.pay(xu, contract_id, "final", 14_400_000, "may now have the final payment made: 144,000 yuan")
        books = self.tells.until(zheng, f"contracts/{contract_id}", lambda found: found["paid"] == found["amount"])
        yuan = f"{books['amount'] // 100:,} yuan of the contract, {books['paid'] // 100:,} yuan paid"
        self.tells.say("the books", f"agree: {yuan}, and 40,000 yuan of the budget left", "green")

    def _check(self, who: Person, there: str, results: tuple[bool, ...]) -> None:
        for number, passed in enumerate(results, 1):
            measured = "符合" if passed else "坡度 0.1 %,雨后积水"
            self.tells.lets(who, f"{there}/checks", {"clause": number, "passed": passed, "measured": measured})

    def hearing(self, project_id: str) -> None:
        """阳光听证会: money and quality are questioned, and every question is owed an answer."""
        zheng, xu, li = (self.people[name] for name in ("zheng", "xu", "li"))
        hearing = self.tells.lets(zheng, "hearings", {"project_ids": [project_id]}, "opens the sunshine hearing", 201)
        here = f"hearings/{hearing['id']}"
        self.tells.lets(
            li,
            f"{here}/questions",
            {"text": "预算 52 万,合同 48 万,剩下的钱去哪了?"},
            "asks where the rest of the money is",
        )
        self.tells.refuses(zheng, f"{here}/closing", 409, "the hearing closes while an answer is owed (听-2)")
        answer = {"number": 1, "answer": "节余 4 万元留在公共收益账户,已公示。"}
        self.tells.lets(xu, f"{here}/answers", answer, "answers: 40,000 yuan stay in the common income")
        self.tells.lets(zheng, f"{here}/closing", None, "closes the hearing")

    def close(self, project_id: str) -> None:
        """评: done."""
        self.tells.lets_soon(
            self.people["zheng"], f"projects/{project_id}/closing", None, "closes the project: built, paid, judged"
        )

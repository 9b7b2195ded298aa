"""Raise, discuss, decide: complaints about e-bikes become a topic, a resolution, a judged design, and a vote of the owners."""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

from deploy.demo.narrator import Narrator
from deploy.demo.person import Person, Surprise
from services.clock import utc_now
from services.experts.draw import verify

PROFESSIONS = {
    "gao": ("structural_engineer", "一级注册结构工程师,从业 18 年"),
    "lin": ("fire_engineer", "注册消防工程师"),
    "he": ("electrical_engineer", "注册电气工程师(供配电)"),
    "tang": ("lawyer", "执业律师,建设工程方向"),
    "wei": ("accountant", "注册会计师"),
    "song": ("landscape_architect", "风景园林高级工程师"),
    "feng": ("architect", "二级注册建筑师"),
    "huang": ("cost_engineer", "一级造价工程师"),
    "cao": ("construction_engineer", "退休施工项目经理,一级建造师"),
    "liu": ("quality_inspector", "业委会委员,退休质检工程师"),
}
JURY = ("gao", "lin", "he", "tang", "wei", "song", "feng", "huang")
GROUPS = {"cao": "construction_supervision", "liu": "completion_acceptance", "wei": "completion_acceptance"}
PLANS = (
    ("zhang", "彩钢板车棚", "沿围墙搭建彩钢板车棚,投币充电。", 32_000_000),
    ("li", "露天充电桩", "划线停车,加装露天充电桩。", 18_000_000),
    ("zhang", "地下室改造", "将人防地下室一角改为集中充电区。", 55_000_000),
    ("li", "立体车架", "双层立体车架,手机扫码充电。", 41_000_000),
    ("ma", "膜结构顶棚加智能充电", "膜结构顶棚,烟感喷淋,智能充电柜,断电保护。", 48_000_000),
)
PARTIES = {"party_committee": "zheng", "property_company": "xu", "owners_committee": "liu"}
PAPER_AT_ONCE = 500


@dataclass
class Deciding:
    """The first half of the story."""

    tells: Narrator
    people: dict[str, Person]

    def issues(self) -> list[str]:
        """提: three complaints that nobody can settle today."""
        told = (
            ("zhang", "飞线充电", "9栋有人从窗口拉线给电动车充电,雨天很危险。"),
            ("li", "楼道停电动车", "3栋楼道里停满电动车,堵住了消防通道。"),
            ("ma", "没有充电车棚", "15栋住户的电动车没有地方停放和充电。"),
        )
        ids = []
        for who, title, text in told:
            body = {"category": "ebike", "title": title, "text": text, "place": {"spot": "楼栋门口"}}
            issue = self.tells.lets(self.people[who], "issues", body, f"reports “{title}”", 201)
            ids.append(issue["id"])
        reason = {"reason": "需统一建设充电车棚,当日无法解决,提交三方例会。"}
        self.tells.refuses(
            self.people["zhang"],
            f"issues/{ids[0]}/escalation",
            403,
            "a resident sends it to the meeting: only the micro-grid may (日-6)",
            reason,
        )
        for issue_id in ids:
            self.tells.lets(self.people["chen"], f"issues/{issue_id}/escalation", reason)
        self.tells.say(
            self.people["chen"].title, "escalates all three: more sheds are needed, not more warnings (日-6)"
        )
        return ids

    def meeting(self, issue_ids: list[str]) -> str:
        """议: the three parties make a project of them; the project's id."""
        zheng, xu, liu = (self.people[name] for name in PARTIES.values())
        raised = {"title": "建设电动车充电车棚", "text": "多名居民反映飞线充电和楼道停车。", "issue_ids": issue_ids}
        topic = self.tells.lets_soon(zheng, "topics", raised, "raises the topic “建设电动车充电车棚”", 201)
        meeting = self.tells.lets(zheng, "meetings", {"topic_ids": [topic["id"]]}, "convenes the weekly meeting", 201)
        here = f"meetings/{meeting['id']}"
        for who, party in ((zheng, "party_committee"), (xu, "property_company")):
            self.tells.lets(who, f"{here}/attendance", {"party": party}, f"sits down for the {party.replace('_', ' ')}")
        moved = {
            "party": "party_committee",
            "topic_id": topic["id"],
            "title": "新建十三座智能充电车棚",
            "purpose": "新建十三座车棚,配智能充电,解决飞线充电和楼道停车。",
            "budget": 52_000_000,
        }
        self.tells.lets(zheng, f"{here}/resolutions", moved, "moves: thirteen sheds, at most 520,000 yuan")
        self.tells.lets(xu, f"{here}/agreements", {"number": 1, "party": "property_company"}, "agrees")
        self.tells.refuses(
            zheng, f"{here}/adoptions", 409, "a resolution of two parties without the third (例-3)", {"number": 1}
        )
        self.tells.lets(liu, f"{here}/attendance", {"party": "owners_committee"}, "sits down for the owners' committee")
        self.tells.lets(liu, f"{here}/agreements", {"number": 1, "party": "owners_committee"}, "agrees")
        project = self.tells.lets(
            zheng, f"{here}/adoptions", {"number": 1}, "declares it adopted: the project begins", 201
        )
        self.tells.lets(zheng, f"{here}/closing")
        return str(project["id"])

    def opinions(self, project_id: str, satisfied: dict[str, bool]) -> None:
        """How residents find things."""
        for who, content in satisfied.items():
            self.tells.lets(self.people[who], f"projects/{project_id}/opinions", {"satisfied": content}, status=201)
        share = sum(satisfied.values()) * 100 // len(satisfied)
        self.tells.say("residents", f"are asked: {share} of 100 are satisfied")

    def experts(self) -> None:
        """The pool: residents who know a trade, each verified by somebody else."""
        zheng = self.people["zheng"]
        known = {item["member_id"]: item for item in zheng.sees(f"{self.tells.home}/experts", limit=100)["items"]}
        for name, (profession, qualification) in PROFESSIONS.items():
            person = self.people[name]
            body = {"profession": profession, "qualification": qualification}
            expert = known.get(person.member_id) or self.tells.lets(person, "experts", body, status=201)
            groups = ["plan_evaluation"] if name in JURY else []
            groups += [GROUPS[name]] if name in GROUPS else []
            if expert["status"] != "verified":
                self.tells.lets(zheng, f"experts/{expert['id']}/verification", {"groups": groups})
        self.tells.say(
            zheng.title, f"has verified {len(PROFESSIONS)} experts among the residents, in three groups (三组专家)"
        )

    def design(self, project_id: str) -> None:
        """设计关: five plans, one chosen, judged by a jury that nobody chose."""
        here, zheng = f"projects/{project_id}", self.people["zheng"]
        for who, title, text, cost in PLANS:
            self.tells.lets(self.people[who], f"{here}/alternatives", {"title": title, "text": text, "cost": cost})
        self.tells.say("residents", f"propose {len(PLANS)} plans; “{PLANS[4][1]}” comes from Ma Lin 马琳, a designer")
        conflict = {"project_id": project_id, "reason": "本人所在公司参与了车棚报价。"}
        self.tells.lets(
            self.people["huang"], "conflicts", conflict, "declares a conflict: she is left out of the draw", 201
        )
        project = self.tells.lets(
            zheng, f"{here}/jury", {"alternative": 5}, "asks for a jury of five for plan 5 (关-1)"
        )
        jury = self._draw(project["draw_id"])
        self.tells.until(zheng, here, lambda found: set(found["jurors"]) == jury)
        self.tells.refuses(zheng, f"{here}/design-gate", 409, "the design goes through unjudged (关-1)")
        self.tells.refuses(
            self.people["zhang"],
            f"{here}/judgements",
            403,
            "somebody who was not drawn judges it (关-1)",
            {"feasible": True, "reason": "很好"},
        )
        jurors = [person for person in self.people.values() if person.member_id in jury]
        for number, juror in enumerate(jurors):
            judged = {
                "feasible": number != 0,
                "reason": "消防间距偏小,建议加宽。" if number == 0 else "结构、消防和用电均可行。",
            }
            self.tells.lets(juror, f"{here}/judgements", judged)
        self.tells.say("the jury", f"judges: {len(jurors) - 1} of {len(jurors)} find it feasible")
        self.tells.lets(zheng, f"{here}/design-gate", None, "takes the design through its gate (设计关)")

    def _draw(self, draw_id: str) -> set[str]:
        """Three secrets, nobody's choice; one juror declines; anybody can verify it. Who sits in the end."""
        here, zheng = f"draws/{draw_id}", self.people["zheng"]
        draw = zheng.awaits(
            f"{self.tells.home}/draws", {"limit": 20}, lambda page: [d for d in page["items"] if d["id"] == draw_id]
        )[0]
        self.tells.say("experts", f"froze a list of {len(draw['candidates'])}, hash {draw['list_hash'][:16]}…")
        secrets = {party: token_hex(16) for party in PARTIES}
        for party, who in PARTIES.items():
            told = {"party": party, "sha256": hashlib.sha256(secrets[party].encode()).hexdigest()}
            self.tells.lets(self.people[who], f"{here}/commitments", told)
        self.tells.say("the three parties", "commit to a secret each (SHA-256), then reveal them")
        for party, who in PARTIES.items():
            draw = self.tells.lets(self.people[who], f"{here}/secrets", {"party": party, "secret": secrets[party]})
        first = next(person for person in self.people.values() if person.member_id == draw["picks"][0]["member_id"])
        draw = self.tells.lets(
            first,
            f"{here}/declinations",
            {"reason": "出差在外,无法到场。"},
            "was drawn, declines, and is replaced by the next pick",
        )
        proof = zheng.sees(f"{self.tells.home}/{here}")
        if faults := verify(proof):
            raise Surprise(f"the draw does not verify: {faults}")
        numbers = ", ".join(str(pick["number"]) for pick in draw["picks"])
        self.tells.say(
            "anybody",
            f"verifies the draw (RFC 3797): picks {numbers}; `sansan verify-draw FILE` does the same",
            "green",
        )
        return {pick["member_id"] for pick in draw["picks"] if not pick["declined_at"]}

    def vote(self, project_id: str) -> None:
        """决: the owners decide by the double majority (Civil Code art. 278)."""
        liu, tells = self.people["liu"], self.tells
        closes = (utc_now() + timedelta(days=7)).isoformat()
        vote = tells.lets_soon(
            liu,
            f"projects/{project_id}/votes",
            {"matter": 7, "closes_at": closes},
            "puts it to the owners (art. 278, matter 7): the roll is frozen",
            201,
        )
        here = f"votes/{vote['id']}"
        voted: set[str] = set()
        for name, choice in (("li", "yes"), ("ma", "yes"), ("huang", "abstain"), ("liu", "yes")):
            ballot = tells.lets_soon(self.people[name], f"{here}/ballots", {"choice": choice}, status=201)
            voted.update(ballot["homes"])
        tells.say("owners", "vote on their phones; most hand in paper to their building leader")
        tells.refuses(self.people["li"], f"{here}/ballots", 409, "somebody votes twice (决-2)", {"choice": "no"})
        tells.refuses(liu, f"{here}/counting", 409, "it is counted before its time (决-3)")
        self._paper(liu, here, voted)
        counted = tells.lets(liu, f"{here}/counting")
        if counted["status"] != "passed":
            raise Surprise(f"the vote did not pass: {counted}")
        area, people = counted["area"], counted["headcount"]
        tells.say(
            "the count",
            f"took part {counted['participating_area'] * 100 // area} % of the area and "
            f"{counted['participating_headcount'] * 100 // people} % of the owners; consented "
            f"{counted['yes_area'] * 100 // counted['participating_area']} % and "
            f"{counted['yes_headcount'] * 100 // counted['participating_headcount']} % of those: passed",
            "green",
        )

    def _paper(self, liu: Person, here: str, voted: set[str]) -> None:
        """The owners' committee enters the paper ballots of all others, a pack at a time; who entered each is on record."""
        homes: list[str] = []
        community = liu.sees(self.tells.home)
        for estate in community["estates"]:
            for building in estate["buildings"]:
                for entrance in building["entrances"]:
                    found = liu.sees(f"{self.tells.home}/entrances/{entrance['id']}/homes")
                    homes += [home["id"] for home in found["items"] if home["id"] not in voted]
        choices = ("yes", "yes", "no", "yes", "yes", "abstain", "yes", "yes", "yes", "yes")
        ballots = [{"home_id": home, "choice": choices[at % 10]} for at, home in enumerate(homes)]
        packs = [ballots[at : at + PAPER_AT_ONCE] for at in range(0, len(ballots), PAPER_AT_ONCE)]
        for pack in packs:
            counted: Any = self.tells.lets(liu, f"{here}/paper-ballots", {"ballots": pack})
        self.tells.say(
            liu.title,
            f"enters {len(homes):,} paper ballots; {counted['participating_area'] / 1_000_000:.1f} ha took part",
        )

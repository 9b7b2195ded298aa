"""One evening of Caochang Community over the public HTTP API: each step is shown as it happens and must come out as told."""

from typing import Any

from rich.console import Console

from deploy.demo.narrator import Narrator
from deploy.demo.onboarding import COMMUNITY
from deploy.demo.person import Listener, Person, Surprise
from deploy.system import System
from services.ids import new_id

EVENING = f"/v1/communities/{COMMUNITY}"


class Evening:
    """The story: who does what, and what the rules refuse."""

    def __init__(self, system: System, console: Console) -> None:
        self.tells = Narrator(console, EVENING)
        people = {
            "li": ("Li Guihua, resident 居民李桂华", "li.guihua"),
            "zhang": ("Zhang Wei, resident 居民张伟", "zhang.wei"),
            "chen": ("Chen Jing, grid officer 网格员陈静", "chen.jing"),
            "zhou": ("Zhou Min, property steward 物业管家周敏", "zhou.min"),
        }
        self.people = {
            key: Person(title, system.address, login, "caochang-demo-2026") for key, (title, login) in people.items()
        }
        self.feed = Listener(self.people["chen"], COMMUNITY)

    def live(self) -> None:
        """The whole evening."""
        li, zhang, chen, zhou = (self.people[name] for name in ("li", "zhang", "chen", "zhou"))
        self.feed.start()
        before = self._points(li)
        cover = self._report(
            li, "manhole", "3栋门口井盖破损", "3栋2单元门口的井盖裂了,晚上容易绊倒老人。", "3栋2单元门口"
        )
        rubbish = self._report(zhang, "rubbish", "9栋旁垃圾成堆", "9栋东侧建筑垃圾堆了三天,没人清。", "9栋东侧")
        self.tells.refuses(
            zhang, f"issues/{cover}/acceptance", 403, "a resident takes an issue on: only the micro-grid may (日-2)"
        )
        self._move(chen, cover, "acceptance", None, "accepts it")
        self._move(zhou, rubbish, "acceptance", None, "accepts it")
        self._stale(zhou, rubbish)
        self._move(
            zhou, rubbish, "resolution", {"note": "已联系清运公司,垃圾已清走。"}, "settles it: rubbish taken away"
        )
        self._move(chen, cover, "resolution", {"note": "井盖已更换并加固,现场已复查。"}, "settles it: cover replaced")
        self.tells.refuses(
            zhang, f"issues/{cover}/confirmation", 403, "somebody else confirms: only the reporter may (日-7)"
        )
        self._move(li, cover, "confirmation", {}, "confirms: the cover is safe")
        self._move(
            zhang, rubbish, "reopening", {"reason": "墙角还剩半堆,没清干净。"}, "reopens it: half a heap is left"
        )
        self.tells.refuses(
            zhang, f"issues/{rubbish}/confirmation", 409, "it cannot be confirmed while it is open again (日-7)"
        )
        self._move(
            zhou,
            rubbish,
            "resolution",
            {"note": "剩余垃圾已全部清走,地面已冲洗。"},
            "settles it again: all of it this time",
        )
        self._move(zhang, rubbish, "confirmation", {}, "confirms: the corner is clean")
        self._earned(li, cover, before)
        self._earned(zhang, rubbish, None)
        listed = li.sees(f"{EVENING}/issues", q="井盖", limit=5)
        self.tells.say(
            "everybody",
            f"searches 井盖 and finds {len(listed['items'])} issue(s), the newest “{listed['items'][0]['title']}”",
        )
        self.tells.say("the live feed", f"told the grid officer {self.feed.count()} events of the evening, in order")

    def _report(self, who: Person, category: str, title: str, text: str, spot: str) -> str:
        body = {"category": category, "title": title, "text": text, "place": {"spot": spot}}
        key = new_id()
        issue = who.does("POST", f"{EVENING}/issues", 201, body, Idempotency_Key=key)
        again = who.does("POST", f"{EVENING}/issues", 201, body, Idempotency_Key=key)
        if again["id"] != issue["id"]:
            raise Surprise("the same report sent twice made two issues")
        self.feed.heard("issues.issue.reported.v1", issue["id"])
        self.tells.say(who.title, f"reports “{title}” (sent twice by a shaky phone, kept once) → {issue['status']}")
        return str(issue["id"])

    def _move(self, who: Person, issue_id: str, name: str, body: Any, words: str) -> None:
        issue = who.does("POST", f"{EVENING}/issues/{issue_id}/{name}", 200, body or {})
        if who.sees(f"{EVENING}/issues/{issue_id}")["version"] < issue["version"]:
            raise Surprise("whoever wrote does not read their own write")
        self.tells.say(who.title, f"{words} → {issue['status']}")

    def _stale(self, who: Person, issue_id: str) -> None:
        who.does("POST", f"{EVENING}/issues/{issue_id}/resolution", 412, {"note": "清走了"}, If_Match='"1"')
        self.tells.say("the rules", "refuse: a settlement on an outdated view of the issue (If-Match)", "yellow")

    def _points(self, who: Person) -> int:
        accounts = who.sees(f"{EVENING}/accounts")["items"]
        return int(accounts[0]["balance"]) if accounts else 0

    def _earned(self, who: Person, issue_id: str, before: int | None) -> None:
        self.feed.heard("issues.issue.confirmed.v1", issue_id)
        credit = who.hears(COMMUNITY, "points.account.credited.v1", lambda told: told["transfer"]["cause"] == issue_id)
        balance = self._points(who)
        if before is not None and balance != before + credit["transfer"]["amount"]:
            raise Surprise(f"{who.title} had {before} points and has {balance}")
        self.tells.say(who.title, f"earned {credit['transfer']['amount']} points (分-1), balance {balance}", "green")

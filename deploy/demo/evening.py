"""One evening of Caochang Community over the public HTTP API: each step is shown as it happens and must come out as told."""

from typing import Any

from rich.console import Console

from deploy.audit import audit_all
from deploy.demo.onboarding import COMMUNITY, onboard
from deploy.demo.person import Listener, Person, Surprise
from deploy.local import await_signal
from deploy.system import System, forget, running_system
from services.ids import new_id
from services.settings import Settings

EVENING = f"/v1/communities/{COMMUNITY}"


def show(chosen: Settings, once: bool, fresh: bool) -> int:
    """Run the whole system, live the evening, keep running unless `once`; returns the exit status."""
    console = Console(highlight=False)
    console.print(
        "\n[bold]三三成事 · sansan[/] — one evening in Caochang Community (操场社区), Dongli International (东立国际)\n"
    )
    if fresh:
        forget(chosen)
    try:
        with running_system(chosen, logs=chosen.data_directory / "log") as system:
            console.print(
                f"running: {', '.join(system.fleet.names)}; broker: {system.broker}; databases: {system.databases}"
            )
            onboard(chosen, console)
            Evening(system, console).live()
            _audit(chosen, console)
            _addresses(system, console)
            if not once:
                console.print("\nThe system keeps running; Ctrl-C stops it.")
                await_signal()
    except Surprise as surprise:
        console.print(f"\n[bold red]It did not hold:[/] {surprise}")
        return 1
    console.print("\n[bold green]Everything held.[/]" if once else "")
    return 0


class Evening:
    """The story: who does what, and what the rules refuse."""

    def __init__(self, system: System, console: Console) -> None:
        self.console = console
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
        self.step = 0

    def live(self) -> None:
        """The whole evening."""
        li, zhang, chen, zhou = (self.people[name] for name in ("li", "zhang", "chen", "zhou"))
        self.feed.start()
        before = self._points(li)
        cover = self._report(
            li, "manhole", "3栋门口井盖破损", "3栋2单元门口的井盖裂了,晚上容易绊倒老人。", "3栋2单元门口"
        )
        rubbish = self._report(zhang, "rubbish", "9栋旁垃圾成堆", "9栋东侧建筑垃圾堆了三天,没人清。", "9栋东侧")
        self._refuse(
            zhang, "POST", cover, "acceptance", 403, "a resident takes an issue on: only the micro-grid may (日-2)"
        )
        self._move(chen, cover, "acceptance", None, "accepts it")
        self._move(zhou, rubbish, "acceptance", None, "accepts it")
        self._stale(zhou, rubbish)
        self._move(
            zhou, rubbish, "resolution", {"note": "已联系清运公司,垃圾已清走。"}, "settles it: rubbish taken away"
        )
        self._move(chen, cover, "resolution", {"note": "井盖已更换并加固,现场已复查。"}, "settles it: cover replaced")
        self._refuse(zhang, "POST", cover, "confirmation", 403, "somebody else confirms: only the reporter may (日-7)")
        self._move(li, cover, "confirmation", {}, "confirms: the cover is safe")
        self._move(
            zhang, rubbish, "reopening", {"reason": "墙角还剩半堆,没清干净。"}, "reopens it: half a heap is left"
        )
        self._refuse(
            zhang, "POST", rubbish, "confirmation", 409, "it cannot be confirmed while it is open again (日-7)"
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
        self._say(
            "everybody",
            f"searches 井盖 and finds {len(listed['items'])} issue(s), the newest “{listed['items'][0]['title']}”",
        )
        self._say("the live feed", f"told the grid officer {self.feed.count()} events of the evening, in order")

    def _report(self, who: Person, category: str, title: str, text: str, spot: str) -> str:
        body = {"category": category, "title": title, "text": text, "place": {"spot": spot}}
        key = new_id()
        issue = who.does("POST", f"{EVENING}/issues", 201, body, Idempotency_Key=key)
        again = who.does("POST", f"{EVENING}/issues", 201, body, Idempotency_Key=key)
        if again["id"] != issue["id"]:
            raise Surprise("the same report sent twice made two issues")
        self.feed.heard("issues.issue.reported.v1", issue["id"])
        self._say(who.title, f"reports “{title}” (sent twice by a shaky phone, kept once) → {issue['status']}")
        return str(issue["id"])

    def _move(self, who: Person, issue_id: str, name: str, body: Any, words: str) -> None:
        issue = who.does("POST", f"{EVENING}/issues/{issue_id}/{name}", 200, body or {})
        if who.sees(f"{EVENING}/issues/{issue_id}")["version"] < issue["version"]:
            raise Surprise("whoever wrote does not read their own write")
        self._say(who.title, f"{words} → {issue['status']}")

    def _refuse(self, who: Person, method: str, issue_id: str, name: str, status: int, words: str) -> None:
        problem = who.does(method, f"{EVENING}/issues/{issue_id}/{name}", status, {})
        self._say("the rules", f"refuse: {words} — {problem['detail']}", "yellow")

    def _stale(self, who: Person, issue_id: str) -> None:
        who.does("POST", f"{EVENING}/issues/{issue_id}/resolution", 412, {"note": "清走了"}, If_Match='"1"')
        self._say("the rules", "refuse: a settlement on an outdated view of the issue (If-Match)", "yellow")

    def _points(self, who: Person) -> int:
        accounts = who.sees(f"{EVENING}/accounts")["items"]
        return int(accounts[0]["balance"]) if accounts else 0

    def _earned(self, who: Person, issue_id: str, before: int | None) -> None:
        self.feed.heard("issues.issue.confirmed.v1", issue_id)
        credit = who.awaits(
            "/v1/events",
            {"community": COMMUNITY, "type": "points.account.credited.v1", "limit": 100},
            lambda page: [event for event in page["events"] if event["data"]["transfer"]["cause"] == issue_id],
        )[0]
        balance = self._points(who)
        if before is not None and balance != before + credit["data"]["transfer"]["amount"]:
            raise Surprise(f"{who.title} had {before} points and has {balance}")
        self._say(who.title, f"earned {credit['data']['transfer']['amount']} points (分-1), balance {balance}", "green")

    def _say(self, who: str, words: str, style: str = "cyan") -> None:
        self.step += 1
        self.console.print(f"{self.step:3}. [{style}]{who}[/] {words}")


def _audit(chosen: Settings, console: Console) -> None:
    console.print("\n[bold]sansan audit[/] — every event is chained to the one before it:")
    for service, found in audit_all(chosen):
        console.print(
            f"   {service:10} {found.rows:5} events  head {found.head[:16]}  {found.fault or 'the chain holds'}"
        )
        if found.fault:
            raise Surprise(f"the chain of {service} is broken: {found.fault}")


def _addresses(system: System, console: Console) -> None:
    console.print(f"\nAPI docs     {system.address}/v1/docs")
    console.print(f"OpenAPI      {system.address}/v1/openapi.json")
    console.print(f"live feed    {system.address}/v1/events?community={COMMUNITY}")
    console.print("log in as    li.guihua, zhang.wei, chen.jing, zhou.min with caochang-demo-2026")

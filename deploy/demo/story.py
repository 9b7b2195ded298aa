"""What `sansan demo` shows: one evening of small matters, then the e-bike sheds from the first complaint to the fee voucher."""

from contextlib import closing

from rich.console import Console

from deploy.audit import audit_all
from deploy.demo.building import Building, PropertySystem
from deploy.demo.deciding import Deciding
from deploy.demo.evening import EVENING, Evening
from deploy.demo.narrator import Narrator
from deploy.demo.onboarding import COMMUNITY, onboard
from deploy.demo.person import Person, Surprise
from deploy.demo.rewarding import Rewarding
from deploy.local import await_signal
from deploy.system import System, forget, running_system
from services.settings import Settings

PASSWORD = "caochang-demo-2026"
PEOPLE = {
    "zheng": ("Zheng Aihua, party committee 社区党委郑爱华", "zheng.aihua"),
    "xu": ("Xu Qiang, property manager 物业经理徐强", "xu.qiang"),
    "liu": ("Liu Zhiyuan, owners' committee 业委会刘志远", "liu.zhiyuan"),
    "sun": ("Sun Yuzhen, community admin 社区管理员孙玉珍", "sun.yuzhen"),
    "chen": ("Chen Jing, grid officer 网格员陈静", "chen.jing"),
    "li": ("Li Guihua, resident 居民李桂华", "li.guihua"),
    "zhang": ("Zhang Wei, resident 居民张伟", "zhang.wei"),
    "huang": ("Huang Xiulan, building leader 楼栋长黄秀兰", "huang.xiulan"),
    "ma": ("Ma Lin, designer 设计师马琳", "ma.lin"),
    "gao": ("Gao Ming, structural engineer 高明", "gao.ming"),
    "lin": ("Lin Fang, fire engineer 林芳", "lin.fang"),
    "he": ("He Jun, electrical engineer 何军", "he.jun"),
    "tang": ("Tang Yue, lawyer 唐越", "tang.yue"),
    "wei": ("Wei Guo, accountant 魏国", "wei.guo"),
    "song": ("Song Lei, landscape architect 宋磊", "song.lei"),
    "feng": ("Feng Xue, architect 冯雪", "feng.xue"),
    "cao": ("Cao Bin, retired construction engineer 曹斌", "cao.bin"),
}


def show(chosen: Settings, once: bool, fresh: bool) -> int:
    """Run the whole system, tell the whole story, keep running unless `once`; returns the exit status."""
    console = Console(highlight=False, soft_wrap=True)
    console.print("\n[bold]三三成事 · sansan[/] — Caochang Community (操场社区), Dongli International (东立国际)\n")
    if fresh:
        forget(chosen)
    try:
        with running_system(chosen, logs=chosen.data_directory / "log") as system:
            console.print(
                f"running: {', '.join(system.fleet.names)}; broker: {system.broker}; databases: {system.databases}"
            )
            onboard(chosen, console)
            console.print("[bold]One evening: problems are settled the same day (问题不过夜)[/]")
            Evening(system, console).live()
            with closing(Sheds(system.address, console)) as sheds:
                sheds.tell()
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


class Sheds:
    """The e-bike sheds: three parties, three groups of experts, three gates."""

    def __init__(self, address: str, console: Console, system: PropertySystem | None = None) -> None:
        self.tells = Narrator(console, EVENING)
        self.people = {key: Person(title, address, login, PASSWORD) for key, (title, login) in PEOPLE.items()}
        self.system = system or self._let_in(address)

    def tell(self) -> None:
        """The whole story, from the first complaint to the voucher."""
        deciding = Deciding(self.tells, self.people)
        building = Building(self.tells, self.people, self.system)
        rewarding = Rewarding(self.tells, self.people, self.system)
        self.tells.chapter("Three parties fix what gets done (三方联动定项目)")
        issues = deciding.issues()
        project = deciding.meeting(issues)
        deciding.opinions(project, {"li": False, "zhang": False, "huang": True, "ma": False})
        self.tells.chapter(
            "Three groups of experts, the design gate, and the owners' vote (三组专家 · 设计关 · 业主表决)"
        )
        deciding.experts()
        deciding.design(project)
        deciding.vote(project)
        self.tells.chapter("The construction gate and the acceptance gate (施工关 · 验收关)")
        contract = building.contract(project)
        building.construction(project, contract)
        building.acceptance(project, contract)
        self.tells.chapter("What became of it (评): opinions, hearing, points")
        deciding.opinions(project, {"li": True, "zhang": True, "huang": True, "ma": True})
        building.hearing(project)
        building.close(project)
        rewarding.confirm(issues)
        rewarding.redeem(issues[2])

    def close(self) -> None:
        """Everybody hangs up."""
        for person in (*self.people.values(), self.system):
            person.close()

    def _let_in(self, address: str) -> PropertySystem:
        made = self.people["sun"].does("POST", f"{EVENING}/api-clients", 201, {"label": "物业收费系统"})
        return PropertySystem("the property company's system 物业系统", address, "api client", made["key"])


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
    console.print(f"log in as    {', '.join(login for _, login in PEOPLE.values())} with {PASSWORD}")

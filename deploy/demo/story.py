"""What `sansan demo` shows: one working day of the issue desk, then the e-bike sheds from first complaint to fee voucher."""

from contextlib import closing

from rich.console import Console

from deploy.audit import audit_all
from deploy.demo.building import Building, PropertySystem
from deploy.demo.cast import AT_THE_DESK, HOME, PASSWORD, PEOPLE, enter
from deploy.demo.day import Day
from deploy.demo.deciding import Deciding
from deploy.demo.narrator import Narrator
from deploy.demo.onboarding import COMMUNITY, onboard, the_plan
from deploy.demo.person import Surprise
from deploy.demo.rehearsal import Rehearsal
from deploy.demo.rewarding import Rewarding
from deploy.local import await_signal
from deploy.system import System, forget, rehearsal_clock, running_system
from services.settings import Settings


def show(chosen: Settings, once: bool, fresh: bool) -> int:
    """Run the whole system, tell the whole story, keep running unless `once`; returns the exit status."""
    console = Console(highlight=False, soft_wrap=True)
    console.print("\n[bold]三三成事 · sansan[/] — Caochang Community (操场社区), Dongli International (东立国际)\n")
    if fresh:
        forget(chosen)
    clock = Rehearsal(rehearsal_clock(chosen), the_plan().community.zone)
    clock.begin()
    try:
        with running_system(chosen, logs=chosen.data_directory / "log") as system:
            console.print(
                f"running: {', '.join(system.fleet.names)}; broker: {system.broker}; databases: {system.databases}"
            )
            onboard(chosen, console)
            console.print(f"[bold]One working day, {clock.day}: no problem stays overnight (问题不过夜)[/]")
            with closing(Day(system.address, console, clock)) as day:
                day.live()
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
        self.tells = Narrator(console, HOME)
        self.people = enter(address, PEOPLE)
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
        made = self.people["sun"].does("POST", f"{HOME}/api-clients", 201, {"label": "物业收费系统"})
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
    console.print(f"log in as    {', '.join(login for _, login in (PEOPLE | AT_THE_DESK).values())} with {PASSWORD}")

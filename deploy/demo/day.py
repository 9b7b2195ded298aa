"""One working day of Caochang Community over the public HTTP API, by a clock that is ahead: sixty reports and their ends."""

from rich.console import Console

from deploy.demo.cast import AT_THE_DESK, HOME, PASSWORD, PEOPLE, enter
from deploy.demo.desk import Desk
from deploy.demo.evening import Evening
from deploy.demo.huddles import Huddles
from deploy.demo.listener import Listener
from deploy.demo.morning import Morning
from deploy.demo.narrator import Narrator
from deploy.demo.onboarding import COMMUNITY
from deploy.demo.person import Person
from deploy.demo.reckoning import Reckoning
from deploy.demo.rehearsal import BEGINNING, Rehearsal
from deploy.demo.reporting import Reporting
from deploy.demo.scene import Scene

WATCHER = "sun.yuzhen"


class Day:
    """The day from a quarter to eight to half past eight the next morning."""

    def __init__(self, address: str, console: Console, clock: Rehearsal) -> None:
        people = enter(address, PEOPLE | AT_THE_DESK)
        feed = Listener(Person("the live feed", address, WATCHER, PASSWORD), COMMUNITY)
        self.scene = Scene(Narrator(console, HOME), people, clock, feed)
        self.morning, self.reporting = Morning(self.scene), Reporting(self.scene)
        self.huddles, self.desk = Huddles(self.scene), Desk(self.scene)
        self.evening, self.reckoning = Evening(self.scene), Reckoning(self.scene)

    def live(self) -> None:
        """All of it."""
        self.scene.feed.start()
        self.scene.learn_places()
        self.dawns()
        self.goes_on()
        self.ends()
        told = self.scene.feed.count()
        self.scene.tells.say("the live feed", f"told {told} events of the day, in order")

    def dawns(self) -> None:
        """Until the huddles open."""
        scene, morning, reporting = self.scene, self.morning, self.reporting
        scene.comes(BEGINNING, "The community is drawn (划网格)")
        morning.draw_the_community()
        scene.comes("07:55", "The morning's patrol (巡查)")
        morning.patrol()
        scene.comes("08:10", "Residents report (上报)")
        reporting.residents_report("08:10")
        reporting.careful_words()
        reporting.covers()
        reporting.same_again()

    def goes_on(self) -> None:
        """What is decided and done while it is light."""
        scene, reporting, huddles, desk = self.scene, self.reporting, self.huddles, self.desk
        scene.comes("08:30", "The huddles open by themselves (每日一碰头)")
        huddles.open_by_themselves()
        huddles.join_duplicates()
        huddles.decide()
        scene.comes("09:10", "The stewards go out (处置)")
        desk.settle("08:10")
        desk.at_once()
        desk.last_word()
        scene.comes("12:00", "Noon")
        reporting.residents_report("12:00")
        desk.handed_on()
        desk.settle("12:00")
        scene.comes("16:00", "Afternoon")
        reporting.residents_report("16:00")
        desk.settle("16:00")

    def ends(self) -> None:
        """What is left, the minutes, the numbers, and the next morning."""
        scene, evening = self.scene, self.evening
        scene.comes("21:00", "One issue is left alone, and calls (催办)")
        evening.alarm("handler", "zhou", 1)
        scene.clock.move_to("21:30")
        evening.alarm("grid_officer", "chen", 2)
        scene.comes("22:00", "The cut-off (问题不过夜)")
        evening.cut_off()
        scene.clock.move_to("22:05")
        evening.minutes()
        scene.clock.move_to("22:30")
        evening.alarm("community", "sun", 3)
        evening.in_the_inbox()
        self.reckoning.count()
        scene.comes("08:30", "The next morning", days=1)
        evening.carried_over()

    def close(self) -> None:
        """Everybody hangs up."""
        self.scene.feed.close()
        for person in self.scene.people.values():
            person.close()

"""The tables of the service name every command, every event that it hears and every piece of due work."""

from datetime import date

from services.declare import COMMANDS, commands_of
from services.errors import NotFound
from services.issues.contract import Area, Disposition, TransferDelivery
from services.issues.use_cases import DOES, DUE, REACTS
from services.wire import hints_of
from services.work import Desk
from tests.shared.desks import job
from tests.shared.samples import COMMUNITY, ISSUE, RESIDENT

WORDS = {
    "note": "x",
    "reason": "x",
    "body": "x",
    "until": date(2024, 5, 21),
    "handler_id": ISSUE,
    "into_id": ISSUE,
    "photo_id": ISSUE,
    "areas": (Area(left=0, top=0, right=1, bottom=1),),
    "delivery": TransferDelivery.DONE,
    "stars": 5,
    "unfair": True,
    "text": "x",
}
ABOUT_AN_ISSUE = sorted(
    name for name, spec in commands_of("issues").items() if "issue_id" in hints_of(spec.cls) and name != "dispose_issue"
)


def test_the_tables_name_every_command_and_what_is_heard() -> None:
    assert set(DOES) == {cls for cls, spec in COMMANDS.items() if spec.service == "issues"}
    assert {cls.__name__ for cls in REACTS} == {
        "CommunityOnboarded",
        "CommunityChanged",
        "TopicRaised",
        "ProjectBegun",
        "ProjectAccepted",
    }
    assert set(DUE) == {"confirm_by_silence", "open_huddles", "close_huddle", "watch_issue", "look_again"}
    assert {each.value for each in Disposition} <= {name.partition("_")[0] for name in ABOUT_AN_ISSUE}


def test_an_unknown_issue_is_said_to_be_unknown(desk: Desk) -> None:
    for method in ABOUT_AN_ISSUE:
        cls = commands_of("issues")[method].cls
        words = {name: word for name, word in WORDS.items() if name in hints_of(cls)}
        command = cls(community_id=COMMUNITY, issue_id=ISSUE, **words)
        assert isinstance(desk.perform([job(command, RESIDENT)])[0].refusal, NotFound), method

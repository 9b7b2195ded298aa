"""The whole way of a project to the owners' decision, and that every command and what is heard has its function."""

from datetime import timedelta

from services.actor import Role
from services.declare import COMMANDS
from services.experts.contract import JurorReplaced, JuryDrawn
from services.projects.carrying_out import CARRY_OUT
from services.projects.contract import (
    CastBallot,
    Choice,
    CloseVote,
    JudgeDesign,
    OpenVote,
    PassDesignGate,
    ProposeAlternative,
    RequestJury,
)
from services.projects.deciding import DECIDE
from services.projects.discussing import DISCUSS
from services.projects.raising import RAISE
from services.projects.use_cases import DOES, REACTS
from services.work import Desk
from tests.projects.made import (
    CHAIR,
    DESIGNER,
    JURORS,
    SECRETARY,
    begun,
    do,
    draw,
    hear,
    home,
    id_of,
    owner,
    owning,
    pages,
    told,
    verified,
)
from tests.shared.desks import SetClock, rows
from tests.shared.samples import COMMUNITY, NOON, member


def test_from_the_meeting_through_the_design_gate_to_the_owners_decision(desk: Desk, clock: SetClock) -> None:
    here = {"community_id": COMMUNITY, "project_id": begun(desk)}
    for number in range(1, 6):
        propose = ProposeAlternative(**here, title=f"方案{number}", text="车棚方案。", cost=number * 1_000_000)
        state = do(desk, propose, DESIGNER)
    assert [each["number"] for each in state["alternatives"]] == [1, 2, 3, 4, 5]
    state = do(desk, RequestJury(**here, alternative=3), SECRETARY)
    news = {"project_id": here["project_id"], "draw_id": state["draw_id"]}
    hear(desk, JuryDrawn(draw=draw(**news, version=5), jurors=JURORS))
    seated = (*JURORS[1:], id_of("instead"))
    hear(desk, JurorReplaced(draw=draw(**news, version=6), declined=JURORS[0], jurors=seated))
    for each in seated[:3]:
        answer = JudgeDesign(**here, feasible=True, reason="膜结构美观,消防间距足够")
        do(desk, answer, member(each, Role.RESIDENT))
    state = do(desk, PassDesignGate(**here), SECRETARY)
    assert (state["status"], state["chosen"], tuple(state["jurors"])) == ("designed", 3, seated)

    homes = [home(str(number)) for number in range(30)]
    hear(desk, *pages(homes, page=10))
    hear(desk, *(verified(owning(id_of(f"owner {number}"), homes[number])) for number in range(20)))
    vote = do(desk, OpenVote(**here, matter=8, closes_at=NOON + timedelta(days=15)), CHAIR)
    for number in range(20):  # exactly two thirds take part, and of these exactly three quarters say yes
        choice = Choice.YES if number < 15 else Choice.NO
        do(desk, CastBallot(community_id=COMMUNITY, vote_id=vote["id"], choice=choice), owner(f"owner {number}"))
    clock.forward(days=15)
    vote = do(desk, CloseVote(community_id=COMMUNITY, vote_id=vote["id"]), CHAIR)
    assert (vote["status"], vote["participating_headcount"], vote["yes_headcount"]) == ("passed", 20, 15)
    (row,) = rows(desk, "projects")
    assert (row.status, row.vote_id) == ("decided", vote["id"])
    assert told(desk)[-2:] == ["vote.closed", "project.decided"]


def test_the_tables_name_every_command_and_what_is_heard() -> None:
    assert set(DOES) == {cls for cls, spec in COMMANDS.items() if spec.service == "projects"}
    steps = (RAISE, DISCUSS, DECIDE, CARRY_OUT)
    assert sum(map(len, steps)) == len(DOES), "no command is in two steps"
    assert {cls.__module__.split(".")[1] for cls in REACTS} == {"directory", "experts", "issues"}

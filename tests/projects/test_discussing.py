"""Alternatives, a jury, the design gate, through the desk; whatever is refused changes nothing."""

from typing import Any

from services.errors import Forbidden, NotFound, Refused
from services.experts.contract import JuryDrawn
from services.projects.contract import (
    DiscussAgain,
    JudgeDesign,
    PassDesignGate,
    ProjectStatus,
    ProposeAlternative,
    RequestJury,
)
from services.wire import from_json
from services.work import Desk
from tests.projects.made import (
    CHAIR,
    DESIGNER,
    JURORS,
    SECRETARY,
    STRANGER,
    do,
    draw,
    hear,
    juror,
    kept,
    project,
    refusal,
    told,
)
from tests.shared.desks import rows
from tests.shared.samples import ANOTHER_COMMUNITY, COMMUNITY, PROJECT

HERE: dict[str, Any] = {"community_id": COMMUNITY, "project_id": PROJECT}
PROPOSE: dict[str, Any] = {"title": "膜结构车棚", "text": "膜结构加智能充电。", "cost": 50_000_000}


def judge(feasible: bool = True) -> JudgeDesign:
    """A juror's answer."""
    return JudgeDesign(**HERE, feasible=feasible, reason="消防间距足够")


def test_a_design_is_proposed_judged_and_goes_through_its_gate(desk: Desk) -> None:
    kept(desk, project(ProjectStatus.DISCUSSING, alternatives=(), jurors=(), judgements=()))
    do(desk, ProposeAlternative(**HERE, **PROPOSE), DESIGNER)
    asked = do(desk, RequestJury(**HERE, alternative=1), SECRETARY)
    assert from_json(rows(desk, "journal")[-1].data)["draw_id"] == asked["draw_id"]
    hear(desk, JuryDrawn(draw=draw(draw_id=asked["draw_id"]), jurors=JURORS))
    for number in range(2):
        do(desk, judge(), juror(number))
    no = refusal(desk, PassDesignGate(**HERE), CHAIR)
    assert (type(no), no.clause, "2" in no.reason.zh) == (Refused, "关-1", True)
    do(desk, judge(feasible=False), juror(2))
    passed = do(desk, PassDesignGate(**HERE), CHAIR)
    assert (passed["status"], passed["step"], len(passed["judgements"])) == ("designed", "decide", 3)
    deeds = ["alternative_proposed", "jury_requested", "jury_seated", *["design_judged"] * 3, "design_passed"]
    assert told(desk) == [f"project.{deed}" for deed in deeds]


def test_a_design_that_is_not_feasible_goes_back_and_another_jury_is_drawn(desk: Desk) -> None:
    kept(desk, project(ProjectStatus.JUDGING, judgements=()))
    for number in range(3):
        do(desk, judge(feasible=False), juror(number))
    assert "did not find" in refusal(desk, PassDesignGate(**HERE), CHAIR).reason.en
    again = do(desk, DiscussAgain(**HERE), CHAIR)
    assert (again["status"], len(again["judgements"])) == ("discussing", 3)
    assert "不可行" in from_json(rows(desk, "journal")[-1].data)["reason"]
    asked = do(desk, RequestJury(**HERE, alternative=1), SECRETARY)
    assert (asked["jurors"], asked["judgements"], asked["draw_id"] != again["draw_id"]) == ([], [], True)


def test_what_is_refused_about_a_design_changes_nothing(desk: Desk) -> None:
    thing = kept(desk, project(ProjectStatus.JUDGING, judgements=()))
    do(desk, judge(), juror(0))
    elsewhere: dict[str, Any] = {"community_id": ANOTHER_COMMUNITY, "project_id": PROJECT}
    for command, actor, kind, clause in (
        (judge(), juror(0), Refused, "关-1"),
        (judge(), DESIGNER, Forbidden, "关-1"),
        (PassDesignGate(**HERE), DESIGNER, Forbidden, "关-1"),
        (PassDesignGate(**HERE), SECRETARY, Refused, "关-1"),
        (DiscussAgain(**HERE), DESIGNER, Forbidden, "例-4"),
        (RequestJury(**HERE, alternative=1), SECRETARY, Refused, "关-1"),
        (ProposeAlternative(**HERE, **PROPOSE), DESIGNER, Refused, "例-4"),
        (ProposeAlternative(**elsewhere, **PROPOSE), STRANGER, NotFound, ""),
        (RequestJury(**elsewhere, alternative=1), STRANGER, NotFound, ""),
        (JudgeDesign(**elsewhere, feasible=True, reason="x"), STRANGER, NotFound, ""),
        (PassDesignGate(**elsewhere), STRANGER, NotFound, ""),
        (DiscussAgain(**elsewhere), STRANGER, NotFound, ""),
    ):
        no = refusal(desk, command, actor)
        assert (type(no), no.clause) == (kind, clause), command
    do(desk, DiscussAgain(**HERE), SECRETARY)
    no = refusal(desk, RequestJury(**HERE, alternative=2), SECRETARY)
    assert (type(no), no.clause) == (Refused, "关-1")
    assert rows(desk, "projects")[0].jurors == thing.jurors

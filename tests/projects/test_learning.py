"""What others tell is kept once, the newest word of it; news of a draw counts only while it is waited for."""

from typing import Any

from gateway.directory.contract import (
    MemberExpired,
    MemberRegistered,
    MemberRejected,
    MemberStatus,
    OwnershipChanged,
    PasswordChanged,
    Rejection,
    RoleGranted,
    RoleRevoked,
    RollImported,
)
from services.actor import SYSTEM, Role
from services.experts.contract import DrawVoided, ExpertVerified, JurorReplaced, JuryDrawn
from services.projects.contract import ProjectStatus
from services.wire import from_json
from services.work import Desk
from tests.projects.made import (
    DRAW,
    JURORS,
    draw,
    escalated,
    expert,
    hear,
    home,
    id_of,
    kept,
    owning,
    pages,
    project,
    raised,
    roll,
    told,
    verified,
)
from tests.shared.desks import counts, rows
from tests.shared.samples import ISSUE

ONE = id_of("one")
HOMES = [home("1"), home("2")]


def drawn(jurors: tuple[str, ...] = JURORS, **told: Any) -> JuryDrawn:
    """A jury was drawn."""
    return JuryDrawn(draw=draw(**told), jurors=jurors)


def replaced(version: int, jurors: tuple[str, ...]) -> JurorReplaced:
    """A juror declined."""
    return JurorReplaced(draw=draw(version=version), declined=JURORS[0], jurors=jurors)


def waiting(desk: Desk) -> None:
    """A project that waits for its jury."""
    kept(desk, project(ProjectStatus.JUDGING, jurors=(), judgements=(), draw_version=0))


def the_project(desk: Desk) -> Any:
    """The one project."""
    (row,) = rows(desk, "projects")
    return row


def test_what_is_told_twice_or_late_changes_nothing(desk: Desk) -> None:
    topic_id = raised(desk)
    hear(desk, escalated(), escalated())
    assert [(row.id, row.topic_id) for row in rows(desk, "escalated_issues")] == [(ISSUE, topic_id)]

    newer = expert(ONE, "plan_evaluation", "legal_advice", version=3)
    hear(desk, ExpertVerified(expert=newer), ExpertVerified(expert=expert(ONE, "plan_evaluation")))
    (known,) = rows(desk, "known_experts")
    assert (known.id, known.member_id, known.version, known.groups) == (newer.id, ONE, 3, newer.groups)

    hear(desk, RollImported(roll=roll(HOMES)), *pages(HOMES), *pages(HOMES))
    assert counts(desk, "rolls", "roll_homes") == [1, 2]


def test_of_a_member_the_newest_ownership_is_known(desk: Desk) -> None:
    def homes() -> tuple[int, int]:
        (row,) = rows(desk, "known_owners")
        return row.version, len(row.homes)

    registered = owning(ONE, version=1, status=MemberStatus.REGISTERED)
    for event, known in (
        (MemberRegistered(member=registered), (1, 0)),
        (verified(owning(ONE, *HOMES, version=3)), (3, 2)),
        (verified(owning(ONE, HOMES[0], version=2)), (3, 2)),
        (OwnershipChanged(member=owning(ONE, HOMES[0], version=4), lost=(HOMES[1].home_id,)), (4, 1)),
        (PasswordChanged(member=owning(ONE, HOMES[0], version=5)), (5, 1)),
        (RoleGranted(member=owning(ONE, HOMES[0], version=6), role=Role.BUILDING_LEADER), (6, 1)),
        (RoleRevoked(member=owning(ONE, version=7), role=Role.OWNER), (7, 0)),
        (verified(owning(ONE, *HOMES, version=6)), (7, 0)),
        (MemberRejected(member=owning(ONE, version=8, status=MemberStatus.REJECTED), reason=Rejection.TWICE), (8, 0)),
        (MemberExpired(member=owning(ONE, version=9, status=MemberStatus.EXPIRED)), (9, 0)),
    ):
        hear(desk, event)
        assert homes() == known, event


def test_a_jury_that_was_drawn_sits_and_whoever_declines_is_replaced(desk: Desk) -> None:
    waiting(desk)
    hear(desk, drawn(draw_id=id_of("an earlier draw")), drawn(project_id=id_of("another project")))
    assert (the_project(desk).jurors, told(desk)) == ((), [])
    hear(desk, drawn())
    assert the_project(desk).jurors == JURORS
    instead = (*JURORS[1:], id_of("instead"))
    hear(desk, replaced(6, instead), replaced(5, JURORS), drawn())
    assert the_project(desk).jurors == instead, "an older word that comes later does not count"
    assert told(desk) == ["project.jury_seated"] * 2
    assert from_json(rows(desk, "journal")[-1].data)["project"]["jurors"] == list(instead)


def test_a_void_draw_takes_the_project_back_by_the_system(desk: Desk) -> None:
    waiting(desk)
    hear(desk, DrawVoided(draw=draw(draw_id=id_of("an earlier draw")), reason="未在时限内公开密数"))
    assert the_project(desk).status is ProjectStatus.JUDGING
    hear(desk, DrawVoided(draw=draw(), reason="专家人数不足"))
    assert (the_project(desk).status, the_project(desk).draw_id) == (ProjectStatus.DISCUSSING, None)
    last = rows(desk, "journal")[-1]
    assert (last.type, last.actor) == ("projects.project.discussed_again.v1", SYSTEM.member_id)
    assert from_json(last.data)["reason"] == "专家人数不足"
    hear(desk, drawn(draw_id=DRAW, version=9), DrawVoided(draw=draw(version=10), reason="专家人数不足"))
    assert len(told(desk)) == 1

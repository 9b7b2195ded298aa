"""The table can be proof-read: every kind is used, every row has both languages, and what it leaves out is left out on purpose."""

import re

from gateway.directory.contract import NoticeKind
from gateway.notices.wording import ISSUES, THINGS, WHOSE, WORDING, Ear
from services.declare import EVENTS

SILENT = {
    "issues": {
        "issue.reported", "issue.copied", "issue.seconded", "issue.linked", "issue.photo_covered",
        "following.begun", "following.ended", "catalogue.changed", "grid.defined", "grid.changed",
        "huddle.opened", "huddle.attended", "huddle.disposed", "huddle.closed",
        "route.defined", "route.changed", "patrol.logged",
    },
    "projects": {
        "topic.adopted", "meeting.attended", "meeting.moved", "meeting.agreed", "meeting.resolved", "meeting.closed",
        "project.jury_requested", "project.jury_seated", "project.design_judged", "project.put_to_vote",
        "project.decided", "project.contracted", "project.doubted", "project.supervisor_appointed",
        "project.acceptor_appointed", "project.completed", "project.opinion_counted", "project.paid",
        "vote.counted_in", "vote.paper_entered", "ballot.cast", "contract.charged", "payment.instructed",
        "acceptance.checked", "acceptance.signed", "opinion.given", "hearing.asked", "hearing.answered",
    },
}  # fmt: skip


def test_every_event_of_issues_and_projects_is_told_or_left_out_on_purpose() -> None:
    for service, silent in SILENT.items():
        known = {spec.key: spec.cls for spec in EVENTS.values() if spec.service == service}
        assert {key for key, cls in known.items() if cls not in WORDING} == silent


def test_every_kind_has_a_row_and_every_ear_somebody_who_hears_by_it() -> None:
    assert {row.kind for row in WORDING.values()} == set(NoticeKind)
    assert {ear for row in WORDING.values() for ear in row.to} == set(Ear) == set(WHOSE)


def test_issues_are_told_in_sentences_and_things_in_parts_of_one() -> None:
    assert not ISSUES.keys() & THINGS.keys()
    for row in ISSUES.values():
        assert row.zh.endswith(("。", "}"))
        assert row.en.endswith((".", "}"))
    for row in THINGS.values():
        assert not row.zh.endswith("。")
        assert not row.en.endswith(".")
    for row in WORDING.values():
        assert re.search(r"[\u4e00-\u9fff]", row.zh)
        assert set(re.findall(r"\{\w+\}", row.zh)) == set(re.findall(r"\{\w+\}", row.en))

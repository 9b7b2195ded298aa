"""What people read: complete sentences in both languages, with local times, and nobody's id in them."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.notices.sentences import LONGEST_NOTE, sentence
from gateway.notices.wording import ISSUES, Ear
from services.issues.contract import IssueRejected, IssueResolved
from tests.gateway.notices import happenings
from tests.shared.samples import OFFICER, PROJECT, REPORTER, issue_state

WUHAN = ZoneInfo("Asia/Shanghai")
EVERY = happenings.every()
SAID = {
    "IssueTransferred": "您反映的“井盖破损”已转办“武汉水务集团”:主管道属水务集团。",
    "DeliveryRecorded": "您反映的“井盖破损”转办“武汉水务集团”有进展:对方已受理。",
    "IssuePostponed": "您反映的“井盖破损”约定于 2024-05-27 处理:配件待到货。",
    "IssueAlarmed": "您反映的“井盖破损”即将或已经超过时限 (2024-05-20 12:00),请督办。",
    "OriginalMoved": "您反映的“井盖破损”所并入的问题有进展:已办结。",
    "IssueResolved": "您反映的“井盖破损”已办结:已更换。",
    "IssueRejected": "您反映的“井盖破损”不予受理:不属本社区。请联系城管",
    "IssueRated": "您反映的“井盖破损”收到评价:2 星。",
    "AppealDecided": "您反映的“井盖破损”的评价申诉已裁定:不计入。",
    "VoteOpened": "“井盖破损”交业主表决,截止 2024-05-23 12:00(源自您反映的问题)。",
    "VoteClosed": "“井盖破损”业主表决结果:已通过(源自您反映的问题)。",
    "ContractSigned": "“井盖破损”已签订合同,金额 480,000.50 元(源自您反映的问题)。",
    "PaymentConfirmed": "“井盖破损”已付款 48,000 元(尾款)(源自您反映的问题)。",
    "DiaryWritten": "“井盖破损”施工日志:基坑开挖, 深度 1.2 米(源自您反映的问题)。",
    "ReworkOrdered": "“井盖破损”验收不合格,已下达返工单:排水坡度不足(源自您反映的问题)。",
}


def said(event: Any, ear: Ear = Ear.REPORTER, title: str = "井盖破损") -> tuple[str, str]:
    words = sentence(event, title, ear, WUHAN)
    return words.zh, words.en


@pytest.mark.parametrize("event", EVERY, ids=lambda event: type(event).__name__)
def test_every_row_makes_whole_sentences(event: Any) -> None:
    for ear in Ear:
        zh, en = said(event, ear)
        for text in (zh, en):
            assert "井盖破损" in text
            assert not {"{", "}", "None"} & {*text, *text.split()}
            assert "  " not in text
            assert not any(id_ in text for id_ in (REPORTER, OFFICER, PROJECT)), "no member's id"
        assert en[-1] == "." or type(event) is IssueRejected
    assert said(event)[0] == SAID.get(type(event).__name__, said(event)[0])


def test_a_sentence_without_a_note_has_no_colon_left_over() -> None:
    for event in EVERY:
        if type(event) in ISSUES and hasattr(event, "note") and not isinstance(event, IssueResolved):
            bare = type(event)(issue=event.issue)
            assert "::" not in said(bare)[0]
            assert not said(bare)[0].endswith((":。", ":"))


def test_a_long_note_is_shortened_and_its_lines_are_one() -> None:
    zh, _ = said(IssueResolved(issue=issue_state(), note="修\n" * 400))
    assert zh.endswith("…。")
    assert "\n" not in zh
    assert len(zh) < LONGEST_NOTE + 40


def test_what_people_write_is_never_taken_for_a_placeholder() -> None:
    zh, en = said(IssueResolved(issue=issue_state(), note="{title} {0} %s {note.__class__}"), title="{whose}")
    assert zh == "您反映的“{whose}”已办结:{title} {0} %s {note.__class__}。"
    assert "{whose}" in en


def test_times_are_local_ones() -> None:
    vote = next(event for event in EVERY if type(event).__name__ == "VoteOpened")
    assert "until 2024-05-23 00:00" in sentence(vote, "x", Ear.FOLLOWER, ZoneInfo("America/New_York")).en

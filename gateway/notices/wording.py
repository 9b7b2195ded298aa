"""Which events people are told of, who of them, and in which words: a table that a street office can proof-read.

What is not in it is nobody's business (a new count, a covered part of a photo) or told by another row: that an issue became
part of a topic by the topic itself, that the owners were asked and have decided by their vote. A report is told to nobody,
since its reporter knows of it. In the words, `{title}` is the issue's, topic's or project's; `{note}` the reason or note,
if there is one, after a colon; a person is never named.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.directory.contract import NoticeKind
from services.errors import Words
from services.issues.contract import (
    AppealDecided,
    DeliveryRecorded,
    IssueAccepted,
    IssueAlarmed,
    IssueAmended,
    IssueAssigned,
    IssueConfirmed,
    IssueEscalated,
    IssueMerged,
    IssuePostponed,
    IssueRated,
    IssueRejected,
    IssueReopened,
    IssueResolved,
    IssueStarted,
    IssueStayedOvernight,
    IssueTransferred,
    IssueUnmerged,
    IssueWithdrawn,
    OriginalMoved,
    RatingAppealed,
)
from services.projects.contract import (
    AcceptanceOpened,
    AlternativeProposed,
    ContractSigned,
    DesignPassed,
    DiaryWritten,
    DiscussedAgain,
    HearingClosed,
    HearingOpened,
    MeetingConvened,
    PaymentConfirmed,
    ProjectAccepted,
    ProjectBegun,
    ProjectClosed,
    ReworkOrdered,
    ReworkReported,
    TopicRaised,
    VoteClosed,
    VoteOpened,
    WorksRectified,
    WorksResumed,
    WorksStarted,
    WorksStopped,
)


class Ear(StrEnum):
    """As what somebody hears of an issue; the first that applies is the one they are spoken to as."""

    REPORTER = "reporter"
    HANDLER = "handler"
    ME_TOO = "me_too"
    FOLLOWER = "follower"
    LADDER = "ladder"
    ADMIN = "admin"


WHOSE: Mapping[Ear, Words] = {
    Ear.REPORTER: Words("which you reported", "您反映的"),
    Ear.HANDLER: Words("which you handle", "您经办的"),
    Ear.ME_TOO: Words("which you seconded", "您附议的"),
    Ear.FOLLOWER: Words("which you follow", "您关注的"),
    Ear.LADDER: Words("which you are called about", "请您督办的"),
    Ear.ADMIN: Words("which you are to decide about", "请您裁定的"),
}


@dataclass(frozen=True)
class Row:
    """One row of the table: who is told, under which kind, in which words after the title."""

    kind: NoticeKind
    to: frozenset[Ear]
    zh: str
    en: str


REPORTER = frozenset({Ear.REPORTER})
HANDLER = frozenset({Ear.HANDLER})
OTHERS = frozenset({Ear.ME_TOO, Ear.FOLLOWER})
FOLLOWING = REPORTER | OTHERS
LADDER = frozenset({Ear.LADDER})
ADMINS = frozenset({Ear.ADMIN})

K = NoticeKind
ISSUES: Mapping[type, Row] = {
    # event               kind            who is told          after the title
    IssueAmended:         Row(K.TASK,       HANDLER,             "有补充内容。", "was added to."),
    IssueAccepted:        Row(K.PROGRESS,   FOLLOWING,           "已受理。", "was accepted."),
    IssueAssigned:        Row(K.TASK,       FOLLOWING | HANDLER, "已派单{note}。", "was given to a handler{note}."),
    IssueStarted:         Row(K.PROGRESS,   FOLLOWING,           "已开始处理{note}。", "is being worked on{note}."),
    IssueTransferred:     Row(K.PROGRESS,   FOLLOWING,
                          "已转办“{body}”{note}。", "was handed on to “{body}”{note}."),
    DeliveryRecorded:     Row(K.PROGRESS,   FOLLOWING,
                          "转办“{body}”有进展:{delivery}{note}。", "has got further at “{body}”: {delivery}{note}."),
    IssuePostponed:       Row(K.PROGRESS,   FOLLOWING,
                          "约定于 {until} 处理{note}。", "was given the date {until}{note}."),
    IssueStayedOvernight: Row(K.PROGRESS,   FOLLOWING | HANDLER,
                          "当日未办结,已列入隔夜清单。", "was not settled today and is on the overnight list."),
    IssueEscalated:       Row(K.PROGRESS,   FOLLOWING | HANDLER,
                          "已提交三方例会{note}。", "goes to the meeting of the three parties{note}."),
    IssueAlarmed:         Row(K.ALARM,      LADDER,
                          "即将或已经超过时限{due},请督办。", "falls due or is overdue{due}: please see to it."),
    IssueMerged:          Row(K.PROGRESS,   FOLLOWING | HANDLER,
                          "与另一问题相同,已并案处理。", "is the same as another issue and follows it from now on."),
    IssueUnmerged:        Row(K.PROGRESS,   FOLLOWING | HANDLER,
                          "已取消并案{note}。", "is an issue of its own again{note}."),
    OriginalMoved:        Row(K.PROGRESS,   REPORTER,
                          "所并入的问题有进展:{original}。", "has got further with the issue that it follows: {original}."),
    IssueResolved:        Row(K.OUTCOME,    FOLLOWING,           "已办结{note}。", "was settled{note}."),
    IssueRejected:        Row(K.OUTCOME,    FOLLOWING,
                          "不予受理{note}。{instead}", "is out of scope{note}. {instead}"),
    IssueConfirmed:       Row(K.OUTCOME,    FOLLOWING | HANDLER, "已确认解决。", "is confirmed to be solved."),
    IssueReopened:        Row(K.OUTCOME,    OTHERS | HANDLER,
                          "未解决,已重开{note}。", "is not solved and was reopened{note}."),
    IssueWithdrawn:       Row(K.OUTCOME,    OTHERS | HANDLER,
                          "已由报告人撤回。", "was withdrawn by its reporter."),
    IssueRated:           Row(K.RATING,     HANDLER,             "收到评价:{stars} 星。", "was rated: {stars} of 5."),
    RatingAppealed:       Row(K.RATING,     REPORTER | ADMINS,
                          "的评价被提出申诉。", "has a rating that the handler finds unfair."),
    AppealDecided:        Row(K.RATING,     REPORTER | HANDLER,
                          "的评价申诉已裁定:{decision}。", "has its appeal decided: {decision}."),
}  # fmt: skip
"""About an issue: `您反映的“井盖破损”已办结:已更换。` Of OriginalMoved only those hear who do not hear of the original itself."""

THINGS: Mapping[type, Row] = {
    # event               kind            who is told          after the title
    TopicRaised:          Row(K.MEETING,    FOLLOWING,
                          "已列为三方例会议题", "was raised as a topic of the three parties"),
    MeetingConvened:      Row(K.MEETING,    FOLLOWING,
                          "正在三方例会上审议", "is before a meeting of the three parties"),
    ProjectBegun:         Row(K.PROJECT,    FOLLOWING,
                          "经三方同意,已立项", "has become a project by the three parties' agreement"),
    AlternativeProposed:  Row(K.PROJECT,    FOLLOWING,           "收到一份新方案", "has one more plan"),
    DesignPassed:         Row(K.PROJECT,    FOLLOWING,           "已通过设计关", "has passed the design gate"),
    DiscussedAgain:       Row(K.PROJECT,    FOLLOWING,
                          "重新征集方案{note}", "goes back to its alternatives{note}"),
    VoteOpened:           Row(K.VOTE,       FOLLOWING,
                          "交业主表决,截止 {closes}", "is put to the owners' vote until {closes}"),
    VoteClosed:           Row(K.VOTE,       FOLLOWING,
                          "业主表决结果:{vote}", "has the result of its vote: {vote}"),
    ContractSigned:       Row(K.MONEY,      FOLLOWING,
                          "已签订合同,金额 {yuan} 元", "has a contract of {yuan} yuan"),
    PaymentConfirmed:     Row(K.MONEY,      FOLLOWING,
                          "已付款 {yuan} 元({payment})", "was paid {yuan} yuan ({payment})"),
    WorksStarted:         Row(K.PROJECT,    FOLLOWING,
                          "已通过施工关,开工", "has passed the construction gate: works begin"),
    DiaryWritten:         Row(K.DIARY,      FOLLOWING,           "施工日志{note}", "has news of its site{note}"),
    WorksStopped:         Row(K.PROJECT,    FOLLOWING,           "已停工{note}", "was stopped{note}"),
    WorksRectified:       Row(K.PROJECT,    FOLLOWING,
                          "已报告整改,待复查", "was put right and is to be inspected"),
    WorksResumed:         Row(K.PROJECT,    FOLLOWING,           "已复工", "goes on"),
    AcceptanceOpened:     Row(K.ACCEPTANCE, FOLLOWING,
                          "已完工,开始竣工验收", "is complete: acceptance begins"),
    ReworkOrdered:        Row(K.ACCEPTANCE, FOLLOWING,
                          "验收不合格,已下达返工单{note}", "failed its acceptance: rework was ordered{note}"),
    ReworkReported:       Row(K.ACCEPTANCE, FOLLOWING,
                          "已报告返工完成,待复验", "was reworked and is to be checked again"),
    ProjectAccepted:      Row(K.ACCEPTANCE, FOLLOWING,           "已通过验收关", "has passed the acceptance gate"),
    HearingOpened:        Row(K.HEARING,    FOLLOWING,           "正在阳光听证会上接受质询", "is before a hearing"),
    HearingClosed:        Row(K.HEARING,    FOLLOWING,           "的阳光听证会已结束", "has had its hearing"),
    ProjectClosed:        Row(K.PROJECT,    FOLLOWING,           "已办结", "is done, paid and judged"),
}  # fmt: skip
"""About what became of issues: `“新建充电车棚”已通过设计关(源自您反映的问题)。`"""

WORDING: Mapping[type, Row] = {**ISSUES, **THINGS}

"""The whole HTTP surface, one row an endpoint: routes, checks, OpenAPI and the docs page are all made from this table.

Paths begin with /v1. What a row does not say comes from the contracts: summary = the command's docstring, members = its
own, roles = its `by`, refusals = its `refuses`, filters = the view's. The Chinese words are the label that people see.
"""

from dataclasses import dataclass

from gateway.directory.answers import ClientSession, LogIn, Profile, RollPage, Session, WithKey, WithRefreshToken
from gateway.directory.contract import (
    ApiClientState,
    ChangePassword,
    CommunityState,
    CreateApiClient,
    EnrolMember,
    GrantRole,
    ImportRoll,
    JoinCommunity,
    MemberState,
    OnboardCommunity,
    RegisterMember,
    RejectMember,
    RemoveWebhook,
    ResetPassword,
    RevokeApiClient,
    RevokeRole,
    RollState,
    SetParameter,
    SetWebhook,
    VerifyMember,
    WebhookState,
)
from gateway.questions import (
    DocsQuestion,
    EventsQuestion,
    Homes,
    Me,
    Profiles,
    ProfilesQuestion,
    RollQuestion,
    WebhookDelivery,
)
from services.experts.contract import (
    CommitToDraw,
    ConflictState,
    DeclareConflict,
    DeclineSeat,
    DrawState,
    ExpertState,
    RegisterExpert,
    RevealSecret,
    VerifyExpert,
)
from services.issues.contract import (
    AcceptIssue,
    ConfirmIssue,
    EscalateIssue,
    IssueState,
    RejectIssue,
    ReopenIssue,
    ReportIssue,
    ResolveIssue,
)
from services.points.contract import (
    AccountState,
    CancelRedemption,
    ConfirmRedemption,
    OfferReward,
    RedeemReward,
    RedemptionState,
    RefuseRedemption,
    RewardState,
)
from services.projects.contract import (
    AcceptanceState,
    AdoptResolution,
    AgreeToResolution,
    AnswerQuestion,
    AppointAcceptor,
    AppointSupervisor,
    AskQuestion,
    AttendMeeting,
    BallotState,
    CastBallot,
    CheckClause,
    CloseHearing,
    CloseMeeting,
    CloseProject,
    CloseVote,
    ConfirmPayment,
    ContractState,
    ConveneMeeting,
    DiaryEntryState,
    DiscussAgain,
    EnterPaperBallots,
    GiveOpinion,
    HearingState,
    InstructPayment,
    JudgeDesign,
    MeetingState,
    MoveResolution,
    OpenHearing,
    OpenVote,
    OpinionState,
    OrderRework,
    PassDesignGate,
    PaymentState,
    ProjectState,
    ProposeAlternative,
    RaiseTopic,
    ReportCompletion,
    ReportRectification,
    ReportRework,
    RequestJury,
    ResumeWorks,
    SignAcceptance,
    SignContract,
    StartWorks,
    StopWorks,
    TopicState,
    VoiceDoubt,
    VoteState,
    WriteDiary,
)


@dataclass(frozen=True)
class Endpoint:
    """A command: it is sent to the service that owns the thing, and the answer is what the command returns.

    `public` when somebody without a token may send it.
    """

    method: str
    path: str
    command: type
    zh: str
    status: int = 200
    public: bool = False


@dataclass(frozen=True)
class Listing:
    """A list of things, the newest first, a page at a time."""

    path: str
    view: type
    zh: str
    public: bool = False
    method: str = "GET"


@dataclass(frozen=True)
class Reading:
    """One thing: its id is the last parameter of the path, unless each community has exactly one."""

    path: str
    view: type
    zh: str
    public: bool = False
    method: str = "GET"


@dataclass(frozen=True)
class Special:
    """An endpoint with a handler of its own, named `does`; what it takes, gives and is asked are contract classes.

    `media` is the type of its answers, `sends` that of its body.
    """

    method: str
    path: str
    does: str
    en: str
    zh: str
    takes: type | None = None
    gives: type | None = None
    asks: type | None = None
    status: int = 200
    media: str = "application/json"
    sends: str = "application/json"
    public: bool = False


Row = Endpoint | Listing | Reading | Special

HERE = "/v1/communities/{community_id}"
ISSUE = f"{HERE}/issues/{{issue_id}}"
MEMBER = f"{HERE}/members/{{member_id}}"
WEBHOOK = f"{HERE}/webhooks/{{webhook_id}}"
MEETING = f"{HERE}/meetings/{{meeting_id}}"
PROJECT = f"{HERE}/projects/{{project_id}}"
VOTE = f"{HERE}/votes/{{vote_id}}"
CONTRACT = f"{HERE}/contracts/{{contract_id}}"
PAYMENT = f"{HERE}/payments/{{payment_id}}"
ACCEPTANCE = f"{HERE}/acceptances/{{acceptance_id}}"
HEARING = f"{HERE}/hearings/{{hearing_id}}"
EXPERT = f"{HERE}/experts/{{expert_id}}"
DRAW = f"{HERE}/draws/{{draw_id}}"
REDEMPTION = f"{HERE}/redemptions/{{redemption_id}}"

ENDPOINTS: dict[str, tuple[Row, ...]] = {
    "issues": (
        Endpoint("POST",   f"{HERE}/issues",              ReportIssue,      "上报问题", 201),
        Listing(           f"{HERE}/issues",              IssueState,       "问题列表"),
        Reading(           ISSUE,                         IssueState,       "查看问题"),
        Endpoint("POST",   f"{ISSUE}/acceptance",         AcceptIssue,      "受理问题"),
        Endpoint("POST",   f"{ISSUE}/resolution",         ResolveIssue,     "办结问题"),
        Endpoint("POST",   f"{ISSUE}/confirmation",       ConfirmIssue,     "确认问题已解决"),
        Endpoint("POST",   f"{ISSUE}/reopening",          ReopenIssue,      "重开问题"),
        Endpoint("POST",   f"{ISSUE}/rejection",          RejectIssue,      "不予受理"),
        Endpoint("POST",   f"{ISSUE}/escalation",         EscalateIssue,    "提交三方例会"),
    ),
    "meetings": (
        Endpoint("POST",   f"{HERE}/topics",              RaiseTopic,       "提出议题", 201),
        Listing(           f"{HERE}/topics",              TopicState,       "议题列表"),
        Reading(           f"{HERE}/topics/{{topic_id}}", TopicState,       "查看议题"),
        Endpoint("POST",   f"{HERE}/meetings",            ConveneMeeting,   "召开三方例会", 201),
        Listing(           f"{HERE}/meetings",            MeetingState,     "三方例会列表"),
        Reading(           MEETING,                       MeetingState,     "查看三方例会"),
        Endpoint("POST",   f"{MEETING}/attendance",       AttendMeeting,    "签到"),
        Endpoint("POST",   f"{MEETING}/resolutions",      MoveResolution,   "提出决议"),
        Endpoint("POST",   f"{MEETING}/agreements",       AgreeToResolution, "同意决议"),
        Endpoint("POST",   f"{MEETING}/adoptions",        AdoptResolution,  "通过决议", 201),
        Endpoint("POST",   f"{MEETING}/closing",          CloseMeeting,     "结束三方例会"),
    ),
    "projects": (
        Listing(           f"{HERE}/projects",            ProjectState,     "项目列表"),
        Reading(           PROJECT,                       ProjectState,     "查看项目"),
        Endpoint("POST",   f"{PROJECT}/alternatives",     ProposeAlternative, "提交方案"),
        Endpoint("POST",   f"{PROJECT}/jury",             RequestJury,      "申请抽取评审团"),
        Endpoint("POST",   f"{PROJECT}/judgements",       JudgeDesign,      "评审设计"),
        Endpoint("POST",   f"{PROJECT}/design-gate",      PassDesignGate,   "通过设计关"),
        Endpoint("POST",   f"{PROJECT}/discussion",       DiscussAgain,     "重新讨论"),
        Endpoint("POST",   f"{PROJECT}/votes",            OpenVote,         "发起业主表决", 201),
        Endpoint("POST",   f"{PROJECT}/contract",         SignContract,     "签订合同", 201),
        Endpoint("POST",   f"{PROJECT}/doubts",           VoiceDoubt,       "提出疑问"),
        Endpoint("POST",   f"{PROJECT}/supervisors",      AppointSupervisor, "加入施工监督组"),
        Endpoint("POST",   f"{PROJECT}/construction-gate", StartWorks,      "开工(施工关)"),
        Endpoint("POST",   f"{PROJECT}/diary",            WriteDiary,       "写施工日志", 201),
        Endpoint("POST",   f"{PROJECT}/stop-orders",      StopWorks,        "下达停工令"),
        Endpoint("POST",   f"{PROJECT}/rectification",    ReportRectification, "报告整改"),
        Endpoint("POST",   f"{PROJECT}/resumption",       ResumeWorks,      "复工"),
        Endpoint("POST",   f"{PROJECT}/acceptors",        AppointAcceptor,  "加入竣工验收组"),
        Endpoint("POST",   f"{PROJECT}/completion",       ReportCompletion, "报告完工", 201),
        Endpoint("POST",   f"{PROJECT}/opinions",         GiveOpinion,      "满意度评价", 201),
        Endpoint("POST",   f"{PROJECT}/closing",          CloseProject,     "项目办结"),
        Listing(           f"{HERE}/diary-entries",       DiaryEntryState,  "施工日志"),
        Reading(           f"{HERE}/diary-entries/{{entry_id}}", DiaryEntryState, "查看施工日志"),
        Listing(           f"{HERE}/opinions",            OpinionState,     "我的评价"),
        Reading(           f"{HERE}/opinions/{{opinion_id}}", OpinionState, "查看评价"),
    ),
    "votes": (
        Listing(           f"{HERE}/votes",               VoteState,        "业主表决列表"),
        Reading(           VOTE,                          VoteState,        "查看业主表决"),
        Endpoint("POST",   f"{VOTE}/ballots",             CastBallot,       "投票", 201),
        Endpoint("POST",   f"{VOTE}/paper-ballots",       EnterPaperBallots, "录入纸质选票"),
        Endpoint("POST",   f"{VOTE}/counting",            CloseVote,        "计票"),
        Listing(           f"{HERE}/ballots",             BallotState,      "我的选票"),
        Reading(           f"{HERE}/ballots/{{ballot_id}}", BallotState,    "查看选票"),
    ),
    "money": (
        Listing(           f"{HERE}/contracts",           ContractState,    "合同列表"),
        Reading(           CONTRACT,                      ContractState,    "查看合同"),
        Endpoint("POST",   f"{CONTRACT}/payments",        InstructPayment,  "下达付款指令", 201),
        Listing(           f"{HERE}/payments",            PaymentState,     "付款列表"),
        Reading(           PAYMENT,                       PaymentState,     "查看付款"),
        Endpoint("POST",   f"{PAYMENT}/confirmation",     ConfirmPayment,   "确认已付款"),
    ),
    "acceptances": (
        Listing(           f"{HERE}/acceptances",         AcceptanceState,  "竣工验收列表"),
        Reading(           ACCEPTANCE,                    AcceptanceState,  "查看竣工验收"),
        Endpoint("POST",   f"{ACCEPTANCE}/checks",        CheckClause,      "逐条查验"),
        Endpoint("POST",   f"{ACCEPTANCE}/rework-orders", OrderRework,      "下达返工单"),
        Endpoint("POST",   f"{ACCEPTANCE}/rework",        ReportRework,     "报告返工完成"),
        Endpoint("POST",   f"{ACCEPTANCE}/signatures",    SignAcceptance,   "验收签字"),
    ),
    "hearings": (
        Endpoint("POST",   f"{HERE}/hearings",            OpenHearing,      "召开阳光听证会", 201),
        Listing(           f"{HERE}/hearings",            HearingState,     "阳光听证会列表"),
        Reading(           HEARING,                       HearingState,     "查看阳光听证会"),
        Endpoint("POST",   f"{HEARING}/questions",        AskQuestion,      "提问"),
        Endpoint("POST",   f"{HEARING}/answers",          AnswerQuestion,   "答复"),
        Endpoint("POST",   f"{HEARING}/closing",          CloseHearing,     "结束阳光听证会"),
    ),
    "experts": (
        Endpoint("POST",   f"{HERE}/experts",             RegisterExpert,   "报名专家", 201),
        Listing(           f"{HERE}/experts",             ExpertState,      "专家列表"),
        Reading(           EXPERT,                        ExpertState,      "查看专家"),
        Endpoint("POST",   f"{EXPERT}/verification",      VerifyExpert,     "核验专家"),
        Endpoint("POST",   f"{HERE}/conflicts",           DeclareConflict,  "申报回避", 201),
        Listing(           f"{HERE}/conflicts",           ConflictState,    "回避列表"),
        Reading(           f"{HERE}/conflicts/{{conflict_id}}", ConflictState, "查看回避"),
        Listing(           f"{HERE}/draws",               DrawState,        "抽签列表", public=True),
        Reading(           DRAW,                          DrawState,        "查看抽签(可验证)", public=True),
        Endpoint("POST",   f"{DRAW}/commitments",         CommitToDraw,     "提交密数承诺"),
        Endpoint("POST",   f"{DRAW}/secrets",             RevealSecret,     "公开密数"),
        Endpoint("POST",   f"{DRAW}/declinations",        DeclineSeat,      "推辞评审席位"),
    ),
    "points": (
        Listing(           f"{HERE}/accounts",            AccountState,     "我的积分账户"),
        Reading(           f"{HERE}/accounts/{{account_id}}", AccountState, "查看积分账户"),
        Endpoint("POST",   f"{HERE}/rewards",             OfferReward,      "发布积分商品", 201),
        Listing(           f"{HERE}/rewards",             RewardState,      "积分商品"),
        Reading(           f"{HERE}/rewards/{{reward_id}}", RewardState,    "查看积分商品"),
        Endpoint("POST",   f"{HERE}/rewards/{{reward_id}}/redemptions", RedeemReward, "兑换", 201),
        Listing(           f"{HERE}/redemptions",         RedemptionState,  "兑换券列表"),
        Reading(           REDEMPTION,                    RedemptionState,  "查看兑换券"),
        Endpoint("POST",   f"{REDEMPTION}/cancellation",  CancelRedemption, "退回兑换券"),
        Endpoint("POST",   f"{REDEMPTION}/confirmation",  ConfirmRedemption, "确认已抵扣"),
        Endpoint("POST",   f"{REDEMPTION}/refusal",       RefuseRedemption, "无法抵扣"),
    ),
    "communities": (
        Listing(           "/v1/communities",             CommunityState,   "社区列表", public=True),
        Endpoint("POST",   "/v1/communities",             OnboardCommunity, "接入社区", 201),
        Reading(           HERE,                          CommunityState,   "查看社区", public=True),
        Endpoint("POST",   f"{HERE}/parameters",          SetParameter,     "设定本社区参数"),
        Reading(           f"{HERE}/roll",                RollState,        "业主名册汇总", public=True),
        Special("PUT",     f"{HERE}/roll", "import_roll", "Replace the owners' roll by a CSV file, all or nothing.",
                "导入业主名册", takes=ImportRoll, gives=RollState, sends="text/csv"),
        Special("GET",     f"{HERE}/roll/entries", "roll_entries", "The owners' roll, home by home.", "业主名册",
                gives=RollPage, asks=RollQuestion),
        Special("GET",     f"{HERE}/entrances/{{entrance_id}}/homes", "homes", "The homes of an entrance.", "单元各户",
                gives=Homes, public=True),
    ),
    "members": (
        Endpoint("POST",   f"{HERE}/members",             RegisterMember,   "注册", 201, public=True),
        Endpoint("POST",   f"{HERE}/enrolments",          EnrolMember,      "现场登记成员", 201),
        Endpoint("POST",   f"{HERE}/memberships",         JoinCommunity,    "加入社区", 201),
        Listing(           f"{HERE}/members",             MemberState,      "成员列表"),
        Reading(           MEMBER,                        MemberState,      "查看成员"),
        Special("GET",     f"{MEMBER}/profile", "profile", "A member's name, for those who may know it.", "成员姓名",
                gives=Profile),
        Special("GET",     f"{HERE}/profiles", "profiles", "Some members' names, for those who may know them.",
                "成员姓名列表", gives=Profiles, asks=ProfilesQuestion),
        Endpoint("POST",   f"{MEMBER}/verification",      VerifyMember,     "核实成员"),
        Endpoint("POST",   f"{MEMBER}/rejection",         RejectMember,     "驳回注册"),
        Endpoint("POST",   f"{MEMBER}/roles",             GrantRole,        "授予角色"),
        Endpoint("DELETE", f"{MEMBER}/roles/{{role}}",    RevokeRole,       "撤销角色"),
        Endpoint("POST",   f"{MEMBER}/password",          ResetPassword,    "重置密码"),
        Endpoint("POST",   f"{HERE}/password",            ChangePassword,   "修改密码"),
    ),
    "api clients": (
        Endpoint("POST",   f"{HERE}/api-clients",         CreateApiClient,  "新建接口客户端", 201),
        Listing(           f"{HERE}/api-clients",         ApiClientState,   "接口客户端列表"),
        Reading(           f"{HERE}/api-clients/{{client_id}}", ApiClientState, "查看接口客户端"),
        Endpoint("DELETE", f"{HERE}/api-clients/{{client_id}}", RevokeApiClient, "停用接口客户端"),
        Endpoint("POST",   f"{HERE}/webhooks",            SetWebhook,       "设置事件推送", 201),
        Listing(           f"{HERE}/webhooks",            WebhookState,     "事件推送列表"),
        Reading(           WEBHOOK,                       WebhookState,     "查看事件推送"),
        Endpoint("DELETE", WEBHOOK,                       RemoveWebhook,    "取消事件推送"),
        Special("GET",     f"{WEBHOOK}/delivery", "webhook_delivery", "How far a webhook has been served, and what went wrong.",
                "推送进度", gives=WebhookDelivery),
    ),
    "sessions": (
        Special("POST",    "/v1/sessions", "log_in", "Log in with a password.", "登录",
                LogIn, Session, status=201, public=True),
        Special("POST",    "/v1/sessions/refresh", "refresh", "Get the next tokens of a session.", "续期",
                WithRefreshToken, Session, public=True),
        Special("DELETE",  "/v1/sessions", "log_out", "End a session.", "退出",
                WithRefreshToken, status=204, public=True),
        Special("POST",    "/v1/client-tokens", "client_token", "Get an access token for an API client.", "获取客户端令牌",
                WithKey, ClientSession, status=201, public=True),
        Special("GET",     "/v1/me", "me", "Who one is, and where one is a member.", "我的身份", gives=Me),
        Special("GET",     "/.well-known/jwks.json", "keys", "The public keys by which access tokens are verified.",
                "公钥", media="application/jwk-set+json", public=True),
    ),
    "events": (
        Special("GET",     "/v1/events", "events", "What happened: the feed as pages, or live as Server-Sent Events.",
                "事件流", asks=EventsQuestion, public=True),
    ),
    "documents": (
        Special("GET",     "/v1/openapi.json", "openapi", "This description of the API.", "接口描述", public=True),
        Special("GET",     "/v1/docs", "docs", "The API explained to people.", "接口文档", asks=DocsQuestion,
                media="text/html", public=True),
        Special("GET",     "/v1/docs/style.css", "style", "How the API's documentation looks.", "文档样式",
                media="text/css", public=True),
        Special("GET",     "/v1/schemas/{name}", "schema", "The JSON Schema of an event's data: its type and `.json`.",
                "事件数据结构", media="application/schema+json", public=True),
    ),
    "operation": (
        Special("GET",     "/healthz", "healthz", "Whether this process works.", "存活检查", public=True),
        Special("GET",     "/readyz", "readyz", "Whether this process can answer everything.", "就绪检查", public=True),
        Special("GET",     "/metrics", "metrics", "Figures for Prometheus.", "监控指标", media="text/plain", public=True),
    ),
}  # fmt: skip

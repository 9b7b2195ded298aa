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
    NoticePreferences,
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
from gateway.notices.answers import Notices, NoticesQuestion, ReadNotices, UnreadNotices
from gateway.numbers.asking import CsvQuestion, GeoQuestion, HeatQuestion, MonthQuestion, NumbersQuestion
from gateway.numbers.definitions import Definitions, NumbersAnswer
from gateway.numbers.heat import HeatMap
from gateway.numbers.recurring import RecurringMatters
from gateway.photos.contract import IssuePhotoQuestion, OwnPhotoQuestion, PhotoFile
from gateway.photos.kinds import GIVEN, TAKEN
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
from gateway.similar.answers import LikeThisQuestion, SimilarIssues, SimilarQuestion
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
    AmendIssue,
    AppealRating,
    AssignIssue,
    AttendHuddle,
    CatalogueState,
    ChangeGrid,
    ChangeRoute,
    CloseHuddle,
    ConfirmIssue,
    CoverPhoto,
    DecideAppeal,
    DefineGrid,
    DefineRoute,
    DisposeIssue,
    EscalateIssue,
    FollowingState,
    FollowIssue,
    GridState,
    HuddleState,
    IssueState,
    LogPatrol,
    MergeIssue,
    PatrolState,
    PostponeIssue,
    RateIssue,
    RecordDelivery,
    RejectIssue,
    ReopenIssue,
    ReportIssue,
    ResolveIssue,
    RouteState,
    SecondIssue,
    SetCategory,
    SetOutline,
    StartIssue,
    TransferIssue,
    UnfollowIssue,
    UnmergeIssue,
    WithdrawIssue,
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

    `media` is the type of its answers, `sends` that of its body (or several types with commas); `tagged` when its answer
    has an entity tag by which it can be asked for again.
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
    tagged: bool = False


Row = Endpoint | Listing | Reading | Special

HERE = "/v1/communities/{community_id}"
ISSUE = f"{HERE}/issues/{{issue_id}}"
HUDDLE = f"{HERE}/huddles/{{huddle_id}}"
GRID = f"{HERE}/grids/{{grid_id}}"
ROUTE = f"{HERE}/routes/{{route_id}}"
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
        Endpoint("POST",   f"{ISSUE}/amendment",          AmendIssue,       "修改上报内容"),
        Endpoint("POST",   f"{ISSUE}/acceptance",         AcceptIssue,      "受理问题"),
        Endpoint("POST",   f"{ISSUE}/assignment",         AssignIssue,      "派单"),
        Endpoint("POST",   f"{ISSUE}/start",              StartIssue,       "开始处理"),
        Endpoint("POST",   f"{ISSUE}/resolution",         ResolveIssue,     "办结问题"),
        Endpoint("POST",   f"{ISSUE}/transfer",           TransferIssue,    "转办"),
        Endpoint("POST",   f"{ISSUE}/delivery",           RecordDelivery,   "登记转办进展"),
        Endpoint("POST",   f"{ISSUE}/postponement",       PostponeIssue,    "约期处理"),
        Endpoint("POST",   f"{ISSUE}/confirmation",       ConfirmIssue,     "确认问题已解决"),
        Endpoint("POST",   f"{ISSUE}/reopening",          ReopenIssue,      "重开问题"),
        Endpoint("POST",   f"{ISSUE}/rejection",          RejectIssue,      "不予受理"),
        Endpoint("POST",   f"{ISSUE}/withdrawal",         WithdrawIssue,    "撤回上报"),
        Endpoint("POST",   f"{ISSUE}/escalation",         EscalateIssue,    "提交三方例会"),
        Endpoint("POST",   f"{ISSUE}/merger",             MergeIssue,       "并案"),
        Endpoint("POST",   f"{ISSUE}/separation",         UnmergeIssue,     "撤销并案"),
        Endpoint("POST",   f"{ISSUE}/me-toos",            SecondIssue,      "附议"),
        Endpoint("POST",   f"{ISSUE}/followings",         FollowIssue,      "关注问题", 201),
        Endpoint("DELETE", f"{ISSUE}/followings",         UnfollowIssue,    "取消关注"),
        Endpoint("POST",   f"{ISSUE}/rating",             RateIssue,        "评价办理"),
        Endpoint("POST",   f"{ISSUE}/rating/appeal",      AppealRating,     "申诉评价"),
        Endpoint("POST",   f"{ISSUE}/rating/decision",    DecideAppeal,     "裁定评价申诉"),
        Endpoint("POST",   f"{ISSUE}/photos/{{photo_id}}/cover", CoverPhoto, "遮挡照片"),
        Listing(           f"{HERE}/followings",          FollowingState,   "我的关注"),
        Reading(           f"{HERE}/followings/{{following_id}}", FollowingState, "查看关注"),
        Special("GET",     f"{HERE}/similar-issues", "similar_issues",
                "Open issues that may be the one that one is about to report, the most likely first.", "查找相似问题",
                gives=SimilarIssues, asks=SimilarQuestion),
        Special("GET",     f"{ISSUE}/similar", "like_this", "Open issues that may be the same as this one.", "相似问题",
                gives=SimilarIssues, asks=LikeThisQuestion),
        Reading(           f"{HERE}/catalogue",           CatalogueState,   "问题类别"),
        Endpoint("POST",   f"{HERE}/catalogue/categories", SetCategory,     "设定类别"),
        Endpoint("POST",   f"{HERE}/catalogue/outline",   SetOutline,       "划定社区边界"),
    ),
    "huddles": (
        Listing(           f"{HERE}/huddles",             HuddleState,      "碰头会列表"),
        Reading(           HUDDLE,                        HuddleState,      "查看碰头会"),
        Endpoint("POST",   f"{HUDDLE}/attendance",        AttendHuddle,     "碰头会签到"),
        Endpoint("POST",   f"{HUDDLE}/dispositions",      DisposeIssue,     "碰头会处置问题"),
        Endpoint("POST",   f"{HUDDLE}/closing",           CloseHuddle,      "结束碰头会"),
        Listing(           f"{HERE}/grids",               GridState,        "微网格列表"),
        Reading(           GRID,                          GridState,        "查看微网格"),
        Endpoint("POST",   f"{HERE}/grids",               DefineGrid,       "划定微网格", 201),
        Endpoint("POST",   f"{GRID}/change",              ChangeGrid,       "调整微网格"),
        Listing(           f"{HERE}/routes",              RouteState,       "巡查路线列表"),
        Reading(           ROUTE,                         RouteState,       "查看巡查路线"),
        Endpoint("POST",   f"{HERE}/routes",              DefineRoute,      "设定巡查路线", 201),
        Endpoint("POST",   f"{ROUTE}/change",             ChangeRoute,      "调整巡查路线"),
        Listing(           f"{HERE}/patrols",             PatrolState,      "巡查记录列表"),
        Reading(           f"{HERE}/patrols/{{patrol_id}}", PatrolState,    "查看巡查记录"),
        Endpoint("POST",   f"{HERE}/patrols",             LogPatrol,        "登记巡查", 201),
    ),
    "photos": (
        Special("POST",    f"{HERE}/photos", "upload_photo",
                "Send a photo or short video as it is, to name it in a report, as evidence or in a patrol's findings.",
                "上传照片或短视频", gives=PhotoFile, status=201, sends=", ".join(TAKEN)),
        Special("GET",     f"{HERE}/photos/{{photo_id}}", "own_photo", "A photo or video that one uploaded oneself.",
                "查看自己上传的照片", asks=OwnPhotoQuestion, media=", ".join(GIVEN), tagged=True),
        Special("GET",     f"{ISSUE}/photos/{{photo_id}}", "issue_photo",
                "A photo or video of an issue, without its covered parts; `original` is for admins.",
                "查看问题照片", asks=IssuePhotoQuestion, media=", ".join(GIVEN), tagged=True),
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
    "numbers": (
        Special("GET",     f"{HERE}/numbers", "numbers", "The numbers of some days: all together, and row by row.", "统计数字",
                gives=NumbersAnswer, asks=NumbersQuestion),
        Special("GET",     f"{HERE}/numbers.csv", "numbers_csv", "The rows of the same numbers as CSV.", "统计数字(CSV)",
                asks=NumbersQuestion, media="text/csv"),
        Special("GET",     "/v1/numbers/definitions", "number_definitions", "What every number and every column means.",
                "指标定义", gives=Definitions, public=True),
        Special("GET",     f"{HERE}/heat-map", "heat_map", "Where issues were reported, in squares of about 55 m (GeoJSON).",
                "问题热力图", gives=HeatMap, asks=HeatQuestion, media="application/geo+json"),
        Special("GET",     f"{HERE}/recurring-matters", "recurring_matters",
                "What came up again and again in a month, each with the topic that it proposes.", "每月一题",
                gives=RecurringMatters, asks=MonthQuestion),
        Special("GET",     f"{HERE}/issues.csv", "issues_csv",
                "All issues that one may see, of one moment, as CSV; `X-Total-Count` says how many.",
                "导出问题(CSV)", asks=CsvQuestion, media="text/csv"),
        Special("GET",     f"{HERE}/issues.geojson", "issues_geojson",
                "The same as GeoJSON; what has no point has no geometry.", "导出问题(GeoJSON)",
                asks=GeoQuestion, media="application/geo+json"),
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
    "notices": (
        Special("GET",     f"{HERE}/notices", "notices", "One's own notices, the newest first, and how far each was sent.",
                "我的通知", gives=Notices, asks=NoticesQuestion),
        Special("GET",     f"{HERE}/notices/unread", "unread_notices", "How many of one's notices are unread.", "未读通知数",
                gives=UnreadNotices),
        Special("POST",    f"{HERE}/notices/read", "read_notices", "Mark notices as read: some, or all up to one.",
                "标记已读", takes=ReadNotices, gives=UnreadNotices),
        Special("GET",     "/v1/me/notice-preferences", "notice_preferences",
                "Where and when one is told besides the inbox; addresses are masked.", "通知设置", gives=NoticePreferences),
        Special("PUT",     "/v1/me/notice-preferences", "set_notice_preferences",
                "Say where and when one is told besides the inbox; an address given back as it was shown stays what it is.",
                "修改通知设置", takes=NoticePreferences, gives=NoticePreferences),
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

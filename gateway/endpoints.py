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
    ResetPassword,
    RevokeApiClient,
    RevokeRole,
    RollState,
    SetParameter,
    VerifyMember,
)
from gateway.questions import DocsQuestion, EventsQuestion, Homes, Me, Profiles, ProfilesQuestion, RollQuestion
from services.issues.contract import (
    AcceptIssue,
    ConfirmIssue,
    IssueState,
    RejectIssue,
    ReopenIssue,
    ReportIssue,
    ResolveIssue,
)
from services.points.contract import AccountState


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
    ),
    "points": (
        Listing(           f"{HERE}/accounts",            AccountState,     "我的积分账户"),
        Reading(           f"{HERE}/accounts/{{account_id}}", AccountState, "查看积分账户"),
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

"""All that anyone else may know of the directory: places, ids, roles and areas; never a name, a phone or an address of a person.

Commands may hold personal data (`personal`): they are done in the gateway's own process and never cross the bus. What is
answered there and nowhere else stands in `answers.py`.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from services.actor import NOBODY, THE_SYSTEM, Actor, Role, Who, holders
from services.declare import ONE_MEMBER, PUBLIC, STAFF, Between, Length, Matching, command, event, seen_by, value, view
from services.fields import Code, Id, Label, Labelled, Line, Slug, Version

Zone = Annotated[str, Between(1, 64)]
Login = Annotated[str, Matching(r"^[a-z0-9][a-z0-9._-]{2,39}$")]
PersonName = Annotated[str, Length(1, 40)]
Phone = Annotated[str, Matching(r"^\+?[0-9][0-9 -]{4,22}[0-9]$")]
Password = Annotated[str, Length(1, 128)]
Sha256 = Annotated[str, Matching(r"^[0-9a-f]{64}$")]
Area = Annotated[int, Between(0, 9_007_199_254_740_991)]
Count = Annotated[int, Between(0, 1_000_000)]
WebAddress = Annotated[str, Matching(r"^https?://[!-~]{1,490}$")]
EventTypes = Annotated[str, Matching(r"^[a-z0-9_.]{0,120}\*?$")]
Address = Annotated[str, Matching(r"^[!-~]{3,500}$")]
Minute = Annotated[int, Between(0, 1439)]


@dataclass(frozen=True)
class _Anybody(Who):
    def allows(self, actor: Actor, held: frozenset[Role], thing: object = None) -> bool:
        return True


@dataclass(frozen=True)
class _Known(Who):
    def allows(self, actor: Actor, held: frozenset[Role], thing: object = None) -> bool:
        return actor.kind != NOBODY.kind


def officials(*roles: Role) -> Who:
    """Holders of some roles, and the operator of the system."""
    return replace(holders(*roles), system=True)


ANYBODY = _Anybody(en="anybody", zh="任何人")
LOGGED_IN = _Known(en="whoever is logged in", zh="已登录者", system=True)
DISTRICT_ADMINS = officials(Role.DISTRICT_ADMIN)
ADMINS = officials(Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)
REGISTRARS = officials(Role.GRID_OFFICER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)
APPOINTERS = officials(Role.GRID_OFFICER, Role.PROPERTY_MANAGER, Role.COMMUNITY_ADMIN, Role.DISTRICT_ADMIN)


class MemberStatus(StrEnum):
    """Where somebody stands in a community: only who is verified can hold a role."""

    REGISTERED = "registered"
    VERIFIED = "verified"
    REJECTED = "rejected"
    EXPIRED = "expired"


class Rejection(StrEnum):
    """Why a registration was turned down; words of one's own could name a person."""

    NOT_KNOWN_HERE = "not_known_here"
    WRONG_HOME = "wrong_home"
    TWICE = "twice"
    MISUSE = "misuse"


class Language(Labelled):
    """The languages that people are spoken to in."""

    ZH = "zh", "中文"
    EN = "en", "英文"


class ChannelKind(Labelled):
    """How a message reaches somebody outside of the system."""

    EMAIL = "email", "电子邮件"
    WECOM = "wecom", "企业微信机器人"
    DINGTALK = "dingtalk", "钉钉机器人"
    SMS = "sms", "短信"
    WEBHOOK = "webhook", "网络回调"


class Digest(Labelled):
    """When messages are sent: each at once, all of a day together, or none at all."""

    AT_ONCE = "at_once", "即时"
    DAILY = "daily", "每日汇总"
    NONE = "none", "不发送"


class NoticeKind(Labelled):
    """What a notice is about: each kind can be muted."""

    PROGRESS = "progress", "办理进展"
    OUTCOME = "outcome", "办理结果"
    TASK = "task", "交办事项"
    ALARM = "alarm", "催办"
    RATING = "rating", "评价"
    MEETING = "meeting", "议题与例会"
    PROJECT = "project", "项目进展"
    VOTE = "vote", "业主表决"
    MONEY = "money", "合同与付款"
    DIARY = "diary", "施工日志"
    ACCEPTANCE = "acceptance", "竣工验收"
    HEARING = "hearing", "阳光听证会"


@value
class Entrance:
    """An entrance (单元) of a building, with the number of its homes."""

    id: Id
    name: Label
    homes: Annotated[int, Between(0, 10_000)]


@value
class Building:
    """A building (楼栋) with its entrances."""

    id: Id
    name: Label
    entrances: Annotated[tuple[Entrance, ...], Between(0, 50)] = ()


@value
class Estate:
    """An estate (小区) with its buildings."""

    id: Id
    name: Label
    buildings: Annotated[tuple[Building, ...], Between(0, 500)] = ()


@value
class ParameterSetting:
    """A community's own value of a number of the policy, from a day on."""

    name: Annotated[str, Between(1, 80)]
    day: date
    value: int


@value
class Tie:
    """What ties a member to a home (户): living there, or owning it."""

    home_id: Id
    owner: bool


@view("district", text=("name",))
class DistrictState:
    """A district (区). Its own id stands where other things name their community."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = PUBLIC
    name: Label
    created_at: datetime
    updated_at: datetime


@view("community", filters=("district_id",), text=("name",))
class CommunityState:
    """A community (社区): its places, its clock, its own numbers. `id` is derived from `community_id`."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = PUBLIC
    district_id: Slug
    name: Label
    zone: Zone = "Asia/Shanghai"
    estates: Annotated[tuple[Estate, ...], Between(0, 50)] = ()
    parameters: Annotated[tuple[ParameterSetting, ...], Between(0, 500)] = ()
    created_at: datetime
    updated_at: datetime


@value
class RollHome:
    """A home of the roll: its exclusive area in 0.01 m², and the person it counts for in the headcount (SPC 2020-12-29, art. 9)."""

    home_id: Id
    area: Area
    person_id: Id


@view("roll")
class RollState:
    """The owners' roll (业主名册) as totals: areas in 0.01 m², `hash` over every home, its area, owners and shares.

    `headcount` counts as the Civil Code's interpretation does: one exclusive part is one person, who owns several is one,
    and so is the developer with all that is unsold.
    """

    community_id: Slug
    id: Id
    version: Version
    audience: Code = PUBLIC
    homes: Count
    area: Area
    headcount: Count
    hash: Sha256
    created_at: datetime
    updated_at: datetime


@view("member", filters=("status",), concerns="id")
class MemberState:
    """A member of a community (or, with the district's id as `community_id`, of a district): roles and homes, no name."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = STAFF
    status: MemberStatus
    roles: Annotated[tuple[Role, ...], Between(0, 20)] = ()
    homes: Annotated[tuple[Tie, ...], Between(0, 500)] = ()
    claim: Annotated[Tie | None, seen_by(STAFF, ONE_MEMBER)] = None
    created_at: datetime
    updated_at: datetime


@view("api_client", filters=("revoked",))
class ApiClientState:
    """A property company's system that may use the API of one community, in the role `property_system`."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = STAFF
    label: Label
    revoked: bool = False
    created_at: datetime
    updated_at: datetime


@value
class NewApiClient:
    """A new API client and its key, which is shown this once; None when the command was repeated."""

    client: ApiClientState
    key: Line | None = None


@view("webhook", filters=("removed",), concerns="client_id")
class WebhookState:
    """Where an API client wants to be told of events, and of which types."""

    community_id: Slug
    id: Id
    version: Version
    audience: Code = STAFF
    client_id: Id
    url: WebAddress
    types: Annotated[tuple[EventTypes, ...], Between(1, 50)]
    removed: bool = False
    created_at: datetime
    updated_at: datetime


@value
class NewWebhook:
    """A webhook and the secret that its events are signed with, which is shown this once; None when the command was repeated."""

    webhook: WebhookState
    secret: Line | None = None


@value
class NewPassword:
    """A member and the password to hand over, which is shown this once; they change it when they log in first."""

    member: MemberState
    password: Line | None = None


@value
class Person:
    """Somebody as they are to be registered: only the directory ever knows this."""

    login: Login
    name: PersonName
    phone: Phone
    password: Password


@value
class EntrancePlan:
    """An entrance to be: so many homes on each of so many floors (named 101, 102, 201 …), or homes named one by one."""

    name: Label
    floors: Annotated[int, Between(0, 150)] = 0
    homes_per_floor: Annotated[int, Between(0, 99)] = 0
    homes: Annotated[tuple[Label, ...], Between(0, 2000)] = ()


@value
class BuildingPlan:
    """A building to be."""

    name: Label
    entrances: Annotated[tuple[EntrancePlan, ...], Between(0, 50)]


@value
class EstatePlan:
    """An estate to be."""

    name: Label
    buildings: Annotated[tuple[BuildingPlan, ...], Between(0, 500)]


@value
class Channel:
    """Where messages are sent: an e-mail address, a mobile number, the key of a robot, or a URL; shown back masked.

    The key of a WeCom robot is what stands after `key=` in its address, that of a DingTalk robot after `access_token=`,
    with the secret that its messages are signed by before an `@` where it has one.
    """

    kind: ChannelKind
    address: Address


@value
class NoticePreferences:
    """Which notices are also sent, where and when; the inbox has them all, whatever is said here.

    Times are minutes after midnight in the community's zone. Quiet hours may pass midnight; two equal ends are none.
    """

    channels: Annotated[tuple[Channel, ...], Between(0, 5)] = ()
    quiet_from: Minute = 22 * 60
    quiet_until: Minute = 7 * 60
    digest: Digest = Digest.AT_ONCE
    digest_at: Minute = 18 * 60
    muted: Annotated[tuple[NoticeKind, ...], Between(0, 20)] = ()
    language: Language = Language.ZH


@command("directory.create_district", returns=DistrictState, by=THE_SYSTEM, personal=True)
class CreateDistrict:
    """Begin a district with its first admin: the operator's first step, since nobody else could log in yet."""

    community_id: Slug
    name: Label
    admin: Person


@command("directory.onboard_community", returns=CommunityState, by=DISTRICT_ADMINS)
class OnboardCommunity:
    """Bring a community of the district into the system, with its estates down to every home."""

    community_id: Slug
    district_id: Slug
    name: Label
    zone: Zone = "Asia/Shanghai"
    estates: Annotated[tuple[EstatePlan, ...], Between(1, 50)]
    parameters: Annotated[tuple[ParameterSetting, ...], Between(0, 500)] = ()


@command("directory.set_parameter", returns=CommunityState, by=ADMINS)
class SetParameter:
    """Set a number of the policy for this community, from a day on (never backwards), within its bounds."""

    community_id: Slug
    name: Annotated[str, Between(1, 80)]
    day: date
    value: int


@command("directory.import_roll", returns=RollState, by=ADMINS, personal=True)
class ImportRoll:
    """Replace the owners' roll by a CSV file, all or nothing; `replaces` is the version that it replaces, 0 for the first."""

    community_id: Slug
    replaces: Annotated[int, Between(0, 2_147_483_646)]
    sha256: Sha256


@command("directory.register_member", returns=MemberState, by=ANYBODY, personal=True)
class RegisterMember:
    """Register oneself, naming the home one lives in or owns; roles come when somebody of the community has verified it."""

    community_id: Slug
    login: Login
    name: PersonName
    phone: Phone
    password: Password
    claim: Tie | None = None


@command("directory.enrol_member", returns=NewPassword, by=REGISTRARS, personal=True)
class EnrolMember:
    """Register somebody who stands in front of one: they are verified by that, and get a password to be changed."""

    community_id: Slug
    login: Login
    name: PersonName
    phone: Phone


@command("directory.join_community", returns=MemberState, by=LOGGED_IN)
class JoinCommunity:
    """Ask to be a member of one more community, with the account that one has."""

    community_id: Slug
    claim: Tie | None = None


@command("directory.verify_member", returns=MemberState, by=REGISTRARS, subject="member_id")
class VerifyMember:
    """Confirm where somebody lives, or what they own: an owner must stand in the roll by name."""

    community_id: Slug
    member_id: Id
    home: Tie | None = None


@command("directory.reject_member", returns=MemberState, by=REGISTRARS, subject="member_id")
class RejectMember:
    """Turn a registration down; the name and phone are deleted."""

    community_id: Slug
    member_id: Id
    reason: Rejection


@command("directory.grant_role", returns=MemberState, by=APPOINTERS, subject="member_id")
class GrantRole:
    """Give a verified member a role; who may give which is a table of the policy."""

    community_id: Slug
    member_id: Id
    role: Role


@command("directory.revoke_role", returns=MemberState, by=LOGGED_IN, subject="member_id")
class RevokeRole:
    """Take a role from a member, or lay down one's own."""

    community_id: Slug
    member_id: Id
    role: Role


@command("directory.change_password", returns=MemberState, by=LOGGED_IN, personal=True)
class ChangePassword:
    """Change one's own password; every session ends, so that one logs in again."""

    community_id: Slug
    old_password: Password
    new_password: Password


@command("directory.reset_password", returns=NewPassword, by=REGISTRARS, subject="member_id", personal=True)
class ResetPassword:
    """Give a member who forgot it a password to be changed; only for those whose every role one could take away."""

    community_id: Slug
    member_id: Id


@command("directory.create_api_client", returns=NewApiClient, by=ADMINS, personal=True)
class CreateApiClient:
    """Let a property company's system use the API of this community."""

    community_id: Slug
    label: Label


@command("directory.revoke_api_client", returns=ApiClientState, by=ADMINS, subject="client_id")
class RevokeApiClient:
    """Let a property company's system in no longer."""

    community_id: Slug
    client_id: Id


@command("directory.set_webhook", returns=NewWebhook, by=ADMINS, personal=True)
class SetWebhook:
    """Have an API client told of events as they happen, signed with a new secret; one that was set before is replaced.

    `types` are event types, or beginnings of some with `*` at the end: `points.*`.
    """

    community_id: Slug
    client_id: Id
    url: WebAddress
    types: Annotated[tuple[EventTypes, ...], Between(1, 50)] = ("*",)


@command("directory.remove_webhook", returns=WebhookState, by=ADMINS, subject="webhook_id")
class RemoveWebhook:
    """Tell an API client of events no longer."""

    community_id: Slug
    webhook_id: Id


@command("directory.set_notice_preferences", returns=NoticePreferences, by=LOGGED_IN, personal=True)
class SetNoticePreferences:
    """Say which notices are also sent to oneself, where and when; an address given back as it was shown stays what it is."""

    community_id: Slug
    preferences: NoticePreferences


@event("directory.district.created.v1")
class DistrictCreated:
    """A district began."""

    district: DistrictState


@event("directory.community.onboarded.v1")
class CommunityOnboarded:
    """A community joined the district's system."""

    community: CommunityState


@event("directory.community.changed.v1")
class CommunityChanged:
    """A community's places or numbers changed."""

    community: CommunityState


@event("directory.roll.imported.v1")
class RollImported:
    """The owners' roll was replaced."""

    roll: RollState


@event("directory.roll.listed.v1")
class RollListed:
    """One page of the roll that was imported: areas, and who counts as one person; `part` counts from 1 to `parts`."""

    roll: RollState
    part: Annotated[int, Between(1, 1000)]
    parts: Annotated[int, Between(1, 1000)]
    homes: Annotated[tuple[RollHome, ...], seen_by(STAFF), Between(0, 500)] = ()


@event("directory.member.registered.v1")
class MemberRegistered:
    """Somebody registered themselves, or was enrolled by somebody of the community (and is verified by that)."""

    member: MemberState


@event("directory.member.verified.v1")
class MemberVerified:
    """Somebody of the community confirmed who this is, and the home if one is named."""

    member: MemberState
    home: Tie | None = None


@event("directory.member.rejected.v1")
class MemberRejected:
    """A registration was turned down."""

    member: MemberState
    reason: Rejection


@event("directory.member.expired.v1")
class MemberExpired:
    """Nobody verified a registration in time."""

    member: MemberState


@event("directory.ownership.changed.v1")
class OwnershipChanged:
    """A new roll names a member, who is known to be an owner, for other homes than before."""

    member: MemberState
    gained: Annotated[tuple[Id, ...], Between(0, 500)] = ()
    lost: Annotated[tuple[Id, ...], Between(0, 500)] = ()


@event("directory.role.granted.v1")
class RoleGranted:
    """A member was given a role."""

    member: MemberState
    role: Role


@event("directory.role.revoked.v1")
class RoleRevoked:
    """A role was taken from a member, or laid down."""

    member: MemberState
    role: Role


@event("directory.password.changed.v1")
class PasswordChanged:
    """A member changed the password, or (`reset`) was given a new one by somebody of the community."""

    member: MemberState
    reset: bool = False


@event("directory.api_client.created.v1")
class ApiClientCreated:
    """A property company's system was let in."""

    client: ApiClientState


@event("directory.api_client.revoked.v1")
class ApiClientRevoked:
    """A property company's system is let in no longer."""

    client: ApiClientState


@event("directory.webhook.set.v1")
class WebhookSet:
    """An API client is to be told of events; where, of which, and signed with which secret is new."""

    webhook: WebhookState


@event("directory.webhook.removed.v1")
class WebhookRemoved:
    """An API client is told of events no longer."""

    webhook: WebhookState

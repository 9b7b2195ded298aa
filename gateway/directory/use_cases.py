"""What the directory does: one function for each command; the tables at the end are its contents.

Each takes what the process adds to the command (`Given`). What is done with members stands in `membership.py`.
"""

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.directory import membership, ownership, people
from gateway.directory.contract import (
    ApiClientState,
    ChangePassword,
    CommunityState,
    CreateApiClient,
    CreateDistrict,
    DistrictState,
    EnrolMember,
    GrantRole,
    ImportRoll,
    JoinCommunity,
    NewApiClient,
    NewWebhook,
    NoticePreferences,
    OnboardCommunity,
    ParameterSetting,
    RegisterMember,
    RejectMember,
    RemoveWebhook,
    ResetPassword,
    RevokeApiClient,
    RevokeRole,
    RollState,
    SetNoticePreferences,
    SetParameter,
    SetWebhook,
    VerifyMember,
    WebhookState,
)
from gateway.directory.given import Given, here_of, is_taken, only
from gateway.directory.member import Here, Member
from gateway.directory.model import ApiClient, District, Place, RollTotals, Webhook, the_id, webhook_id
from gateway.directory.places import lay_out
from gateway.directory.preferences import Preferences
from gateway.directory.roll import Roll
from services.actor import Role
from services.clock import Moment
from services.communities import remember
from services.declare import COMMANDS
from services.errors import Conflict, NotFound, Refused
from services.ids import new_id
from services.schedule import Handler
from services.work import Work


def create_district(work: Work, command: CreateDistrict, given: Given) -> DistrictState:
    """Begin a district; its first admin is who the operator says."""
    only(COMMANDS[CreateDistrict].by, work, frozenset(), "权-8")
    if is_taken(work):
        raise Conflict("there is a district or community of this id already", "该编号已被使用")
    district, created = District.begin(command.community_id, command.name, work.now)
    work.add(district)
    work.record(created)
    here = Here(work.actor, frozenset(), Moment(work.now), in_district=True)
    admin = membership.new_member(work, "enrol", None, here)
    membership.keep_person(work, admin.id, command.admin, given.secret_hash, handed_over=False)
    work.record(admin.grant(Role.DISTRICT_ADMIN, here))
    return district.state()


def onboard_community(work: Work, command: OnboardCommunity, given: Given) -> CommunityState:
    """Bring in a community with every home; its id and its district's are fixed from now on."""
    held = work.actor.districts.get(command.district_id, frozenset())
    only(COMMANDS[OnboardCommunity].by, work, held, "册-1")
    if is_taken(work):
        raise Conflict("there is a district or community of this id already", "该编号已被使用")
    if not people.is_district(work.connection, command.district_id):
        raise NotFound("there is no such district", "没有该区")
    _check_zone(command.zone)
    for setting in command.parameters:
        _check_number(given, setting)
    estates, homes = lay_out(command.community_id, command.estates)
    place, onboarded = Place.onboard(command, estates, work.now)
    work.add(place)
    work.stage(ownership.add_homes, (command.community_id, homes))
    work.record(onboarded)
    remember(work, onboarded)
    return place.state()


def set_parameter(work: Work, command: SetParameter, given: Given) -> CommunityState:
    """Set a number from a day on."""
    here = here_of(work)
    only(COMMANDS[SetParameter].by, work, here.held, "册-7")
    place = work.load(Place, the_id("community", work.community_id))
    setting = ParameterSetting(name=command.name, day=command.day, value=command.value)
    _check_number(given, setting)
    changed = place.set(setting, here.at.day, work.now)
    work.record(changed)
    remember(work, changed)
    return place.state()


def import_roll(work: Work, command: ImportRoll, given: Given) -> RollState:
    """Replace the roll; whoever is known to be an owner owns what the new one says, and nothing else."""
    here = here_of(work)
    only(COMMANDS[ImportRoll].by, work, here.held, "册-2")
    assert given.roll is not None, "the roll is read before the command is done"
    id_ = the_id("roll", work.community_id)
    totals = work.find(RollTotals, id_)
    if (totals.version if totals else 0) != command.replaces:
        raise Conflict("somebody else imported another roll meanwhile", "名册已被他人更新,请刷新后再导入")
    if totals is None:
        totals = RollTotals.first(work.community_id, work.now)
        work.add(totals)
    known = _carry_on(work, given.roll)
    work.stage(ownership.replace_rolls, (given.roll, known))
    work.record(totals.replace(given.roll, work.now))
    work.record(*totals.listed(given.roll))
    return totals.state()


def create_api_client(work: Work, command: CreateApiClient, given: Given) -> NewApiClient:
    """Let a system in; its key is shown once."""
    here = here_of(work)
    only(COMMANDS[CreateApiClient].by, work, here.held, "号-6")
    if here.in_district:
        raise Refused("an API client belongs to one community", "接口客户端须属于一个社区", "号-6")
    client = ApiClient(work.community_id, new_id(), 1, command.label, given.secret_hash, False, work.now, work.now)
    work.add(client)
    work.record(client.created())
    return NewApiClient(client=client.state())


def revoke_api_client(work: Work, command: RevokeApiClient, given: Given) -> ApiClientState:
    """Let a system in no longer: its tokens end within minutes, its key and its webhook at once."""
    only(COMMANDS[RevokeApiClient].by, work, here_of(work).held, "号-7")
    client = work.load(ApiClient, command.client_id)
    work.record(client.revoke(work.now))
    webhook = work.find(Webhook, webhook_id(client.id))
    if webhook is not None and not webhook.removed:
        work.record(webhook.remove(work.now))
    return client.state()


def set_webhook(work: Work, command: SetWebhook, given: Given) -> NewWebhook:
    """Have a system told of events; where is vetted before, and again at each delivery. The secret is shown once."""
    only(COMMANDS[SetWebhook].by, work, here_of(work).held, "开-1")
    client = work.load(ApiClient, command.client_id)
    if client.revoked:
        raise Refused("this API client is revoked", "该接口客户端已停用", "开-1")
    webhook = work.find(Webhook, webhook_id(client.id))
    if webhook is None:
        webhook = Webhook.begin(client, work.now)
        work.add(webhook)
    work.record(webhook.set(command.url, command.types, given.secret, work.now))
    return NewWebhook(webhook=webhook.state())


def remove_webhook(work: Work, command: RemoveWebhook, given: Given) -> WebhookState:
    """Tell a system of events no longer."""
    only(COMMANDS[RemoveWebhook].by, work, here_of(work).held, "开-4")
    webhook = work.load(Webhook, command.webhook_id)
    work.record(webhook.remove(work.now))
    return webhook.state()


def set_notice_preferences(work: Work, command: SetNoticePreferences, given: Given) -> NoticePreferences:
    """Keep where and when somebody wants to be told; nothing of it is told to anybody, so there is no event."""
    kept = work.find(Preferences, work.actor.member_id)
    if kept is None:
        kept = Preferences.begin(work.community_id, work.actor.member_id, work.now)
        work.add(kept)
    kept.set(command.preferences, work.now)
    return kept.shown()


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Refused("there is no such time zone", "没有该时区", "册-1") from None


def _check_number(given: Given, setting: ParameterSetting) -> None:
    number = given.numbers.get(setting.name)
    if number is None:
        raise Refused(f"there is no number {setting.name}", f"没有参数 {setting.name}", "册-7")
    number.check([(setting.day, setting.value)])


def _carry_on(work: Work, roll: Roll) -> dict[str, str]:
    """Which owners of the new roll are which members; what their members own follows it (册-5)."""
    new = roll.homes_by_owner()
    carried: dict[str, str] = {}
    for owner, (member_id, name, homes) in ownership.owning_members(work.connection, work.community_id).items():
        now_named, now_homes = new.get(owner, ("", frozenset()))
        if ownership.same_name(now_named, name):
            carried[owner] = member_id
        else:
            now_homes = frozenset()
        if homes != now_homes:
            member = work.load(Member, member_id)
            work.record(member.own(gained=now_homes - homes, lost=homes - now_homes, at=work.now))
    return carried


Do = Callable[[Work, Any, Given], object]

DOES: Mapping[Any, Do] = {
    CreateDistrict: create_district,
    OnboardCommunity: onboard_community,
    SetParameter: set_parameter,
    ImportRoll: import_roll,
    RegisterMember: membership.register_member,
    EnrolMember: membership.enrol_member,
    JoinCommunity: membership.join_community,
    VerifyMember: membership.verify_member,
    RejectMember: membership.reject_member,
    GrantRole: membership.grant_role,
    RevokeRole: membership.revoke_role,
    ChangePassword: membership.change_password,
    ResetPassword: membership.reset_password,
    CreateApiClient: create_api_client,
    RevokeApiClient: revoke_api_client,
    SetWebhook: set_webhook,
    RemoveWebhook: remove_webhook,
    SetNoticePreferences: set_notice_preferences,
}

DUE: Mapping[str, Handler] = {membership.EXPIRY: membership.expire_registration}

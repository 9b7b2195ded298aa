"""What a command names must be there: photos that its sender uploaded here, and members who belong here.

The services keep neither, so the gateway looks before it sends. Whoever may not send the command at all learns nothing
here: the service tells them so.
"""

import dataclasses
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, get_args

from gateway.directory.contract import MemberState, MemberStatus
from gateway.districts import Districts
from gateway.photos.records import Records
from gateway.sight import Sight
from gateway.views import Views
from services.actor import STAFF, Actor
from services.declare import COMMANDS
from services.declare import STAFF as FOR_STAFF
from services.errors import Conflict, NotFound, Refused
from services.wire import from_json, hints_of

PHOTOS = frozenset({"photos", "evidence"})
MEMBERS = {"on_behalf_of": "日-1", "handler_id": "日-2", "officer_id": "日-2"}
STAFF_ONLY = frozenset({"handler_id", "officer_id"})
_FULL_SIGHT = Sight(FOR_STAFF)


class Foreign:
    """Looks up what commands name."""

    def __init__(self, views: Views, districts: Districts, photos: Records) -> None:
        self._views = views
        self._districts = districts
        self._photos = photos

    async def refuse_foreign(self, actor: Actor, community_id: str, command: Any, expected: int | None) -> None:
        """Let a command pass only if all that it names is there.

        Errors: Refused, naming the member; NotFound or Conflict where its subject is not there either, or at another
        version than the `expected` one; Unavailable.
        """
        photos, members = list(_photos_in(command, "")), _members_in(command)
        if not photos and not members:
            return
        by = COMMANDS[type(command)].by
        if not by.concerned and not await self._districts.holds(actor, community_id, by.roles):
            return
        try:
            if await self._districts.holds(actor, community_id, STAFF):
                for member, id_ in members:
                    await self._check_member(community_id, member, id_, MEMBERS[member])
            await self._check_photos(actor, community_id, photos)
        except Refused:
            await self._check_subject(actor, community_id, command, expected)
            raise

    async def _check_member(self, community_id: str, member: str, id_: str, clause: str) -> None:
        found = await self._views.get(MemberState, community_id, id_, _FULL_SIGHT)
        state = from_json(found[0]) if found else {}
        if state.get("status") != MemberStatus.VERIFIED:
            raise _refused(member, clause, f"no member of this community is {id_}", f"本社区没有成员 {id_}")
        if member in STAFF_ONLY and not STAFF & set(state["roles"]):
            raise _refused(member, clause, f"{id_} does no duty in this community", f"{id_} 不是本社区工作人员")

    async def _check_photos(self, actor: Actor, community_id: str, named: Sequence[tuple[str, str]]) -> None:
        if not named:
            return
        owned = await self._photos.owned(community_id, {id_ for _, id_ in named}, actor.member_id)
        for member, id_ in named:
            if id_ not in owned:
                raise _refused(member, "日-1", f"you uploaded no photo {id_} here", f"您未在本社区上传照片 {id_}")

    async def _check_subject(self, actor: Actor, community_id: str, command: Any, expected: int | None) -> None:
        """Say first what is wrong with the thing itself."""
        spec = COMMANDS[type(command)]
        if not spec.subject:
            return
        sight = Sight(FOR_STAFF, actor.member_id)
        found = await self._views.get(spec.returns, community_id, getattr(command, spec.subject), sight)
        if found is None:
            raise NotFound("there is no such thing here", "本社区没有此项内容")
        if expected not in (None, found[1]):
            raise Conflict(f"it is at version {found[1]} by now", f"已更新至第 {found[1]} 版")


@cache
def names_something(cls: type) -> bool:
    """Whether a command, or a part of it, has members that name photos or people."""
    hints = hints_of(cls)
    return bool(hints.keys() & (PHOTOS | MEMBERS.keys())) or any(
        names_something(part) for hint in hints.values() for part in _classes_in(hint)
    )


def _classes_in(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _classes_in(inner)


def _members_in(command: Any) -> list[tuple[str, str]]:
    """Which people a command names, and as what."""
    return [(member, id_) for member in MEMBERS if (id_ := getattr(command, member, None)) is not None]


def _photos_in(thing: Any, path: str) -> Iterator[tuple[str, str]]:
    """Where photos are named in a command and in its parts, and which."""
    for each in dataclasses.fields(thing):
        held = getattr(thing, each.name)
        for number, part in enumerate(held if isinstance(held, tuple) else ()):
            if each.name in PHOTOS:
                yield f"{path}/{each.name}/{number}", part
            elif dataclasses.is_dataclass(part):
                yield from _photos_in(part, f"{path}/{each.name}/{number}")


def _refused(member: str, clause: str, en: str, zh: str) -> Refused:
    name = member if member.startswith("/") else f"/{member}"
    return Refused(en, zh, clause, details=({"member": name, "en": en, "zh": zh},))

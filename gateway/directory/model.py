"""Districts, communities, the roll's totals, API clients and their webhooks: what they are, and how each changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from gateway.directory.contract import (
    ApiClientCreated,
    ApiClientRevoked,
    ApiClientState,
    CommunityChanged,
    CommunityOnboarded,
    CommunityState,
    DistrictCreated,
    DistrictState,
    Estate,
    OnboardCommunity,
    ParameterSetting,
    RollHome,
    RollImported,
    RollListed,
    RollState,
    WebhookRemoved,
    WebhookSet,
    WebhookState,
)
from gateway.directory.roll import Roll
from services.errors import Refused
from services.ids import derived_id

MOST_SETTINGS = 500
HOMES_A_PAGE = 500


def the_id(kind: str, community_id: str) -> str:
    """The id of what a place has only one of: the district or community itself, its roll."""
    return derived_id(kind, community_id)


@dataclass
class District:
    """A district; its own id stands in the community's place."""

    community_id: str
    id: str
    version: int
    name: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def begin(cls, district_id: str, name: str, at: datetime) -> "tuple[District, DistrictCreated]":
        """A new district."""
        district = cls(district_id, the_id("district", district_id), 1, name, at, at)
        return district, DistrictCreated(district=district.state())

    def state(self) -> DistrictState:
        """Its visible state."""
        return DistrictState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            name=self.name,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class Place:
    """A community with its estates and its own numbers."""

    community_id: str
    id: str
    version: int
    district_id: str
    name: str
    zone: str
    estates: tuple[Estate, ...]
    parameters: tuple[ParameterSetting, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def onboard(
        cls, command: OnboardCommunity, estates: tuple[Estate, ...], at: datetime
    ) -> "tuple[Place, CommunityOnboarded]":
        """A community that joins its district (册-1)."""
        place = cls(
            community_id=command.community_id,
            id=the_id("community", command.community_id),
            version=1,
            district_id=command.district_id,
            name=command.name,
            zone=command.zone,
            estates=estates,
            parameters=tuple(sorted(command.parameters, key=_by_name_and_day)),
            created_at=at,
            updated_at=at,
        )
        return place, CommunityOnboarded(community=place.state())

    def set(self, setting: ParameterSetting, today: date, at: datetime) -> CommunityChanged:
        """A number of its own from a day on; what has begun to hold is never changed (册-7)."""
        if setting.day < today:
            raise Refused("a number is set for today or later, never backwards", "参数只能自今日或以后生效", "册-7")
        others = [each for each in self.parameters if (each.name, each.day) != (setting.name, setting.day)]
        if len(others) >= MOST_SETTINGS:
            raise Refused("there are too many numbers of this community's own", "自定参数过多", "册-7")
        self.parameters = tuple(sorted([*others, setting], key=_by_name_and_day))
        self.version += 1
        self.updated_at = at
        return CommunityChanged(community=self.state())

    def state(self) -> CommunityState:
        """Its visible state."""
        return CommunityState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            district_id=self.district_id,
            name=self.name,
            zone=self.zone,
            estates=self.estates,
            parameters=self.parameters,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


def _by_name_and_day(setting: ParameterSetting) -> tuple[str, date]:
    return setting.name, setting.day


@dataclass
class RollTotals:
    """What is told of the roll: its totals, and the hash that fixes every line of it."""

    community_id: str
    id: str
    version: int
    homes: int
    area: int
    headcount: int
    hash: str
    created_at: datetime
    updated_at: datetime

    @classmethod
    def first(cls, community_id: str, at: datetime) -> "RollTotals":
        """No roll yet: version 0."""
        return cls(community_id, the_id("roll", community_id), 0, 0, 0, 0, "", at, at)

    def replace(self, roll: Roll, at: datetime) -> RollImported:
        """The totals of a new roll."""
        self.homes, self.area, self.headcount, self.hash = len(roll.parts), roll.area, roll.headcount, roll.hash
        self.version += 1
        self.updated_at = at
        return RollImported(roll=self.state())

    def listed(self, roll: Roll) -> Iterator[RollListed]:
        """Every home of the roll, a page at a time: what owners' votes are counted by."""
        homes = [RollHome(home_id=id_, area=area, person_id=person) for id_, area, person in roll.listed()]
        pages = [tuple(homes[at : at + HOMES_A_PAGE]) for at in range(0, len(homes), HOMES_A_PAGE)]
        for number, page in enumerate(pages, 1):
            yield RollListed(roll=self.state(), part=number, parts=len(pages), homes=page)

    def state(self) -> RollState:
        """The visible totals."""
        return RollState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            homes=self.homes,
            area=self.area,
            headcount=self.headcount,
            hash=self.hash,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class ApiClient:
    """A property company's system; of its key only the hash is kept."""

    community_id: str
    id: str
    version: int
    label: str
    key_hash: str
    revoked: bool
    created_at: datetime
    updated_at: datetime

    def created(self) -> ApiClientCreated:
        """The event of its creation (号-6)."""
        return ApiClientCreated(client=self.state())

    def revoke(self, at: datetime) -> ApiClientRevoked:
        """Let in no longer (号-7)."""
        if self.revoked:
            raise Refused("it is revoked already", "已停用", "号-7")
        self.revoked = True
        self.version += 1
        self.updated_at = at
        return ApiClientRevoked(client=self.state())

    def state(self) -> ApiClientState:
        """Its visible state."""
        return ApiClientState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            label=self.label,
            revoked=self.revoked,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


@dataclass
class Webhook:
    """Where an API client is told of events; the secret that signs them is kept as it is, for it signs each time."""

    community_id: str
    id: str
    version: int
    client_id: str
    url: str
    types: tuple[str, ...]
    secret: str
    removed: bool
    created_at: datetime
    updated_at: datetime

    @classmethod
    def begin(cls, client: ApiClient, at: datetime) -> "Webhook":
        """The one webhook of a client, which is to be set."""
        return cls(client.community_id, webhook_id(client.id), 0, client.id, "", (), "", True, at, at)

    def set(self, url: str, types: tuple[str, ...], secret: str, at: datetime) -> WebhookSet:
        """Another address, other types, another secret (开-1)."""
        self.url, self.types, self.secret = url, types, secret
        self._change(removed=False, at=at)
        return WebhookSet(webhook=self.state())

    def remove(self, at: datetime) -> WebhookRemoved:
        """Told no longer, and its secret forgotten (开-4)."""
        if self.removed:
            raise Refused("it is removed already", "推送已取消", "开-4")
        self.secret = ""
        self._change(removed=True, at=at)
        return WebhookRemoved(webhook=self.state())

    def _change(self, removed: bool, at: datetime) -> None:
        self.removed = removed
        self.version += 1
        self.updated_at = at

    def state(self) -> WebhookState:
        """Its visible state."""
        return WebhookState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            client_id=self.client_id,
            url=self.url,
            types=self.types,
            removed=self.removed,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )


def webhook_id(client_id: str) -> str:
    """The id of the one webhook that a client has."""
    return derived_id("webhook", client_id)

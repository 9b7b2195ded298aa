"""What the inbox is asked and answers."""

from datetime import datetime
from typing import Annotated

from gateway.directory.contract import ChannelKind, NoticeKind
from gateway.notices.tables import DeliveryState
from services.declare import Between, value
from services.errors import Invalid
from services.fields import Id, Label, Slug

MOST_COUNTED = 1000


@value
class NoticesQuestion:
    """A page of one's own notices, the newest first: only unread ones, those before `cursor`."""

    unread: bool = False
    cursor: Id | None = None
    limit: Annotated[int, Between(1, 100)] = 20


@value
class NoticeDelivery:
    """How far a notice has got on one channel; `number` counts the channels of the preferences from 1."""

    number: Annotated[int, Between(1, 5)]
    kind: ChannelKind
    state: DeliveryState
    attempts: Annotated[int, Between(0, 100)] = 0
    error: Annotated[str, Between(0, 200)] = ""
    next_at: datetime | None = None
    sent_at: datetime | None = None


@value
class Notice:
    """What one was told: of which event (`type`) about which thing (`subject`), through which issue."""

    id: Id
    kind: NoticeKind
    type: Annotated[str, Between(1, 120)]
    subject: Annotated[str, Between(1, 64)]
    issue_id: Id | None = None
    title: Label
    zh: Annotated[str, Between(1, 4000)]
    en: Annotated[str, Between(1, 4000)]
    urgent: bool = False
    at: datetime
    read_at: datetime | None = None
    deliveries: Annotated[tuple[NoticeDelivery, ...], Between(0, 5)] = ()


@value
class Notices:
    """A page of notices; `next` is the cursor of the next one, None at the end."""

    items: Annotated[tuple[Notice, ...], Between(0, 100)]
    next: Id | None = None


@value
class UnreadNotices:
    """How many notices are unread, counted to 1000."""

    unread: Annotated[int, Between(0, MOST_COUNTED)]


@value
class ReadNotices:
    """Which notices were read: some by their ids, or all up to one."""

    community_id: Slug
    ids: Annotated[tuple[Id, ...], Between(0, 100)] = ()
    up_to: Id | None = None


def check_one_way(asked: ReadNotices) -> None:
    """Refuse a request that names notices in both ways or in none. Errors: Invalid."""
    if bool(asked.ids) == bool(asked.up_to):
        detail = {"member": "/ids", "en": "either `ids` or `up_to`", "zh": "ids 与 up_to 应二选一"}
        raise Invalid("name notices by `ids` or by `up_to`", "请用 ids 或 up_to 之一指明通知", details=(detail,))

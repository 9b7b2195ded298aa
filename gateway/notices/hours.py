"""When a message may go out: not in somebody's quiet hours, and with a daily digest at its minute; pure, on the local clock."""

from datetime import date, datetime, time, timedelta, tzinfo

from gateway.directory.contract import Digest, NoticePreferences

_DAY = timedelta(days=1)


def due_at(wanted: NoticePreferences, urgent: bool, now: datetime, zone: tzinfo) -> datetime:
    """The earliest time for a message: now, the digest's next minute, or the end of the quiet hours in which that lies.

    What is urgent waits for nothing.
    """
    if urgent:
        return now
    at = next_at(wanted.digest_at, now, zone) if wanted.digest is Digest.DAILY else now
    return quiet_until(wanted, at, zone) or at


def quiet_until(wanted: NoticePreferences, now: datetime, zone: tzinfo) -> datetime | None:
    """The end of the quiet hours in which `now` lies; None outside of them. They may pass midnight."""
    begin, end = wanted.quiet_from, wanted.quiet_until
    local = now.astimezone(zone)
    minute = local.hour * 60 + local.minute
    inside = begin <= minute < end if begin <= end else minute >= begin or minute < end
    if not inside:
        return None
    day = local.date() + (_DAY if minute >= end else timedelta())
    return max(_instant(day, end, zone, now), now)


def next_at(minute: int, now: datetime, zone: tzinfo) -> datetime:
    """The next time after now at which it is this minute of the local day."""
    today = now.astimezone(zone).date()
    at = _instant(today, minute, zone, now)
    return at if at > now else _instant(today + _DAY, minute, zone, now)


def _instant(day: date, minute: int, zone: tzinfo, after: datetime) -> datetime:
    """A local minute as an instant in the zone of `after`; where clocks go back, the first of two that is not over yet."""
    local = datetime.combine(day, time(minute // 60, minute % 60), zone)
    first = local.astimezone(after.tzinfo)
    return first if first > after else local.replace(fold=1).astimezone(after.tzinfo)

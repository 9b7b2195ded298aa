"""A voucher is worth what the reward was on that day, to the end of the last of its local days, and ends once."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.actor import SYSTEM, Actor, Role
from services.errors import Forbidden, Refused
from services.points.contract import OfferReward, RedemptionStatus, RedemptionVoided
from services.points.redemptions import GIVEN_BACK, Redemption, Reward
from tests.points.made import id_of, named, redemption
from tests.shared.samples import COMMUNITY, NEIGHBOUR, NOON, REPORTER, RESIDENT, moment

HELD = frozenset({Role.RESIDENT})
COMPANY = frozenset({Role.PROPERTY_MANAGER})
MANAGER = Actor(NEIGHBOUR, {COMMUNITY: COMPANY})
IN_TIME = moment(NOON - timedelta(seconds=1))
ISSUED = RedemptionStatus.ISSUED


def reward(**changed: Any) -> Reward:
    """A reduction of the fee by 10 yuan for 100 points."""
    members = named(id=id_of("reward"), kind="fee_reduction", title="抵扣物业费", price=100, value=1000)
    return Reward(**{**members, **changed})


def issued(now: datetime = NOON, zone: str = "Asia/Shanghai", **own: Any) -> Redemption:
    """A voucher of the resident's."""
    made, told = Redemption.issue(
        id_of("redemption"), reward(), id_of("home"), RESIDENT, HELD, moment(now, zone, **own)
    )
    assert told.redemption == made.state()
    return made


def test_a_reward_reduces_the_fee() -> None:
    command = OfferReward(community_id=COMMUNITY, title="抵扣物业费", price=100, value=1000)
    made, told = Reward.offer(id_of("reward"), command, MANAGER, COMPANY, moment())
    assert made == reward()
    assert told.reward == made.state()
    assert (told.reward.kind, told.reward.audience) == ("fee_reduction", "community")
    with pytest.raises(Forbidden):
        Reward.offer(id_of("reward"), command, RESIDENT, HELD, moment())


def test_a_voucher_says_for_whose_home_how_much_until_when() -> None:
    state = issued().state()
    assert (state.status, state.version, state.audience) == (ISSUED, 1, "staff")
    assert (state.member_id, state.home_id, state.reward_id) == (REPORTER, id_of("home"), id_of("reward"))
    assert (state.points, state.value, state.reference, state.reason) == (100, 1000, None, None)
    assert state.valid_until == datetime(2024, 6, 19, 16, tzinfo=UTC)  # the local midnight after the thirtieth day


@given(
    st.datetimes(datetime(2023, 1, 1), datetime(2026, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Europe/Berlin", "UTC"]),
    st.integers(1, 60),
)
def test_a_voucher_is_valid_for_whole_local_days(now: datetime, zone: str, days: int) -> None:
    made = issued(now, zone, points__voucher_days=[(date(2022, 5, 1), days)])
    at = moment(now, zone)
    last = made.valid_until - timedelta(microseconds=1)
    assert (at.day_of(last) - at.day).days == days
    assert (at.day_of(made.valid_until) - at.day).days == days + 1


def test_the_propertys_own_system_has_no_points_to_redeem() -> None:
    held = frozenset({Role.PROPERTY_SYSTEM})
    for actor, roles in ((Actor(NEIGHBOUR, {COMMUNITY: held}), held), (Actor("nobody"), frozenset[Role]())):
        with pytest.raises(Forbidden) as no:
            Redemption.issue(id_of("redemption"), reward(), id_of("home"), actor, roles, moment())
        assert no.value.clause == "分-3"


def test_a_confirmed_one_names_its_booking() -> None:
    made = redemption(ISSUED)
    told = made.confirm("收据 8812", MANAGER, COMPANY, IN_TIME)
    assert told.redemption == made.state()
    assert (made.status, made.reference, made.version) == (RedemptionStatus.CONFIRMED, "收据 8812", 2)


def test_a_void_one_says_why() -> None:
    back, refused = redemption(ISSUED), redemption(ISSUED)
    told: list[RedemptionVoided] = [
        back.cancel(RESIDENT, HELD, IN_TIME),
        refused.refuse("该户本季已缴清", MANAGER, COMPANY, IN_TIME),
    ]
    assert [each.reason for each in told] == [GIVEN_BACK, "该户本季已缴清"] == [back.reason, refused.reason]
    assert [each.redemption for each in told] == [back.state(), refused.state()]
    assert {back.status, refused.status} == {RedemptionStatus.VOID}


def test_it_expires_when_its_time_is_over() -> None:
    made = redemption(ISSUED)
    with pytest.raises(Refused):
        made.expire(SYSTEM, IN_TIME)
    told = made.expire(SYSTEM, moment())
    assert told.redemption.status is made.status is RedemptionStatus.EXPIRED


@pytest.mark.parametrize("state", [each for each in RedemptionStatus if each is not ISSUED])
def test_what_has_ended_does_not_end_again(state: RedemptionStatus) -> None:
    made = redemption(state)
    before = made.state()
    for does in (
        lambda: made.confirm("收据", MANAGER, COMPANY, IN_TIME),
        lambda: made.cancel(RESIDENT, HELD, IN_TIME),
        lambda: made.refuse("缴清", MANAGER, COMPANY, IN_TIME),
        lambda: made.expire(SYSTEM, moment()),
    ):
        with pytest.raises(Refused):
            does()
    assert made.state() == before

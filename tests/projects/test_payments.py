"""A payment is confirmed once, by the property company, with the bank's reference."""

from datetime import timedelta

import pytest

from services.actor import Role
from services.clock import Moment
from services.errors import Forbidden, Refused
from services.projects.contract import PaymentConfirmed, PaymentStatus
from tests.projects.building import BANK, MANAGER, held, no, payment, person, who
from tests.shared.samples import NOON

LATER = NOON + timedelta(days=1)


def test_the_property_companys_system_confirms_with_a_reference() -> None:
    paid = payment()
    told = paid.confirm("ICBC-1", BANK, held(BANK), Moment(LATER))
    assert told == PaymentConfirmed(payment=paid.state())
    assert paid == payment(version=2, status=PaymentStatus.CONFIRMED, reference="ICBC-1", updated_at=LATER)


def test_a_payment_is_confirmed_once() -> None:
    paid = payment()
    paid.confirm("ICBC-1", *who(MANAGER))
    no(Refused, "行-2", "当前状态", paid.confirm, "ICBC-2", *who(MANAGER))
    assert paid.reference == "ICBC-1"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROPERTY_SYSTEM, Role.PROPERTY_MANAGER}))
def test_nobody_else_confirms(role: Role) -> None:
    no(Forbidden, "行-2", "物业", payment().confirm, "ICBC-1", *who(person("somebody", role)))

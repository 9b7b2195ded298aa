"""Every process and every store that is listed exists."""

import pytest

from deploy import parts


@pytest.mark.parametrize("service", parts.STORES)
def test_every_store_has_its_tables_and_its_migrations(service: str) -> None:
    assert parts.store_of(service).service == service
    assert (parts.migrations_of(service) / "env.py").exists()
    assert list((parts.migrations_of(service) / "versions").glob("0001_*.py"))


def test_a_parameter_has_one_name_and_stays_within_its_own_bounds() -> None:
    found = parts.parameters()
    assert len({each.name for each in found}) == len(found)
    for each in found:
        each.check(tuple(each.values.items()))

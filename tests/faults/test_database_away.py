"""The database ends every session in the middle of its work, again and again: nothing is lost, nothing is done twice."""

from tests.faults.stories import ON_POSTGRESQL, UnderLoad
from tests.faults.town import Town

CUTS = 12


@ON_POSTGRESQL
def test_cut_database_connections_lose_nothing(town: Town, under_load: UnderLoad) -> None:
    with under_load(town) as load:
        for number in range(CUTS):
            assert town.cut_database_connections() > 0
            load.await_acknowledged(5 + 5 * (number % 3))

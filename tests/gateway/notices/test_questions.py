"""Every question of an inbox is answered by an index that begins with its owner."""

from typing import Any

import pytest
import sqlalchemy as sa

from gateway.notices import questions
from gateway.reader import Prepared
from services.ids import new_id
from tests.gateway.notices.reception import RESIDENT, Reception
from tests.shared.samples import COMMUNITY, NOON

OWN = {"community_id": COMMUNITY, "member_id": RESIDENT}


def explained(reception: Reception, statement: Any, **values: Any) -> str:
    """How the database goes about it, in its own words."""
    reader = reception.web.views.reader
    prepared = Prepared(statement, reader.dialect)
    how = "EXPLAIN" if reader.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    prepared.text = f"{how} {prepared.text}"
    rows = reception.runner.run(reader.fetch(prepared, {**OWN, **values}))
    return "\n".join(str(part) for row in rows for part in row)


@pytest.mark.parametrize("unread", [False, True])
def test_a_page_needs_no_sorting(reception: Reception, unread: bool) -> None:
    with reception.gateway.begin() as connection:
        for name in ("notices", "notice_deliveries"):
            connection.execute(sa.text(f"ANALYZE {name}"))
    plan = explained(reception, questions.page(unread), before=new_id(), number=20)
    assert "notices_" in plan or "Seq Scan" in plan, "PostgreSQL reads an empty table whole"
    assert "TEMP B-TREE" not in plan


def test_the_other_questions_are_asked_and_answered(reception: Reception) -> None:
    dialect = reception.web.views.reader.dialect
    assert "notice" in explained(reception, questions.unread())
    assert "notice" in explained(reception, questions.owned(dialect), ids=[new_id()])
    assert "notice" in explained(reception, questions.sent(dialect), ids=[new_id()])
    for change, values in (
        (questions.read_some(dialect), {"ids": [new_id()], "now": NOON}),
        (questions.read_up_to(), {"up_to": new_id(), "now": NOON}),
    ):
        prepared = Prepared(change, dialect)
        reception.runner.run(reception.web.views.reader.write([(prepared, [{**OWN, **values}])]))

"""The table of the facts stays cheap to write."""

import sqlalchemy as sa

from gateway.numbers.tables import fact_tables


def test_it_has_its_key_and_one_index_more() -> None:
    table = fact_tables(sa.MetaData())
    assert [column.name for column in table.primary_key] == ["community_id", "issue_id"]
    (index,) = table.indexes
    assert [column.name for column in index.columns] == ["community_id", "day", "issue_id"]


def test_nothing_of_it_names_a_person_or_repeats_their_words() -> None:
    names = set(fact_tables(sa.MetaData()).c.keys())
    assert not names & {"title", "text", "reporter_id", "member_id", "home"}

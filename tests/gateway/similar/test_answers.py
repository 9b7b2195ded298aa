"""What may be asked about duplicates is read from the query, every part with its limit."""

import pytest

from gateway.paging import read_query
from gateway.similar.answers import MOST_FOUND, LikeThisQuestion, SimilarQuestion
from services.errors import Invalid


def test_a_place_is_read_as_numbers() -> None:
    asked = read_query(SimilarQuestion, b"category=road&title=%E4%BA%95%E7%9B%96&lat=30.6225&lon=-114")
    assert (asked.lat, asked.lon, asked.category, asked.title) == (30.6225, -114.0, "road", "井盖")
    assert asked.limit == MOST_FOUND


@pytest.mark.parametrize(
    "query",
    [
        b"lat=91&lon=0",
        b"lat=1e1&lon=0",
        b"lat=nan&lon=0",
        b"lat=inf&lon=0",
        b"lat=30,62&lon=0",
        b"lat=%D9%A3%D9%A0&lon=0",
        b"lat=&lon=",
        b"lat=30.6&lon=181",
        b"building_id=3",
        b"category=../..",
        b"title=" + b"x" * 81,
        b"title=%00",
        b"text=" + b"x" * 1001,
        b"limit=11",
        b"limit=0",
        b"title=a&title=b",
        b"near=1",
    ],
)
def test_what_cannot_be_looked_for_is_invalid(query: bytes) -> None:
    with pytest.raises(Invalid):
        read_query(SimilarQuestion, query)


def test_of_a_reported_issue_only_the_number_of_answers_can_be_asked() -> None:
    assert read_query(LikeThisQuestion, b"").limit == MOST_FOUND
    with pytest.raises(Invalid):
        read_query(LikeThisQuestion, b"lat=30")

"""What is asked when somebody looks for what was reported before, and what is answered."""

from datetime import datetime
from typing import Annotated

from gateway.similar.ranking import MOST, Reason
from services.declare import Between, Length, value
from services.fields import Code, Id, Label, Latitude, Longitude
from services.issues.contract import Status

MOST_FOUND = 10
Found = Annotated[int, Between(1, MOST_FOUND)]


@value
class SimilarQuestion:
    """What somebody is about to report: some words, a place, or both. `lat` and `lon` come together, in degrees (WGS 84)."""

    category: Code = "other"
    title: Label | None = None
    text: Annotated[str, Length(1, 1000, lines=True)] | None = None
    building_id: Id | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    limit: Found = MOST_FOUND


@value
class LikeThisQuestion:
    """How many candidates are wanted."""

    limit: Found = MOST_FOUND


@value
class SimilarIssue:
    """An open issue that may be the same: `score` is 0 to 1000, `distance` in metres where both have coordinates."""

    id: Id
    title: Label
    status: Status
    category: Code
    created_at: datetime
    distance: Annotated[int, Between(0, 100_000)] | None = None
    score: Annotated[int, Between(0, MOST)]
    me_toos: Annotated[int, Between(0, 1_000_000)] = 0
    reasons: Annotated[tuple[Reason, ...], Between(0, 6)] = ()


@value
class SimilarIssues:
    """The candidates, the most likely first."""

    items: Annotated[tuple[SimilarIssue, ...], Between(0, MOST_FOUND)]

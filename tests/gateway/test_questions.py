"""Questions and answers of the special endpoints are contract classes like all others."""

import pytest

from gateway import questions
from gateway.questions import Held, Me, ProfilesQuestion
from services.actor import Role
from services.errors import Invalid
from services.ids import derived_id
from services.schemas import components, load
from services.wire import to_data

CLASSES = [
    each for each in vars(questions).values() if isinstance(each, type) and hasattr(each, "__dataclass_fields__")
]


def test_each_has_a_schema_and_says_what_it_is() -> None:
    own = [cls for cls in CLASSES if cls.__module__ == questions.__name__]
    assert len(own) >= 8
    assert {cls.__name__ for cls in own} <= set(components(own))
    assert all((cls.__doc__ or "").endswith(".") for cls in own)


def test_who_one_is_travels_as_it_was_said() -> None:
    me = Me(id=derived_id("me"), kind="member", held=(Held(place="wuhan-caochang", roles=(Role.OWNER,)),))
    assert load(Me, to_data(me)) == me


def test_at_most_a_hundred_names_are_asked_for() -> None:
    ids = [derived_id("member", str(number)) for number in range(101)]
    assert load(ProfilesQuestion, {"ids": ",".join(ids[:100])})
    with pytest.raises(Invalid):
        load(ProfilesQuestion, {"ids": ",".join(ids)})

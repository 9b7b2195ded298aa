"""How many items a list of a view may hold is read from its contract, and one more is refused before it is told of."""

from collections.abc import Sized
from functools import cache
from typing import get_args

from services.declare import Between
from services.errors import Refused
from services.wire import hints_of


def room_in(view: type, member: str, items: Sized, clause: str) -> None:
    """Refuse to add to a list that holds as many items as the view's member may. Errors: Refused, naming the clause."""
    most = _most(view, member)
    if len(items) >= most:
        raise Refused(
            f"there are {most} {member.replace('_', ' ')} already, and no more can be kept",
            f"数量已达上限({most}),不能再添加",
            clause,
        )


@cache
def _most(view: type, member: str) -> int:
    return next(mark.most for mark in get_args(hints_of(view)[member]) if isinstance(mark, Between))

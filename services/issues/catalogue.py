"""A community's catalogue: its own categories beside the built-in ones (日-11), and the outline of its ground (日-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.actor import Role
from services.clock import Moment
from services.earth import crosses_itself, metres, square_metres
from services.errors import Refused
from services.ids import derived_id
from services.issues.categories import OTHER, merged, named
from services.issues.contract import (
    MICRO_GRID,
    AnswerKind,
    CatalogueChanged,
    CatalogueState,
    Category,
    ExtraQuestion,
    Point,
    Timing,
)

MOST_CATEGORIES = 300
MOST_PARTS = 3000  # keywords, questions and choices of a whole catalogue, which travels with each change
MOST_METRES_ACROSS = 100_000.0
LEAST_SQUARE_METRES = 100.0

_HANDLERS = MICRO_GRID.roles | {Role.PROPERTY_MANAGER}
_LISTS = (AnswerKind.SINGLEVALUELIST, AnswerKind.MULTIVALUELIST)


@dataclass
class Catalogue:
    """The aggregate: one row of the table `catalogues`; `own` are the categories that the community added or changed."""

    community_id: str
    id: str
    version: int
    own: tuple[Category, ...]
    outline: tuple[Point, ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def begin(cls, community_id: str, at: Moment) -> "tuple[Catalogue, CatalogueChanged]":
        """The catalogue of a community that has changed nothing yet."""
        catalogue = cls(
            community_id=community_id,
            id=catalogue_id(community_id),
            version=1,
            own=(),
            outline=(),
            created_at=at.now,
            updated_at=at.now,
        )
        return catalogue, CatalogueChanged(catalogue=catalogue.state())

    @property
    def categories(self) -> tuple[Category, ...]:
        """The built-in categories with the community's own."""
        return merged(self.own)

    def set_category(self, category: Category, at: Moment) -> CatalogueChanged:
        """Add a category, or change the one of this code as a whole. Errors: Refused (日-11)."""
        own = tuple(({each.code: each for each in self.own} | {category.code: category}).values())
        refuse_category(category, merged(own))
        self.own = own
        return self._changed(at)

    def set_outline(self, points: Sequence[Point], at: Moment) -> CatalogueChanged:
        """Draw the outline of the ground, or take it away with no points. Errors: Refused (日-1)."""
        refuse_outline(points)
        self.outline = tuple(points)
        return self._changed(at)

    def state(self) -> CatalogueState:
        """Its visible state."""
        return CatalogueState(
            community_id=self.community_id,
            id=self.id,
            version=self.version,
            categories=self.categories,
            outline=self.outline,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _changed(self, at: Moment) -> CatalogueChanged:
        self.version += 1
        self.updated_at = at.now
        return CatalogueChanged(catalogue=self.state())


def catalogue_id(community_id: str) -> str:
    """The id of a community's one catalogue."""
    return derived_id(community_id, "catalogue")


def refuse_category(category: Category, categories: Sequence[Category]) -> None:
    """Refuse a category that makes no sense among all `categories`, of which it is one already. Errors: Refused (日-11)."""
    if len(categories) > MOST_CATEGORIES:
        raise _no(f"a community has at most {MOST_CATEGORIES} categories", f"类别最多 {MOST_CATEGORIES} 个")
    if sum(map(_parts, categories)) > MOST_PARTS:
        raise _no(
            f"a catalogue has at most {MOST_PARTS} keywords, questions and choices",
            f"全部类别的关键词、问题和选项合计最多 {MOST_PARTS} 个",
        )
    if category.code == OTHER and not category.active:
        raise _no("“other” must stay, for what fits nowhere else", "“其他”类别不能停用")
    if category.handler not in _HANDLERS:
        raise _no("only the micro-grid or the property manager handle issues", "经办角色只能是微网格成员或物业经理")
    if (category.timing is Timing.SAME_DAY) != (category.settle == 0):
        raise _no(
            "hours or working days are at least 1; the same day has none", "自然小时或工作日至少为 1,当日办结应为 0"
        )
    _refuse_parent(category, categories)
    _refuse_questions(category.questions)


def refuse_outline(points: Sequence[Point]) -> None:
    """Refuse what encloses no ground of a community's size. Errors: Refused (日-1)."""
    if not points:
        return
    if len(points) < 3:
        raise Refused("an outline has three points or more, or none", "边界至少需要三个点,或不设边界", "日-1")
    if any(metres(points[0], each) > MOST_METRES_ACROSS for each in points):
        raise Refused("the outline is too large for a community", "边界范围过大", "日-1")
    if crosses_itself(points):
        raise Refused(
            "the outline crosses or touches itself, or names a point twice (the last one is joined to the first)",
            "边界自相交、自相接或有重复的点(末点会自动与首点相连)",
            "日-1",
        )
    if square_metres(points) < LEAST_SQUARE_METRES:
        raise Refused("the outline encloses no ground", "边界没有围出区域", "日-1")


def _refuse_parent(category: Category, categories: Sequence[Category]) -> None:
    above = category.parent
    while above is not None:
        if above == category.code:
            raise _no("a category cannot be above itself", "类别不能隶属于自身或自身的下级")
        parent = named(categories, above)
        if parent is None:
            raise _no(f"there is no category “{above}” to be above it", f"上级类别“{above}”不存在")
        above = parent.parent


def _refuse_questions(questions: Sequence[ExtraQuestion]) -> None:
    if len({each.code for each in questions}) < len(questions):
        raise _no("two questions have the same code", "问题代码重复")
    for each in questions:
        if (each.kind in _LISTS) != bool(each.choices):
            raise _no(
                f"“{each.en}”: the kinds of lists have choices, the others have none",
                f"“{each.zh}”:单选和多选必须有选项,其他类型不能有选项",
            )
        if len({choice.key for choice in each.choices}) < len(each.choices):
            raise _no(f"“{each.en}”: two choices have the same key", f"“{each.zh}”:选项代码重复")


def _parts(category: Category) -> int:
    return len(category.keywords) + sum(1 + len(question.choices) for question in category.questions)


def _no(en: str, zh: str) -> Refused:
    return Refused(en, zh, "日-11")

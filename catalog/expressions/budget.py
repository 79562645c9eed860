"""How much one evaluation may cost. Without these limits a line of text could hold a worker."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar, cast

from catalog.expressions.errors import Code, Fault, Span
from catalog.expressions.limits import (
    MAX_CHARACTERS,
    MAX_DEPTH,
    MAX_STEPS,
    MAX_VALUES,
    check_list_size,
)
from catalog.expressions.values import admit

Part = TypeVar("Part")

_CHARACTERS_A_STEP = 1_000
_ITEMS_A_STEP = 20


@dataclass(slots=True)
class Size:
    """What a value weighs: the values nested in it, itself included, and the characters of its
    texts. Counting stops with a fault at the limits, so that lists which hold one list many times
    cost no more than they may."""

    values: int = 0
    characters: int = 0

    def add(self, value: object, depth: int = 0) -> None:
        """Count a value; all that is nested in it must be of the kinds that expressions know."""
        if depth > MAX_DEPTH:
            raise Fault(Code.TOO_DEEP, f"The value is nested deeper than {MAX_DEPTH} levels")
        self.values += 1
        if isinstance(value, str):
            self.characters += len(value)
        elif isinstance(value, list | tuple):
            check_list_size(len(value))
            self._add_all(value, depth + 1)
        elif isinstance(value, Mapping):
            self._add_all(value, depth + 1)
            self._add_all(value.values(), depth + 1)
        else:
            admit(value)
        self._check()

    def _add_all(self, values: Iterable[object], depth: int) -> None:
        for value in values:
            self.add(value, depth)

    def _check(self) -> None:
        if self.values > MAX_VALUES:
            raise Fault(Code.RESULT_TOO_LARGE, f"There are more than {MAX_VALUES:,} values")
        if self.characters > MAX_CHARACTERS:
            raise Fault(
                Code.RESULT_TOO_LARGE,
                f"The value has more than {MAX_CHARACTERS:,} characters in it",
            )

    @property
    def steps(self) -> int:
        """What it costs to look at it once."""
        return self.values // _ITEMS_A_STEP + self.characters // _CHARACTERS_A_STEP


class Budget:
    """The steps left, the size of the results so far, and what was read. One budget serves one
    evaluation, including all places of a text and all texts of a JSON value."""

    __slots__ = ("_kept", "_left", "_read")

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self._left = steps
        self._kept = Size()
        self._read: dict[Hashable, object] = {}

    @property
    def left(self) -> int:
        """The steps that are left; never negative."""
        return max(self._left, 0)

    def once(self, key: Hashable, read: Callable[[], Part]) -> Part:
        """What was read under this key before, else what is read now; a fault is not kept."""
        if key not in self._read:
            self._read[key] = read()
        return cast(Part, self._read[key])

    def spend(self, span: Span, steps: int = 1) -> None:
        self._left -= steps
        if self._left < 0:
            raise Fault(
                Code.TOO_MANY_STEPS,
                f"The expression takes more than {MAX_STEPS:,} steps",
                span=span,
            )

    def spend_on(self, span: Span, value: object) -> None:
        """Long texts and lists cost steps when a function reads or makes them."""
        if isinstance(value, str):
            self.spend(span, len(value) // _CHARACTERS_A_STEP)
        elif isinstance(value, list):
            self.spend(span, len(value) // _ITEMS_A_STEP)

    def spend_on_all(self, span: Span, value: object) -> None:
        """The same for everything that is nested in the value, where all of it is looked at."""
        if isinstance(value, list | Mapping):
            size = Size()
            size.add(value)
            self.spend(span, size.steps)
        else:
            self.spend_on(span, value)

    def spend_on_each(self, span: Span, items: list[object]) -> None:
        """What it costs to do one small thing with each item."""
        self.spend(span, 1 + len(items) // _ITEMS_A_STEP)

    def keep(self, value: object) -> None:
        """Count a result towards what all results together may weigh."""
        if isinstance(value, str | list | Mapping):
            self._kept.add(value)


@dataclass(frozen=True, slots=True)
class SelectorPurse:
    """The budget in the hands of a thing that a selector stands behind."""

    budget: Budget
    span: Span

    @property
    def left(self) -> int:
        """The steps that are left."""
        return self.budget.left

    def spend(self, steps: int) -> None:
        """Raises a fault at the selector where fewer are left."""
        self.budget.spend(self.span, steps)

    def once(self, key: Hashable, read: Callable[[], Part]) -> Part:
        """What was read under this key in the same evaluation, else what is read now."""
        return self.budget.once(key, read)

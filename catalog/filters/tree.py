"""The criteria tree: what a stream filter says, parsed once, with its values still to be known.

Immutable and pure; it holds keys, never rows, so it stays true when the schema is loaded anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from accounts.exceptions import Invalid, Problem
from catalog.canonical import Unacceptable
from catalog.expressions import Compiled, Context, ExpressionError
from catalog.filters.shapes import Fitted, Kind, Operator, Shape, fitted

COLUMNS: Mapping[str, Shape] = {
    "@name": Shape(Kind.TEXT),
    "@key": Shape(Kind.TEXT),
    "@stateSince": Shape(Kind.MOMENT),
    "@createdAt": Shape(Kind.MOMENT),
    "@modifiedAt": Shape(Kind.MOMENT),
}
"""What every object has, by the names that criteria use."""

Values = Mapping[str, Fitted]
"""What the expressions of a stream gave in one evaluation, by the pointers of their places."""


@dataclass(frozen=True, slots=True)
class Variant:
    """The shape of an attribute, and the object types that have it so (None: it is the same in
    all that the stream reaches)."""

    shape: Shape
    object_type_keys: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Operand:
    """What is compared with: known when parsed, or an expression to be evaluated."""

    pointer: str
    operator: Operator
    shapes: tuple[Shape, ...]
    compiled: Compiled
    constant: Fitted | None = field(default=None, compare=False)

    def evaluated(self, context: Context) -> Fitted:
        """The expression's value in its stored form; null fits nothing. Raises `Invalid`."""
        try:
            value = self.compiled.evaluate(context)
            if value is None and not self.operator.is_about_change:
                return {}
            return fitted(self.shapes, self.operator, value)
        except Unacceptable as wrong:
            raise Invalid(problems=[Problem(self.pointer, wrong.code, wrong.detail)]) from None
        except ExpressionError as error:
            problem = Problem(self.pointer + error.pointer, error.code, str(error))
            raise Invalid(problems=[problem]) from None

    def among(self, values: Values) -> Fitted:
        return self.constant if self.constant is not None else values[self.pointer]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing that must hold of an attribute, or of a column (`@name` and the like)."""

    key: str
    operator: Operator
    variants: tuple[Variant, ...]
    operand: Operand | None = None

    @property
    def is_column(self) -> bool:
        return self.key in COLUMNS


@dataclass(frozen=True, slots=True)
class RelationCriterion:
    """The object has, or has not, a relation of a type, to a target of a key where one is named."""

    relation_type_key: str
    exists: bool = True
    target: Operand | None = None


@dataclass(frozen=True, slots=True)
class Stream:
    """Which objects a workflow, a list or a search is about; all parts must hold.

    `groups` are alternatives: one of them must hold, all criteria of it. `is_never` stands in for
    a stream that names an unknown key and was accepted nevertheless: it matches nothing.
    """

    object_type_key: str | None = None
    state_key: str | None = None
    board_key: str | None = None
    criteria: tuple[Criterion, ...] = ()
    groups: tuple[tuple[Criterion, ...], ...] = ()
    relations: tuple[RelationCriterion, ...] = ()
    is_never: bool = False

    def all_criteria(self) -> Iterator[Criterion]:
        yield from self.criteria
        for group in self.groups:
            yield from group

    def operands(self) -> Iterator[Operand]:
        for criterion in self.all_criteria():
            if criterion.operand is not None:
                yield criterion.operand
        for relation in self.relations:
            if relation.target is not None:
                yield relation.target

    @property
    def attribute_keys(self) -> frozenset[str]:
        """The attributes that decide; whoever may not see one of them may not learn the answer."""
        return frozenset(one.key for one in self.all_criteria() if not one.is_column)

    @property
    def is_constant(self) -> bool:
        return all(operand.constant is not None for operand in self.operands())

    @property
    def is_about_change(self) -> bool:
        """Whether it can hold for events only."""
        return any(one.operator.is_about_change for one in self.all_criteria())

    def values(self, context: Context) -> Values:
        """Evaluates the expressions, once for a whole evaluation. Raises `Invalid`."""
        return {
            operand.pointer: operand.evaluated(context)
            for operand in self.operands()
            if operand.constant is None
        }

"""The tree of an expression: immutable, ours alone, knowing nothing of how it is evaluated.

Places and depth do not count in comparisons: two trees are equal when they mean the same.
Chains of one precedence (1 + 2 - 3) are one flat part, so that a long sum is not a deep tree.
"""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from catalog.expressions.errors import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What all parts have: where they stand, and how many levels they hold."""

    span: Span = field(compare=False)
    depth: int = field(compare=False, default=1)


@dataclass(frozen=True, slots=True)
class Literal(Part):
    value: bool | int | Decimal | str | None


@dataclass(frozen=True, slots=True)
class Selector:
    """`.name`, `["name"]` or `[0]`; an index counts from 0, or from the end when negative."""

    key: str | int
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Variable(Part):
    """`@root.selector.selector`; the span of the part covers them all."""

    root: str
    path: tuple[Selector, ...] = ()


@dataclass(frozen=True, slots=True)
class Select(Part):
    """Selectors behind a call, a list or brackets."""

    target: "Node"
    path: tuple[Selector, ...]


@dataclass(frozen=True, slots=True)
class ListOf(Part):
    items: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Call(Part):
    """A call of a function of the registry, with a number of arguments that it takes."""

    function: str
    arguments: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Negative(Part):
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Not(Part):
    operand: "Node"


@dataclass(frozen=True, slots=True)
class Link:
    """One operator of a chain with what follows it."""

    operator: str
    operand: "Node"
    span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Arithmetic(Part):
    """`first + a - b` or `first * a / b % c`, from left to right."""

    first: "Node"
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Comparison(Part):
    """`==`, `!=`, `<`, `<=`, `>`, `>=`, `in` or `not in` between two parts."""

    operator: str
    left: "Node"
    right: "Node"
    operator_span: Span = field(compare=False)


@dataclass(frozen=True, slots=True)
class Logical(Part):
    """`a and b and c`, or the same with `or`."""

    operator: str
    operands: tuple["Node", ...]


Node: TypeAlias = (
    Literal | Variable | Select | ListOf | Call | Negative | Not | Arithmetic | Comparison | Logical
)


def children(node: Node) -> tuple[Node, ...]:
    """The parts directly below."""
    match node:
        case Select(target=target):
            return (target,)
        case ListOf(items=items):
            return items
        case Call(arguments=arguments):
            return arguments
        case Negative(operand=operand) | Not(operand=operand):
            return (operand,)
        case Arithmetic(first=first, links=links):
            return (first, *(link.operand for link in links))
        case Comparison(left=left, right=right):
            return (left, right)
        case Logical(operands=operands):
            return operands
    return ()

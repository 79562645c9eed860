"""Builds our tree out of what Lark's parser reduces, and refuses what can never be evaluated."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeAlias

from lark import Token, Transformer

from catalog.expressions.errors import Code, Fault, Span, nearest, shortened
from catalog.expressions.functions import FUNCTIONS
from catalog.expressions.limits import MAX_DEPTH
from catalog.expressions.literals import read_number, read_text
from catalog.expressions.tree import (
    Arithmetic,
    Call,
    Comparison,
    Link,
    ListOf,
    Literal,
    Logical,
    Negative,
    Node,
    Not,
    Select,
    Selector,
    Variable,
)
from catalog.expressions.variables import ROOTS

Piece: TypeAlias = Token | Node | Selector


def span_of(token: Token) -> Span:
    """Where a token stands."""
    start = token.start_pos or 0
    return Span(start, start + len(token))


def too_deep(span: Span) -> Fault:
    return Fault(
        Code.TOO_DEEP, f"The expression is nested deeper than {MAX_DEPTH} levels", span=span
    )


class Builder(Transformer[Token, Node]):
    """One method for each rule of the grammar; Lark calls them from the leaves up."""

    def number(self, pieces: list[Token]) -> Literal:
        return Literal(_number(pieces[0]), span=span_of(pieces[0]))

    def text(self, pieces: list[Token]) -> Literal:
        return Literal(read_text(pieces[0], span_of(pieces[0]).start), span=span_of(pieces[0]))

    def true(self, pieces: list[Token]) -> Literal:
        return Literal(True, span=span_of(pieces[0]))

    def false(self, pieces: list[Token]) -> Literal:
        return Literal(False, span=span_of(pieces[0]))

    def null(self, pieces: list[Token]) -> Literal:
        return Literal(None, span=span_of(pieces[0]))

    def variable(self, pieces: list[Token]) -> Variable:
        root = pieces[0][1:]
        if root not in ROOTS:
            raise unknown_variable(root, span_of(pieces[0]))
        return Variable(root, span=span_of(pieces[0]))

    def bare_name(self, pieces: list[Token]) -> Node:
        raise _bare_name(pieces[0])

    def named(self, pieces: list[Token]) -> Selector:
        return Selector(pieces[0][1:], span_of(pieces[0]))

    def keyed(self, pieces: list[Token]) -> Selector:
        key = read_text(pieces[1], span_of(pieces[1]).start)
        return Selector(key, _between(pieces[0], pieces[-1]))

    def indexed(self, pieces: list[Token]) -> Selector:
        return Selector(_index(pieces[1]), _between(pieces[0], pieces[-1]))

    def indexed_from_end(self, pieces: list[Token]) -> Selector:
        return Selector(-_index(pieces[2]), _between(pieces[0], pieces[-1]))

    def select(self, pieces: list[Piece]) -> Node:
        target, path = _node(pieces[0]), tuple(p for p in pieces[1:] if isinstance(p, Selector))
        span = Span(target.span.start, path[-1].span.end)
        if isinstance(target, Variable):
            return replace(target, path=target.path + path, span=span)
        if isinstance(target, Select):
            return replace(target, path=target.path + path, span=span)
        return Select(target, path, span=span, depth=_deeper(span, target))

    def group(self, pieces: list[Piece]) -> Node:
        return _node(pieces[1])

    def list_of(self, pieces: list[Piece]) -> ListOf:
        items, span = _nodes(pieces), _between(pieces[0], pieces[-1])
        return ListOf(items, span=span, depth=_deeper(span, *items))

    def call(self, pieces: list[Piece]) -> Node:
        name, arguments = pieces[0], _nodes(pieces)
        if not isinstance(name, Token):
            raise TypeError("A call begins with its name.")
        span = _between(name, pieces[-1])
        _check_call(name, len(arguments), span)
        if name == "now":
            return Variable("now", span=span)
        return Call(str(name), arguments, span=span, depth=_deeper(span, *arguments))

    def negative(self, pieces: list[Piece]) -> Negative:
        operand, span = _node(pieces[1]), _between(pieces[0], pieces[1])
        return Negative(operand, span=span, depth=_deeper(span, operand))

    def not_(self, pieces: list[Piece]) -> Not:
        operand, span = _node(pieces[1]), _between(pieces[0], pieces[1])
        return Not(operand, span=span, depth=_deeper(span, operand))

    def product(self, pieces: list[Piece]) -> Arithmetic:
        return _arithmetic(pieces)

    def sum(self, pieces: list[Piece]) -> Arithmetic:
        return _arithmetic(pieces)

    def compare(self, pieces: list[Piece]) -> Comparison:
        return _comparison(str(pieces[1]), pieces)

    def compare_not_in(self, pieces: list[Piece]) -> Comparison:
        return _comparison("not in", pieces)

    def conjunction(self, pieces: list[Piece]) -> Logical:
        return _logical("and", pieces)

    def disjunction(self, pieces: list[Piece]) -> Logical:
        return _logical("or", pieces)


def _number(token: Token) -> int | Decimal:
    try:
        return read_number(token)
    except Fault as fault:
        raise fault.at(span_of(token)) from None


def _index(token: Token) -> int:
    if not token.isdigit() or len(token) > 9:
        raise Fault(Code.SYNTAX_ERROR, "An index is a whole number below 10^9", span=span_of(token))
    return int(token)


def _node(piece: Piece) -> Node:
    if isinstance(piece, Token | Selector):
        raise TypeError(f"{piece!r} is not a part of the tree.")
    return piece


def _nodes(pieces: Sequence[Piece]) -> tuple[Node, ...]:
    return tuple(piece for piece in pieces if not isinstance(piece, Token | Selector))


def _between(first: Piece, last: Piece) -> Span:
    start = span_of(first) if isinstance(first, Token) else first.span
    end = span_of(last) if isinstance(last, Token) else last.span
    return Span(start.start, end.end)


def _deeper(span: Span, *parts: Node) -> int:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_DEPTH:
        raise too_deep(span)
    return depth


def _arithmetic(pieces: Sequence[Piece]) -> Arithmetic:
    span, nodes = _between(pieces[0], pieces[-1]), _nodes(pieces)
    operators = [piece for piece in pieces if isinstance(piece, Token)]
    links = tuple(
        Link(str(operator), operand, span_of(operator))
        for operator, operand in zip(operators, nodes[1:], strict=True)
    )
    return Arithmetic(nodes[0], links, span=span, depth=_deeper(span, *nodes))


def _comparison(operator: str, pieces: Sequence[Piece]) -> Comparison:
    left, right = _nodes(pieces)
    span = _between(left, right)
    return Comparison(
        operator,
        left,
        right,
        _between(pieces[1], pieces[-2]),
        span=span,
        depth=_deeper(span, left, right),
    )


def _logical(operator: str, pieces: Sequence[Piece]) -> Logical:
    operands = _nodes(pieces)
    span = _between(pieces[0], pieces[-1])
    return Logical(operator, operands, span=span, depth=_deeper(span, *operands))


def _check_call(name: Token, given: int, span: Span) -> None:
    function = FUNCTIONS.get(name)
    if function is None:
        raise Fault(
            Code.UNKNOWN_FUNCTION,
            f"There is no function {shortened(name)}(){meant(name, FUNCTIONS, after='()')}",
            span=span_of(name),
        )
    if given < function.fewest or (function.most is not None and given > function.most):
        raise Fault(
            Code.WRONG_ARGUMENT_COUNT,
            f"{function.signature} takes {function.takes()}, not {given}",
            span=span,
        )


def unknown_variable(root: str, span: Span) -> Fault:
    """Names the nearest variable; an inner hyphen is often meant as a minus."""
    before, hyphen, _ = root.partition("-")
    hint = meant(root, ROOTS, before="@")
    if hyphen and before in ROOTS:
        hint = f"; a hyphen belongs to the name, a minus needs a space before it: @{before} -"
    return Fault(Code.UNKNOWN_VARIABLE, f"There is no variable @{shortened(root)}{hint}", span=span)


def _bare_name(token: Token) -> Fault:
    name = str(token)
    hint = "; texts stand in quotes, variables begin with @, functions need brackets"
    if name in ROOTS:
        hint = f"; did you mean @{name}?"
    elif name in FUNCTIONS:
        hint = f"; did you mean {name}()?"
    elif name.lower() in _WORDS:
        hint = f"; did you mean {_WORDS[name.lower()]}?"
    return Fault(
        Code.UNKNOWN_VARIABLE, f"There is no name {shortened(name)}{hint}", span=span_of(token)
    )


_WORDS = {
    "true": "true",
    "false": "false",
    "null": "null",
    "none": "null",
    "nil": "null",
    "undefined": "null",
}


def meant(name: str, names: Iterable[str], before: str = "", after: str = "") -> str:
    """`; did you mean …?` where a known name is near."""
    found = nearest(name, names)
    return f"; did you mean {before}{found}{after}?" if found else ""

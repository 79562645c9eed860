"""The forms of a text in a step's field.

- wholly `{{ … }}`: the value, with its type
- `{{ … }}` inside other text: text
- wholly a variable, such as `@objectId`: its value

Any other text is literal, `ana@example.org` and `@ana` too; but a text such as `@objectid`, which
is nearly a variable, is refused rather than stored as it is. Two opening braces as text are
written `{{ '{{' }}`; closing braces alone are literal.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from catalog.expressions.budget import Budget
from catalog.expressions.caching import cached
from catalog.expressions.errors import Code, ExpressionError, Fault, Span, nearest, placed
from catalog.expressions.expression import Expression, parse
from catalog.expressions.limits import MAX_PLACES, MAX_TEMPLATE, check_text_size
from catalog.expressions.parser import check_sound
from catalog.expressions.references import Reference
from catalog.expressions.rendering import render
from catalog.expressions.values import Context, Value
from catalog.expressions.variables import ROOTS

Escape: TypeAlias = Callable[[str], str]

_TEXT = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_VARIABLE = re.compile(
    rf"@(?P<root>[A-Za-z_][A-Za-z0-9_-]*)(?:\.[A-Za-z0-9_][A-Za-z0-9_-]*|\[(?:-?[0-9]+|{_TEXT})\])*",
    re.DOTALL,
)
# The alternatives begin with different characters, so the time is linear in the length.
_TO_CLOSING_BRACES = re.compile(rf"(?:[^'\"}}]|{_TEXT}|}}(?!}}))*", re.DOTALL)
_NEARLY = 0.84


@dataclass(frozen=True, slots=True)
class Place:
    """One expression inside a text, and where its own text begins there."""

    expression: Expression
    text: str
    offset: int

    def value(self, context: Context, budget: Budget) -> Value:
        try:
            return self.expression.evaluate_within(context, budget)
        except ExpressionError as error:
            raise error.moved(text=self.text, offset=self.offset) from None

    def rendered(self, context: Context, budget: Budget, escape: Escape | None) -> str:
        """The value as text, escaped where asked."""
        value = self.value(context, budget)
        try:
            text = render(value)
            check_text_size(len(text))
        except Fault as fault:
            whole = Span(self.offset, self.offset + len(self.expression.text))
            raise placed(fault.at(whole), self.text) from None
        return escape(text) if escape is not None else text

    def references(self) -> Iterator[Reference]:
        for reference in self.expression.references():
            yield reference.moved(text=self.text, offset=self.offset)

    def problems(self) -> Iterator[ExpressionError]:
        for problem in self.expression.problems():
            yield problem.moved(text=self.text, offset=self.offset)


@dataclass(frozen=True, slots=True)
class Whole:
    """A text that is wholly an expression: its value keeps its type, unless it is escaped."""

    place: Place

    def evaluate(self, context: Context, budget: Budget, escape: Escape | None) -> Value:
        if escape is not None:
            return self.place.rendered(context, budget, escape)
        return self.place.value(context, budget)

    @property
    def places(self) -> tuple[Place, ...]:
        return (self.place,)


@dataclass(frozen=True, slots=True)
class Mixed:
    """Literal texts and expressions in turn; the value is text."""

    text: str
    pieces: tuple[str | Place, ...]

    def evaluate(self, context: Context, budget: Budget, escape: Escape | None) -> Value:
        made: list[str] = []
        size = 0
        for piece in self.pieces:
            if isinstance(piece, Place):
                piece = piece.rendered(context, budget, escape)
            made.append(piece)
            size += len(piece)
            self._check(size)
        return "".join(made)

    def _check(self, size: int) -> None:
        try:
            check_text_size(size)
        except Fault as fault:
            raise placed(fault, self.text) from None

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Place))


TextForm: TypeAlias = str | Whole | Mixed
"""A literal text is itself."""


@cached
def form_of(text: str) -> TextForm:
    """What a text means. Raises `ExpressionError`."""
    try:
        return _form_of(text)
    except Fault as fault:
        raise placed(fault, text) from None


def _form_of(text: str) -> TextForm:
    if len(text) > MAX_TEMPLATE:
        message = f"The text is longer than {MAX_TEMPLATE:,} characters"
        raise Fault(Code.TOO_LONG, message, span=Span(MAX_TEMPLATE, len(text)))
    check_sound(text)
    if found := _VARIABLE.fullmatch(text):
        return _variable(text, found["root"])
    if "{{" not in text:
        return text
    pieces = tuple(_pieces(text))
    if len(pieces) == 1 and isinstance(pieces[0], Place):
        return Whole(pieces[0])
    return Mixed(text, pieces)


def _variable(text: str, root: str) -> TextForm:
    if root in ROOTS:
        return Whole(Place(parse(text), text, 0))
    close = nearest(root, ROOTS, cutoff=_NEARLY)
    if close is None:
        return text
    raise Fault(
        Code.UNKNOWN_VARIABLE,
        f"There is no variable @{root}; did you mean @{close}? "
        "The text itself is written {{ '@" + root + "' }}",
        span=Span(0, len(root) + 1),
    )


def _pieces(text: str) -> Iterator[str | Place]:
    position = places = 0
    while (opening := text.find("{{", position)) >= 0:
        if opening > position:
            yield text[position:opening]
        places += 1
        if places > MAX_PLACES:
            message = f"The text has more than {MAX_PLACES:,} places with an expression"
            raise Fault(Code.TOO_LONG, message, span=Span(opening, opening + 2))
        start = opening + 2
        end = _closing(text, opening)
        yield _place(text, start, end)
        position = end + 2
    if position < len(text):
        yield text[position:]


def _closing(text: str, opening: int) -> int:
    scanned = _TO_CLOSING_BRACES.match(text, opening + 2)
    end = scanned.end() if scanned else len(text)
    if text.startswith("}}", end):
        return end
    if end < len(text) and text[end] in "'\"":
        message, span = "This text is not closed", Span(end, len(text))
    else:
        message, span = "These braces are not closed with }}", Span(opening, opening + 2)
    raise Fault(Code.SYNTAX_ERROR, message, span=span)


def _place(text: str, start: int, end: int) -> Place:
    try:
        return Place(parse(text[start:end]), text, start)
    except ExpressionError as error:
        raise error.moved(text=text, offset=start) from None

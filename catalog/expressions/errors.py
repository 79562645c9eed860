"""What can be wrong with an expression, always with its place.

`Fault` travels inside the package and knows a span at most; the outermost call turns it into an
`ExpressionError`, which knows the text and therefore line and column.
"""

import difflib
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """Stable codes; programs outside may rely on them."""

    SYNTAX_ERROR = "syntaxError"
    UNKNOWN_FUNCTION = "unknownFunction"
    WRONG_ARGUMENT_COUNT = "wrongArgumentCount"
    WRONG_TYPE = "wrongType"
    UNKNOWN_VARIABLE = "unknownVariable"
    UNKNOWN_SELECTOR = "unknownSelector"
    UNKNOWN_REFERENCE = "unknownReference"
    DIVISION_BY_ZERO = "divisionByZero"
    NUMBER_TOO_LARGE = "numberTooLarge"
    OUT_OF_RANGE = "outOfRange"
    INVALID_DATE = "invalidDate"
    DATE_OUT_OF_RANGE = "dateOutOfRange"
    INVALID_FORMAT = "invalidFormat"
    UNKNOWN_TIME_ZONE = "unknownTimeZone"
    INVALID_NUMBER = "invalidNumber"
    INVALID_PATTERN = "invalidPattern"
    TOO_LONG = "tooLong"
    TOO_DEEP = "tooDeep"
    TOO_MANY_STEPS = "tooManySteps"
    RESULT_TOO_LARGE = "resultTooLarge"


class Span(NamedTuple):
    """A stretch of the text, as 0-based offsets in code points; `end` is exclusive."""

    start: int
    end: int


class Fault(Exception):
    """Something is wrong; whoever knows the place adds it on the way out.

    A function names the `argument` (from 0) that it means, the evaluator knows where that stands.
    """

    def __init__(
        self,
        code: Code,
        message: str,
        *,
        span: Span | None = None,
        argument: int | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.span = span
        self.argument = argument

    def at(self, span: Span) -> "Fault":
        """Place the fault, unless something deeper already did."""
        if self.span is None:
            self.span = span
        return self


class ExpressionError(Exception):
    """An expression can't be read or computed. `position` is the 0-based offset in `text`.

    `line` and `column` count from 1. `pointer` is the JSON pointer of the text inside the value
    that was compiled, empty where the text itself was given.
    """

    def __init__(
        self,
        message: str,
        *,
        code: Code,
        text: str,
        position: int,
        length: int,
        pointer: str = "",
    ) -> None:
        self.message = message
        self.code = str(code.value)
        self.text = text
        self.position = position
        self.length = length
        self.pointer = pointer
        self.line, self.column = line_and_column(text, position)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        where = place_of(self.text, self.position)
        return f"{self.message.rstrip('.')} (at {where}{self._inside()})."

    def _inside(self) -> str:
        return f" of {self.pointer}" if self.pointer else ""

    def moved(self, *, text: str, offset: int = 0, pointer: str = "") -> "ExpressionError":
        """The same error as seen from the larger text that the expression is a part of."""
        return ExpressionError(
            self.message,
            code=Code(self.code),
            text=text,
            position=self.position + offset,
            length=self.length,
            pointer=pointer + self.pointer,
        )


def line_and_column(text: str, position: int) -> tuple[int, int]:
    """Where an offset stands in a text, both counted from 1."""
    before = text[:position]
    return before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1


def place_of(text: str, position: int) -> str:
    """The same in words."""
    line, column = line_and_column(text, position)
    return f"line {line}, column {column}"


def placed(fault: Fault, text: str) -> ExpressionError:
    """The error that is shown for a fault of this text; without a span the whole text is meant."""
    span = fault.span if fault.span is not None else Span(0, len(text))
    return ExpressionError(
        fault.message,
        code=fault.code,
        text=text,
        position=span.start,
        length=span.end - span.start,
    )


def nearest(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The name that was probably meant; the case of letters does not count."""
    by_lower = {known.lower(): known for known in sorted(names)}
    found = difflib.get_close_matches(name[:100].lower(), by_lower, n=1, cutoff=cutoff)
    return by_lower[found[0]] if found else None


def shortened(text: str, limit: int = 40) -> str:
    """A text as it may stand in a message: one line, not long, nothing invisible."""
    shown = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text[:limit])
    return shown + "…" if len(text) > limit else shown

"""Templates as text: compiled once, then subject and body for one object.

Pure: knows no rows and nothing of who reads. Values come from the context, each made harmless.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from catalog.expressions import Compiled, Context, ExpressionError, Reference, parse_value
from notifications.texts import as_html_text, one_line, sanitised

SUBJECT: Final = "/subject"
BODY: Final = "/body"


@dataclass(frozen=True, slots=True)
class Rendered:
    """What a person reads: a plain subject on one line, and a body of sanitised HTML."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Both texts of a template, compiled; immutable, shared by all who render the same texts."""

    subject: Compiled
    body: Compiled

    def render(self, context: Context) -> Rendered:
        """The texts in this context. Raises `ExpressionError`, its pointer saying which text.

        The body is sanitised after its values stand in it, so that a value inside of an attribute
        (the address of a link) is judged, too.
        """
        with _At(SUBJECT):
            subject = self.subject.render(context)
        with _At(BODY):
            body = self.body.render(context, as_html_text)
        return Rendered(one_line(subject), sanitised(body))

    def references(self) -> frozenset[Reference]:
        """What the texts read; the pointer says in which of them."""
        return frozenset(
            reference.moved(pointer=pointer)
            for pointer, text in ((SUBJECT, self.subject), (BODY, self.body))
            for reference in text.references()
        )


@lru_cache(maxsize=512)
def wording_of(subject: str, body: str) -> Wording:
    """The compiled texts of a template. Raises `ExpressionError`, its pointer saying which text."""
    with _At(SUBJECT):
        compiled = parse_value(subject)
    with _At(BODY):
        return Wording(compiled, parse_value(body))


def faults_of(subject: str, body: str) -> list[ExpressionError]:
    """What can't be read of the two texts, or is certain to fail, each with its place."""
    found: list[ExpressionError] = []
    for pointer, text in ((SUBJECT, subject), (BODY, body)):
        try:
            with _At(pointer):
                problems = parse_value(text).problems()
            found += [one.moved(text=one.text, pointer=pointer) for one in problems]
        except ExpressionError as error:
            found.append(error)
    return found


class _At:
    """Says of an error that passes through in which of the texts it is."""

    def __init__(self, pointer: str) -> None:
        self._pointer = pointer

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ExpressionError):
            raise error.moved(text=error.text, pointer=self._pointer) from None

"""What an expression reads: for static checks of keys, and for lineage of what a value shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from catalog.expressions.errors import Code, ExpressionError, Span, place_of
from catalog.expressions.functions import FUNCTIONS
from catalog.expressions.tree import (
    Call,
    ListOf,
    Node,
    Select,
    Selector,
    Variable,
    children,
)


@dataclass(frozen=True, slots=True, order=True)
class Reference:
    """A variable that is read, with the names selected from it.

    `start` and `end` are offsets in `text`, `spans` those of each name of the path; `pointer` says
    which text of a compiled JSON value is meant. Indexes are left out of the path: they choose
    among things that are reached the same way.
    """

    root: str
    path: tuple[str, ...]
    start: int
    end: int
    pointer: str = ""
    text: str = field(default="", compare=False, repr=False)
    spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)

    def moved(self, *, text: str = "", offset: int = 0, pointer: str = "") -> "Reference":
        """The same reference as seen from the larger text or value around it."""
        return replace(
            self,
            start=self.start + offset,
            end=self.end + offset,
            pointer=pointer + self.pointer,
            text=text or self.text,
            spans=tuple(Span(one.start + offset, one.end + offset) for one in self.spans),
        )

    @property
    def place(self) -> str:
        """Line and column in the text, in words."""
        return place_of(self.text, self.start)

    def wrong(self, code: Code, message: str, at: int | None = None) -> ExpressionError:
        """An error about the name at this position of the path; about the variable without one."""
        span = Span(self.start, self.start + 1 + len(self.root))
        if at is not None:
            span = self.spans[at]
        return ExpressionError(
            message,
            code=code,
            text=self.text,
            position=span.start,
            length=span.end - span.start,
            pointer=self.pointer,
        )


def references_of(node: Node) -> frozenset[Reference]:
    """All references below. What is selected behind a call counts for each variable whose value
    the call may pass on: `first(@object.relations.r).name` reads `object.relations.r.name` too.
    """
    return frozenset(_walk(node))


def _walk(node: Node) -> Iterator[Reference]:
    if isinstance(node, Variable):
        names, spans = _names(node.path), _spans(node.path)
        yield Reference(node.root, names, node.span.start, node.span.end, spans=spans)
    if isinstance(node, Select):
        yield from _origins(node)
    for child in children(node):
        yield from _walk(child)


def _origins(node: Node) -> Iterator[Reference]:
    """The references whose value, or an item of it, may be the value of this part."""
    match node:
        case Variable():
            yield from _walk(node)
        case Select(target=target, path=path):
            for origin in _origins(target):
                yield replace(
                    origin,
                    path=origin.path + _names(path),
                    start=node.span.start,
                    end=node.span.end,
                    spans=origin.spans + _spans(path),
                )
        case ListOf(items=items):
            yield from _all_origins(items)
        case Call(function=function, arguments=arguments):
            passes = FUNCTIONS[function].passes
            kept = [
                argument
                for position, argument in enumerate(arguments)
                if passes is None or position in passes
            ]
            yield from _all_origins(kept)


def _all_origins(nodes: Iterable[Node]) -> Iterator[Reference]:
    for node in nodes:
        yield from _origins(node)


def _names(path: tuple[Selector, ...]) -> tuple[str, ...]:
    return tuple(selector.key for selector in path if isinstance(selector.key, str))


def _spans(path: tuple[Selector, ...]) -> tuple[Span, ...]:
    return tuple(selector.span for selector in path if isinstance(selector.key, str))

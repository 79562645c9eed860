"""What an expression reads: for static checks of keys, and for lineage of what a value shows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

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

    `start` and `end` are offsets in the text, `pointer` says which text of a compiled JSON value.
    Indexes are left out of the path: they choose among things that are reached the same way.
    """

    root: str
    path: tuple[str, ...]
    start: int
    end: int
    pointer: str = ""

    def moved(self, *, offset: int = 0, pointer: str = "") -> "Reference":
        """The same reference as seen from the larger text or value around it."""
        return replace(
            self,
            start=self.start + offset,
            end=self.end + offset,
            pointer=pointer + self.pointer,
        )


def references_of(node: Node) -> frozenset[Reference]:
    """All references below. What is selected behind a call counts for each variable whose value
    the call may pass on: `first(@object.relations.r).name` reads `object.relations.r.name` too.
    """
    return frozenset(_walk(node))


def _walk(node: Node) -> Iterator[Reference]:
    if isinstance(node, Variable):
        yield Reference(node.root, _names(node.path), node.span.start, node.span.end)
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
                extended = origin.path + _names(path)
                yield replace(origin, path=extended, start=node.span.start, end=node.span.end)
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

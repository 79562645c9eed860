"""What is certainly wrong with an expression that can be read, found without running it.

Every part that reads nothing is computed, even where no run would reach it, and the literal
arguments of all other calls are judged. A wrong pattern is so found by who writes it, when saved.
"""

from collections.abc import Iterator

from catalog.expressions.budget import Budget
from catalog.expressions.errors import Fault
from catalog.expressions.evaluator import Evaluation
from catalog.expressions.functions import FUNCTIONS
from catalog.expressions.tree import Call, Literal, Node, Variable, children


class _Nothing:
    """The context of parts that read nothing."""

    def lookup(self, root: str) -> object:
        raise LookupError(root)


def faults_of(node: Node) -> Iterator[Fault]:
    """Each fault with its span; inside of a part that is wrong nothing more is looked for."""
    if _reads_nothing(node):
        yield from _computed(node)
        return
    if isinstance(node, Call):
        yield from _literal_arguments(node)
    for child in children(node):
        yield from faults_of(child)


def _reads_nothing(node: Node) -> bool:
    return not isinstance(node, Variable) and all(map(_reads_nothing, children(node)))


def _computed(node: Node) -> Iterator[Fault]:
    inner = [fault for child in children(node) for fault in _computed(child)]
    yield from inner
    if not inner:
        try:
            Evaluation(_Nothing(), Budget()).of(node)
        except Fault as fault:
            yield fault


def _literal_arguments(node: Call) -> Iterator[Fault]:
    function = FUNCTIONS[node.function]
    for position, argument in enumerate(node.arguments):
        if isinstance(argument, Literal) and argument.value is not None:
            try:
                function.taken(position, argument.value)
                check = function.literals.get(position)
                if check is not None and isinstance(argument.value, str):
                    check(argument.value)
            except Fault as fault:
                yield fault.at(argument.span)

"""An expression, parsed once: what holds the tree and hands out values, references and errors."""

from dataclasses import dataclass, field

from catalog.expressions.budget import Budget
from catalog.expressions.caching import cached
from catalog.expressions.errors import Code, ExpressionError, Fault, placed
from catalog.expressions.evaluator import Evaluation
from catalog.expressions.parser import tree_of
from catalog.expressions.references import Reference, references_of
from catalog.expressions.static import faults_of
from catalog.expressions.tree import Node
from catalog.expressions.values import Context, Value


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression; immutable, may be shared and cached."""

    text: str
    tree: Node = field(compare=False, repr=False)

    def evaluate(self, context: Context) -> Value:
        """The value in this context. Raises `ExpressionError` and nothing else of its own."""
        return self.evaluate_within(context, Budget())

    def evaluate_within(self, context: Context, budget: Budget) -> Value:
        """The same, sharing a budget with other expressions."""
        try:
            value = Evaluation(context, budget).of(self.tree)
            budget.keep(value)
            return value
        except Fault as fault:
            raise placed(fault, self.text) from None
        except RecursionError:
            raise placed(_too_deep(), self.text) from None

    def references(self) -> frozenset[Reference]:
        """What the expression reads, with the places."""
        return frozenset(one.moved(text=self.text) for one in references_of(self.tree))

    def problems(self) -> list[ExpressionError]:
        """What is certainly wrong although it can be read, such as a pattern that is not RE2."""
        return [placed(fault, self.text) for fault in faults_of(self.tree)]

    @property
    def is_constant(self) -> bool:
        """Whether it reads nothing, so that its value never changes."""
        return not self.references()


def _too_deep() -> Fault:
    """The caller's own stack was nearly full."""
    return Fault(Code.TOO_DEEP, "The expression is nested too deep for this caller")


def parse(text: str) -> Expression:
    """The expression that a bare text says (without braces). Raises `ExpressionError`."""
    return _parse(str.__str__(text))


@cached
def _parse(text: str) -> Expression:
    try:
        return Expression(text, tree_of(text))
    except Fault as fault:
        raise placed(fault, text) from None

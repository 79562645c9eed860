"""Evaluates a tree against a context, within a budget.

Values come from the context's `lookup`, from mappings by key and from Selectables by `select`;
attributes of Python objects are never read, so no expression can reach Python.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from catalog.expressions.budget import Budget, SelectorPurse
from catalog.expressions.builder import meant
from catalog.expressions.errors import Code, Fault, shortened
from catalog.expressions.functions import FUNCTIONS, Function
from catalog.expressions.functions.logic import truth
from catalog.expressions.limits import MAX_DEPTH, check_list_size, check_text_size
from catalog.expressions.numbers import add, divide, is_number, modulo, multiply, negate, subtract
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
from catalog.expressions.values import (
    Context,
    Kind,
    Purse,
    Selectable,
    UnknownSelector,
    Value,
    admit,
    equal,
    is_selectable,
    kind_of,
    less,
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation: where values come from and what it may still cost."""

    context: Context
    budget: Budget

    def of(self, node: Node) -> Value:
        """The value of a part. Raises `Fault`, with a span."""
        self.budget.spend(node.span)
        try:
            return self._of(node)
        except Fault as fault:
            raise fault.at(node.span) from None

    def _of(self, node: Node) -> Value:
        match node:
            case Literal():
                return node.value
            case Variable():
                return self._variable(node)
            case Call():
                return self._call(node)
            case Comparison():
                return self._comparison(node)
            case Arithmetic():
                return self._arithmetic(node)
            case Logical():
                return self._logical(node)
            case Not():
                return not self._truth(node.operand, "not")
            case Negative():
                return self._negative(node)
            case ListOf():
                check_list_size(len(node.items))
                return [self.of(item) for item in node.items]
            case Select():
                return self._select(self.of(node.target), node.path)

    def _variable(self, node: Variable) -> Value:
        try:
            found = self.context.lookup(node.root)
        except LookupError:
            raise Fault(
                Code.UNKNOWN_VARIABLE, f"@{node.root} is not available here", span=node.span
            ) from None
        return self._select(admit(found), node.path)

    def _select(self, value: Value, path: tuple[Selector, ...]) -> Value:
        for selector in path:
            try:
                value = self._selected(value, selector, 0)
            except Fault as fault:
                raise fault.at(selector.span) from None
        return value

    def _selected(self, value: Value, selector: Selector, depth: int) -> Value:
        key = selector.key
        if value is None:
            return None
        if isinstance(key, int):
            return _at_index(value, key)
        if isinstance(value, list):
            return self._mapped(value, selector, depth)
        if isinstance(value, Mapping):
            return admit(value[key]) if key in value else None
        if is_selectable(value):
            self.budget.spend(selector.span)
            return _selected_from(value, key, SelectorPurse(self.budget, selector.span))
        raise Fault(
            Code.UNKNOWN_SELECTOR,
            f"{kind_of(value).phrase.capitalize()} has nothing called {shortened(key)}",
        )

    def _mapped(self, items: list[object], selector: Selector, depth: int) -> Value:
        """A selector after a list maps over it; what is missing is null and kept."""
        if depth >= MAX_DEPTH:
            raise Fault(Code.TOO_DEEP, f"The lists are nested deeper than {MAX_DEPTH} levels")
        self.budget.spend_on_each(selector.span, items)
        return [self._selected(admit(item), selector, depth + 1) for item in items]

    def _call(self, node: Call) -> Value:
        function = FUNCTIONS[node.function]
        try:
            if function.lazy:
                return function.call(*(partial(self.of, part) for part in node.arguments))
            return self._eager(function, node)
        except Fault as fault:
            if fault.span is None and fault.argument is not None:
                fault.span = node.arguments[min(fault.argument, len(node.arguments) - 1)].span
            raise

    def _eager(self, function: Function, node: Call) -> Value:
        values = [self.of(argument) for argument in node.arguments]
        if not function.takes_null and any(value is None for value in values):
            return None
        spend = self.budget.spend_on_all if function.deep else self.budget.spend_on
        taken = []
        for position, value in enumerate(values):
            spend(node.arguments[position].span, value)
            taken.append(function.taken(position, value))
        if function.cost is not None:
            self.budget.spend(node.span, function.cost(*taken))
        result = admit(function.call(*taken))
        self.budget.spend_on(node.span, result)
        return result

    def _arithmetic(self, node: Arithmetic) -> Value:
        value = self.of(node.first)
        for link in node.links:
            value = self._linked(value, link, self.of(link.operand))
        return value

    def _linked(self, left: Value, link: Link, right: Value) -> Value:
        if left is None or right is None:
            return None
        try:
            return self._operated(left, link, right)
        except Fault as fault:
            zero = fault.code is Code.DIVISION_BY_ZERO
            raise fault.at(link.operand.span if zero else link.span) from None

    def _operated(self, left: Value, link: Link, right: Value) -> Value:
        if is_number(left) and is_number(right):
            return _OPERATIONS[link.operator](left, right)
        if link.operator == "+" and isinstance(left, str) and isinstance(right, str):
            check_text_size(len(left) + len(right))
            self.budget.spend_on(link.span, left)
            return left + right
        raise Fault(Code.WRONG_TYPE, _unfit(link.operator, kind_of(left), kind_of(right)))

    def _negative(self, node: Negative) -> Value:
        value = self.of(node.operand)
        if value is None:
            return None
        if not is_number(value):
            raise Fault(
                Code.WRONG_TYPE,
                f"- needs a number, not {kind_of(value).phrase}",
                span=node.operand.span,
            )
        return negate(value)

    def _logical(self, node: Logical) -> bool:
        decisive = node.operator == "or"
        for operand in node.operands:
            if self._truth(operand, node.operator) is decisive:
                return decisive
        return not decisive

    def _truth(self, operand: Node, word: str) -> bool:
        value = self.of(operand)
        try:
            return truth(value, word)
        except Fault as fault:
            raise fault.at(operand.span) from None

    def _comparison(self, node: Comparison) -> Value:
        left, right = self.of(node.left), self.of(node.right)
        self.budget.spend_on_all(node.operator_span, left)
        self.budget.spend_on_all(node.operator_span, right)
        try:
            return _compared(node.operator, left, right)
        except Fault as fault:
            raise fault.at(node.operator_span) from None


_OPERATIONS: dict[str, Callable[[int | Decimal, int | Decimal], int | Decimal]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
}


def _unfit(symbol: str, left: Kind, right: Kind) -> str:
    hint = ""
    if symbol == "+" and Kind.TEXT in (left, right):
        hint = "; concat() joins values of any kind"
    elif symbol in "+-" and Kind.DATE in (left, right):
        hint = "; addDays(), addHours() and daysBetween() compute with dates"
    return f"{left.phrase.capitalize()} {symbol} {right.phrase} can't be computed{hint}"


def _compared(symbol: str, left: Value, right: Value) -> bool | None:
    if symbol == "==":
        return equal(left, right)
    if symbol == "!=":
        return not equal(left, right)
    if left is None or right is None:
        return None
    if symbol in ("in", "not in"):
        return _within(left, right) is (symbol == "in")
    return _ORDER[symbol](left, right)


_ORDER: dict[str, Callable[[Value, Value], bool]] = {
    "<": less,
    ">": lambda left, right: less(right, left),
    "<=": lambda left, right: not less(right, left),
    ">=": lambda left, right: not less(left, right),
}


def _within(part: Value, whole: Value) -> bool:
    if isinstance(whole, list):
        return any(equal(admit(item), part) for item in whole)
    if isinstance(whole, str) and isinstance(part, str):
        return part in whole
    if isinstance(whole, Mapping) and isinstance(part, str):
        return part in whole
    raise Fault(
        Code.WRONG_TYPE,
        f"in looks for a value in a list or for a text in a text, not for "
        f"{kind_of(part).phrase} in {kind_of(whole).phrase}",
    )


def _at_index(value: Value, index: int) -> Value:
    if not isinstance(value, list):
        raise Fault(Code.WRONG_TYPE, f"An index needs a list, not {kind_of(value).phrase}")
    if -len(value) <= index < len(value):
        return admit(value[index])
    return None


def _selected_from(thing: Selectable, name: str, purse: Purse) -> Value:
    try:
        return admit(thing.select(name, purse))
    except UnknownSelector as unknown:
        hint = meant(name, unknown.choices, before=".")
    except LookupError:
        hint = ""
    raise Fault(Code.UNKNOWN_SELECTOR, f"There is nothing called {shortened(name)}{hint}")

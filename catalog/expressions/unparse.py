"""Trees and values back to text: canonical, and read back to an equal tree."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from catalog.expressions.literals import write_text
from catalog.expressions.rendering import date_text, decimal_text, render
from catalog.expressions.tree import (
    Arithmetic,
    Call,
    Comparison,
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
from catalog.expressions.values import Value, admit

_TIGHTEST = 9


def unparse(node: Node) -> str:
    """The expression with single spaces and no brackets that are not needed."""
    match node:
        case Literal(value=value):
            return show(value)
        case Variable(root=root, path=path):
            return f"@{root}{_selectors(path)}"
        case Select(target=target, path=path):
            return f"{_selectable(target)}{_selectors(path)}"
        case ListOf(items=items):
            return f"[{', '.join(map(unparse, items))}]"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(unparse, arguments))})"
        case Negative(operand=operand):
            return f"-{_inside(operand, _level(node))}"
        case Not(operand=operand):
            return f"not {_inside(operand, _level(node))}"
        case Comparison(operator=operator, left=left, right=right):
            tight = _level(node) + 1
            return f"{_inside(left, tight)} {operator} {_inside(right, tight)}"
        case Logical(operator=operator, operands=operands):
            tight = _level(node) + 1
            return f" {operator} ".join(_inside(operand, tight) for operand in operands)
        case Arithmetic():
            return _chain(node)


def _chain(node: Arithmetic) -> str:
    tight = _level(node) + 1
    links = (f" {link.operator} {_inside(link.operand, tight)}" for link in node.links)
    return _inside(node.first, tight) + "".join(links)


def _inside(node: Node, level: int) -> str:
    text = unparse(node)
    return text if _level(node) >= level else f"({text})"


def _level(node: Node) -> int:
    """How tightly the part binds; a looser one inside needs brackets."""
    match node:
        case Logical(operator=operator):
            return 1 if operator == "or" else 2
        case Not():
            return 3
        case Comparison():
            return 4
        case Arithmetic(links=links):
            return 5 if links[0].operator in "+-" else 6
        case Negative():
            return 7
    return _TIGHTEST


def _selectable(node: Node) -> str:
    bare = isinstance(node, Call | ListOf)
    return unparse(node) if bare else f"({unparse(node)})"


def _selectors(path: tuple[Selector, ...]) -> str:
    return "".join(map(_selector, path))


def _selector(selector: Selector) -> str:
    key = selector.key
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if is_plain_name(key) else f"[{write_text(key)}]"


def is_plain_name(key: str) -> bool:
    """Whether the key can stand behind a dot."""
    plain = key.replace("_", "a").replace("-", "a")
    return bool(key) and plain.isascii() and plain.isalnum() and not key.startswith("-")


def show(value: Value) -> str:
    """A value as the reference shows it: texts in quotes, the rest canonical."""
    match value:
        case None:
            return "null"
        case str():
            return write_text(value)
        case bool() | int():
            return render(value)
        case Decimal():
            return decimal_text(value)
        case date():
            return date_text(value)
        case list():
            return f"[{', '.join(show(admit(item)) for item in value)}]"
        case Mapping():
            parts = (f"{write_text(name)}: {show(admit(part))}" for name, part in value.items())
            return f"{{{', '.join(parts)}}}"
    return str(value)

"""Values that were handed out, as text and as JSON, for those who use the language."""

from catalog.expressions import rendering
from catalog.expressions.errors import Fault, placed
from catalog.expressions.values import admit


def render(value: object) -> str:
    """The value as it stands inside a text. Raises `ExpressionError` where it is too large."""
    try:
        return rendering.render(admit(value))
    except Fault as fault:
        raise placed(fault, "") from None


def jsonable(value: object) -> object:
    """The value as JSON has it: decimals and dates become texts, objects their key.

    What an evaluation gave is always possible; raises `ExpressionError` for other things.
    """
    try:
        return rendering.jsonable(value)
    except Fault as fault:
        raise placed(fault, "") from None

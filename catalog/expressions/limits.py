"""How large an expression and its values may be."""

from catalog.expressions.errors import Code, Fault

MAX_SOURCE = 10_000
"""Characters of one expression."""
MAX_TEMPLATE = 100_000
"""Characters of a text with `{{ … }}` inside, and of a literal text."""
MAX_PLACES = 1_000
"""Places `{{ … }}` in one text."""
MAX_DEPTH = 64
"""Brackets, calls and operators inside each other, and nesting of lists and objects."""
MAX_STEPS = 10_000
"""Steps of one evaluation: one for each part evaluated, more for long texts and lists."""
MAX_TEXT = 100_000
"""Characters of a text that is read or made."""
MAX_ITEMS = 10_000
"""Items of a list that is read or made, and values in one JSON value that is compiled."""
MAX_ROWS = 5_000
"""Objects of one relation, or people of one user relation; each that is read is a step."""
MAX_VALUES = 100_000
"""Values nested in one result, the names in objects included."""

MAX_CHARACTERS = 1_000_000
"""Characters of all texts in one result together."""


def check_text_size(characters: int) -> None:
    """Refuse a text before it is made."""
    if characters > MAX_TEXT:
        raise Fault(Code.RESULT_TOO_LARGE, f"The text would be longer than {MAX_TEXT:,} characters")


def check_list_size(items: int) -> None:
    """Refuse a list before it is made."""
    if items > MAX_ITEMS:
        raise Fault(Code.RESULT_TOO_LARGE, f"The list would have more than {MAX_ITEMS:,} items")


def check_rows(rows: int, name: str) -> None:
    """Refuse a relation that leads to too many."""
    if rows > MAX_ROWS:
        raise Fault(
            Code.RESULT_TOO_LARGE,
            f"{name} leads to more than {MAX_ROWS:,}, which is too much for an expression",
        )

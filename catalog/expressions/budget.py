"""How much one evaluation may cost. Without these limits a line of text could hold a worker."""

from catalog.expressions.errors import Code, Fault, Span

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
"""Items of a list that is read or made, and values in one compiled JSON value."""

_CHARACTERS_A_STEP = 1_000
_ITEMS_A_STEP = 100


class Budget:
    """The steps left. One budget serves one evaluation, including all places of a text."""

    __slots__ = ("_left",)

    def __init__(self, steps: int = MAX_STEPS) -> None:
        self._left = steps

    def spend(self, span: Span, steps: int = 1) -> None:
        self._left -= steps
        if self._left < 0:
            raise Fault(
                Code.TOO_MANY_STEPS,
                f"The expression takes more than {MAX_STEPS:,} steps",
                span=span,
            )

    def spend_on(self, span: Span, value: object) -> None:
        """Long texts and lists cost steps when a function reads them."""
        if isinstance(value, str):
            self.spend(span, len(value) // _CHARACTERS_A_STEP)
        elif isinstance(value, list):
            self.spend(span, len(value) // _ITEMS_A_STEP)


def check_text_size(characters: int) -> None:
    """Refuse a text before it is made."""
    if characters > MAX_TEXT:
        raise Fault(Code.RESULT_TOO_LARGE, f"The text would be longer than {MAX_TEXT:,} characters")


def check_list_size(items: int) -> None:
    """Refuse a list before it is made."""
    if items > MAX_ITEMS:
        raise Fault(Code.RESULT_TOO_LARGE, f"The list would have more than {MAX_ITEMS:,} items")

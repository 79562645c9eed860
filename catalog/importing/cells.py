"""What stands in the cell of a sheet: lists, and texts that a spreadsheet would take for formulas.

Both ways, so that what is exported comes in again as it was. A list is split by `;`; a `\\` before
`;` or `\\` says that it belongs to the item. A text that begins like a formula carries a leading
`'`, which spreadsheets hide; one that has such a `'` of its own carries one more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from catalog import canonical
from catalog.canonical import Unacceptable

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_PIECE = re.compile(r"\\[;\\]|;|[^;\\]+|\\")
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it and doesn't compute it."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _FORMULA.match(text) else text


def joined(items: Iterable[str]) -> str:
    return ";".join(item.replace("\\", "\\\\").replace(";", "\\;") for item in items)


def split(text: str) -> list[str]:
    if "\\" not in text:
        return text.split(";")
    items = [""]
    for piece in _PIECE.findall(text):
        if piece == ";":
            items.append("")
        else:
            items[-1] += piece[1] if piece in ("\\;", "\\\\") else piece
    return items


def names_in(text: str) -> list[str]:
    """Keys or usernames: never empty, never with spaces around them."""
    return [name for item in split(text) if (name := item.strip())]


def _integer(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise Unacceptable("wrongType", f"A whole number is expected here, not {text[:50]!r}.")
    return int(text)


def _decimal(text: str) -> str:
    try:
        return canonical.decimal(text)
    except Unacceptable as wrong:
        if wrong.code != "wrongType":
            raise
        detail = f"A number such as 12.50, with a point, is expected here, not {text[:50]!r}."
        raise Unacceptable("wrongType", detail) from None


def _boolean(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise Unacceptable("wrongType", f"TRUE or FALSE is expected here, not {text[:50]!r}.")
    return text.lower() == "true"


_READ: dict[str, Callable[[str], object]] = {
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
}
_EXACT = frozenset({"string", "text", "enum"})


def typed(kind: str, text: str) -> object:
    """The value that a cell says for a type of attribute; raises `Unacceptable`.

    Texts are kept to the letter; around anything else, spaces mean nothing.
    """
    if kind in _EXACT:
        return text
    return _READ.get(kind, str)(text.strip())

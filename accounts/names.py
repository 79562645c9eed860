"""Names as people read them: one line, nothing that makes a page show something else. Pure."""

from __future__ import annotations

import re
import unicodedata

# Control characters, marks that turn the direction of the text around them, lone surrogates.
_MISLEADING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]")
# Spaces and marks; a letter that is newer than this Python is unassigned to it, and can be seen.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Zs"})
# Letters and symbols by their category, and yet nothing is drawn for them.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def misleading_in(name: str) -> str | None:
    """The first character that a name can't hold, as it is written in messages; None if all fit.

    In a name of which nothing can be seen that is its first one.
    """
    found = _MISLEADING.search(name)
    if found is None and name and not any(map(_shows, name)):
        return _written(name[0])
    return _written(found.group()) if found else None


def _shows(character: str) -> bool:
    """Not a space, nor a mark that only joins or parts others."""
    return unicodedata.category(character) not in _UNSEEN and character not in _BLANK


def _written(character: str) -> str:
    return f"U+{ord(character):04X}"

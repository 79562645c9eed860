"""The rules of text that expressions and criteria share: folding of case, sound characters."""

import re

_FINAL_SIGMA = "\u03c2"
_SIGMA = "\u03c3"
_UNSOUND = re.compile("[\x00\ud800-\udfff]")


def fold(text: str) -> str:
    """The text with its case taken away, to compare without regard to case.

    Equals PostgreSQL's `lower(x COLLATE "und-x-icu")` with U+03C2 replaced by U+03C3. Python and
    ICU agree on lower case, final sigma included; whether a sigma is final depends on the letters
    around it, so without the replacement a part of a word would not be found in the whole.
    """
    return text.lower().replace(_FINAL_SIGMA, _SIGMA)


def first_unsound(text: str) -> int | None:
    """The offset of the first character that no database can store: NUL or a lone surrogate."""
    if text.isascii() and "\x00" not in text:
        return None
    found = _UNSOUND.search(text)
    return found.start() if found else None

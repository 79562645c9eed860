"""The names of people: letters of any script, with spaces, hyphens and apostrophes inside. Pure."""

from __future__ import annotations

import unicodedata

LONGEST = 150
SEPARATORS = " -'’"
MOST_MARKS = 4
JOINERS = "\u200c\u200d"
"""Persian and the scripts of India need them between letters, where they change their shape."""

FIRST = "A first name"
LAST = "A last name"
LETTERS_ONLY = (
    "consists of letters; single spaces, hyphens and apostrophes may stand between them. "
    "Numbers and other characters are not allowed."
)


def tidy(name: str) -> str:
    """One form for what looks the same, without space around it."""
    return unicodedata.normalize("NFC", name).strip()


def what_is_wrong(name: str, *, of: str = FIRST) -> str:
    """A sentence on what keeps a tidy name from being one; empty where nothing does."""
    if len(name) > LONGEST:
        return f"{of} has at most {LONGEST} characters."
    if not _is_spelled(name):
        return f"{of} {LETTERS_ONLY}"
    if of == FIRST and len(name) < 2 and unicodedata.category(name) != "Lo":
        # One character of Chinese or Korean is a whole name.
        return f"{of} has at least 2 characters."
    return ""


def _is_spelled(name: str) -> bool:
    """Whether every character stands where it may; begins and ends with a letter."""
    before, marks = "", 0
    for character in name:
        if not _may_follow(before, character):
            return False
        marks = marks + 1 if _is_mark(character) else 0
        if marks > MOST_MARKS:
            return False
        before = character
    return bool(before) and before not in SEPARATORS + JOINERS


def _may_follow(before: str, character: str) -> bool:
    if _is_letter(character):
        return True
    after_letter = bool(before) and (_is_letter(before) or _is_mark(before))
    if character in JOINERS:
        return after_letter and unicodedata.category(before) in {"Lo", "Mn", "Mc"}
    return after_letter and (character in SEPARATORS or _is_mark(character))


def _is_letter(character: str) -> bool:
    return unicodedata.category(character).startswith("L")


def _is_mark(character: str) -> bool:
    return unicodedata.category(character) in {"Mn", "Mc"}

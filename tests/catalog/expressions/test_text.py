"""Folding of case, and characters that can't be stored."""

import unicodedata

import pytest

from catalog.expressions import fold
from catalog.expressions.text import first_unsound


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Tomato SOUP", "tomato soup"),
        ("ΟΔΥΣΣΕΥΣ", "οδυσσευ\u03c3"),
        ("\u03c2", "\u03c3"),
        ("\u0130", "i\u0307"),
        ("I", "i"),
        ("\u0131", "\u0131"),
        ("ẞß", "ßß"),
        ("É", "é"),
        ("E\u0301", "e\u0301"),
        ("ǅ", "ǆ"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_a_text_is_folded(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(folded) == folded


def test_a_part_of_a_word_is_found_whatever_stands_around_its_sigma() -> None:
    whole = "ΟΔΥΣΣΕΥΣ ΣΟΦΟΣ"

    for start in range(len(whole)):
        for end in range(start, len(whole) + 1):
            assert fold(whole[start:end]) in fold(whole)


def test_composed_and_decomposed_letters_stay_different() -> None:
    assert fold(unicodedata.normalize("NFC", "É")) != fold(unicodedata.normalize("NFD", "É"))


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("", None),
        ("plain", None),
        ("é😀\u202e\n", None),
        ("a\x00", 1),
        ("é\x00", 1),
        ("\ud800", 0),
        ("ab\udfff", 2),
        ("\ue000\uffff", None),
    ],
)
def test_the_first_character_that_can_not_be_stored(text: str, position: int | None) -> None:
    assert first_unsound(text) == position

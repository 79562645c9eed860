"""Names that pass for others: by letters of several scripts, or by letters and digits alike.

After the "highly restrictive" level of Unicode's UTS 39. Of its confusables only those that people
meet are known here: letters of Cyrillic, Greek, Armenian, Latin ones in small capitals, and the
digits 0 and 1.
"""

from __future__ import annotations

import re
import unicodedata

from accounts.folding import FoldedField, folded

_WORD = re.compile(r"[^\W_]+")
_TOGETHER = (
    frozenset({"CJK", "HIRAGANA", "KATAKANA", "LATIN"}),
    frozenset({"CJK", "HANGUL", "LATIN"}),
    frozenset({"CJK", "BOPOMOFO", "LATIN"}),
)
"""Japanese, Korean and Chinese are written in several scripts at once."""

_CYRILLIC = (
    "\u0430\u0432\u0441\u0501\u0435\u04bb\u043d\u0456\u0458\u043a\u04cf\u043c\u043e\u0440"
    "\u051b\u0433\u0455\u0442\u051d\u0445\u0443\u04af\u0451\u0457"
)
_CYRILLIC_LIKE = "abcdehhijklmopqrstwxyy\u00eb\u00ef"
_GREEK = "\u03b1\u03b5\u03b7\u03b9\u03ba\u03bc\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03b3\u03b6"
_GREEK_LIKE = "aenikmvoptuxyz"
_ARMENIAN = "\u0585\u057d\u0578\u0570\u0581\u0566"
_ARMENIAN_LIKE = "ounhgq"
_LATIN = (
    "\u1d00\u0299\u1d04\u1d05\u1d07\ua730\u0262\u029c\u026a\u1d0a\u1d0b\u029f\u1d0d\u0274\u1d0f"
    "\u1d18\u0280\ua731\u1d1b\u1d1c\u1d20\u1d21\u028f\u1d22\u0131\u0251\u0261"
)
_LATIN_LIKE = "abcdefghijklmnoprstuvwyziag"
_CAPITALS = "I\u0399\u0406\u04c0\u0397\u039d\u03a5"
_CAPITALS_LIKE = "llllhny"
"""Those that look like another small letter than their own does: a capital I like an l."""

_WRITTEN = str.maketrans(_CAPITALS + "01", _CAPITALS_LIKE + "ol")
_PLAIN = str.maketrans(
    _CYRILLIC + _GREEK + _ARMENIAN + _LATIN,
    _CYRILLIC_LIKE + _GREEK_LIKE + _ARMENIAN_LIKE + _LATIN_LIKE,
)


def mixed_word(name: str) -> str:
    """The first word that mixes scripts; empty where none does."""
    words = _WORD.findall(unicodedata.normalize("NFKC", name))
    return next((word for word in words if not _is_of_one_script(word)), "")


def plain_form(name: str) -> str:
    """The folded name in the small Latin letters that it looks like, where there are such."""
    written = unicodedata.normalize("NFKC", name).translate(_WRITTEN)
    return folded(written).translate(_PLAIN)


class PlainField(FoldedField):
    """Holds the plain form of another column's name.

    Letters that are added to the tables above need a migration that fills these columns anew.
    """

    fold = staticmethod(plain_form)


def _is_of_one_script(word: str) -> bool:
    scripts = {script for script in map(_script, word) if script}
    return len(scripts) < 2 or any(scripts <= usual for usual in _TOGETHER)


def _script(character: str) -> str:
    """As its Unicode name begins; none for the digits 0 to 9 and for letters that only modify.

    Python knows no script property. Digits of other scripts count: some of them look like letters.
    """
    if character.isascii() and not character.isalpha():
        return ""
    if unicodedata.category(character) in {"Lm", "Mn", "Mc"}:
        return ""
    name = unicodedata.name(character, "").removeprefix("EXTENDED ")
    first = name.split(" ")[0].split("-")[0]
    return "CJK" if first == "IDEOGRAPHIC" else first

"""Reads colours of states and says which text can be read on them. Knows nothing of Django."""

import re

NEUTRAL = "#64748b"
WHITE = "#ffffff"
# Nearly black: any lighter and there would be mid tones on which neither text reaches 4.5.
INK = "#030405"
READABLE = 4.5

_SHORT = re.compile(r"#[0-9a-fA-F]{3}")
_LONG = re.compile(r"#[0-9a-fA-F]{6}")


def normalised(color: str | None) -> str:
    """`#rrggbb` in lower case; the neutral colour where none, or no such colour, is given."""
    if color is None:
        return NEUTRAL
    if _SHORT.fullmatch(color):
        return "#" + "".join(digit * 2 for digit in color[1:]).lower()
    return color.lower() if _LONG.fullmatch(color) else NEUTRAL


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` from 0 to 1, as WCAG 2 defines it."""
    red, green, blue = (_linear(int(color[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two `#rrggbb` colours, from 1 to 21."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(color: str) -> str:
    """White where it can be read on this colour, else ink; always at least 4.5."""
    return WHITE if contrast(WHITE, color) >= READABLE else INK


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

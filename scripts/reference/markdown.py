"""Markdown as our pages write it: tables whose cells can hold any text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

MARK = "<!-- Written by python -m scripts.reference; a test compares it. -->"


def page(title: str, *parts: str) -> str:
    """A whole page: title, the mark of what is generated, then its parts, a line between them."""
    return "\n\n".join((f"# {title}", MARK, *(part.strip() for part in parts if part))) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_cell(one) for one in line)} |" for line in lines)


def code(text: str) -> str:
    return f"`{text}`" if text else ""


def codes(texts: Iterable[str]) -> str:
    return ", ".join(code(text) for text in texts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")

"""Texts that reach people: made harmless, sanitised, and turned from HTML into plain text.

Pure: knows nothing of Django, of templates or of who reads.
"""

from __future__ import annotations

import re
from html import escape as escape_html
from html.parser import HTMLParser
from typing import Final

import nh3

MOST_SUBJECT = 500
"""Characters of a subject; what is longer is cut."""

LINK_SCHEMES: Final = frozenset({"http", "https", "mailto"})
FORMATTING: Final = frozenset(
    {"abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark", "s", "small", "span"}
    | {"strong", "sub", "sup", "u"}
)
BLOCKS: Final = frozenset({"blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "p", "pre"})
LISTS: Final = frozenset({"ol", "ul", "li"})
TABLES: Final = frozenset({"table", "tbody", "td", "tfoot", "th", "thead", "tr"})
TAGS: Final = FORMATTING | BLOCKS | LISTS | TABLES | {"a", "br", "hr"}
ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}

_SPACES = re.compile("[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
_MARKS = re.compile("[\u061c\u200e\u200f]")
_HARMFUL = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]"
)
_ACTIVE = re.compile(r"""[\s&<>"'`=]""")


def one_line(text: str) -> str:
    """Plain text as it may stand in a subject or a title: one line, nothing invisible, not long.

    Line breaks become spaces; without this a name with a line break would begin a mail header.
    """
    line = " ".join(_harmless(_SPACES.sub(" ", text)).split())
    return line if len(line) <= MOST_SUBJECT else line[: MOST_SUBJECT - 1] + "…"


def as_html_text(value: str) -> str:
    """A value as text of an HTML body, wherever in the body it stands.

    White space becomes references, too: in an attribute that its author left unquoted a space
    would end the value, and what follows would be read as attributes.
    """
    kept = _harmless(value.replace("\r\n", "\n").replace("\r", "\n"), keep="\n\t")
    return _ACTIVE.sub(lambda found: f"&#{ord(found.group())};", kept)


def sanitised(html: str) -> str:
    """The HTML with ordinary formatting only; links go to the web or to an address, absolutely."""
    sound = _harmless(html, keep="\n\r\t")
    return nh3.clean(
        sound,
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        url_schemes=set(LINK_SCHEMES),
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    ).strip()


def html_of(text: str) -> str:
    """Plain text as HTML: paragraphs at empty lines, the other line breaks kept."""
    paragraphs = re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip())
    shown = (escape_html(part).replace("\n", "<br>") for part in paragraphs if part.strip())
    return sanitised("".join(f"<p>{part}</p>" for part in shown))


def text_of(html: str) -> str:
    """Sanitised HTML as plain text; links keep their address."""
    reader = _PlainText()
    reader.feed(html)
    reader.close()
    return reader.text()


def _harmless(text: str, keep: str = "") -> str:
    """Without marks that change how the text around them reads.

    Controls and characters that embed or override the direction of writing become U+FFFD, not
    nothing: what stood apart must not grow together. Weak direction marks are left out.
    """
    cleaned = _HARMFUL.sub("\N{REPLACEMENT CHARACTER}", _MARKS.sub("", text))
    return _SPACES.sub(lambda found: _kept_spaces(found.group(), keep), cleaned)


def _kept_spaces(spaces: str, keep: str) -> str:
    return "".join(char if char in keep else " " for char in spaces)


class _PlainText(HTMLParser):
    """Reads sanitised HTML; blocks stand on lines of their own."""

    APART: Final = BLOCKS | {"ol", "table", "ul"}
    LINES: Final = frozenset({"br", "hr", "li", "tr"})
    CELLS: Final = frozenset({"td", "th"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._pieces: list[str] = []
        self._link = ""
        self._link_begins = 0
        self._preformatted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.APART:
            self._pieces.append("\n\n")
        if tag in self.LINES:
            self._pieces.append("\n")
        if tag == "li":
            self._pieces.append("- ")
        if tag == "a":
            self._link, self._link_begins = dict(attrs).get("href") or "", len(self._pieces)
        self._preformatted += tag == "pre"

    def handle_endtag(self, tag: str) -> None:
        if tag in self.APART:
            self._pieces.append("\n\n")
        if tag in self.CELLS:
            self._pieces.append(" ")
        if tag == "a":
            self._end_link()
        self._preformatted -= tag == "pre"

    def handle_data(self, data: str) -> None:
        self._pieces.append(data if self._preformatted else re.sub(r"\s+", " ", data))

    def _end_link(self) -> None:
        label = "".join(self._pieces[self._link_begins :]).strip()
        if self._link and label not in (self._link, self._link.removeprefix("mailto:")):
            self._pieces.append(f" ({self._link})")
        self._link = ""

    def text(self) -> str:
        lines = [line.strip() for line in "".join(self._pieces).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

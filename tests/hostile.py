"""Names with which an outsider would try to break a program or to deceive its readers."""

from __future__ import annotations

# A name that holds one of these is refused at every door, with its place.
REFUSED = {
    "NUL": "a\0b",
    "half a surrogate pair": "a\ud800b",
    "a megabyte": "x" * 1_000_000,
    "right-to-left override": "gpj.\u202eexe",
    "isolate": "a\u2066b\u2069",
    "two lines": "a\r\nBcc: everybody@example.org",
    "terminal": "\x1b[2Ja",
    "nothing to see": "\u200b\u2060",
}
# These are taken, since people may mean them, and shown as the text that they are.
INERT = {
    "markup": '"><x-hostile hostile="1">&lt;b&gt;</x-hostile>',
    "attribute": "' autofocus onfocus=x-hostile() x='",
    "expression": "{{7*7}}{% x %}${7*7}",
    "format": "%s%n%(a)s{0.__class__}",
    "SQL": "'; DROP TABLE catalog_board; --",
    "formula": "=cmd|' /C calc'!A0",
    "zero width inside": "ad\u200bmin",
    "joined emoji": "👩\u200d🍳 crème",
}

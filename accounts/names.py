"""Names as people read them: one line, nothing that makes a page show something else. Pure."""

from __future__ import annotations

import re

# Control characters, marks that turn the direction of the text around them, lone surrogates.
_MISLEADING = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\ud800-\udfff]")


def misleading_in(name: str) -> str | None:
    """The first character that a name can't hold, as it is written in messages; None if all fit."""
    found = _MISLEADING.search(name)
    return f"U+{ord(found.group()):04X}" if found else None

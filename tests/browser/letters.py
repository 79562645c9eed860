"""Links of mails that a served program has sent to its outbox."""

from __future__ import annotations

import re
from time import monotonic, sleep

from tests.serving import Program


def link_to(program: Program, address: str, path: str) -> str:
    """The newest link of this kind that was sent to the address, as soon as it is there."""
    deadline = monotonic() + 20
    while monotonic() < deadline:
        letters = sorted(
            (program.log.parent / "outbox").glob("*"), key=lambda one: one.stat().st_mtime
        )
        for letter in reversed(letters):
            text = letter.read_text(encoding="utf-8")
            found = re.search(rf"^http://[^/\s]+(/{path}/\S+)$", text, re.MULTILINE)
            if found and f"To: {address}" in text:
                return found[1]
        sleep(0.05)
    raise AssertionError(f"No {path} was sent to {address}.")

"""Reading members out of JSON from outside, gathering what is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.exceptions import Problem
from accounts.keys import nearest
from journal.strict_json import escaped

UNKNOWN_KEY = "unknownKey"


class Reader:
    """Answers None or nothing for what can't be read, and remembers the problem."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def text(self, members: Mapping[str, Any], name: str, pointer: str) -> str | None:
        value = members.get(name)
        if value is not None and not isinstance(value, str):
            self.wrong(f"{pointer}/{name}", "wrongType", "A key is expected here, as a text.")
            return None
        return value

    def members(
        self, raw: object, pointer: str, known: tuple[str, ...]
    ) -> Mapping[str, Any] | None:
        if not isinstance(raw, Mapping):
            self.wrong(pointer, "wrongType", "A JSON object is expected here.")
            return None
        for name in raw:
            if name not in known:
                self.problems.append(
                    Problem(
                        f"{pointer}/{escaped(str(name)[:100])}",
                        "unknownMember",
                        f"One of these is expected here: {', '.join(known)}.",
                        str(name)[:100],
                        nearest(str(name), known),
                    )
                )
        return raw

    def list(self, raw: object, pointer: str) -> list[object]:
        if raw is None:
            return []
        if not isinstance(raw, list):
            self.wrong(pointer, "wrongType", "A list is expected here.")
            return []
        return raw

    def needed(self, members: Mapping[str, Any], name: str, pointer: str) -> str | None:
        value = self.text(members, name, pointer)
        if members.get(name) is None:
            self.wrong(f"{pointer}/{name}", "required", f"{name} is needed here.")
        return value

    def wrong(self, pointer: str, code: str, detail: str) -> None:
        self.problems.append(Problem(pointer, code, detail))

    def unknown(self, pointer: str, sentence: str, key: str, near: str | None) -> None:
        shown = key[:100].encode("utf-8", "replace").decode()
        hint = f" Perhaps {near} was meant." if near else ""
        self.problems.append(
            Problem(pointer, UNKNOWN_KEY, sentence.format(shown) + hint, shown, near)
        )

"""Reads the environment, typed, and tells every problem at once.

Knows nothing of Django's settings module: it turns strings into values and collects complaints.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})


class EnvironmentProblem(Exception):
    """One or several settings can't work; the message lists them all."""


def is_loopback(host: str) -> bool:
    """Whether a host name or address can be reached from this machine only."""
    name = host.strip("[]").lower()
    if host.lower() in LOOPBACK_NAMES or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


@dataclass
class Reader:
    """Typed access to environment variables; `problems` collects what is wrong."""

    values: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    problems: list[str] = field(default_factory=list)

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def names(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        raw = self.text(name)
        return [part.strip() for part in raw.split(",") if part.strip()] or list(default)

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        raw = self.text(name, default)
        if raw not in allowed:
            self.problems.append(f"{name}={raw!r} is unknown; write one of {', '.join(allowed)}.")
            return default
        return raw

    def port(self, name: str, default: int) -> int:
        raw = self.text(name, str(default))
        if raw.isascii() and raw.isdigit() and 0 < int(raw) < 65536:
            return int(raw)
        self.problems.append(f"{name}={raw!r} is not a port; write a number from 1 to 65535.")
        return default

    def url(self, name: str, schemes: tuple[str, ...], default: str = "") -> str:
        raw = self.text(name, default)
        if raw and urlsplit(raw).scheme not in schemes:
            known = ", ".join(f"{scheme}://" for scheme in schemes)
            self.problems.append(f"{name} starts with none of {known}.")
            return default
        return raw

    def networks(self, name: str) -> list[str]:
        kept = []
        for part in self.names(name):
            try:
                kept.append(str(ipaddress.ip_network(part, strict=False)))
            except ValueError:
                self.problems.append(f"{name}: {part!r} is neither an address nor a network.")
        return kept

    def secret(self, name: str, folder: Path) -> str:
        """The variable, or a value made once in `folder` and read again at each start."""
        if given := self.text(name):
            if len(given) < 32:
                self.problems.append(f"{name} is shorter than 32 characters.")
            return given
        return kept_secret(folder / name.lower())

    def finish(self) -> None:
        if self.problems:
            lines = "\n".join(f"  - {problem}" for problem in self.problems)
            raise EnvironmentProblem(f"The environment can't work:\n{lines}")


def kept_secret(path: Path) -> str:
    """The secret in the file, made by whoever comes first; readable by its owner alone.

    It is linked into its place when it is whole: processes that start together never read half.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(draft, path)
        Path(draft).unlink()
    return path.read_text(encoding="ascii").strip()

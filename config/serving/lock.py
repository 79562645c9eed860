"""A lock file that one process holds; the operating system gives it back however that one dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.serving.exceptions import ServeRefused


@contextmanager
def hold(path: Path, *, refusal: str) -> Iterator[None]:
    """Holds the lock inside the block; refuses with this sentence where another process has it."""
    with path.open("a+", encoding="ascii") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            stream.seek(0)
            raise ServeRefused(refusal.format(pid=stream.read().strip() or "?")) from taken
        stream.truncate(0)
        stream.write(f"{os.getpid()}\n")
        stream.flush()
        yield


@contextmanager
def wait_for(path: Path) -> Iterator[None]:
    """Holds the lock inside the block, after whoever has it now."""
    with path.open("a+", encoding="ascii") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield

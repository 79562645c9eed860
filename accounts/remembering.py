"""What was read of rights and schema while one answer is put together, so that it is read once.

A page asks the gate dozens of times about the same person. Inside `remembering` the rows behind
these questions are read at the first of them. It is begun for requests that change nothing and ends
with the request; what is older than a second is read again, so a right that was taken away is gone
within that. Services, sockets and runs read every time: outside of the block nothing is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

MOST_SECONDS = 0.9


@dataclass
class _Memory:
    """What one request has read, and since when."""

    began: float
    found: dict[Hashable, Any] = field(default_factory=dict)

    def fresh(self) -> dict[Hashable, Any]:
        if monotonic() - self.began > MOST_SECONDS:
            self.began, self.found = monotonic(), {}
        return self.found


_memory: ContextVar[_Memory | None] = ContextVar("remembered", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Keeps what is read inside the block; for requests that change nothing."""
    token = _memory.set(_Memory(monotonic()))
    try:
        yield
    finally:
        _memory.reset(token)


def is_remembering() -> bool:
    """Whether what is read now can serve a later question."""
    return _memory.get() is not None


def remembered(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` answers. `key` names the question with all that its answer depends on."""
    memory = _memory.get()
    if memory is None:
        return read()
    found = memory.fresh()
    if key not in found:
        found[key] = read()
    answer: T = found[key]
    return answer


def remembered_each(
    name: Hashable, keys: Iterable[K], read: Callable[[list[K]], Mapping[K, T]], default: T
) -> dict[K, T]:
    """By key what `read` answers, asked for those alone that are not known yet.

    Keys that `read` leaves out have the default, and are known then, too.
    """
    wanted = list(dict.fromkeys(keys))
    memory = _memory.get()
    known: dict[K, T] = {} if memory is None else memory.fresh().setdefault(name, {})
    if missing := [key for key in wanted if key not in known]:
        answered = read(missing)
        known.update({key: answered.get(key, default) for key in missing})
    return {key: known[key] for key in wanted}

"""Registries: how a higher app contributes a kind to a lower one. Pure Python."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

KEY_FORM = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}\Z")


class Kind(Protocol):
    """What every registered kind has: a key that names it for good."""

    @property
    def key(self) -> str: ...


class RegistrationError(Exception):
    """A kind that can't be registered: malformed, registered twice, or too late."""


K = TypeVar("K", bound=Kind)


class Registry(Generic[K]):
    """Kinds by key, in the order in which they came; frozen once the apps are ready."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._kinds: dict[str, K] = {}
        self._frozen = False

    def register(self, kind: K) -> K:
        if self._frozen:
            raise RegistrationError(f"{self.name} is frozen; register {kind.key!r} in ready().")
        if not KEY_FORM.match(kind.key):
            raise RegistrationError(f"{kind.key!r} is no key for {self.name}.")
        if kind.key in self._kinds:
            raise RegistrationError(f"{self.name} has {kind.key!r} already.")
        self._kinds[kind.key] = kind
        return kind

    def freeze(self) -> None:
        self._frozen = True

    def get(self, key: str) -> K | None:
        return self._kinds.get(key)

    def __getitem__(self, key: str) -> K:
        return self._kinds[key]

    def __contains__(self, key: object) -> bool:
        return key in self._kinds

    def __iter__(self) -> Iterator[K]:
        return iter(self._kinds.values())

    def __len__(self) -> int:
        return len(self._kinds)

    def keys(self) -> list[str]:
        return list(self._kinds)

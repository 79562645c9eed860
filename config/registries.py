"""Every registry of the house, so that all of them freeze at one place."""

from __future__ import annotations

from journal.kinds import consumers, sweeps


def freeze_all() -> None:
    for registry in (consumers, sweeps):
        registry.freeze()

"""Imports: for those who began them; account admins look at all of them."""

from __future__ import annotations

from catalog.models import Import
from permissions.rules import OwnRules


class ImportRules(OwnRules):
    """Its file and its report hold whatever its owner may see."""

    overridden = frozenset({"view"})

    def __init__(self) -> None:
        super().__init__(Import, {"view", "run"})

"""The kinds of things that are shared by grants, and so have owners.

Higher apps contribute theirs; each has the tables `user_grants` and `team_grants` beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from journal.registry import Registry

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

OWN = "own"


@dataclass(frozen=True, slots=True)
class Shareable:
    """A kind of thing that has owners; `key` is its word for people."""

    key: str
    model: type[Model]

    def things(self) -> QuerySet[Any]:
        return self.model._default_manager.all()

    def user_grants(self) -> QuerySet[Any]:
        return self._owning("user_grants")

    def team_grants(self) -> QuerySet[Any]:
        return self._owning("team_grants")

    def _owning(self, table: str) -> QuerySet[Any]:
        grants: Any = self.model._meta.get_field(table).related_model
        found: QuerySet[Any] = grants._default_manager.filter(
            permission__codename=f"{OWN}_{self.model._meta.model_name}"
        )
        return found


shareables: Registry[Shareable] = Registry("the kinds of things that have owners")

"""`conditions/`: they have no keys, so each is addressed by its id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet

from accounts import gate
from accounts.gates import gated
from accounts.http.forms import Form, Text
from accounts.http.pagination import Sorted
from catalog.api.assets import Asset, Assets, documented_listing, documented_one
from permissions.models import Condition

KIND = "conditions"
NO_SORTS: dict[str, str] = {}
ID: dict[str, Any] = {"id": {"type": "integer"}}


class ConditionParameters(Form):
    """How the list of conditions may be narrowed."""

    object_type_key = Text(required=False, max_length=100)


@documented_listing
@gated("view", Condition)
class Conditions(Assets):
    """What relations to an object grant, in which states."""

    kind_key = KIND
    extra_fields = ID
    sorted_by = Sorted.by("pk")
    parameters = ConditionParameters
    sorts = NO_SORTS

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if "object_type_key" not in self.query:
            return rows
        key = self.query["object_type_key"]
        return rows.filter(object_type__key=key) | rows.filter(attribute__object_type__key=key)

    def shown(self, rows: Sequence[Model]) -> list[dict[str, Any]]:
        return [{"id": row.pk, **self.kind.read(row)} for row in rows]


@documented_one
@gated("view", Condition)
class OneCondition(Asset):
    """One condition, by id."""

    kind_key = KIND
    extra_fields = ID

    def fetch(self, **address: Any) -> Model:
        found: Condition = gate.fetch(self.actor, self.kind.rows(), pk=address["id"])
        return found

    def shown(self, row: Model) -> dict[str, Any]:
        return {"id": row.pk, **self.kind.read(row)}

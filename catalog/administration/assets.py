"""Pages of a kind of asset: any field, reference and usage is judged as in a package."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.administration.asking import operates
from accounts.administration.forms import Choices
from accounts.administration.saving import Saved
from accounts.exceptions import NotFound
from catalog.administration.asset_fields import WITHIN, beginnings, entry_of, form_fields
from catalog.packages.fields import Content, Field
from catalog.packages.kinds import RowKind, row_kind
from catalog.packages.single import delete_one, save_one, where_used


class AssetPages(Saved):
    """The pages of one kind of asset. The key, and what it stands within, are fixed once made.

    `labels` replaces labels of fields, `references` names the kinds whose keys they hold where the
    kind itself leaves that open.
    """

    kind_key: ClassVar[str]
    labels: ClassVar[Mapping[str, str]] = {}
    references: ClassVar[Mapping[str, str]] = {}
    changes = "configure"
    removes = "configure"

    @property
    def kind(self) -> RowKind[Any]:
        return row_kind(self.kind_key)

    @property
    def asset_fields(self) -> list[Field]:
        return self.kind.own_fields()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(operates(request)) and self.has_change_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(*self.joined())

    def joined(self) -> Sequence[str]:
        """The relations that the kind reads with a row."""
        joins = self.kind.rows().query.select_related
        return [] if isinstance(joins, bool) else list(_paths(joins))

    def offered(self) -> Mapping[str, Choices]:
        """Choices of fields that hold no keys of assets."""
        return {}

    def fields_of(self, request: HttpRequest, obj: Any | None) -> Mapping[str, forms.Field]:
        present = {} if obj is None else self.kind.read(obj)
        named = present or request.GET
        return form_fields(
            self.asset_fields,
            labels=self.labels,
            references=self.references,
            offered=self.offered(),
            within={name: str(named.get(name) or "") for name in WITHIN},
            present=present,
        )

    def get_form(
        self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        made.fixed = frozenset() if self.kind.is_keyless else frozenset(self.kind.identity_fields)
        return made

    def read(self, obj: Any) -> Content:
        return beginnings(self.asset_fields, self.kind.read(obj))

    def create(self, given: dict[str, Any], actor: Actor) -> Model:
        return self._row(save_one(self.kind_key, entry_of(given), actor=actor))

    def change(self, obj: Any, given: dict[str, Any], actor: Actor) -> Model:
        existing = identity_of(self.kind, obj)
        content = save_one(self.kind_key, entry_of(given), actor=actor, existing=existing)
        return self._row(content)

    def remove(self, obj: Any, actor: Actor) -> None:
        delete_one(self.kind_key, identity_of(self.kind, obj), actor=actor)

    def uses_of(self, obj: Any) -> Sequence[str]:
        return where_used(self.kind_key, identity_of(self.kind, obj))

    def _row(self, content: Content) -> Model:
        return found_row(self.kind, content)


def found_row(kind: RowKind[Any], content: Content) -> Model:
    """The row of an asset that was just saved."""
    row: Model | None = kind.find(content)
    if row is None:
        raise NotFound(f"There is no such {kind.label}.")
    return row


def identity_of(kind: RowKind[Any], row: Model) -> str:
    return kind.identity(kind.read(row)) or ""


def _paths(joins: Mapping[str, Any], before: str = "") -> list[str]:
    """`{"attribute": {"object_type": {}}}` as `["attribute", "attribute__object_type"]`."""
    found = []
    for name, deeper in joins.items():
        found += [before + name, *_paths(deeper, f"{before}{name}__")]
    return found

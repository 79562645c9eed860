"""Tables of assets that stand within another one, on its page: attributes, states."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from accounts.actor import Actor
from accounts.administration.asking import may, operates
from accounts.administration.forms import FORM, ServiceForm, form_of
from accounts.administration.saving import REFUSAL
from accounts.administration.themed import ThemedTable
from accounts.exceptions import Refused
from catalog.administration.asset_fields import beginnings, entry_of, form_fields
from catalog.administration.assets import AssetPages, found_row, identity_of
from catalog.packages.fields import Field
from catalog.packages.kinds import RowKind, row_kind
from catalog.packages.single import delete_one, save_one

MOST_NEW_LINES = 50


class AssetTable(ThemedTable):
    """The assets of a kind that stand within the page's row; saved and deleted one by one.

    `within` is the field that names the page's row; `left_out` are fields that the table has no
    room for and leaves as they are.
    """

    kind_key: ClassVar[str]
    within: ClassVar[str]
    labels: ClassVar[Mapping[str, str]] = {}
    left_out: ClassVar[frozenset[str]] = frozenset()
    extra = 0

    @property
    def kind(self) -> RowKind[Any]:
        return row_kind(self.kind_key)

    @property
    def asset_fields(self) -> list[Field]:
        hidden = {self.within, *self.left_out}
        return [one for one in self.kind.own_fields() if one.name not in hidden]

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(operates(request))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(may(request, "configure", self.model))

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.kind.rows().order_by(*self.model._meta.ordering or ())
        return rows

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        return [one.name for one in self.asset_fields]

    def get_formset(self, request: HttpRequest, obj: Any | None = None, **kwargs: Any) -> Any:
        fields = form_fields(
            self.asset_fields, labels=self.labels, references={}, offered={}, within={}, present={}
        )
        form = form_of(
            self.model,
            fields,
            base=LineForm,
            read=self.read,
            fixed=frozenset({"key"}),
            refusal=request.META.get(REFUSAL),
        )
        made = forms.inlineformset_factory(
            self.parent_model,
            self.model,
            form=form,
            formset=self.formset,
            fk_name=self.fk_name,
            fields=(),
            extra=self.extra,
            can_delete=self.has_delete_permission(request, obj),
        )
        # Without it a single request could ask for a thousand forms to be built.
        there = getattr(obj, made.get_default_prefix()).count() if obj else 0
        made.max_num = made.absolute_max = there + MOST_NEW_LINES
        return made

    def read(self, obj: Any) -> Mapping[str, Any]:
        return beginnings(self.asset_fields, self.kind.read(obj))


class LineForm(ServiceForm):
    """A line of a table; Django adds fields of its own to it."""

    def given(self) -> dict[str, Any]:
        own = set(type(self).base_fields)
        return {name: one for name, one in super().given().items() if name in own}


class AssetPagesWithTables(AssetPages):
    """Pages of assets with tables of those that stand within them."""

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        table = next((one for one in self.inlines if one.model is formset.model), None)
        if table is not None and issubclass(table, AssetTable):
            _save(table, formset, identity_of(self.kind, form.instance), self.actor(request))


def _save(table: type[AssetTable], formset: Any, parent: str, actor: Actor) -> None:
    """What is deleted first, so that its key is free; what Django tells of it is noted."""
    kind = row_kind(table.kind_key)
    formset.new_objects, formset.changed_objects, formset.deleted_objects = [], [], []
    for line in formset.deleted_forms:
        if line.instance.pk is not None:
            delete_one(kind.key, identity_of(kind, line.instance), actor=actor)
            formset.deleted_objects.append(line.instance)
    for line in formset.forms:
        if line in formset.deleted_forms or not line.has_changed():
            continue
        given = {**entry_of(line.given()), table.within: parent}
        if line.instance.pk is None:
            formset.new_objects.append(_saved(kind, line, given, actor, None))
        else:
            row = _saved(kind, line, given, actor, identity_of(kind, line.instance))
            formset.changed_objects.append((row, line.changed_data))


def _saved(
    kind: RowKind[Any], line: Any, given: dict[str, Any], actor: Actor, existing: str | None
) -> Model:
    try:
        content = save_one(kind.key, given, actor=actor, existing=existing)
    except Refused as refusal:
        refusal.extra[FORM] = line.prefix
        raise
    return found_row(kind, content)

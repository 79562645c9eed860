"""Admin pages whose forms are saved by services: what is refused stands in the form again.

A save that is refused rolls back all of the page, tables of belonging rows included; then the form
is shown once more, with the refusal where it belongs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_POPUP_VAR
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.actor import Actor
from accounts.administration.asking import may, operates
from accounts.administration.buttons import Button, press
from accounts.administration.forms import ServiceForm, form_of
from accounts.administration.rows import Rows
from accounts.exceptions import Refused

REFUSAL = "sluice.refusal"
DELETE = "delete_selected"


class Saved(Rows):
    """Pages with a form. `makes` is asked of a kind; empty verbs are what nobody does here."""

    makes: ClassVar[tuple[str, type] | None] = None
    changes: ClassVar[str] = ""
    removes: ClassVar[str] = ""
    fixed: ClassVar[frozenset[str]] = frozenset()
    delete_confirmation_template = "administration/delete.html"
    places: ClassVar[Mapping[str, str]] = {}

    # --- what each kind says ---------------------------------------------------------------------

    def fields_of(self, request: HttpRequest, obj: Any | None) -> Mapping[str, forms.Field]:
        """The fields of the form that makes a row, or changes this one."""
        raise NotImplementedError

    def read(self, obj: Any) -> Mapping[str, Any]:
        """What a row holds, by field."""
        raise NotImplementedError

    def create(self, given: dict[str, Any], actor: Actor) -> Model:
        raise NotImplementedError

    def change(self, obj: Any, given: dict[str, Any], actor: Actor) -> Model:
        """Changes a row by the fields given, which are those that differ."""
        raise NotImplementedError

    def remove(self, obj: Any, actor: Actor) -> None:
        raise NotImplementedError

    def uses_of(self, obj: Any) -> Sequence[str]:
        """What keeps a row from being deleted, as words; shown before it is tried."""
        return ()

    # --- the gate --------------------------------------------------------------------------------

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.makes is not None and bool(may(request, *self.makes))

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, self.changes, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self._may(request, self.removes, obj)

    def _may(self, request: HttpRequest, verb: str, obj: Model | None) -> bool:
        if not verb or not operates(request):
            return False
        return obj is None or bool(may(request, verb, obj))

    # --- the form --------------------------------------------------------------------------------

    def get_form(
        self, request: HttpRequest, obj: Any | None = None, change: bool = False, **kwargs: Any
    ) -> type[ServiceForm]:
        return form_of(
            self.model,
            self.fields_of(request, obj),
            read=self.read,
            fixed=self.fixed,
            places=self.places,
            refusal=request.META.get(REFUSAL),
        )

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        named = list(self.fields_of(request, obj))
        return [(None, {"fields": [*named, *self.get_readonly_fields(request, obj)]})]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return [str(name) for name in self.readonly_fields] if obj is not None else []

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except Refused as refusal:
            request.META[REFUSAL] = refusal
        return super().changeform_view(request, object_id, form_url, extra_context)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        given = form.given()
        if not change:
            saved = self.create(given, self.actor(request))
        elif given:
            saved = self.change(obj, given, self.actor(request))
        else:
            return
        obj.pk = saved.pk
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        for formset in formsets:
            self.save_formset(request, form, formset, change=change)

    # --- deleting --------------------------------------------------------------------------------

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> Any:
        try:
            return super().delete_view(request, object_id, extra_context)
        except Refused as refusal:
            messages.error(request, refusal.detail)
            return redirect(self.address_of("change", object_id))

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """The service knows what goes with a row and what keeps it; Django's walk doesn't."""
        uses = [str(use) for obj in objs for use in self.uses_of(obj)]
        return [str(obj) for obj in objs], {}, set(), uses

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        self.remove(obj, self.actor(request))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        found = super().get_actions(request)
        if self.has_delete_permission(request) and IS_POPUP_VAR not in request.GET:
            found[DELETE] = (partial(_delete_all), DELETE, "Delete")
        return found


def _delete_all(pages: Saved, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
    """Asks first; then each row goes, or stays for the reason that its service gives."""
    chosen = list(rows)
    if request.POST.get("post"):
        button = Button(DELETE, "Delete", "deleted", pages.removes, pages.remove)
        pages.tell(request, button, press(button, chosen, pages.actor(request)))
        return None
    opts = pages.opts
    context = {
        **pages.admin_site.each_context(request),
        "title": f"Delete {opts.verbose_name_plural}",
        "objects_name": str(opts.verbose_name_plural),
        "deletable_objects": [[str(row) for row in chosen]],
        "model_count": {opts.verbose_name_plural: len(chosen)}.items(),
        "queryset": chosen,
        "opts": opts,
        "action_checkbox_name": ACTION_CHECKBOX_NAME,
        "media": pages.media,
    }
    return TemplateResponse(request, "admin/delete_selected_confirmation.html", context)

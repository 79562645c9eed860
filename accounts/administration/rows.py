"""Admin pages of rows that are only read there, and acted on by buttons that call services.

Django's own permissions, forms and bulk deletion never decide or write anything: the gate is asked
for every page and row, and whatever changes something is a button or, in `saving`, a form.
"""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from accounts import gate
from accounts.actor import Actor
from accounts.administration.asking import actor_of, may, operates
from accounts.administration.buttons import Button, Outcome, Shown, press
from accounts.administration.themed import Themed
from accounts.gates import gated
from accounts.models import Account

LONGEST_NUMBER = 18  # any number of so many digits fits a column


class Rows(Themed):
    """The pages of one kind: list and single row, read-only.

    `reads` is the verb that the gate is asked for each row shown. `secrets` are columns by which
    nobody may narrow the list, since what may not be read could be guessed that way.
    """

    reads: ClassVar[str] = "view"
    buttons: ClassVar[tuple[Button, ...]] = ()
    secrets: ClassVar[frozenset[str]] = frozenset()
    list_per_page = 50
    show_full_result_count = False
    list_filter_submit = True
    change_form_outer_before_template = "administration/buttons.html"

    # --- the gate --------------------------------------------------------------------------------

    def actor(self, request: HttpRequest) -> Actor:
        actor = actor_of(request)
        if actor is None:
            raise PermissionDenied
        return actor

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(operates(request))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if not operates(request):
            return False
        return obj is None or bool(may(request, self.reads, obj))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        actor = actor_of(request)
        if actor is None:
            return super().get_queryset(request).none()
        return gate.narrow(actor, self.reads, super().get_queryset(request))

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        if self.secrets & set(lookup.split("__")):
            return False
        return super().lookup_allowed(lookup, value, request)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """All that is shown; a list of fields here is a list of what to show, never a form's."""
        return [str(name) for name in self.fields or ()]

    # --- buttons ---------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.do_view)
        return [
            path("<path:object_id>/do/<slug:key>/", view, name=f"{self._name}_do"),
            *super().get_urls(),
        ]

    @property
    def _name(self) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}"

    def address_of(self, page: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self._name}_{page}", args=args)

    def buttons_of(self, request: HttpRequest, obj: Model) -> list[Shown]:
        shown = []
        for button in self.buttons:
            if not button.fits(obj):
                continue
            decision = may(request, button.verb, obj)
            url = self.address_of("do", quote(obj.pk), button.key)
            shown.append(Shown(button, url, bool(decision), decision.reason))
        return shown

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any | None = None,
    ) -> HttpResponse:
        context["buttons"] = [] if obj is None else self.buttons_of(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    @gated("edit", Account)
    def do_view(self, request: HttpRequest, object_id: str, key: str) -> HttpResponse:
        """Presses a button for one row, by POST alone; tells what came of it."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        button = next((one for one in self.buttons if one.key == key), None)
        row = self.get_object(request, unquote(object_id))
        if button is None or row is None or not self.has_view_permission(request, row):
            raise Http404
        pk = row.pk
        outcome = press(button, [row], self.actor(request))
        if outcome.done:
            self.log_change(request, row, f"{button.done.capitalize()}.")
        self.tell(request, button, outcome)
        if self.get_object(request, str(pk)) is None:
            return redirect(self.address_of("changelist"))
        return redirect(self.address_of("change", quote(pk)))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """The buttons, for all rows that are selected; none of Django's own."""
        if not self.has_view_permission(request):
            return {}
        return {one.key: (partial(_press_for_all, one), one.key, one.label) for one in self.buttons}

    def tell(self, request: HttpRequest, button: Button, outcome: Outcome) -> None:
        if len(outcome.done) == 1:
            messages.success(request, f"{outcome.done[0]} was {button.done}.")
        elif outcome.done:
            many = f"{len(outcome.done)} {self.opts.verbose_name_plural}"
            messages.success(request, f"{many} were {button.done}.")
        for sentence in outcome.sentences():
            messages.error(request, sentence)

    # --- what comes from outside -----------------------------------------------------------------

    @gated("edit", Account)
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if any("\0" in text for pair in request.GET.lists() for text in (pair[0], *pair[1])):
            raise SuspiciousOperation("This address holds a character that stands for nothing.")
        return super().changelist_view(request, extra_context)

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any | None:
        """None for what no database could hold as a row's number."""
        return super().get_object(request, object_id, from_field) if _is_number(object_id) else None

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any, **kwargs: Any
    ) -> HttpResponse | None:
        if not all(map(_is_number, request.POST.getlist(ACTION_CHECKBOX_NAME))):
            raise SuspiciousOperation("Rows are chosen by their numbers.")
        answer: HttpResponse | None = super().response_action(request, queryset, *args, **kwargs)
        return answer


def _is_number(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_NUMBER


def _press_for_all(
    button: Button, pages: Rows, request: HttpRequest, rows: QuerySet[Any]
) -> HttpResponse | None:
    outcome = press(button, rows, pages.actor(request))
    pages.tell(request, button, outcome)
    return None

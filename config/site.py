"""The entrance of the admin pages: for those who may change the account, by our own sign-in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from unfold.sites import UnfoldAdminSite

from accounts.administration.asking import operates
from accounts.exceptions import Denied
from accounts.gates import Audience, gated, open_to
from accounts.models import Account, User
from config.unfold import INCIDENTS
from journal.models import Pending


class Site(UnfoldAdminSite):
    """The pages of operators, in the theme's looks."""

    index_title = "Administration"
    index_template = "administration/index.html"

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(operates(request))

    @open_to(Audience.EVERYONE, why="Leads to the sign-in page, or says who may enter.")
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        wanted = request.GET.get("next") or reverse(f"{self.name}:index")
        if not isinstance(request.user, User):
            return redirect_to_login(wanted)
        decision = operates(request)
        if not decision:
            raise Denied("The admin pages are for account admins.", level=decision.level)
        return redirect(f"{self.name}:index")

    @gated("edit", Account)
    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One's own password is set where those of others are."""
        if not isinstance(request.user, User):
            raise Http404
        return redirect(f"{self.name}:accounts_user_change", request.user.pk)

    @gated("edit", Account)
    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        if request.GET.get("page", "1") != "1":
            raise Http404
        return super().search(request, extra_context)

    def get_sidebar_list(self, request: HttpRequest) -> list[dict[str, Any]]:
        """With the number of incidents, where there are any: those wait for an operator."""
        rooms: list[dict[str, Any]] = super().get_sidebar_list(request)
        parked = Pending.objects.filter(parked_at__isnull=False).count()
        for room in rooms:
            for page in room["items"]:
                if page["title"] == INCIDENTS and parked:
                    page["badge"] = str(parked)
        return rooms

"""The page of what is wrong with the configuration, for account admins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.findings import counts
from accounts.gates import gated
from accounts.models import Account
from accounts.pages import actor_of
from accounts.services.configuration import check_configuration


@require_safe
@gated("edit", Account)
def show(request: HttpRequest) -> HttpResponse:
    groups = check_configuration(actor=actor_of(request))
    found = [(str(severity), count) for severity, count in counts(groups).items() if count]
    return render(request, "accounts/configuration.html", {"groups": groups, "counts": found})

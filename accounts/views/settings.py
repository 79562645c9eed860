"""The settings of the account, for its admins."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import gate
from accounts.fields import Field, filled, unplaced
from accounts.gates import gated
from accounts.http.soundness import redraws
from accounts.models import Account, Role
from accounts.pages import Attempt, actor_of, attempt, done, given
from accounts.services import account as accounts

ROLES = tuple((value, str(label)) for value, label in Role.choices)


@redraws
@require_http_methods(["GET", "HEAD", "POST"])
@gated("edit", Account)
def show(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    account = accounts.the_account()
    gate.demand(actor, "edit", account)
    tried: Attempt[Account] = Attempt()
    if request.method == "POST":
        tried = attempt(
            request,
            lambda: accounts.change_account(
                actor=actor,
                name=given(request.POST, "name"),
                roles_that_create_workflows=request.POST.getlist("roles"),
                most_chain_depth=_depth(given(request.POST, "chainDepth")),
            ),
        )
        if tried.result is not None:
            return done(request, "The settings were saved.", reverse("account"))
    fields = _fields(account)
    posted = request.POST if tried.problems else {}
    context = {
        "fields": filled(fields, posted, tried.problems),
        "problems": unplaced(fields, tried.problems),
    }
    return render(request, "accounts/account.html", context, status=422 if tried.problems else 200)


def _fields(account: Account) -> list[Field]:
    return [
        Field(
            "name",
            "Name of this account",
            value=account.name,
            longest=200,
            hint="Stands in mails and invitations.",
        ),
        Field(
            "roles",
            "Who creates workflows",
            "checks",
            chosen=tuple(account.roles_that_create_workflows),
            options=ROLES,
            place="/rolesThatCreateWorkflows",
            hint="Viewers and guests who may create own what they create, and edit that alone.",
        ),
        Field(
            "chainDepth",
            "How deep events may set off others",
            value=str(account.most_chain_depth),
            place="/limits/chainDepth",
            longest=3,
            hint=f"1 to {accounts.MOST_DEPTH}. Past it the chain is cut.",
        ),
    ]


def _depth(written: str) -> int:
    """What is no number is out of range, which the service says in its own words."""
    is_number = written.isascii() and written.isdigit() and len(written) < 10
    return int(written) if is_number else 0

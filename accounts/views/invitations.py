"""The links of mails to people who aren't signed in: an invitation, a new address."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.fields import Field, filled, unplaced
from accounts.gates import Audience, open_to
from accounts.http.browsers import remember
from accounts.http.soundness import redraws
from accounts.models import User
from accounts.pages import attempt, given
from accounts.services import invitations, profile
from accounts.services.throttling import name_of_person

BACKEND = "django.contrib.auth.backends.ModelBackend"
FIELDS = (
    Field("firstName", "First name", autocomplete="given-name"),
    Field("lastName", "Last name", autocomplete="family-name"),
    Field(
        "username",
        "User name",
        autocomplete="username",
        hint="With it you sign in; it can't be changed later.",
    ),
    Field(
        "password",
        "Password",
        "password",
        autocomplete="new-password",
        longest=1000,
        hint="At least 8 characters; not only digits, nothing common, not like your name.",
    ),
)


@redraws
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Audience.EVERYONE, why="The link's token says who is invited.")
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """A name and a password of one's own, and one is in."""
    invitation = invitations.invitation_of(token)
    fields, problems = filled(FIELDS, {}), []
    if request.method == "POST":
        tried = attempt(request, lambda: _accept(request, token))
        if tried.result is not None:
            return _enter(request, tried.result)
        fields = filled(FIELDS, request.POST, tried.problems)
        problems = unplaced(FIELDS, tried.problems)
    context = {"invitation": invitation, "fields": fields, "problems": problems}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/accept_invitation.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Audience.EVERYONE, why="The link's token says whose address it is.")
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """A button, since programs that look at mails open every link in them."""
    change = profile.email_change_of(token)
    if request.method != "POST":
        return render(request, "accounts/confirm_email.html", {"change": change})
    user = profile.confirm_email_change(token)
    messages.success(request, f"From now on {user.username} is reached at {user.email}.")
    return redirect("profile" if request.user == user else "sign-in")


def _accept(request: HttpRequest, token: str) -> User:
    return invitations.accept_invitation(
        token,
        username=given(request.POST, "username"),
        first_name=given(request.POST, "firstName"),
        last_name=given(request.POST, "lastName"),
        password=str(request.POST.get("password", "")),
    )


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    login(request, user, backend=BACKEND)
    messages.success(request, f"Welcome, {user.display_name}.")
    response = redirect("home")
    remember(request, response, name_of_person(user.username))
    return response

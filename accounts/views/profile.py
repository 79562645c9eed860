"""One's own profile: name, address, password, the browsers that are signed in, API tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import gate
from accounts.exceptions import Problem
from accounts.fields import Field, filled, unplaced
from accounts.gates import gated
from accounts.http.clients import described
from accounts.http.soundness import redraws
from accounts.models import ApiToken, Session, User
from accounts.pages import actor_of, attempt, done, given, user_of
from accounts.services import passwords, profile, sessions, tokens
from accounts.services.tokens import MOST_DAYS, NewToken

NAME, EMAIL, PASSWORD, TOKEN = "name", "email", "password", "token"
CURRENT = Field(
    "currentPassword",
    "Your present password",
    "password",
    autocomplete="current-password",
    longest=1000,
)
EXPIRIES = (("30", "30 days"), ("90", "90 days"), ("365", "One year"), ("", "Never"))


@dataclass(frozen=True, slots=True)
class ShownSession:
    """A browser as its user recognises it."""

    session: Session
    name: str
    is_this: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Which of the page's forms was refused, and for what."""

    form: str = ""
    problems: Sequence[Problem] = ()

    def of(self, form: str) -> Sequence[Problem]:
        return self.problems if form == self.form else ()


@never_cache
@require_safe
@gated("edit_own", User)
def show(request: HttpRequest) -> HttpResponse:
    return _page(request, Refusal())


@redraws
@require_POST
@gated("edit_own", User)
def change_name(request: HttpRequest) -> HttpResponse:
    return _save(
        request,
        NAME,
        lambda: profile.change_own(
            user_of(request),
            actor=actor_of(request),
            first_name=given(request.POST, "firstName"),
            last_name=given(request.POST, "lastName"),
        ),
        "Your profile has been successfully updated.",
    )


@redraws
@require_POST
@gated("edit_own", User)
def change_email(request: HttpRequest) -> HttpResponse:
    email = given(request.POST, "email")
    return _save(
        request,
        EMAIL,
        lambda: profile.change_own(
            user_of(request),
            actor=actor_of(request),
            email=email,
            current_password=_secret(request, "currentPassword"),
        ),
        f"A link was sent to {email}. Your address changes when you open it.",
    )


@require_POST
@gated("edit_own", User)
def withdraw_email(request: HttpRequest) -> HttpResponse:
    profile.withdraw_email_change(user_of(request), actor=actor_of(request))
    return done(request, "Your address stays as it is.", reverse("profile"))


@redraws
@require_POST
@gated("edit_own", User)
def change_password(request: HttpRequest) -> HttpResponse:
    """Signs out everywhere, here too; one comes back with the new password."""
    password = _secret(request, "password")
    if password != _secret(request, "repeated"):
        differ = Problem("/repeated", "differs", "The two new passwords are not the same.")
        return _page(request, Refusal(PASSWORD, [differ]))
    tried = attempt(
        request,
        lambda: passwords.change_own_password(
            user_of(request),
            actor=actor_of(request),
            current=_secret(request, "currentPassword"),
            password=password,
            revoke_tokens=bool(given(request.POST, "revokeTokens")),
        ),
    )
    if tried.problems:
        return _page(request, Refusal(PASSWORD, tried.problems))
    logout(request)
    messages.success(request, "Your password was changed. Sign in with the new one.")
    return redirect("sign-in")


@require_POST
@gated("delete", Session)
def end_session(request: HttpRequest, reference: UUID) -> HttpResponse:
    actor = actor_of(request)
    found = gate.fetch(actor, Session.objects.all(), reference=reference)
    sessions.end_session(found, actor=actor)
    if found.session_key == request.session.session_key:
        logout(request)
        return redirect("sign-in")
    return done(request, "That browser is signed out.", reverse("profile"))


@require_POST
@gated("edit_own", User)
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = sessions.end_other_sessions(
        user_of(request), actor=actor_of(request), keep=request.session.session_key
    )
    told = f"{ended} other browser{'' if ended == 1 else 's'} signed out."
    return done(request, told, reverse("profile"))


@redraws
@never_cache
@require_POST
@gated("create", ApiToken)
def create_token(request: HttpRequest) -> HttpResponse:
    """The page with the token in it, this once; it stands nowhere from which it could be read."""
    days = given(request.POST, "expires")
    tried = attempt(
        request,
        lambda: tokens.create_token(
            user_of(request),
            actor=actor_of(request),
            name=given(request.POST, "tokenName"),
            expires_in_days=_days(days),
        ),
    )
    return _page(request, Refusal(TOKEN, tried.problems), new_token=tried.result)


@require_POST
@gated("delete", ApiToken)
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    actor = actor_of(request)
    mine = ApiToken.objects.filter(user=user_of(request))
    found = gate.fetch(actor, mine, pk=pk)
    tokens.revoke_token(found, actor=actor)
    return done(
        request, f"The token {found.name or 'without name'} is revoked.", reverse("profile")
    )


def _save(request: HttpRequest, form: str, verb: Callable[[], object], told: str) -> HttpResponse:
    tried = attempt(request, verb)
    if tried.problems:
        return _page(request, Refusal(form, tried.problems))
    return done(request, told, reverse("profile"))


def _page(
    request: HttpRequest, refusal: Refusal, *, new_token: NewToken | None = None
) -> HttpResponse:
    user = User.objects.get(pk=user_of(request).pk)  # as it is, whatever a refused form has set
    waiting = profile.email_change_waiting(user)
    context = {
        "person": user,
        "forms": _forms(user, request.POST, refusal),
        "waiting_email": waiting.email if waiting else "",
        "sessions": _sessions(request),
        "tokens": list(user.api_tokens.all()),
        "new_token": new_token,
    }
    status = 422 if refusal.problems else 200
    return render(request, "accounts/profile.html", context, status=status)


def _forms(user: User, posted: Mapping[str, str], refusal: Refusal) -> dict[str, Any]:
    """By name of the form its fields, what was given standing in the one that was refused."""
    all_fields = {
        NAME: [
            Field("firstName", "First name", value=user.first_name, autocomplete="given-name"),
            Field("lastName", "Last name", value=user.last_name, autocomplete="family-name"),
        ],
        EMAIL: [
            Field("email", "New address", "email", autocomplete="email", longest=254),
            CURRENT,
        ],
        PASSWORD: _password_fields(),
        TOKEN: [
            Field(
                "tokenName",
                "What it is for",
                place="/name",
                longest=200,
                required=False,
                hint="May be left empty; a name tells which one to revoke.",
            ),
            Field("expires", "It ends after", "select", "90", options=EXPIRIES),
        ],
    }
    made: dict[str, Any] = {}
    for form, fields in all_fields.items():
        is_refused = form == refusal.form and bool(refusal.problems)
        own = [replace(field, form=form) for field in fields]
        made[form] = filled(own, posted if is_refused else {}, refusal.of(form))
        made[f"{form}_problems"] = unplaced(own, refusal.of(form))
    return made


def _password_fields() -> list[Field]:
    hint = "At least 8 characters; not only digits, nothing common, not like your name."
    new = Field(
        "password",
        "New password",
        "password",
        autocomplete="new-password",
        hint=hint,
        longest=1000,
    )
    return [CURRENT, new, replace(new, name="repeated", label="New password again", hint="")]


def _sessions(request: HttpRequest) -> list[ShownSession]:
    here = request.session.session_key
    shown = [
        ShownSession(one, described(one.agent), one.session_key == here)
        for one in sessions.sessions_of(actor_of(request))
    ]
    return sorted(shown, key=lambda one: not one.is_this)


def _secret(request: HttpRequest, name: str) -> str:
    """A password as it was typed, spaces included."""
    return str(request.POST.get(name, ""))


def _days(written: str) -> int | None:
    if not written:
        return None
    # What is no number is out of range, which the service says in its own words.
    is_number = written.isascii() and written.isdigit() and len(written) < 10
    return int(written) if is_number else MOST_DAYS + 1

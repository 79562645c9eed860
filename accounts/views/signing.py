"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from accounts.demo_names import DEMO_USERNAMES
from accounts.exceptions import TooMany
from accounts.gates import Audience, open_to
from accounts.http.browsers import browser_of, remember
from accounts.http.clients import address_of
from accounts.http.soundness import redraws, unsound_of
from accounts.models import User
from accounts.services import throttling
from accounts.services.throttling import (
    SIGN_IN_CLIENT,
    SIGN_IN_KNOWN,
    SIGN_IN_NAME,
    Bucket,
    name_of_client,
    name_of_person,
)
from catalog.models import Package


class SignInForm(AuthenticationForm):
    """Counts each attempt before it is judged; one that succeeds is not counted."""

    refused: TooMany | None = None

    def clean(self) -> dict[str, Any]:
        if unsound := unsound_of(self.request):
            raise ValidationError(unsound[0].detail, code=unsound[0].code)
        name = self.cleaned_data.get("username")
        if name is None or not self.cleaned_data.get("password"):
            return dict(super().clean())
        buckets = _buckets(self.request, name)
        try:
            throttling.take(*buckets)
        except TooMany as refusal:
            self.refused = refusal
            self.add_error(None, f"{refusal.detail} Or have a new password sent to you.")
            return self.cleaned_data
        cleaned = dict(super().clean())
        throttling.give_back(*buckets)
        return cleaned

    def get_invalid_login_error(self) -> ValidationError:
        """Not Django's own, which says that user names may be case-sensitive: ours are not."""
        told = "This user name and password do not belong together."
        return ValidationError(told, code="invalid_login")


def _buckets(request: HttpRequest | None, name: str) -> list[Bucket]:
    """Of a browser that this person has used before its own; else the name's and the client's."""
    person = name_of_person(name)
    browser = browser_of(request) if request else None
    if browser is not None and browser.knows(person):
        return [SIGN_IN_KNOWN.of(browser.number, person)]
    client = name_of_client(address_of(request)) if request else ""
    by_name = SIGN_IN_NAME.of(person)
    # Through a local socket clients have no address, and are not to be taken for one.
    return [by_name, SIGN_IN_CLIENT.of(client)] if client else [by_name]


@method_decorator([redraws, never_cache], name="dispatch")
@open_to(Audience.EVERYONE, why="The page on which people sign in.")
class SignIn(LoginView):
    """One sentence for every wrong pair of name and password; `next` only leads to ourselves."""

    template_name = "accounts/sign_in.html"
    form_class = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "demo_users": demo_users()}

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_valid(form)
        remember(self.request, response, name_of_person(form.get_user().get_username()))
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        response = super().form_invalid(form)
        refused = form.refused if isinstance(form, SignInForm) else None
        if refused is not None:
            response.status_code = 429
            response["Retry-After"] = str(refused.wait)
        return response


@open_to(Audience.EVERYONE, why="Whoever has a session may end it; without one nothing happens.")
class SignOut(LogoutView):
    """By POST alone: a link on another site can't sign anybody out."""


def demo_users() -> list[str]:
    """Whom the sign-in page offers: the demo account's people, where nobody else can come."""
    if settings.IS_PRODUCTION or not Package.objects.filter(key="demo").exists():
        return []
    active = User.objects.filter(username__in=DEMO_USERNAMES, is_active=True)
    there = set(active.values_list("username", flat=True))
    return [name for name in DEMO_USERNAMES if name in there]

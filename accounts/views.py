"""Signing in and out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView

from accounts.demo_names import DEMO_USERNAMES
from accounts.gates import Audience, open_to
from accounts.models import User
from catalog.models import Package


@open_to(Audience.EVERYONE, why="The page on which people sign in.")
class SignIn(LoginView):
    """One sentence for every wrong pair of name and password; `next` only leads to ourselves."""

    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "demo_users": demo_users()}


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

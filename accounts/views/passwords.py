"""A forgotten password: asking for a link, and choosing another password with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.fields import Field, filled, unplaced
from accounts.gates import Audience, open_to
from accounts.http.browsers import remember
from accounts.http.clients import address_of
from accounts.http.soundness import redraws
from accounts.models import User
from accounts.pages import attempt, given
from accounts.services import links, passwords
from accounts.services.throttling import name_of_person

EMAIL = Field("email", "E-mail address", "email", autocomplete="email", longest=254)


@redraws
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@open_to(Audience.EVERYONE, why="Whoever forgot a password can't sign in to say so.")
def forgotten(request: HttpRequest) -> HttpResponse:
    """Says the same of every address, whether anybody has it or not."""
    email = given(request.POST, "email")
    fields, problems = filled([EMAIL], {"email": email}), []
    if request.method == "POST":
        tried = attempt(request, lambda: passwords.ask_for_link(email, client=address_of(request)))
        if not tried.problems:
            return render(request, "accounts/forgotten_password.html", {"sent_to": email})
        fields = filled([EMAIL], {"email": email}, tried.problems)
        problems = unplaced([EMAIL], tried.problems)
    context = {"fields": fields, "problems": problems}
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/forgotten_password.html", context, status=status)


@method_decorator(never_cache, name="dispatch")
@open_to(Audience.EVERYONE, why="The link's token says whose password it is.")
class NewPassword(PasswordResetConfirmView):
    """Django's own steps: the token moves from the address into the session before the form."""

    template_name = "accounts/new_password.html"
    token_generator = links.password_tokens
    user: User | None

    def get_user(self, uidb64: str) -> User | None:
        user = super().get_user(uidb64)
        return user if isinstance(user, User) and user.is_active else None

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context.get("form")
        return {**context, "fields": _fields(form) if form is not None else []}

    def form_valid(self, form: SetPasswordForm[User]) -> HttpResponse:
        token = self.request.session.pop(INTERNAL_RESET_SESSION_TOKEN, "")
        user = passwords.choose_password(
            form.user, token=token, password=form.cleaned_data["new_password1"]
        )
        logout(self.request)
        messages.success(self.request, "Your password was changed. Sign in with the new one.")
        response = redirect("sign-in")
        # Whoever reads the mails of this person is this person: guesses elsewhere don't count here.
        remember(self.request, response, name_of_person(user.username))
        return response


def _fields(form: SetPasswordForm[User]) -> list[Field]:
    return [
        Field(
            name,
            label,
            "password",
            autocomplete="new-password",
            problem=" ".join(map(str, form.errors.get(name, []))),
            hint=hint,
            longest=1000,
        )
        for name, label, hint in (
            ("new_password1", "New password", "At least 8 characters, nothing common."),
            ("new_password2", "New password again", ""),
        )
    ]

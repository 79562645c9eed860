"""Passwords: changed by their user, forgotten and chosen anew by a link, set by an admin.

Whoever gets another password is signed out everywhere at once, and told so by e-mail.
"""

from __future__ import annotations

import structlog
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, LinkVoid, NotFound, Problem
from accounts.models import EmailChange, MailKind, User
from accounts.services import throttling
from accounts.services.links import password_tokens
from accounts.services.mailing import queue
from accounts.services.sessions import sign_out_everywhere
from accounts.services.throttling import (
    OWN_PASSWORD,
    RESET_ADDRESS,
    RESET_CLIENT,
    name_of_client,
    name_of_person,
)
from accounts.services.user_problems import email_problems, password_problems

log = structlog.get_logger(__name__)

WRONG = Problem("/currentPassword", "wrongPassword", "This is not your present password.")
VOID_LINK = "This link is not valid any more: it was used, or it is too old. Ask for another one."


def change_own_password(
    user: User, *, actor: Actor, current: str, password: str, revoke_tokens: bool = False
) -> User:
    """Gives oneself another password. All sessions end, the present one too."""
    gate.demand(actor, "edit_own", user)
    demand_current_password(user, current)
    with transaction.atomic():
        locked = _lock(user)
        if not locked.check_password(current):
            raise Invalid(problems=[WRONG])
        if current == password:
            detail = "Choose another password than the present one."
            raise Invalid(problems=[Problem("/password", "samePassword", detail)])
        _write(locked, password, tokens_too=revoke_tokens)
    log.info("password_changed", user=user.pk, by="self")
    return locked


def set_password(user: User, *, actor: Actor, password: str) -> User:
    """Gives somebody another password, as an admin may."""
    gate.demand(actor, "manage", user)
    with transaction.atomic():
        locked = _lock(user)
        _write(locked, password)
    log.info("password_changed", user=user.pk, by=actor.username)
    return locked


def ask_for_link(email: str, *, client: str) -> None:
    """Has a link sent to the users of an address, if there are any.

    The mail is queued whether there are or not: neither the answer nor its time tells.
    """
    if problems := email_problems(email) or _missing(email):
        raise Invalid(problems=problems)
    throttling.take(
        RESET_ADDRESS.of(name_of_person(email)),
        RESET_CLIENT.of(name_of_client(client)),
    )
    queue(MailKind.PASSWORD_FORGOTTEN, address=email)


def send_link(user: User, *, actor: Actor) -> None:
    """Has a link sent to somebody who asked an admin for it."""
    gate.demand(actor, "manage", user)
    if not user.email or not user.is_active:
        raise Invalid(f"{user.username} has no e-mail address, or is not active.")
    queue(MailKind.PASSWORD_FORGOTTEN, address=user.email, user=user)


def choose_password(user: User, *, token: str, password: str) -> User:
    """Sets the password of whoever holds a link; the link is void afterwards."""
    with transaction.atomic():
        locked = _lock(user)
        if not locked.is_active or not password_tokens.check_token(locked, token):
            raise LinkVoid(VOID_LINK)
        _write(locked, password)
    log.info("password_changed", user=user.pk, by="link")
    return locked


def demand_current_password(user: User, given: str) -> None:
    """Raises `Invalid` where it is another one, and `TooMany` where that was guessed too often."""
    bucket = OWN_PASSWORD.of(user.pk)
    throttling.take(bucket)
    if not user.check_password(given):
        raise Invalid(problems=[WRONG])
    throttling.give_back(bucket)


def _write(user: User, password: str, *, tokens_too: bool = False) -> None:
    if problems := password_problems(password, user):
        raise Invalid(problems=problems)
    user.password = make_password(password)
    user.save(update_fields=["password"])
    sign_out_everywhere(user, tokens_too=tokens_too)
    # Whoever knew the old password may have asked for it.
    EmailChange.objects.filter(user=user).delete()
    if user.email:
        queue(MailKind.PASSWORD_CHANGED, address=user.email, user=user)


def _lock(user: User) -> User:
    locked = User.objects.select_for_update().filter(pk=user.pk).first()
    if locked is None:
        raise NotFound("There is no such user.")
    return locked


def _missing(email: str) -> list[Problem]:
    return [] if email else [Problem("/email", "required", "Enter a valid e-mail address.")]

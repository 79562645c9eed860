"""What people change of themselves: their name, and the address at which they are reached."""

from __future__ import annotations

import structlog
from django.db import transaction

from accounts import gate
from accounts.actor import Actor
from accounts.constraints import refusing
from accounts.exceptions import Conflict, Invalid, LinkVoid, Problem
from accounts.models import EmailChange, MailKind, User
from accounts.models.invitations import new_nonce
from accounts.person_names import tidy
from accounts.services import addresses, links, throttling
from accounts.services.mailing import queue
from accounts.services.passwords import demand_current_password
from accounts.services.throttling import EMAIL_CHANGE_USER
from accounts.services.user_problems import email_problems, name_problems
from journal.clock import now

log = structlog.get_logger(__name__)

VOID_LINK = "This link is not valid any more: it was used, replaced by a newer one, or is too old."
TAKEN_MEANWHILE = "Another user has this e-mail address by now."


def change_own(
    user: User,
    *,
    actor: Actor,
    first_name: str | None = None,
    last_name: str | None = None,
    email: str | None = None,
    current_password: str = "",
) -> User:
    """Changes what is given, all of it or nothing. Nobody can take their name away.

    A new address takes the password (who has the address can have another password sent), and
    counts when the link that is sent to it is opened; the old address is told.
    """
    gate.demand(actor, "edit_own", user)
    given = {"first_name": first_name, "last_name": last_name}
    names = {column: tidy(name) for column, name in given.items() if name is not None}
    problems = [
        *_missing(names),
        *name_problems(names.get("first_name", ""), names.get("last_name", "")),
        *_new_email_problems(user, email),
    ]
    if problems:
        raise Invalid(problems=problems)
    if email is not None:
        demand_current_password(user, current_password)
        throttling.take(EMAIL_CHANGE_USER.of(user.pk))
    with transaction.atomic():
        _rename(user, names)
        if email is not None:
            _ask_email_change(user, email)
    return user


def _rename(user: User, names: dict[str, str]) -> None:
    for column, name in names.items():
        setattr(user, column, name)
    if names:
        user.save(update_fields=list(names))


def _ask_email_change(user: User, email: str) -> None:
    wish = {
        "email": email,
        "nonce": new_nonce(),
        "expires_at": now() + links.EMAIL_CHANGE_LASTS,
    }
    EmailChange.objects.update_or_create(user=user, defaults=wish)
    if addresses.holder_of(email, but=user) is None:
        # Nobody is told whether an address is somebody's here, and its owner gets no mail of it.
        queue(MailKind.EMAIL_CONFIRMATION, address=email, user=user)
    if user.email:
        queue(MailKind.EMAIL_CHANGE_ASKED, address=user.email, user=user)
    log.info("email_change_asked", user=user.pk)


def withdraw_email_change(user: User, *, actor: Actor) -> None:
    """Forgets the address that was wanted; its link is void."""
    gate.demand(actor, "edit_own", user)
    EmailChange.objects.filter(user=user).delete()


def email_change_waiting(user: User) -> EmailChange | None:
    """The wish that still waits for its link to be opened."""
    return EmailChange.objects.filter(user=user, expires_at__gt=now()).first()


def email_change_of(token: str) -> EmailChange:
    """The wish that a link confirms; `NotFound` where the link is void."""
    named = links.read(token, salt=links.EMAIL_CHANGE)
    change = (
        EmailChange.objects.select_related("user")
        .filter(pk=named[0], nonce=named[1], expires_at__gt=now(), user__is_active=True)
        .first()
        if named
        else None
    )
    if change is None:
        raise LinkVoid(VOID_LINK)
    return change


def confirm_email_change(token: str) -> User:
    """Makes the wanted address the user's; the old one is told."""
    with transaction.atomic():
        named = email_change_of(token)
        user = User.objects.select_for_update().get(pk=named.user_id)
        change = email_change_of(token)  # again, now that nobody else can confirm it
        if addresses.holder_of(change.email, but=user) is not None:
            raise Conflict(TAKEN_MEANWHILE)
        old, user.email = user.email, change.email
        with refusing({addresses.CONSTRAINT: Conflict(TAKEN_MEANWHILE)}):
            user.save(update_fields=addresses.COLUMNS)
        change.delete()
        if old:
            queue(MailKind.EMAIL_CHANGED, address=old, user=user)
    log.info("email_changed", user=user.pk)
    return user


def _missing(changed: dict[str, str]) -> list[Problem]:
    words = {
        "first_name": ("/firstName", "Enter your first name."),
        "last_name": ("/lastName", "Enter your last name."),
    }
    return [
        Problem(words[column][0], "required", words[column][1])
        for column, name in changed.items()
        if not name
    ]


def _new_email_problems(user: User, email: str | None) -> list[Problem]:
    if email is None:
        return []
    if not email:
        return [Problem("/email", "required", "Enter a valid e-mail address.")]
    if email == user.email:
        return [Problem("/email", "unchanged", "This is your address already.")]
    return email_problems(email)

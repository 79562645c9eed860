"""Who gets which letter: a queued mail becomes words and addresses when it is sent."""

from __future__ import annotations

from collections.abc import Callable

from django.urls import reverse

from accounts.links import absolute
from accounts.mail import words
from accounts.mail.words import Letter
from accounts.models import EmailChange, Invitation, Mail, MailKind, User
from accounts.services import addresses, links
from accounts.services.account import the_account
from journal.clock import now

Addressed = list[tuple[str, Letter]]


def letters_of(mail: Mail) -> Addressed:
    """Letters with their addresses; none where the mail has lost its meaning, or had none."""
    return WRITERS[MailKind(mail.kind)](mail)


def _password_forgotten(mail: Mail) -> Addressed:
    """For the user of the address; nobody learns whether there is one but by this mail."""
    account = the_account().name
    return [
        (
            user.email,
            words.password_forgotten(
                account,
                username=user.username,
                link=links.password_link(user),
                hours=links.password_hours(),
            ),
        )
        for user in _meant(mail)
    ]


def _meant(mail: Mail) -> list[User]:
    if mail.user is not None:
        return [mail.user] if mail.user.is_active and mail.user.email else []
    user = addresses.holder_of(mail.address)
    return [user] if user is not None and user.is_active else []


def _password_changed(mail: Mail) -> Addressed:
    if mail.user is None:
        return []
    letter = words.password_changed(
        the_account().name, username=mail.user.username, link=_forgotten_page()
    )
    return [(mail.address, letter)]


def _email_confirmation(mail: Mail) -> Addressed:
    change = EmailChange.objects.filter(
        user=mail.user_id, email=mail.address, expires_at__gt=now()
    ).first()
    if change is None or mail.user is None:
        return []
    letter = words.email_confirmation(
        the_account().name,
        username=mail.user.username,
        link=links.email_change_link(change),
        hours=int(links.EMAIL_CHANGE_LASTS.total_seconds() // 3600),
    )
    return [(mail.address, letter)]


def _email_change_asked(mail: Mail) -> Addressed:
    change = EmailChange.objects.filter(user=mail.user_id).first()
    if change is None or mail.user is None:
        return []
    letter = words.email_change_asked(
        the_account().name,
        username=mail.user.username,
        email=change.email,
        link=_forgotten_page(),
    )
    return [(mail.address, letter)]


def _email_changed(mail: Mail) -> Addressed:
    if mail.user is None:
        return []
    letter = words.email_changed(
        the_account().name, username=mail.user.username, email=mail.user.email
    )
    return [(mail.address, letter)]


def _invitation(mail: Mail) -> Addressed:
    found = mail.invitation
    if found is None or found.accepted_at is not None or found.expires_at <= now():
        return []
    letter = words.invitation(
        the_account().name,
        inviter=_inviter_of(found),
        role=found.role,
        link=links.invitation_link(found),
        days=links.INVITATION_LASTS.days,
    )
    return [(found.email, letter)]


def _inviter_of(invitation: Invitation) -> str:
    by = invitation.invited_by
    return by.display_name if by is not None else "An administrator"


def _forgotten_page() -> str:
    return absolute(reverse("forgotten-password"))


WRITERS: dict[MailKind, Callable[[Mail], Addressed]] = {
    MailKind.PASSWORD_FORGOTTEN: _password_forgotten,
    MailKind.PASSWORD_CHANGED: _password_changed,
    MailKind.EMAIL_CONFIRMATION: _email_confirmation,
    MailKind.EMAIL_CHANGE_ASKED: _email_change_asked,
    MailKind.EMAIL_CHANGED: _email_changed,
    MailKind.INVITATION: _invitation,
}

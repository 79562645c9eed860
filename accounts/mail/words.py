"""What the account's own mails say, and how they look: plain text first, the same as HTML."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from accounts.mail import transport


@dataclass(frozen=True, slots=True)
class Letter:
    """Plain words. `link` is the whole address behind the one button, empty where there is none."""

    subject: str
    paragraphs: tuple[str, ...]
    link: str = ""
    link_label: str = ""
    closing: str = ""


def message_of(letter: Letter, *, to: str, message_id: str) -> EmailMultiAlternatives:
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=_text_of(letter),
        to=[to],
        headers=transport.machine_headers(message_id),
    )
    html = render_to_string("mails/letter.html", {"letter": letter})
    message.attach_alternative(html, "text/html")
    return message


def _text_of(letter: Letter) -> str:
    parts = [*letter.paragraphs, letter.link, letter.closing]
    return "\n\n".join(part for part in parts if part) + "\n"


def password_forgotten(account: str, *, username: str, link: str, hours: int) -> Letter:
    return Letter(
        f"A new password for {account}",
        (
            (
                f"Somebody, hopefully you, has asked for a new password for the user {username} "
                f"of {account}."
            ),
            f"This link lets you choose one. It works once, within {_hours(hours)}.",
        ),
        link,
        "Choose a new password",
        "If it was not you, there is nothing to do: your password stays as it is.",
    )


def password_changed(account: str, *, username: str, link: str) -> Letter:
    return Letter(
        f"Your password for {account} was changed",
        (
            (
                f"The password of the user {username} of {account} is another one now, and all "
                "browsers that were signed in with the old one are signed out."
            ),
            "If it was not you, choose a new password at once and tell an administrator.",
        ),
        link,
        "Choose a new password",
    )


def email_confirmation(account: str, *, username: str, link: str, hours: int) -> Letter:
    return Letter(
        f"Please confirm this address for {account}",
        (
            f"The user {username} of {account} wants to be reached at this address.",
            f"Please confirm that it is yours. The link works once, within {_hours(hours)}.",
        ),
        link,
        "Confirm this address",
        "If you don't know of this, there is nothing to do: nothing is sent here again.",
    )


def email_change_asked(account: str, *, username: str, email: str, link: str) -> Letter:
    return Letter(
        f"Your address for {account} is about to change",
        (
            (
                f"The user {username} of {account} has asked to be reached at {email} instead of "
                "this address. It counts as soon as it is confirmed there."
            ),
            "If it was not you, somebody knows your password: choose a new one at once.",
        ),
        link,
        "Choose a new password",
    )


def email_changed(account: str, *, username: str, email: str) -> Letter:
    return Letter(
        f"Your address for {account} was changed",
        (
            f"From now on the user {username} of {account} is reached at {email}.",
            "If it was not you, tell an administrator at once.",
        ),
    )


def invitation(account: str, *, inviter: str, role: str, link: str, days: int) -> Letter:
    return Letter(
        f"You are invited to {account}",
        (
            f"{inviter} invites you to join {account} as {role}.",
            f"Choose a user name and a password to begin. The link works once, within {days} days.",
        ),
        link,
        "Accept the invitation",
        "If you don't know of this, there is nothing to do.",
    )


def _hours(hours: int) -> str:
    return "an hour" if hours == 1 else f"{hours} hours"

"""E-mail, through whichever backend of Django `EMAIL_URL` names (files by default)."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr
from html import escape

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.validators import validate_email

from accounts.models import User
from notifications.channels.registry import Channel, Unsendable
from notifications.links import absolute
from notifications.models import Delivery, Notification
from notifications.texts import text_of

TIMEOUT_SECONDS = 15


def send(delivery: Delivery) -> None:
    """Hands one message to the mail server; a failure of the server is raised as it is."""
    connection = get_connection(timeout=TIMEOUT_SECONDS)
    try:
        accepted = connection.send_messages([message_of(delivery)])
    except smtplib.SMTPRecipientsRefused as refusal:
        raise _judged(refusal) from refusal
    except ValueError as malformed:
        raise Unsendable(f"The message can't be written: {malformed}") from malformed
    if not accepted:
        raise Unsendable("The mail backend took no message.")


def message_of(delivery: Delivery) -> EmailMultiAlternatives:
    """The mail as it goes out: plain text first, the same as HTML, and headers for programs."""
    told = delivery.notification
    message = EmailMultiAlternatives(
        subject=told.subject,
        body=_text(told),
        to=[told.user.email],
        headers=_headers(delivery),
    )
    message.attach_alternative(_html(told), "text/html")
    return message


def unreachable(user: User) -> str:
    try:
        validate_email(user.email)
    except ValidationError:
        return (
            "has no e-mail address" if not user.email else "has an e-mail address that can't work"
        )
    return ""


def _headers(delivery: Delivery) -> dict[str, str]:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    made = int(delivery.notification.created_at.timestamp() * 1_000_000)
    return {
        # The same at each attempt, so that a server that took it already may drop the second.
        "Message-ID": f"<sluice.{delivery.pk}.{made}@{domain}>",
        "List-Id": f"Sluice notifications <notifications.{domain}>",
        # RFC 3834: no out-of-office answer to a machine.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _text(told: Notification) -> str:
    link = f"\n\n{absolute(told.url)}" if told.url else ""
    return f"{text_of(told.body) or told.subject}{link}\n"


def _html(told: Notification) -> str:
    body = told.body or f"<p>{escape(told.subject)}</p>"
    link = f'<p><a href="{escape(absolute(told.url))}">Open in Sluice</a></p>' if told.url else ""
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f"<title>{escape(told.subject)}</title></head><body>{body}{link}</body></html>\n"
    )


def _judged(refusal: smtplib.SMTPRecipientsRefused) -> Exception:
    """Refused for good with a code of 500 and more; else the server asks for patience."""
    codes = [code for code, _ in refusal.recipients.values()]
    if codes and all(code >= 500 for code in codes):
        return Unsendable(f"The mail server refused the address with code {codes[0]}.")
    return refusal


EMAIL = Channel(key="email", label="E-mail", send=send, unreachable=unreachable)

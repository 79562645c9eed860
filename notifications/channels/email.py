"""E-mail, through whichever backend of Django `EMAIL_URL` names (files by default)."""

from __future__ import annotations

from html import escape

from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email

from accounts.links import absolute
from accounts.mail import transport
from accounts.models import User
from notifications.channels.registry import Channel
from notifications.models import Delivery, Notification
from notifications.texts import text_of


def send(delivery: Delivery) -> None:
    """Hands one message to the mail server; a failure of the server is raised as it is."""
    transport.send(message_of(delivery))


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
    made = int(delivery.notification.created_at.timestamp() * 1_000_000)
    domain = transport.sender_domain()
    return {
        **transport.machine_headers(f"sluice.{delivery.pk}.{made}"),
        "List-Id": f"Sluice notifications <notifications.{domain}>",
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


EMAIL = Channel(key="email", label="E-mail", send=send, unreachable=unreachable)

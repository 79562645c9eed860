"""Handing mails to the backend that `EMAIL_URL` names; what it refuses is judged here alone."""

from __future__ import annotations

import smtplib
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

TIMEOUT_SECONDS = 15


class Unsendable(Exception):
    """It will never be taken; trying again is of no use."""


def send(message: EmailMessage) -> None:
    """Hands one message to the mail server; raises `Unsendable`, or what failed for now."""
    connection = get_connection(timeout=TIMEOUT_SECONDS)
    try:
        accepted = connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as refusal:
        raise _judged(refusal) from refusal
    except ValueError as malformed:
        raise Unsendable(f"The message can't be written: {malformed}") from malformed
    if not accepted:
        raise Unsendable("The mail backend took no message.")


def sender_domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def machine_headers(message_id: str) -> dict[str, str]:
    """Headers for programs. The id is the same at each attempt: a server may drop the second."""
    return {
        "Message-ID": f"<{message_id}@{sender_domain()}>",
        # RFC 3834: no out-of-office answer to a machine.
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }


def _judged(refusal: smtplib.SMTPRecipientsRefused) -> Exception:
    """Refused for good with a code of 500 and more; else the server asks for patience."""
    codes = [code for code, _ in refusal.recipients.values()]
    if codes and all(code >= 500 for code in codes):
        return Unsendable(f"The mail server refused the address with code {codes[0]}.")
    return refusal

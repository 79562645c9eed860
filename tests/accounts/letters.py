"""What the account's own mails brought: sent now, read by address."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.core import mail
from django.core.mail import EmailMultiAlternatives

from accounts.services import mailing

LINK = re.compile(r"^https?://\S+$", re.MULTILINE)


def sent() -> list[EmailMultiAlternatives]:
    """Sends all that waits; answers the mails since the last time."""
    mailing.send_due()
    found = [one for one in mail.outbox if isinstance(one, EmailMultiAlternatives)]
    mail.outbox.clear()
    return found


def link_in(message: EmailMultiAlternatives) -> str:
    """The whole address of the one link of a mail."""
    (link,) = LINK.findall(str(message.body))
    return str(link)


def path_in(message: EmailMultiAlternatives) -> str:
    return urlsplit(link_in(message)).path

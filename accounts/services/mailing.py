"""The queue of the account's own mails: written with their cause, sent by a worker."""

from __future__ import annotations

import threading
from datetime import timedelta

import structlog

from accounts.mail import transport
from accounts.mail.transport import Unsendable
from accounts.mail.words import message_of
from accounts.models import Invitation, Mail, MailKind, User
from accounts.services.letters import letters_of
from journal.clock import now
from journal.leases import Claim, due, heartbeat
from journal.waking import wake

log = structlog.get_logger(__name__)

TASK = "accounts.send-mails"
RETRY_MINUTES = (1, 5, 30, 120, 360)
"""The pauses between six attempts."""
KEPT = timedelta(days=7)
LONGEST_PROBLEM = 500
WAITING: Claim[Mail] = Claim(lambda: Mail.objects.filter(ended_at=None))

# One thread of a process sends; a slow mail server takes no more workers than this.
_sender = threading.Lock()


def queue(
    kind: MailKind,
    *,
    address: str,
    user: User | None = None,
    invitation: Invitation | None = None,
) -> Mail:
    """Writes a mail in the caller's transaction, and wakes the sender after its commit."""
    mail = Mail.objects.create(kind=kind, address=address, user=user, invitation=invitation)
    wake(TASK)
    return mail


def send_due() -> int:
    """Sends all that waits, but where another thread is at it; how many rows it dealt with.

    It looks again after it is done: what came meanwhile may have been left to it.
    """
    ended = 0
    while _waiting_now() and _sender.acquire(blocking=False):
        try:
            ended += _send_all()
        finally:
            _sender.release()
    return ended


def sweep() -> None:
    """Wakes the sender of what is due, and forgets what is over."""
    if _waiting_now():
        wake(TASK)
    old = Mail.objects.filter(ended_at__lt=now() - KEPT)
    if old.exists():
        old.delete()


def _waiting_now() -> bool:
    return Mail.objects.filter(due(now()), ended_at=None).exists()


def _send_all() -> int:
    ended = 0
    while True:
        token, keys = WAITING.take()
        if not keys:
            return ended
        mail = Mail.objects.select_related("user", "invitation__invited_by").get(pk=keys[0])
        with heartbeat(Mail, keys, token):
            _attempt(mail)
        ended += 1


def _attempt(mail: Mail) -> None:
    """One attempt; a mail that fails for now is due again later, one too often refused is over."""
    try:
        letters = letters_of(mail)
        for number, (address, letter) in enumerate(letters):
            message_id = f"sluice.account.{mail.pk}.{number}.{mail.lease_count}"
            transport.send(message_of(letter, to=address, message_id=message_id))
    except Unsendable as refusal:
        _end(mail, problem=str(refusal))
    except OSError as problem:  # what smtplib and files raise
        _postpone(mail, problem=f"{type(problem).__name__}: {problem}")
    else:
        _end(mail, problem="" if letters else "Nobody is meant by it.")


def _end(mail: Mail, *, problem: str) -> None:
    mail.ended_at, mail.problem = now(), problem[:LONGEST_PROBLEM]
    mail.save(update_fields=["ended_at", "problem"])
    log.info("account_mail_ended", mail=mail.pk, kind=mail.kind, problem=bool(problem))


def _postpone(mail: Mail, *, problem: str) -> None:
    log.warning("account_mail_postponed", mail=mail.pk, kind=mail.kind, problem=problem)
    if mail.lease_count > len(RETRY_MINUTES):
        _end(mail, problem=problem)
        return
    mail.problem, mail.leased_until = problem[:LONGEST_PROBLEM], None
    mail.due_at = now() + timedelta(minutes=RETRY_MINUTES[mail.lease_count - 1])
    mail.save(update_fields=["problem", "due_at", "leased_until"])

"""The secret part of links in mails: each opens one thing, once, for a while.

Nothing of it is stored: it is signed when the mail is sent, and checked against the row it names.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core import signing
from django.urls import reverse
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from accounts.links import absolute
from accounts.models import EmailChange, Invitation, User

INVITATION_LASTS = timedelta(days=7)
EMAIL_CHANGE_LASTS = timedelta(hours=24)
INVITATION = "accounts.invitation"
EMAIL_CHANGE = "accounts.email-change"
LONGEST_TOKEN = 300


class _PasswordTokens(PasswordResetTokenGenerator):
    """Ends with the password, the address, the next sign-in, and whenever all are signed out."""

    key_salt = "accounts.password"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.session_stamp}{user.is_active}"


password_tokens = _PasswordTokens()


def password_link(user: User) -> str:
    uid = urlsafe_base64_encode(str(user.pk).encode())
    return absolute(reverse("new-password", args=[uid, password_tokens.make_token(user)]))


def password_hours() -> int:
    return max(1, settings.PASSWORD_RESET_TIMEOUT // 3600)


def password_link_user(uid: str, token: str) -> User | None:
    """The active user whom a link lets choose a password; None where it is void."""
    try:
        pk = int(urlsafe_base64_decode(uid))
    except ValueError:
        return None
    if not 0 < pk < 2**63:
        return None
    user = User.objects.filter(pk=pk, is_active=True).first()
    return user if user is not None and password_tokens.check_token(user, token) else None


def invitation_link(invitation: Invitation) -> str:
    token = signing.dumps([invitation.pk, invitation.nonce], salt=INVITATION)
    return absolute(reverse("accept-invitation", args=[token]))


def email_change_link(change: EmailChange) -> str:
    token = signing.dumps([change.pk, change.nonce], salt=EMAIL_CHANGE)
    return absolute(reverse("confirm-email", args=[token]))


def read(token: str, *, salt: str) -> tuple[int, str] | None:
    """Which row a token names and with which nonce; None where it was not made here."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        pk, nonce = signing.loads(token, salt=salt)
    except (signing.BadSignature, ValueError):
        return None
    return int(pk), str(nonce)

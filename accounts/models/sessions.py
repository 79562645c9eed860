"""Sessions of browsers that signed in: whose they are, from where, and when they were last seen.

The module is Django's session engine, too: `SESSION_ENGINE` names it.
"""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.backends.db import SessionStore as RowStore
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from journal.clock import now

LONGEST_AGENT = 300
USER_KEY = "_auth_user_id"  # under which Django keeps who signed in


class Session(AbstractBaseSession):
    """One browser. `reference` names it on pages, where its key must never stand."""

    reference = models.UUIDField(default=uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        related_name="sessions",
    )
    address = models.CharField(max_length=45, blank=True, default="")
    agent = models.CharField(max_length=LONGEST_AGENT, blank=True, default="")
    began_at = models.DateTimeField(default=now)
    seen_at = models.DateTimeField(default=now)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        ordering: ClassVar = ["-seen_at"]

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore


class SessionStore(RowStore):
    """Django's own, on our table. `row` is what the present request found there."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def save(self, must_create: bool = False) -> None:
        """Writes what a request changed, and nothing of what is noted beside it.

        Signing in begins a new row first, so the user is always written here.
        """
        if must_create or self.session_key is None:
            super().save(must_create)
            return
        data = dict(self.items())
        changed = Session.objects.filter(session_key=self.session_key).update(
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            user_id=_user_of(data),
        )
        if not changed:
            raise UpdateError

    def load(self) -> dict[str, Any]:
        """What is stored under the key; nothing where it ran out, was ended or never given."""
        key = self.session_key or ""
        # A cookie may hold what the database would choke on.
        there = Session.objects.filter(session_key=key, expire_date__gt=now())
        self.row = there.first() if key.isascii() and key.isalnum() else None
        if self.row is None:
            self._session_key = None
            return {}
        return dict(self.decode(self.row.session_data))


def _user_of(data: dict[str, Any]) -> int | None:
    return int(data[USER_KEY]) if USER_KEY in data else None

"""Notes of a session from where and when it was last seen, for the list of its user."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import structlog
from django.db import OperationalError
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.http.clients import address_of, agent_of
from accounts.models import Session
from accounts.models.sessions import SessionStore
from journal.clock import now

log = structlog.get_logger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]
NOTED_AFTER = timedelta(minutes=1)


def note_session(get_response: Answer) -> Answer:
    """Middleware: at most once a minute, or where something about it has changed."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        row = request.session.row if isinstance(request.session, SessionStore) else None
        if row is not None and row.user_id is not None:
            _note(row, request)
        return response

    return answer


def _note(row: Session, request: HttpRequest) -> None:
    seen = {"address": address_of(request)[:45], "agent": agent_of(request)}
    instant = now()
    is_new = any(getattr(row, column) != value for column, value in seen.items())
    if not is_new and row.seen_at > instant - NOTED_AFTER:
        return
    try:
        Session.objects.filter(pk=row.pk).update(seen_at=instant, **seen)
    except OperationalError as problem:
        # Nobody's request fails for a note about it.
        log.warning("session_not_noted", problem=str(problem))

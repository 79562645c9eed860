"""Requests that are sent twice at once, and what is forgotten after a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import connection

from accounts.actor import Actor
from accounts.api.workspaces import Workspaces
from accounts.models import StoredAnswer, Workspace
from accounts.services.answers import forget_old_answers
from accounts.services.tokens import create_token
from journal.clock import at, now
from tests.cast import Cast, client_of, make_user

WORKSPACES = "/api/v1/workspaces/"


@pytest.mark.django_db(transaction=True)
def test_two_requests_under_one_key_at_once_are_done_once() -> None:
    boss = make_user("boss", "admin")
    clients = [client_of(boss) for _ in range(4)]

    def send(client: Any) -> tuple[int, str]:
        try:
            answer = client.post(WORKSPACES, {"key": "attic"}, HTTP_IDEMPOTENCY_KEY="k")
            return answer.status_code, answer.get("Idempotency-Replayed", "first")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(send, clients))
    assert outcomes == [(201, "first"), (201, "true"), (201, "true"), (201, "true")]
    assert Workspace.objects.filter(key="attic").count() == 1
    assert StoredAnswer.objects.count() == 1


def test_answers_are_forgotten_after_a_day(cast: Cast) -> None:
    client = client_of(cast.admin)
    client.post(WORKSPACES, {"key": "attic"}, HTTP_IDEMPOTENCY_KEY="old")
    with at(now() + timedelta(hours=23)):
        client_of(cast.admin).post(WORKSPACES, {"key": "cellar"}, HTTP_IDEMPOTENCY_KEY="new")
        forget_old_answers()
        assert StoredAnswer.objects.count() == 2
    with at(now() + timedelta(hours=25)):
        forget_old_answers()
    assert [row.key for row in StoredAnswer.objects.all()] == ["new"]


def test_a_chunked_body_is_read(cast: Cast) -> None:
    """As an ASGI server hands it over: without a length."""
    secret = create_token(cast.admin, actor=Actor.system()).secret
    headers = {
        b"authorization": f"Bearer {secret}".encode(),
        b"content-type": b"application/json",
        b"transfer-encoding": b"chunked",
        b"host": b"testserver",
    }
    scope = {"type": "http", "method": "POST", "path": WORKSPACES, "headers": list(headers.items())}
    request = ASGIRequest(scope, BytesIO(b'{"key": "attic"}'))
    answer = Workspaces.as_view()(request)
    assert answer.status_code == 201
    assert answer.data["key"] == "attic"

"""Requests that are sent twice at once, and what is forgotten after a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIRequest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.api.workspaces import Workspaces
from accounts.models import StoredAnswer, Workspace
from accounts.sealing import SealBroken, seal, unseal
from accounts.services.answers import forget_old_answers
from accounts.services.tokens import create_token
from catalog.models import Board
from journal.clock import at, now
from tests.api.problems import problem
from tests.cast import Cast, client_of, make_user
from tests.kitchen import NOTE, Kitchen, definition, published
from workflows.authoring.services import drafts

WORKSPACES = "/api/v1/workspaces/"
EVALUATE = "/api/v1/expressions/evaluate/"


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


@pytest.mark.django_db(transaction=True)
def test_of_different_requests_under_one_key_at_once_one_is_done() -> None:
    boss = make_user("boss", "admin")
    clients = {key: client_of(boss) for key in ("attic", "cellar", "garret")}

    def send(key: str) -> int:
        try:
            answer = clients[key].post(WORKSPACES, {"key": key}, HTTP_IDEMPOTENCY_KEY="k")
            return int(answer.status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(send, clients)) == [201, 422, 422]
    assert Workspace.objects.filter(key__in=clients).count() == 1


def test_an_answer_is_sealed_and_opens_with_its_key_alone(cast: Cast, settings: Any) -> None:
    client = client_of(cast.admin)
    body = {"username": "nina", "password": "correct horse battery"}
    made = client.post("/api/v1/users/", body, HTTP_IDEMPOTENCY_KEY="k")
    assert made.status_code == 201
    kept = str(StoredAnswer.objects.values().get())
    assert not any(word in kept for word in ("nina", "correct", "member"))
    assert client.post("/api/v1/users/", body, HTTP_IDEMPOTENCY_KEY="k").json() == made.json()
    settings.ENCRYPTION_KEY = "another key of at least thirty-two letters"
    lost = problem(client.post("/api/v1/users/", body, HTTP_IDEMPOTENCY_KEY="k"), 409)
    assert lost["code"] == "answerLost"


def test_a_seal_opens_for_its_purpose_alone() -> None:
    sealed = seal("letters", b"secret")
    assert b"secret" not in sealed
    assert unseal("letters", sealed) == b"secret"
    for purpose, content in (("parcels", sealed), ("letters", sealed[:-1]), ("letters", b"")):
        with pytest.raises(SealBroken):
            unseal(purpose, content)


def test_a_number_is_another_body_than_its_text(cast: Cast, kitchen: Kitchen) -> None:
    client = client_of(cast.admin)

    def make(price: str) -> Any:
        body = f'{{"objectTypeKey": "recipe", "name": "Soup", "attributes": {{"price": {price}}}}}'
        return client.generic(
            "POST",
            "/api/v1/objects/",
            body,
            content_type="application/json",
            HTTP_IDEMPOTENCY_KEY="k",
        )

    assert make("1.5").status_code == 201
    assert make("1.5")["Idempotency-Replayed"] == "true"
    problem(make('"1.5"'), 422, "idempotencyKeyReused")


def test_a_question_is_answered_by_the_rights_of_its_moment(cast: Cast, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    client = client_of(cast["member"])

    def ask(expression: str = "@object.name", key: str = "k") -> Any:
        body = {"expression": expression, "objectId": soup.pk}
        return client.post(EVALUATE, body, HTTP_IDEMPOTENCY_KEY=key)

    assert ask("1").json() == {"value": 1}
    with CaptureQueriesContext(connection) as asked:
        assert ask().json() == {"value": "Soup"}
    assert {one["sql"].split()[0] for one in asked} == {"SELECT"}
    assert ask("1 + 1").json() == {"value": 2}
    problem(ask(key="a b"), 400)
    Board.objects.filter(pk=soup.board_id).update(type="private")
    problem(ask(), 404)
    assert not StoredAnswer.objects.exists()


def test_only_what_changes_something_is_kept(cast: Cast, kitchen: Kitchen) -> None:
    client, package = client_of(cast.admin), {"packageKey": "empty"}
    drafts.begin_draft(published("told", definition(NOTE)), actor=Actor.system())

    def send(address: str, body: Any) -> list[str]:
        answers = [
            client.post(f"/api/v1/{address}/", body, HTTP_IDEMPOTENCY_KEY=address) for _ in "12"
        ]
        assert [one.status_code for one in answers] == [200, 200], answers[0].content
        return [one.get("Idempotency-Replayed", "anew") for one in answers]

    assert send("packages/plan", package) == ["anew", "anew"]
    assert send("workflows/told/draft/check", {}) == ["anew", "anew"]
    assert not StoredAnswer.objects.exists()
    assert send("packages/apply", package) == ["anew", "true"]
    assert StoredAnswer.objects.get().key == "packages/apply"


def test_who_is_not_signed_in_leaves_no_answer(nobody: Any, db: None) -> None:
    problem(nobody.post(WORKSPACES, {"key": "attic"}, HTTP_IDEMPOTENCY_KEY="k"), 401)
    assert not StoredAnswer.objects.exists()


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

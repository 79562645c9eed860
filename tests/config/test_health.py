"""Liveness and readiness."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client

from config import health
from config.serving import presence
from journal.clock import now
from journal.models import Event, Pending


@pytest.fixture
def _worker_present() -> Iterator[None]:
    presence.began("worker")
    yield
    presence.ended("worker")


def pending(**values: object) -> Pending:
    event = Event.objects.create(kind="probe", actor_name="system", via_kind="command")
    return Pending.objects.create(event=event, consumer="nobody", **values)


def test_liveness_asks_no_database(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "any.name.example"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.usefixtures("_worker_present")
def test_readiness_names_each_check(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ready"
    assert set(answer.json()["checks"]) == set(health.CHECKS)


@pytest.mark.django_db
def test_without_a_worker_the_embedded_queue_is_not_ready(client: Client) -> None:
    answer = client.get("/readyz")
    embedded = settings.IS_EMBEDDED_QUEUE
    assert answer.status_code == (503 if embedded else 200)
    assert answer.json()["checks"]["broker"]["status"] == ("failed" if embedded else "ok")


@pytest.mark.django_db
@pytest.mark.usefixtures("_worker_present")
def test_parked_and_late_work_warns_and_stays_ready(client: Client) -> None:
    pending(parked_at=now())
    pending(due_at=now() - timedelta(hours=1))
    pending(due_at=now() + timedelta(hours=1))
    answer = client.get("/readyz")
    checks = answer.json()["checks"]
    assert answer.status_code == 200
    assert (checks["parkedEvents"]["status"], checks["parkedEvents"]["count"]) == ("warning", 1)
    assert checks["dueWork"]["status"] == "warning"
    assert 3600 <= checks["dueWork"]["oldestSeconds"] < 3700


@pytest.mark.django_db
@pytest.mark.usefixtures("_worker_present")
def test_a_missing_migration_is_not_ready(client: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'journal'")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"]["status"] == "failed"

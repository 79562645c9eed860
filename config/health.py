"""Is this process alive, and is it ready: what a load balancer, a supervisor and a person ask.

Both answers come before any other middleware: a probe has no session and calls the machine by
whatever name it likes. They tell counts and ages, never names or contents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Min
from django.http import HttpRequest, HttpResponse, JsonResponse
from kombu.exceptions import KombuError

from config.celery import app
from config.serving import presence
from config.serving.worker import WORKER
from journal.clock import now
from journal.models import Pending

OK = "ok"
WARNING = "warning"
FAILED = "failed"
BROKER_SECONDS = 2.0
# Work that is due for longer is told as a warning: nobody seems to take it.
LATE_SECONDS = 60

Answer = Callable[[HttpRequest], HttpResponse]


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's outcome. Only a failed one makes the process unready."""

    status: str
    detail: str = ""
    figures: tuple[tuple[str, float], ...] = ()

    def as_json(self) -> dict[str, object]:
        return {"status": self.status, "detail": self.detail, **dict(self.figures)}


def probes(get_response: Answer) -> Answer:
    """Middleware, before all that ask for more, that answers the two addresses of this module."""
    pages = {"/healthz": live, "/readyz": ready}

    def answer(request: HttpRequest) -> HttpResponse:
        return pages.get(request.path_info, get_response)(request)

    return answer


def live(request: HttpRequest) -> HttpResponse:
    """The process answers. Asks nothing else: a database that is down must not get it killed."""
    return _uncached(JsonResponse({"status": OK}))


def ready(request: HttpRequest) -> HttpResponse:
    """Every check by name; 503 where one failed."""
    findings = {name: check() for name, check in CHECKS.items()}
    failed = any(finding.status == FAILED for finding in findings.values())
    content = {
        "status": "notReady" if failed else "ready",
        "checks": {name: finding.as_json() for name, finding in findings.items()},
    }
    return _uncached(JsonResponse(content, status=503 if failed else 200))


def _uncached(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def check_database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return Finding(FAILED, "The database does not answer.")
    return Finding(OK)


def check_migrations() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return Finding(FAILED, "The database does not answer.")
    if missing:
        return Finding(FAILED, "Migrations are missing.", (("missing", len(missing)),))
    return Finding(OK)


def check_broker() -> Finding:
    """Whether a wake-up sent from here can reach a worker."""
    if settings.IS_EMBEDDED_QUEUE:
        if presence.runs(WORKER):
            return Finding(OK)
        return Finding(FAILED, "The worker of this process does not run.")
    try:
        with app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except (KombuError, OSError):
        return Finding(FAILED, "The broker can't be reached.")
    return Finding(OK)


def check_parked_events() -> Finding:
    """Events that nobody will act on any more until a person looks at them."""
    try:
        parked = Pending.objects.filter(parked_at__isnull=False).count()
    except DatabaseError:
        return Finding(FAILED, "The database does not answer.")
    if parked:
        return Finding(WARNING, "Events failed again and again and wait.", (("count", parked),))
    return Finding(OK, figures=(("count", 0),))


def check_due_work() -> Finding:
    """The age of the oldest event that is due and not yet acted on."""
    try:
        oldest = Pending.objects.filter(parked_at=None, due_at__lte=now()).aggregate(
            due=Min("due_at")
        )["due"]
    except DatabaseError:
        return Finding(FAILED, "The database does not answer.")
    age = _age(oldest)
    if age > LATE_SECONDS:
        return Finding(WARNING, "Nobody takes the work that is due.", (("oldestSeconds", age),))
    return Finding(OK, figures=(("oldestSeconds", age),))


def _age(since: datetime | None) -> float:
    return 0.0 if since is None else round((now() - since).total_seconds(), 3)


CHECKS: dict[str, Callable[[], Finding]] = {
    "database": check_database,
    "migrations": check_migrations,
    "broker": check_broker,
    "parkedEvents": check_parked_events,
    "dueWork": check_due_work,
}

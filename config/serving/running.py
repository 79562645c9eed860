"""One start from beginning to end: refuse what can't work, migrate, run the parts, stop them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from time import sleep
from typing import Protocol

import structlog
from django.conf import settings
from django.db import connections

from config.celery import app
from config.serving import lock, web
from config.serving.exceptions import ServeRefused
from config.serving.migrating import migrate
from config.serving.safety import production_problems
from config.serving.scheduler import SchedulerPart
from config.serving.stopping import leave, stop_on_signals
from config.serving.supervisor import Part, Supervisor
from config.serving.worker import WorkerPart

log = structlog.get_logger(__name__)

ROLES = ("web", "worker", "beat")
GRACE_SECONDS = 20
WAITING_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Plan:
    """What one start is to run."""

    host: str
    port: int
    roles: frozenset[str] = frozenset(ROLES)


class Foreground(Protocol):
    """What occupies the main thread until it is asked to stop."""

    def serve_until_stopped(self) -> None: ...

    def ask_to_stop(self) -> None: ...


class Waiting:
    """The main thread's occupation where no web server runs."""

    def __init__(self, ready: Callable[[], None]) -> None:
        self._asked = False
        self._ready = ready

    def serve_until_stopped(self) -> None:
        self._ready()
        while not self._asked:
            sleep(WAITING_SECONDS)

    def ask_to_stop(self) -> None:
        # A plain flag: setting an Event from a signal can deadlock with the wait it interrupts.
        self._asked = True


def serve(plan: Plan, *, say: Callable[[str], None]) -> int:
    """Runs until a signal or until a part is lost; returns the exit code."""
    with ExitStack() as held:
        if settings.IS_EMBEDDED_QUEUE:
            _refuse_single_roles(plan)
            held.enter_context(_alone())
        listening = web.bind(plan.host, plan.port) if "web" in plan.roles else None
        if listening is not None:
            held.callback(listening.close)
        migrate()
        if problems := production_problems(plan.host) if listening is not None else []:
            raise ServeRefused("Not safe for production:\n" + "\n".join(f"- {p}" for p in problems))
        connections.close_all()
        foreground: Foreground
        if listening is None:
            foreground = Waiting(lambda: say(f"Sluice runs: {', '.join(sorted(plan.roles))}."))
        else:
            address = web.address_of(listening)
            if not settings.IS_PUBLIC_URL_SET:
                settings.PUBLIC_URL = address
            foreground = web.Web(
                listening, grace=GRACE_SECONDS, ready=lambda: say(f"Sluice answers at {address}")
            )
        return _run(foreground, _parts(plan))


def _refuse_single_roles(plan: Plan) -> None:
    if plan.roles != frozenset(ROLES):
        raise ServeRefused(
            "Without REDIS_URL or CELERY_BROKER_URL the task queue lives inside one process: "
            "leave --only out, or set one of them."
        )


@contextmanager
def _alone() -> Iterator[None]:
    refusal = (
        f"Sluice is already served from {settings.DATA_DIR} (process {{pid}}). The in-process task "
        "queue allows one; set REDIS_URL to run several, or another DATA_DIR."
    )
    with lock.hold(settings.DATA_DIR / "serve.lock", refusal=refusal):
        yield


def _parts(plan: Plan) -> list[Part]:
    parts: list[Part] = []
    if "worker" in plan.roles:
        parts.append(WorkerPart(app))
    if "beat" in plan.roles:
        parts.append(SchedulerPart(app))
    return parts


def _run(foreground: Foreground, parts: list[Part]) -> int:
    supervisor = Supervisor(parts, give_up=foreground.ask_to_stop)
    with stop_on_signals(foreground.ask_to_stop, grace=GRACE_SECONDS) as request:
        supervisor.start()
        foreground.serve_until_stopped()
        late = supervisor.stop(seconds=request.seconds_left())
        connections.close_all()
        code = 1 if supervisor.lost else 0
        log.info("stopped", lost=supervisor.lost, late=late)
        if late:
            # Their leases run out and another worker takes the work; waiting might never end.
            leave(code)
    return code

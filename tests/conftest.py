"""Fixtures of the whole suite."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import hypothesis
import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test.utils import setup_databases, teardown_databases
from kombu.transport import memory
from pytest_django import DjangoDbBlocker

from config.celery import app
from config.serving import presence
from config.serving.worker import WORKER, WorkerPart
from tests import databases, serving
from tests.cast import api, cast, nobody
from tests.kitchen import Kitchen, build_kitchen
from tests.settings import PREFIX

# How long an example takes is the machine's business: nothing here asserts a time.
hypothesis.settings.register_profile("patient", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("patient")

# What starts programs or reads settings meets the database and the broker without asking for them.
# Not so the browser's tests: their server is an embedded one in either round.
SURROUNDED = ("config", "faults")
# What reads the code asks a database for nothing that another would answer otherwise.
UNSTORED = ("architecture",)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--stored",
        action="store_true",
        help="only tests that meet a database or a broker: the others need no second round",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--stored"):
        left_out = [item for item in items if not _meets_storage(item)]
        items[:] = [item for item in items if _meets_storage(item)]
        config.hook.pytest_deselected(items=left_out)


def _meets_storage(item: pytest.Item) -> bool:
    names = getattr(item, "fixturenames", ())
    folder = item.path.relative_to(Path(__file__).parent).parts[0]
    # Generated requests find what a view does wrong, on one database; the long proofs send ten
    # times as many on both.
    is_of_one_round = item.get_closest_marker("browser") or item.get_closest_marker("generated")
    if is_of_one_round or folder in UNSTORED:
        return False
    return (
        folder in SURROUNDED
        or item.get_closest_marker("django_db") is not None
        or "db" in names
        or "transactional_db" in names
    )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
) -> None:
    """Removes what a killed run left beside its SQLite file.

    SQLite would take an old write-ahead log for the new file's own.
    """
    if settings.IS_SQLITE:
        name = settings.DATABASES["default"]["TEST"]["NAME"]
        for left in Path(name).parent.glob(f"{Path(name).name}-*"):
            left.unlink(missing_ok=True)


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    django_db_keepdb: bool,
    django_db_createdb: bool,
    django_db_modify_db_settings: None,
) -> Iterator[None]:
    """As pytest-django's own, but the database begins as a copy of a migrated one."""
    with django_db_blocker.unblock():
        if django_db_createdb or not (django_db_keepdb and databases.is_there()):
            databases.begin()
        made = setup_databases(0, interactive=False, keepdb=True, serialized_aliases=())
    yield
    if not django_db_keepdb:
        with django_db_blocker.unblock():
            if settings.IS_SQLITE:
                teardown_databases(made, 0)
            else:
                databases.end()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """Ends programs before the database is emptied under them."""
    serving.end_all()


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    """Wake-ups that no worker of this test took, and what it cached, don't reach the next one."""
    yield
    memory.Channel.queues.clear()
    if not settings.REDIS_URL:
        cache.clear()


@pytest.fixture(scope="session", autouse=True)
def _nothing_left_in_redis() -> Iterator[None]:
    """Removes this run's own keys, and nobody else's."""
    yield
    if settings.REDIS_URL:
        with redis.Redis.from_url(settings.REDIS_URL) as server:
            for key in server.scan_iter(f"*{PREFIX}*", count=1000):
                server.delete(key)


@pytest.fixture
def worker(transactional_db: None) -> Iterator[None]:
    """A real Celery worker in threads of this process, for as long as the test runs."""
    part = WorkerPart(app)
    thread = threading.Thread(target=part.run, daemon=True)
    thread.start()
    deadline = monotonic() + 20
    while not presence.runs(WORKER):
        assert thread.is_alive(), "the worker died at its start"
        assert monotonic() < deadline, "the worker did not start"
        sleep(0.01)
    yield
    part.ask_to_stop()
    thread.join(20)
    assert not thread.is_alive(), "the worker did not stop"


@pytest.fixture
def kitchen(db: None) -> Kitchen:
    """Recipes with a lifecycle."""
    return build_kitchen()


__all__ = ["api", "cast", "nobody"]

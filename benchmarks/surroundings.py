"""Which databases can be measured here, and the environment that a run on each of them gets.

PostgreSQL and Redis are those of DATABASE_URL and REDIS_URL, else the local ones where they answer.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

SQLITE = "sqlite"
POSTGRESQL = "postgresql"
DATABASES = (SQLITE, POSTGRESQL)
LOCAL_POSTGRESQL = "postgres://postgres@127.0.0.1:5432/sluice"
LOCAL_REDIS = "redis://127.0.0.1:6379/15"
OURS = ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE")
SECONDS = 3


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A database to measure on: its name, how it is called for people, its environment."""

    key: str
    label: str
    urls: dict[str, str]

    def environment(self, folder: str) -> dict[str, str]:
        """The variables of a run whose files lie in `folder`."""
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        return kept | self.urls | {"DATA_DIR": folder}


def found() -> tuple[list[Surroundings], list[str]]:
    """What can be measured on, and a sentence for each that is left out."""
    embedded = Surroundings(SQLITE, "SQLite, in-process queue", {})
    left_out: list[str] = []
    database = _answering("PostgreSQL", _database_url(), _try_postgresql, left_out)
    broker = _answering("Redis", os.environ.get("REDIS_URL") or LOCAL_REDIS, _try_redis, left_out)
    if not database:
        return [embedded], left_out
    urls = {"DATABASE_URL": database} | ({"REDIS_URL": broker} if broker else {})
    queue = "Redis" if broker else "in-process queue"
    return [embedded, Surroundings(POSTGRESQL, f"PostgreSQL, {queue}", urls)], left_out


def _database_url() -> str:
    given = os.environ.get("DATABASE_URL", "")
    return LOCAL_POSTGRESQL if not given or given.startswith("sqlite") else given


def _answering(
    name: str, url: str, attempt: Callable[[str], None], left_out: list[str]
) -> str | None:
    try:
        attempt(url)
    except (psycopg.Error, redis.RedisError) as problem:
        left_out.append(f"{name}: {str(problem).splitlines()[0]}")
        return None
    return url


def _try_postgresql(url: str) -> None:
    """Raises where this server doesn't answer. The run makes a database of its own beside it."""
    server = urlunsplit(urlsplit(url)._replace(path="/postgres"))
    psycopg.connect(server, connect_timeout=SECONDS).close()


def _try_redis(url: str) -> None:
    with redis.Redis.from_url(
        url, socket_connect_timeout=SECONDS, socket_timeout=SECONDS
    ) as server:
        server.ping()

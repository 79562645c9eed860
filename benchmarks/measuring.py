"""Measures on the database that the environment names; each row is a line of JSON on stdout.

`python -m benchmarks` starts this once for each database, since a run of Django has one.
"""

from __future__ import annotations

import json
import os
import platform
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import django
import redis

from config import settings

OWN = f"sluice_benchmark_{os.getpid()}"
PREFIX = f"{OWN}-"


def main(objects: str, *only: str) -> None:
    """Measures with so many objects (0: each benchmark's own number), all or those named."""
    # Without this, a run that is told to end would leave its database behind.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    set_apart()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    # What has models can be imported from here on.
    from benchmarks.kinds import BENCHMARKS
    from benchmarks.world import World

    if unknown := set(only) - {one.key for one in BENCHMARKS}:
        known = ", ".join(one.key for one in BENCHMARKS)
        sys.exit(f"There is no benchmark {', '.join(sorted(unknown))}; there are {known}.")
    with own_database():
        tell(surroundings())
        world = World.build()
        for benchmark in BENCHMARKS:
            if not only or benchmark.key in only:
                tell(asdict(benchmark.row(world, objects=int(objects))))


def set_apart() -> None:
    """Gives the product's settings a database and names of this run's own."""
    if not settings.IS_SQLITE:
        settings.DATABASES["default"]["TEST"] = {"NAME": OWN}
    settings.CACHES["default"]["KEY_PREFIX"] = PREFIX
    if settings.REDIS_URL:
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"] = PREFIX
    if not settings.IS_EMBEDDED_QUEUE:
        settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = PREFIX
    # The log's line of each request would stand between those of the table.
    settings.LOGGING["root"]["level"] = "WARNING"


def tell(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


@contextmanager
def own_database() -> Iterator[None]:
    """A database of this run's own, gone afterwards, and with it its keys in Redis."""
    from django.db import connection

    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        if settings.REDIS_URL:
            _forget_keys()


def _forget_keys() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as server:
        for key in server.scan_iter(f"*{PREFIX}*", count=1000):
            server.delete(key)


def surroundings() -> dict[str, Any]:
    """On what is measured, as far as it makes a difference."""
    from django.db import connection

    sql = "SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        (version,) = cursor.fetchone()
    return {
        "database": f"{connection.display_name} {version.split()[0]}",
        "django": django.get_version(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])

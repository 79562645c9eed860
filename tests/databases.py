"""The database that a test run begins with: a copy of one that was migrated once.

Migrating an empty one takes ten seconds of work, and each worker of a run, each `serve` that a test
starts, and each run of one file while somebody works would spend them. The migrated one is kept
until a migration of any app changes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
from django.apps import apps
from django.conf import settings
from django.db import connection
from psycopg import sql

from config.serving.lock import wait_for

ROOT = Path(__file__).resolve().parent.parent
FOLDER: Path = settings.DATA_DIR / "migrated"
FILE = "sluice.sqlite3"


def begin() -> None:
    """Puts a migrated, empty database where this worker's own is looked for."""
    if settings.IS_SQLITE:
        copy_file(Path(_name()))
    else:
        _copy_database(_name())


def end() -> None:
    """Takes a PostgreSQL database away, whoever still holds a connection to it.

    A thread that a test began may outlive it by a moment; Django's own removal would fail on it.
    """
    connection.close()
    if not settings.IS_SQLITE:
        pooled: Any = connection
        pooled.close_pool()
        with _server() as link:
            _drop(link, _name())


def is_there() -> bool:
    if settings.IS_SQLITE:
        return Path(_name()).exists()
    with _server() as link:
        return link.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_name()]).rowcount > 0


def copy_file(target: Path) -> None:
    """Writes a migrated, empty SQLite file, over the one that may be there."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    print_of_it = FOLDER / "fingerprint"
    with wait_for(FOLDER / "lock"):
        if not print_of_it.exists() or print_of_it.read_text() != _fingerprint():
            (FOLDER / FILE).unlink(missing_ok=True)
            _migrate(DATA_DIR=str(FOLDER), DATABASE_URL="")
            print_of_it.write_text(_fingerprint())
        shutil.copyfile(FOLDER / FILE, target)


def _copy_database(name: str) -> None:
    base = settings.DATABASE_URL.rpartition("/")[0]
    template = f"migrated_{settings.DATABASES['default']['NAME']}"
    FOLDER.mkdir(parents=True, exist_ok=True)
    with wait_for(FOLDER / "lock"), _server() as link:
        found = link.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            [template],
        ).fetchone()
        if found != (_fingerprint(),):
            _make_anew(link, template)
            _migrate(DATABASE_URL=f"{base}/{template}")
            told = sql.SQL("COMMENT ON DATABASE {} IS {}")
            link.execute(told.format(sql.Identifier(template), sql.Literal(_fingerprint())))
        _make_anew(link, name, template)


def _make_anew(link: psycopg.Connection, name: str, template: str = "template1") -> None:
    _drop(link, name)
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    link.execute(made.format(sql.Identifier(name), sql.Identifier(template)))


def _drop(link: psycopg.Connection, name: str) -> None:
    dropped = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    link.execute(dropped.format(sql.Identifier(name)))


def _server() -> psycopg.Connection:
    base = settings.DATABASE_URL.rpartition("/")[0]
    return psycopg.connect(f"{base}/postgres", autocommit=True)


def _name() -> str:
    """As Django would call the test database of this worker."""
    own = connection.settings_dict
    return str(own["TEST"]["NAME"] or f"test_{own['NAME']}")


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            digest.update(path.name.encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _migrate(**surroundings: str) -> None:
    own = {"DJANGO_SETTINGS_MODULE": "tests.settings", "REDIS_URL": "", "CELERY_BROKER_URL": ""}
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"],
        cwd=ROOT,
        env=dict(os.environ) | own | surroundings,
        stdin=subprocess.DEVNULL,
        check=True,
    )

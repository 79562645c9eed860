"""Starts the real `serve` as a program, for tests that kill it, stop it or look at it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from django.conf import settings
from django.db import connection

from tests import databases

ROOT = databases.ROOT
START_SECONDS = 60

_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and text of an HTTP answer, whatever the status."""

    status: int
    text: str


@dataclass(frozen=True, slots=True)
class Program:
    """A running `serve`, its address and its log."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")

    def get(self, path: str, *, seconds: float = 30) -> Answer:
        return fetch(self.url + path, seconds=seconds)

    def wait_until_ready(self) -> None:
        """Waits until all of it runs; fails with the log where it ends before."""
        deadline = monotonic() + START_SECONDS
        while monotonic() < deadline:
            assert self.process.poll() is None, f"serve ended at its start:\n{self.said}"
            if self._answers():
                return
            sleep(0.05)
        raise AssertionError(f"serve was not ready in time:\n{self.said}")

    def _answers(self) -> bool:
        try:
            return self.get("/readyz", seconds=5).status == 200
        except OSError:
            return False

    def terminate(self, *, seconds: float = 30) -> int:
        """Sends SIGTERM and returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """Ends it as a power cut would."""
        self.process.kill()
        self.process.wait(10)


def fetch(url: str, *, seconds: float = 30) -> Answer:
    try:
        with urllib.request.urlopen(url, timeout=seconds) as response:
            return Answer(response.status, response.read().decode())
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Answer(refusal.code, refusal.read().decode())


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def start(
    folder: Path,
    *arguments: str,
    port: int | None = None,
    is_new: bool = False,
    **extra: str,
) -> Program:
    """Starts `serve` with its data in `folder`, on the database of the present test run.

    On SQLite each folder has its own database, migrated but where `is_new` leaves that to `serve`;
    on PostgreSQL it is the run's test database.
    """
    chosen = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / databases.FILE
    if settings.IS_SQLITE and not is_new and not database.exists():
        databases.copy_file(database)
    log = folder / "serve.log"
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(chosen), *arguments],
            cwd=ROOT,
            env=surroundings(folder, **extra),
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
    _started.append(process)
    return Program(process, chosen, log)


def end_all() -> None:
    """Ends what a test has left running: it would act on the rows of the tests that follow."""
    while _started:
        process = _started.pop()
        if process.poll() is None:
            process.kill()
        process.wait(10)


def surroundings(folder: Path, **extra: str) -> dict[str, str]:
    """The environment of a program under test."""
    values = dict(os.environ)
    values["DATA_DIR"] = str(folder)
    values["DJANGO_SETTINGS_MODULE"] = "tests.faults.settings"
    values["PYTHONUNBUFFERED"] = "1"
    if settings.IS_SQLITE:
        values.pop("DATABASE_URL", None)
    else:
        base = settings.DATABASE_URL.rpartition("/")[0]
        values["DATABASE_URL"] = f"{base}/{connection.settings_dict['NAME']}"
    return values | extra

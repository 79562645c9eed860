"""A server with the demo account, and a real browser. What has no browser leaves these out.

The server is an embedded one, whatever database the run is for: these tests are about pages. One
serves them all, so each test has recipes of its own.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.visitor import Visitors
from tests.serving import ROOT, Program, free_port, surroundings

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
EMBEDDED = {"DATABASE_URL": "", "REDIS_URL": "", "CELERY_BROKER_URL": ""}

# People whose passwords tests change; the demo account's own sign in to every test with "demo".
NEWCOMERS = """
from accounts.models import User

for name in ("pat", "robin"):
    user = User(username=name, email=f"{name}@demo.example")
    user.set_password("demo")
    user.save()
"""


def executable() -> str | None:
    """The Chromium that the test script found, else one on the PATH."""
    return os.environ.get("SLUICE_BROWSER") or next(filter(None, map(shutil.which, NAMES)), None)


def manage(folder: Path, *words: str) -> subprocess.Popen[bytes]:
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=surroundings(folder, **EMBEDDED),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


@contextmanager
def serving(folder: Path, port: int) -> Iterator[Program]:
    """Not among the programs that end with each test."""
    program = Program(manage(folder, "serve", "--port", str(port)), port, folder / "log")
    try:
        program.wait_until_ready()
        yield program
    finally:
        program.terminate()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in which the demo account is; one for all workers of a run."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "demo-account"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "made").exists():
            for words in (("demo",), ("shell", "-v0", "-c", NEWCOMERS)):
                assert manage(folder, *words).wait(120) == 0, (folder / "log").read_text()
            (folder / "made").touch()
    return folder


@pytest.fixture(scope="session")
def program(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("shared")
    shutil.copytree(demo, folder, dirs_exist_ok=True)
    with serving(folder, free_port()) as running:
        yield running


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """One for each test: its event loop would keep the tests that follow from the database."""
    with sync_playwright() as playwright:
        # The sandbox needs rights that a container's root doesn't have.
        browser = playwright.chromium.launch(
            executable_path=executable(), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visitors(program: Program, chromium: Browser) -> Iterator[Visitors]:
    made = Visitors(chromium, program.url)
    yield made
    made.leave()

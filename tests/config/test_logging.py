"""The form of the log."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from config.logging import LINK
from tests.architecture.entry_points import url_patterns
from tests.serving import ROOT, surroundings

PROGRAM = """
import django; django.setup()
import logging, structlog
structlog.contextvars.bind_contextvars(request_id="r-1")
structlog.get_logger("ours").info("moved", object_id=7, request="GET /invitation/secret-1/?q=hush")
logging.getLogger("theirs").warning("odd %s", "thing")
logging.getLogger("uvicorn.error").info("chatter")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("ours").exception("failed")
"""


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["json", "console"])
def test_every_line_has_one_form_and_carries_the_request(form: str, tmp_path: Path) -> None:
    values = surroundings(tmp_path, LOG_FORMAT=form, DJANGO_SETTINGS_MODULE="config.settings")
    said = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, env=values, capture_output=True, check=True
    ).stderr.decode()
    assert "chatter" not in said
    assert "GET /invitation/…/" in said.replace("\\u2026", "…")
    assert "secret-1" not in said
    assert "hush" not in said
    assert "ZeroDivisionError" in said
    if form == "console":
        assert "moved" in said
        assert "odd thing" in said
        return
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["event"] for line in lines] == ["moved", "odd thing", "failed"]
    assert {line["request_id"] for line in lines} == {"r-1"}
    assert lines[0]["object_id"] == 7
    assert "ZeroDivisionError" in lines[2]["exception"]


FOREIGN_HOST = """
import django; django.setup()
from django.test import Client
assert Client().get("/", headers={"Host": "localhost"}).status_code == 302
assert Client().get("/", headers={"Host": HOST}).status_code == 400
"""


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "x" * 5000])
def test_a_foreign_host_is_one_line_of_warning(host: str, tmp_path: Path) -> None:
    values = surroundings(tmp_path, LOG_FORMAT="json", DJANGO_SETTINGS_MODULE="config.settings")
    said = subprocess.run(
        [sys.executable, "-c", FOREIGN_HOST.replace("HOST}", f"{host!r}}}")],
        cwd=ROOT,
        env=values,
        capture_output=True,
        check=True,
    ).stderr.decode()
    told = [json.loads(line) for line in said.splitlines()]
    (line,) = [one for one in told if one["logger"].startswith("django.security")]
    assert line["level"] == "warning"
    assert host[:100] in line["event"]
    assert len(line["event"]) <= 301
    assert "exception" not in line
    assert {one["level"] for one in told} <= {"debug", "info", "warning"}


def test_every_address_with_a_secret_in_it_is_kept_out_of_the_log() -> None:
    routes = [f"/{route}" for route, _ in url_patterns() if "token>" in route]
    assert routes
    assert [one for one in routes if not LINK.search(one)] == []

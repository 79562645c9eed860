"""`serve` as a program: what it answers, refuses, survives, and how it ends."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.conf import settings
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.serving import Answer, Program, start

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    running = start(tmp_path)
    running.wait_until_ready()
    yield running
    if running.process.poll() is None:
        running.kill()


def test_it_migrates_answers_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    program = start(tmp_path, is_new=True)
    program.wait_until_ready()
    assert program.get("/healthz") == Answer(200, '{"status": "ok"}')
    ready = program.get("/readyz")
    assert ready.status == 200
    checks = json.loads(ready.text)["checks"]
    assert {name: check["status"] for name, check in checks.items()} == {
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
        "parkedEvents": "ok",
        "dueWork": "ok",
    }
    assert f"Sluice answers at {program.url}" in program.said
    began = monotonic()
    assert program.terminate(seconds=10) == 0
    assert monotonic() - began < 10
    assert "Traceback" not in program.said


def test_a_running_request_is_finished_before_the_end(program: Program) -> None:
    answers: list[Answer] = []
    asking = threading.Thread(target=lambda: answers.append(program.get("/slow/?seconds=2")))
    asking.start()
    sleep(0.7)
    assert program.terminate() == 0
    asking.join(10)
    assert answers == [Answer(200, "answer 42")]


@pytest.mark.slow
def test_a_second_signal_ends_it_at_once(program: Program) -> None:
    asking = threading.Thread(target=_ask_in_vain, args=(program,))
    asking.start()
    sleep(0.7)
    program.process.send_signal(signal.SIGTERM)
    sleep(0.5)
    assert program.process.poll() is None, "the first signal waits for the request"
    began = monotonic()
    assert program.terminate() == 1
    assert monotonic() - began < 5
    asking.join(10)


def _ask_in_vain(program: Program) -> None:
    with suppress(OSError):
        program.get("/slow/?seconds=15")


def test_after_a_kill_it_starts_again_on_the_same_data(program: Program, tmp_path: Path) -> None:
    program.kill()
    again = start(tmp_path, port=program.port)
    again.wait_until_ready()
    assert again.terminate() == 0


def test_a_second_one_beside_it_is_refused_where_the_queue_is_inside(
    program: Program, tmp_path: Path
) -> None:
    second = start(tmp_path)
    if settings.IS_EMBEDDED_QUEUE:
        assert second.process.wait(60) == 1
        assert f"already served from {tmp_path}" in second.said
    else:
        second.wait_until_ready()
        assert second.terminate() == 0
    assert program.get("/readyz").status == 200


def test_sockets_are_opened_by_our_own_pages_alone(program: Program) -> None:
    assert _handshake(program, "/ws/events", origin="https://evil.example") == 403
    assert _handshake(program, "/ws/nowhere", origin=program.url) == 403
    assert _handshake(program, "/ws/events", origin=program.url) == 101
    assert program.terminate() == 0
    assert "error" not in program.said


def _handshake(program: Program, path: str, *, origin: str) -> int:
    try:
        with connect(f"ws://127.0.0.1:{program.port}{path}", origin=Origin(origin)) as socket:
            assert socket.response is not None
            return socket.response.status_code
    except InvalidStatus as refusal:
        return refusal.response.status_code


@pytest.mark.slow
def test_a_taken_port_is_told(program: Program, tmp_path: Path) -> None:
    second = start(tmp_path / "elsewhere", port=program.port)
    assert second.process.wait(60) == 1
    assert f"Can't serve on 127.0.0.1 port {program.port}: Address already in use" in second.said
    assert "Traceback" not in second.said


def test_one_role_needs_a_queue_outside_the_process(tmp_path: Path) -> None:
    web = start(tmp_path, "--only", "web")
    if settings.IS_EMBEDDED_QUEUE:
        assert web.process.wait(60) == 1
        assert "the task queue lives inside one process" in web.said
    else:
        web.wait_until_ready()
        assert web.terminate() == 0


@pytest.mark.slow
def test_each_role_can_have_a_process_of_its_own(tmp_path: Path) -> None:
    if settings.IS_EMBEDDED_QUEUE:
        return
    roles = [start(tmp_path / role, "--only", role) for role in ("worker", "beat")]
    for running in roles:
        _wait_for(running, "Sluice runs")
    assert [running.terminate() for running in roles] == [0, 0]
    assert not any("Traceback" in running.said for running in roles)


def _wait_for(running: Program, sentence: str) -> None:
    deadline = monotonic() + 60
    while sentence not in running.said:
        assert running.process.poll() is None, running.said
        assert monotonic() < deadline, running.said
        sleep(0.05)

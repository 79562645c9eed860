"""Bodies that are too large or too slow, as an ASGI server hands them over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator

from config.bodies import BodyGuard, most_bytes_at

WORKSPACES = "/api/v1/workspaces/"
MEBI = 1024 * 1024


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers how many bytes it was given, as Django reads them: all before anything else."""
    count, more = 0, True
    while more:
        message = await receive()
        count, more = count + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(count).encode(), "more_body": False})


def asking(path: str, length: int | None = None, **seconds: float) -> ApplicationCommunicator:
    headers = [] if length is None else [(b"content-length", str(length).encode())]
    scope = {"type": "http", "method": "POST", "path": path, "headers": headers}
    return ApplicationCommunicator(BodyGuard(echo, **seconds), scope)


async def sent(caller: ApplicationCommunicator, *parts: bytes) -> None:
    for part in parts:
        await caller.send_input({"type": "http.request", "body": part, "more_body": True})


async def answer(caller: ApplicationCommunicator) -> tuple[int, dict[str, str], bytes]:
    start = await caller.receive_output(5)
    body = await caller.receive_output(5)
    headers = {name.decode(): value.decode() for name, value in start["headers"]}
    return start["status"], headers, body["body"]


def test_an_address_takes_what_its_parser_takes() -> None:
    assert most_bytes_at(WORKSPACES) == 2 * MEBI
    assert most_bytes_at("/api/v1/packages/plan/") == 32 * MEBI
    assert most_bytes_at("/sign-in/") == most_bytes_at("/nothing") == 32 * MEBI


async def test_a_body_that_says_it_is_too_large_is_refused_unread() -> None:
    caller = asking(WORKSPACES, length=2 * MEBI + 1)
    status, headers, body = await answer(caller)
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert headers["connection"] == "close"
    assert json.loads(body)["code"] == "tooLarge"
    await caller.send_input({"type": "http.disconnect"})
    await caller.wait()


async def test_a_body_without_length_is_refused_when_it_has_become_too_large() -> None:
    caller = asking(WORKSPACES)
    await sent(caller, b"x" * MEBI, b"x" * MEBI, b"x")
    assert (await answer(caller))[0] == 413
    await caller.send_input({"type": "http.request", "body": b"rest", "more_body": False})
    await caller.wait()


async def test_a_body_of_just_the_size_is_let_through() -> None:
    caller = asking(WORKSPACES, length=2 * MEBI)
    await sent(caller, b"x" * MEBI)
    last = {"type": "http.request", "body": b"x" * MEBI, "more_body": False}
    await caller.send_input(last)
    assert (await answer(caller))[::2] == (200, str(2 * MEBI).encode())
    await caller.wait()


@pytest.mark.parametrize("seconds", [{"idle": 0.01}, {"whole": 0.01}])
async def test_a_body_that_does_not_come_is_given_up(seconds: dict[str, float]) -> None:
    caller = asking(WORKSPACES, length=10, **seconds)
    await sent(caller, b"x")
    status, _, body = await answer(caller)
    assert (status, json.loads(body)["code"]) == (408, "tooSlow")
    await caller.send_input({"type": "http.disconnect"})
    await caller.wait()


async def test_a_page_is_refused_with_a_page() -> None:
    caller = asking("/sign-in/", length=33 * MEBI)
    status, headers, body = await answer(caller)
    assert (status, headers["content-type"]) == (413, "text/html; charset=utf-8")
    assert "default-src 'self'" in headers["content-security-policy"]
    assert b"too large" in body
    await caller.send_input({"type": "http.disconnect"})
    await caller.wait()

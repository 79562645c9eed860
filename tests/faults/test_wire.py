"""What comes over a raw socket to the real server: no HTTP, no end, too much, at the wrong time."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.serving import ROOT, start, surroundings

pytestmark = pytest.mark.django_db(transaction=True)
WORKSPACES = "/api/v1/workspaces/"
BIG = b"10000\r\n" + b"x" * 65_536 + b"\r\n"

MAKE_TOKEN = """
from accounts.actor import Actor
from accounts.services.tokens import create_token
from tests.cast import make_user
print(create_token(make_user("boss", "admin"), actor=Actor.system()).secret)
"""


class Wire:
    """Raw requests to a running program, and its raw answers."""

    def __init__(self, port: int, secret: str) -> None:
        self.port = port
        self.secret = secret

    def request(self, line: str, *headers: str, body: bytes = b"") -> bytes:
        lines = [f"{line} HTTP/1.1", "Host: 127.0.0.1", f"Authorization: Bearer {self.secret}"]
        lines += [*headers, "Content-Type: application/json", "Connection: close"]
        if not any(one.startswith(("Content-Length", "Transfer-Encoding")) for one in headers):
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def send(self, raw: bytes) -> tuple[int, str, Any]:
        """The status, the content type and the JSON that come back, before the body's end if so."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as held:
            held.sendall(raw)
            said = b""
            while not _is_whole(said) and (part := held.recv(65_536)):
                said += part
        head, _, body = said.partition(b"\r\n\r\n")
        first, *headers = head.decode("latin-1").split("\r\n")
        kinds = [one for one in headers if one.lower().startswith("content-type:")]
        content = body[body.index(b"{") : body.rindex(b"}") + 1]
        return int(first.split()[1]), kinds[0].partition(": ")[2], json.loads(content)


def _is_whole(said: bytes) -> bool:
    head, parted, body = said.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0].strip()
    return bool(parted and length) and len(body) >= int(length)


@pytest.fixture
def wire(tmp_path: Path) -> Iterator[Wire]:
    program = start(tmp_path)
    program.wait_until_ready()
    yield Wire(program.port, _token(tmp_path))
    assert "Exception in ASGI application" not in program.said
    program.kill()


def _token(folder: Path) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", MAKE_TOKEN],
        cwd=ROOT,
        env=surroundings(folder),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.split()[-1]


def test_whatever_comes_is_answered_with_a_problem(wire: Wire) -> None:
    post = f"POST {WORKSPACES}"
    endless = wire.request(post, "Transfer-Encoding: chunked", body=BIG * 40)
    for why, raw, status, code in (
        ("no HTTP", b"\0\1\2\r\n\r\n", 400, "malformed"),
        ("no method", wire.request("BREW /api/v1/me/"), 400, "malformed"),
        ("NUL", wire.request("GET /api/v1/users/a\0b/"), 400, "malformed"),
        ("a space", wire.request("GET /api/v1/users/a b/"), 400, "malformed"),
        ("long", wire.request(f"GET /api/v1/me/?{'x' * 70_000}"), 400, "malformed"),
        ("two lengths", wire.request(post, "Content-Length: 2", "Content-Length: 3"), 400, None),
        (
            "smuggling",
            wire.request(post, "Content-Length: 2", "Transfer-Encoding: chunked"),
            400,
            None,
        ),
        ("bad chunk", wire.request(post, "Transfer-Encoding: chunked", body=b"zz\r\n"), 400, None),
        ("percent", wire.request("GET /api/v1/users/%zz%ff%00/"), 404, "notFound"),
        ("unpaired", wire.request(post, body=b'{"key": "\\ud800"}'), 400, "malformed"),
        ("deep", wire.request(post, body=b"[" * 100_000), 400, "malformed"),
        ("packed", wire.request(post, "Content-Encoding: gzip", body=b"{}"), 415, None),
        ("declared", wire.request(post, "Content-Length: 99999999", body=b"{"), 413, "tooLarge"),
        (
            "expected",
            wire.request(post, "Content-Length: 99999999", "Expect: 100-continue"),
            413,
            None,
        ),
        ("endless", endless, 413, "tooLarge"),
    ):
        found, kind, problem = wire.send(raw)
        assert (found, kind) == (status, "application/problem+json"), (why, problem)
        assert problem["status"] == status, why
        assert code in (None, problem["code"]), why
    chunked = b'8\r\n{"key": \r\n8\r\n"attic"}\r\n0\r\n\r\n'
    made = wire.send(wire.request(post, "Transfer-Encoding: chunked", body=chunked))
    assert (made[0], made[2]["key"]) == (201, "attic")
    key = "Idempotency-Key: once"
    repeated = wire.request(post, key, body=b'{"key": "cellar"}')
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(wire.send, [repeated] * 6))
    assert [status for status, _, _ in answers] == [201] * 6
    assert all(content == answers[0][2] for _, _, content in answers)
    assert wire.send(wire.request(post, key, body=b'{"key": "loft"}'))[0] == 422

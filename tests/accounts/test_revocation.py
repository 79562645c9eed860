"""What was taken away ends at once: real sockets and sessions against a real server."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from time import monotonic, sleep
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, OpenerDirector, build_opener

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin

from tests.serving import ROOT, Program, start, surroundings

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse battery"
OTHER = "staple of another kind"
WITHIN_SECONDS = 2
NOT_SIGNED_IN = 4401
LINK = re.compile(r"http\S+(/invitation/\S+)")
CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
REFERENCE = re.compile(r"/profile/sessions/([0-9a-f-]{36})/end/")


class _Staying(HTTPRedirectHandler):
    """Doesn't follow: where an answer leads is what is looked at."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    text: str
    location: str


@dataclass
class Browser:
    """Keeps cookies, as a browser does."""

    base: str
    cookies: CookieJar = field(default_factory=CookieJar)

    def get(self, path: str) -> Page:
        return self._send(path, None)

    def post(self, path: str, form: str = "", **given: str) -> Page:
        """Sends a form of a page."""
        found = CSRF.search(self.get(form or path).text)
        assert found is not None, form or path
        return self._send(path, urlencode({**given, "csrfmiddlewaretoken": found[1]}).encode())

    @property
    def session(self) -> str:
        return next(one.value or "" for one in self.cookies if one.name == "sessionid")

    def _send(self, path: str, body: bytes | None) -> Page:
        opener: OpenerDirector = build_opener(_Staying, HTTPCookieProcessor(self.cookies))
        try:
            answer = opener.open(self.base + path, body, timeout=20)
        except HTTPError as refused:
            answer = refused
        with answer:
            text = answer.read().decode()
            return Page(answer.status, text, str(answer.headers.get("Location", "")))


@dataclass
class House:
    """A server with an admin and a member, and what they do there."""

    program: Program
    folder: Path
    stack: ExitStack

    def command(self, *words: str, **extra: str) -> list[str]:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=surroundings(self.folder, **extra),
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.split("\n")

    def browser(self, username: str, password: str = PASSWORD) -> Browser:
        made = Browser(self.program.url)
        answer = made.post("/sign-in/", username=username, password=password)
        assert answer.status == 302, answer.text
        made.get("/")
        return made

    def socket(self, client: Browser | None = None, token: str = "") -> ClientConnection:
        address = self.program.url.replace("http", "ws", 1) + "/ws/events"
        headers = {"Authorization": f"Bearer {token}"}
        origin = None
        if client is not None:
            headers = {"Cookie": f"sessionid={client.session}"}
            origin = Origin(self.program.url)
        opened = self.stack.enter_context(
            connect(address, additional_headers=headers, origin=origin)
        )
        assert "unread" in json.loads(opened.recv(10))
        return opened


def closed(socket: ClientConnection) -> int | None:
    """The code with which the server ends it, None where it does not in time."""
    try:
        while True:
            socket.recv(WITHIN_SECONDS)
    except ConnectionClosed as ended:
        return ended.rcvd.code if ended.rcvd else 1006
    except TimeoutError:
        return None


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    program = start(tmp_path)
    program.wait_until_ready()
    with ExitStack() as stack:
        made = House(program, tmp_path, stack)
        made.command("create_admin", "ada", "--email", "ada@example.org", ADMIN_PASSWORD=PASSWORD)
        yield made
    program.kill()


def test_what_is_revoked_ends_on_open_sockets_and_sessions(house: House) -> None:
    """One server for all, since its start is what takes long."""
    admin = house.browser("ada")
    for who in (
        session_that_is_ended,
        password_that_is_changed,
        token_that_is_revoked,
        user_who_is_deactivated,
    ):
        admin = who(house, admin)


def session_that_is_ended(house: House, admin: Browser) -> Browser:
    other = house.browser("ada")
    kept, gone = house.socket(admin), house.socket(other)
    (reference,) = REFERENCE.findall(admin.get("/profile/").text)
    admin.post(f"/profile/sessions/{reference}/end/", form="/profile/")
    assert closed(gone) == NOT_SIGNED_IN
    assert other.get("/").status == 302
    assert admin.get("/").status == 200
    kept.ping().wait(5)
    return admin


def password_that_is_changed(house: House, admin: Browser) -> Browser:
    other = house.browser("ada")
    token = house.command("create_token", "ada")[-2]
    sockets = [house.socket(admin), house.socket(other), house.socket(token=token)]
    answer = admin.post(
        "/profile/password/",
        form="/profile/",
        currentPassword=PASSWORD,
        password=OTHER,
        repeated=OTHER,
        revokeTokens="true",
    )
    assert answer.location == "/sign-in/"
    assert [closed(socket) for socket in sockets] == [NOT_SIGNED_IN] * 3
    assert admin.get("/").status == other.get("/").status == 302
    return house.browser("ada", OTHER)


def token_that_is_revoked(house: House, admin: Browser) -> Browser:
    page = admin.post("/profile/tokens/", form="/profile/", tokenName="ci", expires="30")
    (secret,) = re.findall(r"sluice_[\w-]{43}", page.text)
    socket = house.socket(token=secret)
    (pk,) = re.findall(r"/profile/tokens/(\d+)/revoke/", page.text)
    admin.post(f"/profile/tokens/{pk}/revoke/", form="/profile/")
    assert closed(socket) == NOT_SIGNED_IN
    return admin


def user_who_is_deactivated(house: House, admin: Browser) -> Browser:
    admin.post("/users/invite/", form="/users/", email="bo@example.org", role="member")
    invitation = _link_in_outbox(house)
    member = Browser(house.program.url)
    joined = member.post(
        invitation, firstName="Bo", lastName="Li", username="bo", password=PASSWORD
    )
    assert joined.status == 302, joined.text
    socket = house.socket(member)
    (pk,) = re.findall(r'/users/(\d+)/">Bo Li', admin.get("/users/?q=bo").text)
    admin.post(f"/users/{pk}/active/", form=f"/users/{pk}/", active="false")
    assert closed(socket) == NOT_SIGNED_IN
    assert member.get("/").status == 302
    return admin


def _link_in_outbox(house: House) -> str:
    """The invitation's path, as soon as the worker has sent it."""
    deadline = monotonic() + 20
    while monotonic() < deadline:
        for letter in (house.folder / "outbox").glob("*"):
            if found := LINK.search(letter.read_text()):
                return found[1]
        sleep(0.05)
    raise AssertionError("No invitation was sent.")

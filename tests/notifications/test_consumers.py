"""The socket of events: who gets in, what they hear, and when they are put out."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client

from accounts.actor import Actor
from accounts.models import ApiToken, Throttle, User
from accounts.services import throttling, tokens
from config.asgi import application
from journal import pushing
from journal.clock import now
from notifications import inbox
from notifications.consumers import events
from notifications.consumers.watching import MOST_DUE, Due
from notifications.models import Notification
from notifications.pushing import group_of
from notifications.services import tell
from tests.notifications.conftest import Kitchen

pytestmark = pytest.mark.django_db(transaction=True)
Headers = list[tuple[bytes, bytes]]
HOST: Headers = [(b"host", b"127.0.0.1:8000")]
ORIGIN: Headers = [*HOST, (b"origin", b"http://127.0.0.1:8000")]


@pytest.fixture
def steward(kitchen: Kitchen) -> User:
    return kitchen.user("steward")


@pytest.fixture
def token(steward: User) -> str:
    return tokens.create_token(steward, actor=Actor(steward)).secret


@pytest.fixture
def session(steward: User) -> Headers:
    browser = Client()
    browser.force_login(steward, backend="django.contrib.auth.backends.ModelBackend")
    cookie = f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"
    return [*ORIGIN, (b"cookie", cookie.encode())]


def bearer(token: str) -> Headers:
    return [*HOST, (b"authorization", f"Bearer {token}".encode())]


class Page:
    """A page's end of the socket."""

    def __init__(
        self, headers: Headers, subprotocols: list[str] | None = None, watch: str = ""
    ) -> None:
        self.confirmed: str | None = None
        scope = {
            "type": "websocket",
            "path": "/ws/events",
            "query_string": watch.encode(),
            "headers": headers,
            "subprotocols": subprotocols or [],
            "client": ("127.0.0.1", 50_000),
        }
        communicator: Any = ApplicationCommunicator
        self._wire: Any = communicator(application, scope)

    async def connect(self) -> dict[str, Any]:
        await self._wire.send_input({"type": "websocket.connect"})
        return await self.output()

    async def say(self, text: str) -> None:
        await self._wire.send_input({"type": "websocket.receive", "text": text})

    async def hears(self, seconds: float = 5) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((await self.output(seconds))["text"])
        return found

    async def closed(self, seconds: float = 5) -> int:
        """The code with which the socket ends; what it still says before is passed over."""
        while (event := await self.output(seconds))["type"] != "websocket.close":
            pass
        return int(event["code"])

    async def hears_nothing(self, seconds: float) -> bool:
        return bool(await self._wire.receive_nothing(timeout=seconds))

    async def leave(self) -> None:
        await self._wire.send_input({"type": "websocket.disconnect", "code": 1001})
        await self._wire.wait(timeout=10)

    async def output(self, seconds: float = 5) -> dict[str, Any]:
        found: dict[str, Any] = await self._wire.receive_output(timeout=seconds)
        return found


@asynccontextmanager
async def opened(
    headers: Headers, subprotocols: list[str] | None = None, watch: str = ""
) -> AsyncIterator[Page]:
    page = Page(headers, subprotocols, watch)
    accepted = await page.connect()
    assert accepted["type"] == "websocket.accept"
    page.confirmed = accepted["subprotocol"]
    try:
        yield page
    finally:
        await page.leave()


async def told(user: User, cause: str, subject: str = "Hello") -> None:
    send = database_sync_to_async(tell)
    await send([user], subject=subject, text="x", cause=cause, actor=Actor.system())


async def pushed(group: str, content: dict[str, Any]) -> None:
    """From a thread that is none of the event loop's own."""
    push = database_sync_to_async(pushing.push, thread_sensitive=False)
    await push(group, content)


async def test_a_session_hears_of_its_notifications(steward: User, session: Headers) -> None:
    async with opened(session) as page:
        assert await page.hears() == {"type": "unread", "unread": 0}
        await told(steward, "1", "Soup <b>")
        row = await Notification.objects.aget()
        expected = {"type": "notification", "id": row.pk, "subject": "Soup <b>", "unread": 1}
        assert await page.hears() == expected
        await database_sync_to_async(inbox.mark_all_read)(actor=Actor(steward))
        assert await page.hears() == {"type": "unread", "unread": 0}


async def test_a_token_opens_by_header_and_by_subprotocol(token: str) -> None:
    async with opened(bearer(token)) as page:
        assert (await page.hears())["type"] == "unread"
        assert page.confirmed is None
    async with opened(HOST, ["bearer", token]) as page:
        assert (await page.hears())["type"] == "unread"
        assert page.confirmed == "bearer"


@pytest.mark.parametrize("headers", [HOST, bearer(""), bearer("sluice_wrong"), bearer("x" * 5000)])
async def test_others_are_told_that_they_are_not_signed_in(
    kitchen: Kitchen, headers: Headers
) -> None:
    async with opened(headers) as page:
        assert await page.closed() == 4401


async def test_wrong_tokens_count_as_over_http(token: str, client: Client) -> None:
    """In one bucket; a good token is never kept out."""
    bucket = throttling.TOKEN_CLIENT.of("127.0.0.1")
    full_but_for_one = now() + bucket.step * (bucket.limit.burst - 1)
    await Throttle.objects.acreate(key=bucket.key, empty_at=full_but_for_one)
    for code in (4401, 4429):
        async with opened(bearer("sluice_wrong")) as page:
            assert await page.closed() == code
    async with opened(HOST, ["bearer", "sluice_wrong"]) as page:
        assert await page.closed() == 4429
    get = database_sync_to_async(client.get)
    refused = await get("/api/v1/me/", headers={"authorization": "Bearer sluice_wrong"})
    assert refused.status_code == 429
    async with opened(bearer(token)) as page:
        assert (await page.hears())["type"] == "unread"
    async with opened(HOST) as page:
        assert await page.closed() == 4401


async def test_a_wrong_token_counts_against_its_client_alone(kitchen: Kitchen) -> None:
    async with opened(bearer("sluice_wrong")) as page:
        assert await page.closed() == 4401
    keys = [row.key async for row in Throttle.objects.all()]
    assert keys == [throttling.TOKEN_CLIENT.of("127.0.0.1").key]


async def test_a_lower_role_narrows_what_is_heard(kitchen: Kitchen) -> None:
    """On the open socket, within two seconds; a higher one widens it again."""
    soup = await database_sync_to_async(kitchen.make)("Soup")
    member = kitchen.user("member")
    secret = (await database_sync_to_async(tokens.create_token)(member, actor=Actor(member))).secret
    async with opened(bearer(secret), watch=f"objects={soup.pk}") as page:
        assert {(await page.hears())["type"] for _ in range(2)} == {"unread", "object"}
        await User.objects.filter(pk=member.pk).aupdate(role="guest")
        assert await page.hears(2) == {"type": "gone", "objectId": soup.pk}
        await User.objects.filter(pk=member.pk).aupdate(role="member")
        assert (await page.hears(2))["type"] == "object"


async def test_a_wrong_token_is_not_helped_by_a_session(session: Headers) -> None:
    async with opened([*session, (b"authorization", b"Bearer wrong")]) as page:
        assert await page.closed() == 4401


async def test_a_session_counts_on_our_pages_only(session: Headers) -> None:
    foreign = dict(session) | {b"origin": b"https://e.example"}
    page = Page(list(foreign.items()))
    assert (await page.connect())["type"] == "websocket.close"
    await page.leave()


async def test_pushes_reach_their_own_user_only(kitchen: Kitchen, token: str) -> None:
    async with opened(bearer(token)) as page:
        await page.hears()
        await told(kitchen.user("member"), "1")
        await told(kitchen.user("steward"), "1")
        assert (await page.hears())["unread"] == 1
        assert await page.hears_nothing(0.2)


async def test_any_thread_pushes_at_once(
    steward: User, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "CHECK_SECONDS", 60)
    async with opened(bearer(token)) as page:
        await page.hears()
        send = database_sync_to_async(tell, thread_sensitive=False)
        await send([steward], subject="Hi", text="x", cause="1", actor=Actor.system())
        assert (await page.hears())["subject"] == "Hi"


async def test_what_nobody_knows_is_not_passed_on(steward: User, token: str) -> None:
    async with opened(bearer(token)) as page:
        await page.hears()
        await pushed(group_of(steward.pk), {"type": "progress", "secret": "x"})
        assert await page.hears_nothing(0.3)


async def test_a_notification_about_what_is_hidden_by_now_tells_nothing(
    kitchen: Kitchen, token: str, steward: User
) -> None:
    async with opened(bearer(token)) as page:
        await page.hears()
        secret = await database_sync_to_async(kitchen.secret)()
        row = await Notification.objects.acreate(
            user=steward, subject="Secret sauce changed", object_id=secret.pk, cause="1"
        )
        await pushed(group_of(steward.pk), {"type": "notification", "id": row.pk})
        assert (await page.hears())["subject"] == inbox.HIDDEN_SUBJECT


async def test_a_lost_push_is_made_up_for(steward: User, token: str) -> None:
    async with opened(bearer(token)) as page:
        await page.hears()
        await Notification.objects.acreate(user=steward, subject="x", cause="1")
        assert await page.hears() == {"type": "unread", "unread": 1}


async def test_the_deactivated_are_put_out_within_two_seconds(steward: User, token: str) -> None:
    async with opened(bearer(token)) as page:
        await page.hears()
        await User.objects.filter(pk=steward.pk).aupdate(is_active=False)
        assert await page.closed(2) == 4401


async def test_a_revoked_token_is_put_out(token: str) -> None:
    async with opened(bearer(token)) as page:
        await page.hears()
        await ApiToken.objects.all().adelete()
        assert await page.closed(2) == 4401


async def test_another_password_ends_the_session(steward: User, session: Headers) -> None:
    async with opened(session) as page:
        await page.hears()
        steward.set_password("another")
        await steward.asave()
        assert await page.closed(2) == 4401


@pytest.mark.parametrize("said", ["x", "{}", '{"type": "unread"}', "[" * 100_000])
async def test_a_page_that_talks_is_put_out(token: str, said: str) -> None:
    async with opened(bearer(token)) as page:
        await page.hears()
        await page.say(said)
        assert await page.closed() == 4400


@pytest.mark.parametrize(
    "watch",
    ["x", "executions=", "executions=1,x", "objects=-1", "objects=" + "9" * 30, "objects=%C2%B2",
     "executions=" + "1," * 60 + "1", "secrets=all"],
)  # fmt: skip
async def test_an_address_that_says_something_else_is_refused(token: str, watch: str) -> None:
    async with opened(bearer(token), watch=watch) as page:
        assert await page.closed() == 4400


async def test_a_slow_reader_is_dropped(
    steward: User, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "SEND_SECONDS", 0.3)
    sent: list[dict[str, Any]] = []
    greeted, gone = asyncio.Event(), asyncio.Event()

    async def receive() -> dict[str, Any]:
        if sent:
            await gone.wait()
        return {"type": "websocket.connect"}

    async def send(event: dict[str, Any]) -> None:
        sent.append(event)
        if greeted.is_set() and event["type"] == "websocket.send":
            await gone.wait()
        if event["type"] == "websocket.send":
            greeted.set()

    scope = {"type": "websocket", "headers": bearer(token), "subprotocols": []}
    page = asyncio.ensure_future(events.Events()(scope, receive, send))
    await asyncio.wait_for(greeted.wait(), 5)
    await told(steward, "1")
    await asyncio.wait_for(page, 5)
    assert [one["type"].removeprefix("websocket.") for one in sent] == [
        "accept", "send", "send", "close"
    ]  # fmt: skip
    assert sent[-1]["code"] == 4429


async def test_what_waits_for_a_slow_reader_stays_small() -> None:
    due = Due()
    for pk in range(100_000):
        due.add(due.notifications, [pk])
    assert len(due.notifications) == MOST_DUE
    assert due.missed


async def test_more_than_can_be_told_is_said_to_be_missed(steward: User, token: str) -> None:
    async with opened(bearer(token)) as page:
        await page.hears()
        await pushed("executions", {"type": "mention", "group": "executions", "ids": None})
        assert await page.hears() == {"type": "resync"}

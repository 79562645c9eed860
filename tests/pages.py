"""Pages as a browser asks for them: clients with a session, and what an answer shows."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User

TAG = re.compile(r"<[^>]+>")


def browser(user: User) -> Client:
    """Somebody who has signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer: Any) -> str:
    """What a reader reads of a page, in one line."""
    return " ".join(unescape(TAG.sub(" ", answer.content.decode())).split())


def toasts(answer: Any) -> list[str]:
    """What the page says was done."""
    return [str(message) for message in answer.context["messages"]]


def queries_of(ask: Callable[[], Any]) -> int:
    """How many queries a request makes; it is made once before, to fill what is cached."""
    assert ask().status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert ask().status_code == 200
    return len(queries)

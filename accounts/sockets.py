"""Who opens a socket, and whether they still may: looked at when it opens, and again while it is.

A browser's session (its Origin is checked before any consumer), `Authorization: Bearer`, or the
subprotocols `["bearer", TOKEN]`, which is how a page sends a token; never the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest

from accounts import scopes
from accounts.models import User
from accounts.services import throttling, tokens

BEARER = "bearer"


@dataclass(frozen=True, slots=True)
class Credential:
    """What a handshake showed: a token or a session's key. The stronger is the one that was named.

    `subprotocol` has to be confirmed where the token came as one.
    """

    token: str | None = field(default=None, repr=False)
    session_key: str | None = field(default=None, repr=False)
    subprotocol: str | None = None

    def user(self) -> User | None:
        """The active user it belongs to now; None where it was revoked, ended or never held."""
        if self.token is not None:
            return _token_user(self.token)
        return _session_user(self.session_key) if self.session_key else None


def credential_of(scope: Mapping[str, Any]) -> Credential:
    """What the handshake of this ASGI scope shows; a token counts more than a session."""
    for name, value in scope["headers"]:
        if name.lower() == b"authorization":
            scheme, _, token = value.decode("latin-1").partition(" ")
            return Credential(token=token.strip() if scheme.lower() == BEARER else "")
    offered = scope.get("subprotocols") or []
    if len(offered) == 2 and offered[0] == BEARER:
        return Credential(token=offered[1], subprotocol=BEARER)
    cookies = scope.get("cookies") or {}
    return Credential(session_key=cookies.get(settings.SESSION_COOKIE_NAME))


def count_bad_token(scope: Mapping[str, Any], credential: Credential) -> None:
    """Counts a token that is none against its client, in the bucket of those over HTTP.

    Raises `TooMany` where the client has tried too many. A good token is never kept out.
    """
    if credential.token is not None and tokens.find(credential.token) is None:
        client, _ = scope.get("client") or ("", 0)
        throttling.take(throttling.TOKEN_CLIENT.of(throttling.name_of_client(client)))


def _token_user(secret: str) -> User | None:
    token = tokens.find(secret)
    if token is None or not scopes.permits(token.scopes, "GET"):
        return None
    return token.user


def _session_user(key: str) -> User | None:
    """The session's user as Django itself judges: not ended, and the password is still the same."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    return user if isinstance(user, User) and user.is_active else None

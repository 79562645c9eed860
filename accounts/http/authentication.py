"""Who asks: a bearer token, or the browser's session with its CSRF token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import structlog
from rest_framework import authentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import scopes
from accounts.actor import Actor
from accounts.exceptions import Denied
from accounts.http.clients import address_of
from accounts.models import ApiToken, User
from accounts.services import throttling, tokens
from accounts.services.throttling import TOKEN_CLIENT, name_of_client

if TYPE_CHECKING:
    from rest_framework.views import APIView

CHALLENGE = "Bearer"
REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,100}\Z")


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer TOKEN`. First in the settings, so that no credentials answer 401."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _, secret = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != CHALLENGE.lower():
            return None
        token = tokens.find(secret.strip())
        if token is None:
            # A good token is never kept out: others behind the same address may have bad ones.
            throttling.take(TOKEN_CLIENT.of(name_of_client(address_of(request))))
            raise AuthenticationFailed("This token is unknown, has expired or was revoked.")
        tokens.touch(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of somebody who signed in with a browser; changes need the CSRF token."""


class WithinScopes(BasePermission):
    """Keeps a limited token from more than its scopes name."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        if isinstance(token, ApiToken) and not scopes.permits(token.scopes, request.method or ""):
            raise Denied("The scopes of this token don't allow this.", level="token")
        return True


def actor_of(request: Request) -> Actor:
    """The signed-in user, acting through the API; the request's id tells which request it was."""
    return Actor(user_of(request), via_kind="api", via_id=_request_id())


def user_of(request: Request) -> User:
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def _request_id() -> str:
    found = str(structlog.contextvars.get_contextvars().get("request_id", ""))
    return found if REQUEST_ID.match(found) else ""

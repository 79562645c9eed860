"""How the OpenAPI document describes our answers: problems on every operation, strict bodies."""

from __future__ import annotations

from typing import Any, Literal

from django.conf import settings
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from accounts.http.forms import Form, Text
from accounts.http.problems import MEDIA_TYPE

DESCRIPTIONS = {
    "400": "The request can't be read.",
    "401": "Nobody is signed in, or the token is not valid.",
    "403": "This may be seen but not done; the detail names the level that refused.",
    "404": "It doesn't exist, or may not be seen.",
    "408": "The body did not arrive in time.",
    "409": "The present state, status or version doesn't allow it.",
    "413": "The body is too large.",
    "415": "The body is no JSON in UTF-8.",
    "422": "What was given can't be accepted; every problem is listed.",
    "503": "The database is busy; `Retry-After` says when to come again.",
    "429": "It was tried too often; `Retry-After` says when to come again.",
}
RETRY_AFTER = {"Retry-After": {"description": "In so many seconds.", "schema": {"type": "integer"}}}
HEADERS: dict[str, dict[str, Any]] = {
    "401": {
        "WWW-Authenticate": {
            "description": "How one signs in.",
            "required": True,
            "schema": {"type": "string", "const": "Bearer"},
        }
    },
    "429": RETRY_AFTER,
    "503": RETRY_AFTER,
}
IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Sent again within a day, the request is answered as before and not done again.",
    "schema": {"type": "string", "pattern": "^[\\x21-\\x7e]{1,255}$"},
}
UNKEPT_KEY = {
    **IDEMPOTENCY_KEY,
    "description": "Checked and not kept: this changes nothing, and sent again it is done again.",
}
REPLAYED = {
    "Idempotency-Replayed": {
        "description": "Present where this is the answer that the same request got before.",
        "schema": {"type": "string", "const": "true"},
    }
}
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


class ProblemPlaceForm(Form):
    """One thing that is wrong, and where: a JSON pointer into what was given."""

    pointer = Text(allow_blank=True)
    code = Text()
    detail = Text()
    value = serializers.JSONField(required=False)
    nearest = Text(required=False)


class ProblemForm(Form):
    """An RFC 9457 problem document. A refusal may add members of its own, such as `allowed`."""

    type = Text()
    title = Text()
    status = serializers.IntegerField()
    detail = Text()
    code = Text()

    def get_fields(self) -> dict[str, Any]:
        # `errors` is a property of every serializer: as a declared field it would hide that.
        return {**super().get_fields(), "errors": ProblemPlaceForm(many=True)}


class BearerScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer TOKEN`."""

    target_class = "accounts.http.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class SessionScheme(OpenApiAuthenticationExtension):
    """The cookie of a browser that signed in."""

    target_class = "accounts.http.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}


class Schema(AutoSchema):
    """The schema of one operation."""

    def get_tags(self) -> list[str]:
        return [self._tokenize_path()[0]]

    def _is_list_view(self, serializer: Any = None) -> bool:
        """What is answered a page at a time is a list, whatever describes its items."""
        return self.method == "GET" and getattr(self.view, "pagination_class", None) is not None

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """Adds the header that every POST takes."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation and self.method == "POST":
            key = UNKEPT_KEY if self._only_asks else IDEMPOTENCY_KEY
            operation["parameters"] = [*operation.get("parameters", []), key]
        return operation

    @property
    def _only_asks(self) -> bool:
        return bool(getattr(self.view, "only_asks", False))

    def _get_request_body(self, direction: Literal["request", "response"] = "request") -> Any:
        """A body is needed where members of it are; a schema by hand doesn't say so."""
        body = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        if body:
            schemas = [one["schema"] for one in body["content"].values()]
            if any(one.get("required") for one in schemas):
                body["required"] = True
        return body

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        if self.method == "POST" and not self._only_asks:
            for status, body in bodies.items():
                if int(status) < 300:
                    body.setdefault("headers", {}).update(REPLAYED)
        for status in self._refusals():
            bodies.setdefault(status, self._problem(status))
        return bodies

    def _refusals(self) -> list[str]:
        refusals = ["400", "401", "403", "422", "429", "503"]
        if "{" in self.path or getattr(self.view, "may_find_nothing", False):
            refusals.append("404")
        if self.method in CHANGING:
            refusals += ["409"]
        if self.method in WITH_BODY:
            refusals += ["408", "413", "415"]
        return sorted(refusals)

    def _problem(self, status: str) -> dict[str, Any]:
        component: ResolvedComponent = self.resolve_serializer(ProblemForm, "response")
        return {
            **({"headers": HEADERS[status]} if status in HEADERS else {}),
            "description": DESCRIPTIONS[status],
            "content": {MEDIA_TYPE: {"schema": component.ref}},
        }

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        """What a body doesn't name, it refuses."""
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if direction == "request" and isinstance(serializer, Form):
            schema["additionalProperties"] = False
        return schema


def anything_may_be_null(result: Any, generator: Any, **_: Any) -> Any:
    """Says of a value that may be anything nothing at all, instead of "anything, or else null".

    A null would match both, and `oneOf` means exactly one.
    """
    if isinstance(result, dict):
        if result.get("oneOf") == [{}, {"type": "null"}]:
            del result["oneOf"]
        for value in result.values():
            anything_may_be_null(value, generator)
    elif isinstance(result, list):
        for value in result:
            anything_may_be_null(value, generator)
    return result

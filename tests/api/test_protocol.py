"""What holds at every address: who is let in, what can be read, how refusals look."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from rest_framework.test import APIClient

from accounts.actor import Actor
from accounts.models import ApiToken, User
from accounts.services.sessions import sign_out_everywhere
from accounts.services.tokens import create_token
from journal.clock import at, now
from tests.api.problems import pointers, problem
from tests.cast import Cast, Client, client_of
from tests.kitchen import NOTE, Kitchen, definition, published

ME = "/api/v1/me/"
WORKSPACES = "/api/v1/workspaces/"


def with_token(secret: str) -> APIClient:
    client = APIClient(raise_request_exception=False)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


# --- who is let in -------------------------------------------------------------------------------


def test_without_credentials_the_answer_is_401(nobody: APIClient, db: None) -> None:
    answer = nobody.get(ME)
    problem(answer, 401, "notAuthenticated")
    assert answer["WWW-Authenticate"] == "Bearer"
    problem(nobody.post("/api/v1/objects/", {}), 401)
    problem(nobody.delete(ME), 401)


@pytest.mark.parametrize("secret", ["", "x", "sluice_nonsense", "ü", "a" * 10_000, "a b"])
def test_a_token_that_is_none_is_401(db: None, secret: str) -> None:
    client = APIClient(raise_request_exception=False)
    header = f"Bearer {secret}".encode().decode("latin-1")
    problem(client.get(ME, HTTP_AUTHORIZATION=header), 401)


def test_a_token_ends_when_it_expires(cast: Cast) -> None:
    made = create_token(cast.member, actor=cast.acting("member"), expires_in_days=1)
    client = with_token(made.secret)
    assert client.get(ME).json()["username"] == "member"
    with at(now() + timedelta(days=1, seconds=1)):
        problem(client.get(ME), 401)


def test_a_token_is_kept_as_a_digest_and_its_use_is_noted(cast: Cast) -> None:
    made = create_token(cast.member, actor=cast.acting("member"))
    assert made.secret not in str(ApiToken.objects.filter(pk=made.token.pk).values().get())
    with_token(made.secret).get(ME)
    assert ApiToken.objects.get(pk=made.token.pk).last_used_at is not None


def test_scopes_limit_a_token(cast: Cast) -> None:
    reading = create_token(cast.admin, actor=Actor.system(), scopes=["read"])
    client = with_token(reading.secret)
    assert client.get(WORKSPACES).status_code == 200
    refused = problem(client.post(WORKSPACES, {"key": "attic"}, format="json"), 403)
    assert refused["level"] == "token"
    writing = create_token(cast.admin, actor=Actor.system(), scopes=["write"])
    answer = with_token(writing.secret).post(WORKSPACES, {"key": "attic"}, format="json")
    assert answer.status_code == 201


def test_a_session_needs_the_csrf_token_to_change_anything(cast: Cast) -> None:
    browser = APIClient(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(cast.admin)
    assert browser.get(ME).json()["username"] == "admin"
    problem(browser.post(WORKSPACES, {"key": "attic"}, format="json"), 403)
    browser.cookies["csrftoken"] = "a" * 32
    answer = browser.post(
        WORKSPACES, {"key": "attic"}, format="json", headers={"X-CSRFToken": "a" * 32}
    )
    assert answer.status_code == 201


def test_signing_out_everywhere_ends_every_session(cast: Cast) -> None:
    browser = APIClient(raise_request_exception=False)
    browser.force_login(cast.member)
    assert browser.get(ME).status_code == 200
    sign_out_everywhere(User.objects.get(username="member"))
    problem(browser.get(ME), 401)
    assert SESSION_KEY not in browser.session


# --- what can be read ----------------------------------------------------------------------------


def send(client: Any, body: bytes, content_type: str, **extra: Any) -> Any:
    """Bytes as they are, where a client's own methods would write JSON."""
    return client.generic("POST", WORKSPACES, body, content_type=content_type, **extra)


def post(api: Client, body: bytes, content_type: str = "application/json") -> Any:
    return send(api("admin"), body, content_type)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"{", ""),
        (b'{"key": "a", "key": "b"}', "/key"),
        (b'{"key": NaN}', "/key"),
        (b'{"key": "\\u0000"}', "/key"),
        (b'{"key": "\\ud800"}', "/key"),
        (b'{"key": "\xff"}', ""),
        (b"\xef\xbb\xbf{}", ""),
        (b"[" * 1000, ""),
    ],
)
def test_what_is_no_json_is_400_with_its_place(api: Client, body: bytes, pointer: str) -> None:
    found = problem(post(api, body), 400, "malformed")
    assert pointers(found) == [pointer]
    assert found["line"] == 1


def test_a_body_that_is_too_large_is_413(api: Client) -> None:
    body = b'{"key": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    problem(post(api, body), 413, "tooLarge")
    small = api("admin").post(WORKSPACES, {"key": "x" * 1_000_000})
    problem(small, 422)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", ""],
)
def test_a_body_of_another_type_is_415(api: Client, content_type: str) -> None:
    problem(post(api, b'{"key": "attic"}', content_type), 415, "unsupportedMediaType")


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_say_that_it_is_utf8(api: Client, content_type: str) -> None:
    assert post(api, b'{"key": "attic"}', content_type).status_code == 201


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"5"])
def test_a_body_that_is_no_object_is_422(api: Client, body: bytes) -> None:
    problem(post(api, body), 422)


@pytest.mark.parametrize("address", ["workflows/told/enable/", "workflows/told/draft/check/"])
def test_an_act_without_a_body_takes_no_members(
    api: Client, cast: Cast, kitchen: Kitchen, address: str
) -> None:
    published("told", definition(NOTE), actor=cast.acting("admin"), owners=[cast.admin])
    api("admin").post("/api/v1/workflows/told/draft/")
    assert api("admin").post(f"/api/v1/{address}").status_code in (200, 409)
    found = problem(api("admin").post(f"/api/v1/{address}", {"force": True}), 422)
    assert pointers(found) == ["/force"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"key": ' + b"9" * 100_000 + b"}", "notANumber"),
        (b"[" * 100_000, "tooDeep"),
        (b'{"key": Infinity}', "notANumber"),
        (b'{"key": "a"} x', "syntax"),
        ('{"key": "a"}'.encode("utf-16"), "encoding"),
        ('{"key": "a"}'.encode("utf-32"), "encoding"),
    ],
)
def test_what_no_json_may_hold_is_told_by_its_code(api: Client, body: bytes, code: str) -> None:
    assert problem(post(api, body), 400)["errors"][0]["code"] == code


def test_a_packed_body_is_refused_unopened(api: Client) -> None:
    body = gzip.compress(b'{"key": "attic"}')
    for encoding in ("gzip", "GZIP", "br", "deflate, gzip"):
        answer = send(api("admin"), body, "application/json", HTTP_CONTENT_ENCODING=encoding)
        problem(answer, 415, "unsupportedMediaType")
    plain = {"HTTP_CONTENT_ENCODING": "identity"}
    assert send(api("admin"), b'{"key": "attic"}', "application/json", **plain).status_code == 201


# --- how it is answered --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/nothing/",
        "/api/v2/me/",
        "/api/",
        "/api/v1/schedules/",
        "/api/v1/search/",
        "/api/v1/sections/",
        "/api/v1/tags/",
        "/api/v1/categories/",
        "/api/v1/policy-rules/",
        "/api/v1/sources/",
        "/api/v1/objects/abc/",
        "/api/v1/users/a%00b/",
    ],
)
def test_an_address_that_is_none_is_a_problem_too(api: Client, address: str) -> None:
    problem(api("admin").get(address), 404, "notFound")


def test_what_changes_something_is_not_led_to_another_address(api: Client) -> None:
    """As a redirect it would arrive there as a GET, and seem done."""
    found = problem(api("admin").post(WORKSPACES.removesuffix("/"), {"key": "attic"}), 404)
    assert WORKSPACES in found["detail"]
    for path in ("/api/v1/workspaces/lab", "/api/v1/me"):
        problem(api("admin").patch(path, {"name": "x"}), 404)
    led = api("admin").get(WORKSPACES.removesuffix("/"))
    assert (led.status_code, led["Location"]) == (301, WORKSPACES)
    assert "slash" not in problem(api("admin").post("/api/v1/nothing", {}), 404)["detail"]


def test_the_description_leads_a_browser_to_sign_in(nobody: APIClient, db: None) -> None:
    answer = nobody.get("/api/v1/docs/", HTTP_ACCEPT="text/html,*/*")
    assert answer["Location"] == "/sign-in/?next=/api/v1/docs/"
    problem(nobody.get("/api/v1/docs/"), 401)


@pytest.mark.parametrize("query", ["lang=de", "version=%00", "version=1%0d%0aX-Evil:%201", "x=1"])
def test_the_description_takes_no_other_parameters(api: Client, query: str) -> None:
    problem(api("member").get(f"/api/v1/schema/?{query}"), 422)


def test_a_query_that_is_no_text_can_not_be_read(api: Client) -> None:
    problem(api("member").get("/api/v1/users/?q=%ff"), 400, "malformed")
    many = "&".join("a" for _ in range(12_000))
    found = problem(api("member").get(f"/api/v1/users/?{many}"), 400)
    assert found["detail"] == "This request has too many fields."


def test_a_wrong_host_and_a_fault_tell_nothing(api: Client, settings: Any) -> None:
    found = problem(api("member").get(ME, HTTP_HOST="evil.example"), 400, "malformed")
    assert "evil" not in found["detail"]
    settings.ROOT_URLCONF = "tests.faults.urls"
    fault = problem(api("member").get("/api/v1/broken/"), 500, "fault")
    assert "secret" not in json.dumps(fault)
    page = api("member").get("/broken/")
    assert page.status_code == 500
    assert b"secret" not in page.content


def test_a_method_that_is_none_is_405(api: Client) -> None:
    """Whatever is asked with it: the query is that of another method."""
    for address in (ME, f"{ME}?limit=5&limit=6&none=1"):
        answer = api("admin").delete(address)
        problem(answer, 405, "methodNotAllowed")
        assert "GET" in answer["Allow"]


def test_json_is_answered_whatever_is_accepted(api: Client) -> None:
    answer = api("member").get(ME, HTTP_ACCEPT="text/html")
    assert answer["Content-Type"] == "application/json"
    problem(api("member").get("/api/v1/workspaces/x/", HTTP_ACCEPT="image/png"), 404)


def test_a_parameter_that_is_none_is_told_with_the_nearest(api: Client) -> None:
    found = problem(api("member").get("/api/v1/users/?rolle=admin"), 422)
    assert found["errors"][0]["nearest"] == "role"
    problem(api("member").get("/api/v1/me/?x=1"), 422)


# --- repeated requests ---------------------------------------------------------------------------


def headers(key: str) -> Any:
    return {"HTTP_IDEMPOTENCY_KEY": key}


def test_a_repeated_post_is_answered_again_and_done_once(api: Client) -> None:
    admin, key = api("admin"), headers("k-1")
    first = admin.post(WORKSPACES, {"key": "attic", "name": "Attic"}, **key)
    assert first.status_code == 201
    again = admin.post(WORKSPACES, {"name": "Attic", "key": "attic"}, **key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Idempotency-Replayed"] == "true"
    other = problem(admin.post(WORKSPACES, {"key": "cellar"}, **key), 422)
    assert other["code"] == "idempotencyKeyReused"
    problem(admin.post("/api/v1/teams/", {"key": "attic", "name": "Attic"}, **key), 422)


def test_a_key_is_of_one_user_and_of_one_day(api: Client, cast: Cast) -> None:
    key = headers("k-2")
    second = client_of(cast.admin)
    assert api("admin").post(WORKSPACES, {"key": "attic"}, **key).status_code == 201
    api("admin").patch("/api/v1/users/owner/", {"role": "admin"})
    assert api("owner").post(WORKSPACES, {"key": "cellar"}, **key).status_code == 201
    assert second.post(WORKSPACES, {"key": "attic"}, **key)["Idempotency-Replayed"] == "true"
    with at(now() + timedelta(hours=24, seconds=1)):
        problem(second.post(WORKSPACES, {"key": "attic"}, **key), 422, "invalid")
        assert second.post(WORKSPACES, {"key": "garret"}, **key).status_code == 201


def test_a_refused_post_may_be_sent_again(api: Client) -> None:
    key = headers("k-3")
    problem(api("member").post(WORKSPACES, {"key": "attic"}, **key), 403)
    api("admin").patch("/api/v1/users/member/", {"role": "admin"})
    assert api("member").post(WORKSPACES, {"key": "attic"}, **key).status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "schlüssel"])
def test_a_key_is_visible_ascii(api: Client, key: str) -> None:
    header = key.encode().decode("latin-1")
    answer = api("admin").post(WORKSPACES, {"key": "attic"}, HTTP_IDEMPOTENCY_KEY=header)
    problem(answer, 400)


def test_the_body_of_a_problem_echoes_no_large_value(api: Client) -> None:
    answer = api("admin").post("/api/v1/users/", {"username": "x" * 100_000})
    assert len(json.dumps(problem(answer, 422))) < 2_000

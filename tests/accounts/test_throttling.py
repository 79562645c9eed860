"""How often may be guessed: buckets, the sign-in page, bearer tokens."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from accounts.exceptions import TooMany
from accounts.models import Throttle
from accounts.services import throttling
from accounts.services.throttling import SIGN_IN_CLIENT, SIGN_IN_NAME, TOKEN_CLIENT, Limit
from journal.clock import at, now
from tests.cast import Cast
from tests.cast import Client as Api

SIGN_IN = "/sign-in/"
BUCKET = Limit("test", 3, 60).of("x")


def guess(client: Client, name: str = "owner", **headers: str) -> int:
    given = {"username": name, "password": "wrong"}
    return client.post(SIGN_IN, given, headers=headers or None).status_code


@pytest.mark.django_db
def test_a_full_bucket_empties_one_by_one_and_never_stays_full() -> None:
    start = now()
    with at(start):
        for _ in range(3):
            throttling.take(BUCKET)
        with pytest.raises(TooMany) as refused:
            throttling.take(BUCKET)
        assert refused.value.wait == 60
    with at(start + timedelta(seconds=60)):
        throttling.take(BUCKET)
        with pytest.raises(TooMany):
            throttling.take(BUCKET)
    with at(start + timedelta(days=1)):
        throttling.forget_empty()
        assert not Throttle.objects.exists()


@pytest.mark.django_db
def test_of_several_buckets_all_are_filled_or_none() -> None:
    other = Limit("test", 3, 60).of("y")
    for _ in range(3):
        throttling.take(BUCKET)
    with pytest.raises(TooMany):
        throttling.take(other, BUCKET)
    for _ in range(3):
        throttling.take(other)


@pytest.mark.django_db(transaction=True)
def test_of_many_attempts_at_once_only_as_many_as_fit_are_let_through() -> None:
    def one(_: int) -> bool:
        try:
            throttling.take(BUCKET)
        except TooMany:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(24))) == 3


def test_clients_of_one_network_count_together() -> None:
    assert throttling.name_of_client("::ffff:192.0.2.7") == "192.0.2.7"
    assert throttling.name_of_client("2001:db8:1:2:3::4") == "2001:db8:1:2::"
    assert throttling.name_of_client("") == ""


@pytest.mark.parametrize("name", ["owner", "nobody"])
def test_guessing_at_a_name_ends_whether_anybody_has_it(cast: Cast, name: str) -> None:
    """However the guesser writes the name, and wherever they claim to come from."""
    client = Client()
    for number in range(SIGN_IN_NAME.burst):
        written = name.upper() if number % 2 else name
        assert guess(client, written, **{"X-Forwarded-For": f"192.0.2.{number}"}) == 200
    answer = client.post(SIGN_IN, {"username": name, "password": "demo"})
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= SIGN_IN_NAME.seconds
    assert "tried too often" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    assert Client().post(SIGN_IN, {"username": "member", "password": "demo"}).status_code == 302


def test_whoever_waits_gets_in(cast: Cast) -> None:
    client = Client()
    for _ in range(SIGN_IN_NAME.burst + 1):
        guess(client)
    with at(now() + timedelta(seconds=SIGN_IN_NAME.seconds)):
        given = {"username": "owner", "password": "demo"}
        assert client.post(SIGN_IN, given).status_code == 302


def test_a_stranger_keeps_nobody_out_of_a_browser_of_their_own(cast: Cast) -> None:
    mine, given = Client(), {"username": "owner", "password": "demo"}
    assert mine.post(SIGN_IN, given).status_code == 302
    mine.post("/sign-out/")
    stranger = Client()
    while guess(stranger) == 200:
        pass
    assert mine.post(SIGN_IN, given).status_code == 302
    # For others it is a stranger's, too; and its own guesses are counted.
    assert guess(mine, "owner") in {200, 302}
    mine.post("/sign-out/")
    assert [guess(mine) for _ in range(12)][-1] == 429


def test_a_planted_cookie_is_no_browser_of_anybody(cast: Cast) -> None:
    client = Client()
    client.cookies["known_browser"] = "WyJ4IiwieSJd:1:forged"
    while guess(client) == 200:
        pass
    client.cookies["known_browser"] = "WyJ4IiwieSJd:2:forged"
    assert guess(client) == 429


def test_guessing_at_many_names_ends_at_the_address(cast: Cast) -> None:
    client = Client()
    answers = [guess(client, f"name{number}") for number in range(SIGN_IN_CLIENT.burst + 1)]
    assert answers[-2:] == [200, 429]


def test_what_succeeds_is_not_counted(cast: Cast) -> None:
    for _ in range(SIGN_IN_NAME.burst * 2):
        answer = Client().post(SIGN_IN, {"username": "owner", "password": "demo"})
        assert answer.status_code == 302


def test_names_are_counted_without_being_kept(cast: Cast) -> None:
    guess(Client(), "hunter2")
    assert not any("hunter2" in row.key for row in Throttle.objects.all())


def test_guessing_at_tokens_ends_and_keeps_no_good_one_out(api: Api, nobody: APIClient) -> None:
    nobody.credentials(HTTP_AUTHORIZATION="Bearer sluice_wrong")
    with at(now()):  # a slow machine would empty the bucket as fast as it is filled
        answers = [nobody.get("/api/v1/me/") for _ in range(TOKEN_CLIENT.burst + 5)]
    assert answers[0].status_code == 401
    refused = answers[-1]
    assert (refused.status_code, refused.json()["code"]) == (429, "tooManyAttempts")
    assert int(refused["Retry-After"]) >= 1
    assert api("member").get("/api/v1/me/").status_code == 200

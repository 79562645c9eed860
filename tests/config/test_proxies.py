"""Whose word counts on how a request came."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from config.proxies import client_of, forwarding, is_within, networks

TOLD = {
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_FORWARDED_FOR": "198.51.100.7",
    "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_FORWARDED": "proto=https",
}


@pytest.fixture(autouse=True)
def _proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/24", "2001:db8::1/128"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def arrived(address: str) -> HttpRequest:
    """The request as what is behind the middleware gets it."""
    request = RequestFactory().get("/", headers={"Accept": "text/html"})
    request.META.update(TOLD, REMOTE_ADDR=address)
    forwarding(lambda _: HttpResponse())(request)
    return request


@pytest.mark.parametrize("address", ["10.0.0.5", "::ffff:10.0.0.5", "2001:db8::1"])
def test_a_trusted_proxy_vouches(address: str) -> None:
    request = arrived(address)
    assert request.is_secure()
    assert TOLD.items() <= request.META.items()


@pytest.mark.parametrize("address", ["10.0.1.5", "::ffff:10.0.1.5", "2001:db8::2", "", "unix:"])
def test_nobody_else_does(address: str) -> None:
    request = arrived(address)
    assert not request.is_secure()
    assert not TOLD.keys() & request.META.keys()
    assert "X-Forwarded-For" not in request.headers
    assert request.headers["Accept"] == "text/html"


def test_without_proxies_nobody_vouches(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = []
    assert not TOLD.keys() & arrived("127.0.0.1").META.keys()


def test_a_mapped_network_is_the_network_of_its_addresses() -> None:
    trusted = networks(["::ffff:10.0.0.0/120"])
    assert is_within("10.0.0.9", trusted)
    assert is_within("::ffff:10.0.0.9", trusted)
    assert not is_within("10.0.1.9", trusted)
    assert is_within("10.0.1.9", networks(["0.0.0.0/0"]))


def test_it_is_the_outermost(settings: Settings) -> None:
    assert settings.MIDDLEWARE[0] == "config.proxies.forwarding"


@pytest.mark.parametrize(
    ("told", "client"),
    [
        ("", "10.0.0.5"),
        ("198.51.100.7", "198.51.100.7"),
        ("203.0.113.9, 198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, 10.0.0.9", "198.51.100.7"),
        ("10.0.0.8, 10.0.0.9", "10.0.0.8"),
        ("198.51.100.7:4711", "198.51.100.7"),
        ("[2001:db8::7]:4711", "2001:db8::7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("198.51.100.7, <script>", "10.0.0.5"),
        ("198.51.100.7, <script>, 10.0.0.9", "10.0.0.9"),
        ("127.0.0.1, 198.51.100.7", "198.51.100.7"),
    ],
)
def test_the_client_is_the_right_most_hop_that_is_no_proxy(told: str, client: str) -> None:
    trusted = networks(["10.0.0.0/24"])
    assert client_of("10.0.0.5", told, trusted) == client


def test_a_peer_that_is_no_proxy_is_the_client_whatever_it_says() -> None:
    assert client_of("198.51.100.9", "127.0.0.1", networks(["10.0.0.0/24"])) == "198.51.100.9"
    assert client_of("unix:", "127.0.0.1", networks(["10.0.0.0/24"])) == "unix:"
    assert arrived("10.0.0.5").META["REMOTE_ADDR"] == "198.51.100.7"
    assert arrived("10.0.1.5").META["REMOTE_ADDR"] == "10.0.1.5"

"""What a start in production is refused for."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from pytest_django import Settings

from config.serving.safety import is_production, production_problems

pytestmark = pytest.mark.django_db


@pytest.fixture
def production(settings: Settings) -> Settings:
    settings.ALLOWED_HOSTS = ["sluice.example"]
    settings.SESSION_COOKIE_SECURE = True
    settings.CSRF_COOKIE_SECURE = True
    settings.PUBLIC_URL = "https://sluice.example"
    settings.SECURE_HSTS_SECONDS = 3600
    return settings


@pytest.mark.parametrize(
    ("host", "allowed", "expected"),
    [
        ("127.0.0.1", ["localhost"], False),
        ("0.0.0.0", ["localhost"], True),
        ("127.0.0.1", ["localhost", "sluice.example"], True),
        ("127.0.0.1", ["*"], True),
    ],
)
def test_production_is_what_others_can_reach(host: str, allowed: list[str], expected: bool) -> None:
    assert is_production(host, allowed) is expected


def test_a_safe_production_start_has_no_problem(production: Settings) -> None:
    assert production_problems("0.0.0.0") == []


def test_demo_passwords_are_refused_beyond_this_machine(production: Settings) -> None:
    users = get_user_model()._default_manager
    owner = users.create(username="owner")
    owner.set_password("demo")
    owner.save()
    [problem] = production_problems("0.0.0.0")
    assert "still have the password 'demo': owner." in problem
    production.ALLOWED_HOSTS = ["localhost"]
    assert production_problems("127.0.0.1") == []
    production.ALLOWED_HOSTS = ["sluice.example"]
    owner.is_active = False
    owner.save()
    assert production_problems("0.0.0.0") == []


def test_hosts_that_name_nobody_or_everybody_are_refused(production: Settings) -> None:
    production.ALLOWED_HOSTS = ["*"]
    [problem] = production_problems("127.0.0.1")
    assert problem.startswith("ALLOWED_HOSTS allows any name")
    production.ALLOWED_HOSTS = ["localhost"]
    [problem] = production_problems("0.0.0.0")
    assert problem.startswith("0.0.0.0 can be reached from other machines")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost", "http://[::1]:80/"])
def test_links_that_lead_nowhere_for_others_are_refused(production: Settings, url: str) -> None:
    production.PUBLIC_URL = url
    [problem] = production_problems("0.0.0.0")
    assert problem.startswith(f"PUBLIC_URL is {url}, which leads other people's mails")
    production.ALLOWED_HOSTS = ["localhost"]
    assert production_problems("127.0.0.1") == []


def test_unsafe_settings_are_refused_with_djangos_reason(production: Settings) -> None:
    production.SESSION_COOKIE_SECURE = False
    [problem] = production_problems("127.0.0.1")
    assert "SESSION_COOKIE_SECURE" in problem

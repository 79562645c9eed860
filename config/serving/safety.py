"""What a start in production must not have. Production is: reachable from other machines."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.checks import WARNING, Tags, run_checks

from accounts.demo_names import DEMO_PASSWORD, DEMO_USERNAMES
from config.environment import is_loopback


def is_production(host: str, allowed_hosts: Sequence[str]) -> bool:
    """Whether somebody at another machine could be meant to reach this start."""
    return not is_loopback(host) or any(not is_loopback(name) for name in allowed_hosts)


def production_problems(host: str) -> list[str]:
    """Every reason against serving here; empty where it is safe or not production."""
    if not is_production(host, settings.ALLOWED_HOSTS):
        return []
    return [*_host_problems(host), *_address_problems(), *_demo_problems(), *_check_problems()]


def _host_problems(host: str) -> list[str]:
    names = settings.ALLOWED_HOSTS
    problems = []
    if any(name.lstrip(".") in {"", "*"} for name in names):
        problems.append("ALLOWED_HOSTS allows any name; list the names people use.")
    if all(is_loopback(name) for name in names):
        problems.append(
            f"{host} can be reached from other machines, but ALLOWED_HOSTS names this one alone; "
            "list the names people use, so that their cookies are protected."
        )
    return problems


def _address_problems() -> list[str]:
    if not is_loopback(urlsplit(settings.PUBLIC_URL).hostname or ""):
        return []
    problem = (
        f"PUBLIC_URL is {settings.PUBLIC_URL}, which leads other people's mails to their own "
        "machines; write the address people use, for example https://sluice.example."
    )
    return [problem]


def _demo_problems() -> list[str]:
    people = get_user_model()._default_manager.filter(username__in=DEMO_USERNAMES, is_active=True)
    known = sorted(user.get_username() for user in people if user.check_password(DEMO_PASSWORD))
    if not known:
        return []
    problem = (
        f"Users of the demo account still have the password {DEMO_PASSWORD!r}: {', '.join(known)}. "
        "Give them other passwords or deactivate them, or start with an empty DATA_DIR."
    )
    return [problem]


def _check_problems() -> list[str]:
    found = run_checks(tags=[Tags.security], include_deployment_checks=True)
    return [
        f"{one.msg} ({one.id})" for one in found if one.level >= WARNING and not one.is_silenced()
    ]

"""Another order of authentication backends is refused."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.test import override_settings

from accounts.models import User


def test_ours_stands_first() -> None:
    ours, *others = settings.AUTHENTICATION_BACKENDS
    call_command("check", tags=["security"])
    for backends in ([*others, ours], others):
        with (
            override_settings(AUTHENTICATION_BACKENDS=backends),
            pytest.raises(SystemCheckError, match="must be the first"),
        ):
            call_command("check", tags=["security"])


@pytest.mark.django_db
def test_it_vetoes_what_other_backends_grant() -> None:
    member = User.objects.create(username="member")
    admin = User.objects.create(username="admin", role="admin")
    gone = User.objects.create(username="gone", role="admin", is_superuser=True, is_active=False)
    assert [user.has_perm("catalog.change_board") for user in (admin, member, gone)] == [
        True,
        False,
        False,
    ]

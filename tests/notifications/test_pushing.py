"""A push that can't be made costs nobody anything."""

from __future__ import annotations

from time import monotonic

import pytest
from django.db import transaction
from pytest_django import Settings

from accounts.actor import Actor
from journal import pushing
from notifications.models import Notification
from notifications.pushing import group_of
from notifications.services import tell
from tests.notifications.conftest import Kitchen


def say(kitchen: Kitchen, cause: str) -> None:
    tell([kitchen.user("owner")], subject="x", text="y", cause=cause, actor=Actor.system())


@pytest.mark.django_db(transaction=True)
def test_without_redis_the_rows_are_written_all_the_same(
    kitchen: Kitchen, settings: Settings
) -> None:
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": ["redis://127.0.0.1:1"]},
        }
    }
    began = monotonic()
    for cause in "abc":
        say(kitchen, cause)
    assert monotonic() - began < 5
    assert Notification.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_without_a_layer_nothing_is_pushed(kitchen: Kitchen, settings: Settings) -> None:
    settings.CHANNEL_LAYERS = {}
    say(kitchen, "a")
    assert Notification.objects.count() == 1


def test_a_rollback_pushes_nothing(kitchen: Kitchen) -> None:
    before = list(transaction.get_connection().run_on_commit)
    with transaction.atomic():
        pushing.push(group_of(kitchen.user("owner").pk), {"type": "unread"})
        pushing.mention("objects", [kitchen.soup.pk])
        assert len(transaction.get_connection().run_on_commit) == len(before) + 2
        transaction.set_rollback(True)
    assert transaction.get_connection().run_on_commit == before

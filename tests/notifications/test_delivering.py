"""Deliveries go out once; what fails is tried again, what was interrupted is doubtful."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.conf import settings as django_settings
from django.db import connection
from pytest_django import Settings

from accounts.actor import Actor
from accounts.exceptions import Conflict, Denied
from accounts.grants import set_holders
from accounts.models import User
from catalog.models import AttributeType, BoardColumn, GovernedObject
from journal.clock import at, now
from notifications.delivering import (
    RETRY_MINUTES,
    deliver_due,
    doubt_interrupted,
    resend,
    sweep,
)
from notifications.models import Delivery
from notifications.services import notify
from tests.notifications.conftest import Kitchen, closing
from tests.notifications.mailserver import Post, mail_server

ROOT = Path(__file__).resolve().parent.parent.parent


def tell_all(kitchen: Kitchen, *names: str, cause: str = "1") -> list[Delivery]:
    kitchen.assign(*names)
    notify(
        kitchen.template(f"told{cause}"),
        kitchen.soup,
        context=kitchen.context(),
        cause=cause,
        author_id=None,
        actor=Actor.system(),
    )
    return list(Delivery.objects.order_by("pk"))


def fresh(delivery: Delivery) -> Delivery:
    found: Delivery = Delivery.objects.get(pk=delivery.pk)
    return found


@pytest.fixture
def server(settings: Settings) -> Iterator[Post]:
    with mail_server() as post:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        yield post


@pytest.fixture
def no_server(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def test_all_that_waits_goes_out(kitchen: Kitchen, server: Post) -> None:
    deliveries = tell_all(kitchen, "steward", "member")
    assert deliver_due("email") == 2
    for delivery in map(fresh, deliveries):
        assert (delivery.status, delivery.attempts, delivery.problem) == ("sent", 1, "")
        assert delivery.sent_at is not None
        assert delivery.lease_token == ""
    assert sorted(str(message["To"]) for message in server.messages) == [
        "member@e.example",
        "steward@e.example",
    ]
    assert deliver_due("email") == 0


@pytest.mark.usefixtures("no_server")
def test_a_failure_is_tried_again_later_and_in_the_end_given_up(kitchen: Kitchen) -> None:
    [delivery] = tell_all(kitchen, "steward")
    instant = now()
    for minutes in RETRY_MINUTES:
        with at(instant):
            assert deliver_due("email") == 1
            assert deliver_due("email") == 0
        delivery = fresh(delivery)
        assert delivery.status == "waiting"
        assert "Refused" in delivery.problem
        assert delivery.due_at == instant + timedelta(minutes=minutes)
        instant = delivery.due_at
    with at(instant):
        assert deliver_due("email") == 1
    delivery = fresh(delivery)
    assert (delivery.status, delivery.attempts) == ("failed", 6)


@pytest.mark.usefixtures("no_server")
def test_what_failed_may_succeed_later(kitchen: Kitchen, outbox: Path) -> None:
    [delivery] = tell_all(kitchen, "steward")
    django_settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    deliver_due("email")
    assert fresh(delivery).status == "waiting"
    django_settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    with at(now() + timedelta(minutes=2)):
        assert deliver_due("email") == 1
    delivery = fresh(delivery)
    assert (delivery.status, delivery.attempts, delivery.problem) == ("sent", 2, "")
    assert len(list(outbox.iterdir())) == 1


def test_a_refused_address_fails_at_once_and_stops_nobody(kitchen: Kitchen, server: Post) -> None:
    User.objects.filter(username="member").update(email="nobody@e.example")
    deliveries = tell_all(kitchen, "member", "steward")
    assert deliver_due("email") == 2
    refused, sent = map(fresh, deliveries)
    assert (refused.status, refused.attempts) == ("failed", 1)
    assert "550" in refused.problem
    assert sent.status == "sent"
    assert len(server.messages) == 1


def test_rights_that_went_meanwhile_count(kitchen: Kitchen, server: Post) -> None:
    deliveries = tell_all(kitchen, "member", "steward", "outsider", "approver")
    User.objects.filter(username="approver").update(is_active=False)
    User.objects.filter(username="member").update(email="")
    kitchen.soup.board = kitchen.trials
    kitchen.soup.save(update_fields=["board"])
    deliver_due("email")
    by_name = {one.notification.user.username: fresh(one) for one in deliveries}
    assert {one.status for one in by_name.values()} == {"failed"}
    assert by_name["approver"].problem == "The user is not active any more."
    assert by_name["member"].problem == "The user has no e-mail address."
    assert by_name["steward"].problem == "The user may not see the object any more."
    assert server.messages == []


def test_what_it_was_made_of_counts_when_it_is_sent(kitchen: Kitchen, server: Post) -> None:
    AttributeType.objects.create(object_type=kitchen.recipe, key="price", type="integer")
    GovernedObject.objects.filter(pk=kitchen.soup.pk).update(attributes={"price": 4711})
    kitchen.soup.refresh_from_db()
    kitchen.assign("member", "steward")
    notify(
        kitchen.template(subject="It costs {{ @object.attributes.price }}"),
        kitchen.soup,
        context=kitchen.context(),
        cause="1",
        author_id=None,
        actor=Actor.system(),
    )
    column = BoardColumn.objects.create(
        board=kitchen.soup.board, attribute_key="price", is_view_restricted=True
    )
    set_holders(column, "view", users=[kitchen.user("member")], teams=[])
    deliver_due("email")
    by_name = {one.notification.user.username: one for one in Delivery.objects.all()}
    assert by_name["member"].status == "sent"
    assert by_name["steward"].status == "failed"
    assert by_name["steward"].problem == "The user may not see what it was made of any more."
    assert len(server.messages) == 1


def test_a_person_sends_again_what_failed(kitchen: Kitchen, server: Post) -> None:
    User.objects.filter(username="member").update(email="nobody@e.example")
    [delivery] = tell_all(kitchen, "member")
    deliver_due("email")
    User.objects.filter(username="member").update(email="member@e.example")
    with pytest.raises(Denied):
        resend(delivery, actor=Actor(kitchen.user("outsider")))
    assert fresh(delivery).status == "failed"
    again = resend(delivery, actor=Actor(kitchen.user("member")))
    assert (again.status, again.attempts) == ("waiting", 0)
    with pytest.raises(Conflict):
        resend(delivery, actor=Actor(kitchen.user("member")))
    deliver_due("email")
    assert fresh(delivery).status == "sent"
    with pytest.raises(Conflict):
        resend(delivery, actor=Actor(kitchen.user("admin")))
    assert len(server.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_two_senders_send_each_once(kitchen: Kitchen, server: Post) -> None:
    for cause in "12345678":
        tell_all(kitchen, *(["steward", "member", "approver"] if cause == "1" else []), cause=cause)
    assert Delivery.objects.count() == 24
    attempts: list[int] = []
    senders = [
        threading.Thread(target=closing(lambda: attempts.append(deliver_due("email"))))
        for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(60)
    assert sum(attempts) == 24
    assert len(server.ids) == len(set(server.ids)) == 24
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}


@pytest.mark.django_db(transaction=True)
def test_one_killed_while_it_sends_leaves_it_doubtful(kitchen: Kitchen, tmp_path: Path) -> None:
    [delivery] = tell_all(kitchen, "steward")
    with mail_server(waits=True) as post:
        sender = program(tmp_path, post, lease_seconds=2)
        assert post.reached.wait(60), sender.communicate(timeout=10)[0]
        assert fresh(delivery).status == "sending"
        sender.kill()
        sender.communicate(timeout=10)
        assert doubt_interrupted() == 0, "its lease has not run out yet"
        sleep(2.2)
        sweep()
        assert fresh(delivery).status == "doubtful"
        assert "may have arrived" in fresh(delivery).problem
        assert deliver_due("email") == 0
        sweep()
        assert fresh(delivery).status == "doubtful"
        assert len(post.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_doubtful_goes_out_once_more_by_a_click(kitchen: Kitchen, server: Post) -> None:
    [delivery] = tell_all(kitchen, "steward")
    interrupt(delivery)
    assert doubt_interrupted() == 1
    assert deliver_due("email") == 0
    resend(delivery, actor=Actor(kitchen.user("steward")))
    assert deliver_due("email") == 1
    assert fresh(delivery).status == "sent"
    assert len(server.messages) == 1


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_lost_its_lease_changes_nothing(kitchen: Kitchen, settings: Settings) -> None:
    [delivery] = tell_all(kitchen, "steward")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with mail_server(waits=True) as post:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", post.port
        sender = threading.Thread(target=closing(lambda: deliver_due("email")))
        sender.start()
        assert post.reached.wait(30)
        expire(delivery)
        assert doubt_interrupted() == 1
        post.open.set()
        sender.join(30)
    assert fresh(delivery).status == "doubtful"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("worker")
def test_a_commit_wakes_the_sender(kitchen: Kitchen, outbox: Path) -> None:
    [delivery] = tell_all(kitchen, "steward")
    deadline = monotonic() + 10
    while fresh(delivery).status != "sent":
        assert monotonic() < deadline
        sleep(0.02)
    assert len(list(outbox.iterdir())) == 1


def interrupt(delivery: Delivery) -> None:
    """As a sender leaves it that dies after it began."""
    row = fresh(delivery)
    row.begin()
    row.leased_until = now() - timedelta(seconds=1)
    row.save(update_fields=["status", "attempts", "leased_until"])


def expire(delivery: Delivery) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(leased_until=now() - timedelta(seconds=1))


def program(folder: Path, post: Post, *, lease_seconds: float) -> subprocess.Popen[str]:
    """A sender in a program of its own, on the database of this test run."""
    name = connection.settings_dict["NAME"]
    sqlite = f"sqlite:///{name}"
    url = sqlite if django_settings.IS_SQLITE else _server_url(str(name))
    code = (
        "import django; django.setup()\n"
        "from notifications.delivering import deliver_due\n"
        f"deliver_due('email', lease_seconds={lease_seconds})\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ
        | {
            "DATA_DIR": str(folder),
            "DATABASE_URL": url,
            "EMAIL_URL": post.url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _server_url(name: str) -> str:
    base: str = django_settings.DATABASE_URL.rpartition("/")[0]
    return f"{base}/{name}"

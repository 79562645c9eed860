"""Who is told, once, and what the result says about the others."""

from __future__ import annotations

import threading
from time import sleep

import pytest
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from accounts.actor import Actor
from accounts.exceptions import Denied, Invalid
from accounts.models import Team, User
from catalog.models import Application, GovernedObject
from notifications.models import Delivery, Notification, Template
from notifications.recipients import RecipientRule
from notifications.services import notify, preview, tell
from notifications.told import Told
from tests.notifications.conftest import Kitchen, closing


def say(
    kitchen: Kitchen,
    template: Template,
    *,
    cause: str = "execution:1",
    author: str | None = None,
    rule: RecipientRule | None = None,
    obj: GovernedObject | None = None,
) -> Told:
    obj = obj or kitchen.soup
    return notify(
        template,
        obj,
        context=kitchen.context(obj),
        cause=cause,
        author_id=kitchen.user(author).pk if author else None,
        actor=Actor(kitchen.user("owner"), via_kind="execution", via_id="9", root_id=4),
        recipients=rule,
    )


def reasons(told: Told) -> dict[str, str]:
    return {one.username: str(one.reason) for one in told.left_out}


def test_holders_of_the_relation_are_told(kitchen: Kitchen) -> None:
    kitchen.assign("steward", "member")
    told = say(kitchen, kitchen.template())
    assert told.sent == ["member", "steward"]
    assert told.left_out == []
    row = Notification.objects.get(user__username="steward")
    assert row.subject == "Soup is in review"
    assert row.body == "<p><b>Soup</b> left draft.</p>"
    assert row.url == f"/objects/{kitchen.soup.pk}/"
    assert (row.object_id, row.cause) == (kitchen.soup.pk, "execution:1")
    assert (row.via_kind, row.via_id, row.root_id) == ("execution", "9", 4)
    assert Delivery.objects.filter(channel="email", status="waiting").count() == 2


def test_a_steps_recipients_replace_the_templates(kitchen: Kitchen) -> None:
    kitchen.assign("steward")
    rule = RecipientRule.of_step(names=["approver"])
    assert say(kitchen, kitchen.template(), rule=rule).sent == ["approver"]
    assert RecipientRule.of_step() is None


def test_teams_and_users_are_named_and_each_is_told_once(kitchen: Kitchen, stewards: Team) -> None:
    kitchen.assign("steward")
    template = kitchen.template(recipients=["Team::Stewards", "steward", "approver"])
    assert say(kitchen, template).sent == ["approver", "member", "steward"]


def test_unknown_names_are_said(kitchen: Kitchen) -> None:
    template = kitchen.template(recipients=["nobody", "Team::Gone", "approver"])
    told = say(kitchen, template)
    assert told.sent == ["approver"]
    assert reasons(told) == {"nobody": "unknown", "Team::Gone": "unknown"}


def test_the_inactive_are_sent_nothing_and_this_is_said(kitchen: Kitchen) -> None:
    kitchen.assign("retired", "steward")
    told = say(kitchen, kitchen.template())
    assert told.sent == ["steward"]
    assert told.as_json()["leftOut"] == [
        {"username": "retired", "reason": "inactive", "detail": "The user is not active."}
    ]
    assert not Notification.objects.filter(user=kitchen.user("retired")).exists()


def test_the_author_is_left_out_unless_the_template_says_so(kitchen: Kitchen) -> None:
    kitchen.assign("owner", "steward")
    quiet = say(kitchen, kitchen.template(), author="owner")
    assert (quiet.sent, reasons(quiet)) == (["steward"], {"owner": "author"})
    loud = say(kitchen, kitchen.template("loud", notifies_author=True), author="owner", cause="2")
    assert loud.sent == ["owner", "steward"]


def test_who_may_not_see_the_object_hears_nothing_of_it(kitchen: Kitchen) -> None:
    secret = kitchen.secret()
    kitchen.assign("member", "outsider", "admin", to=secret)
    told = say(kitchen, kitchen.template(), obj=secret)
    assert told.sent == ["admin", "member"]
    assert reasons(told) == {"outsider": "mayNotSee"}
    assert not Notification.objects.filter(user=kitchen.user("outsider")).exists()


def test_one_cause_tells_once(kitchen: Kitchen) -> None:
    kitchen.assign("steward")
    template = kitchen.template()
    say(kitchen, template)
    kitchen.assign("member")
    again = say(kitchen, template)
    assert (again.sent, reasons(again)) == (["member"], {"steward": "alreadyTold"})
    assert Notification.objects.filter(user=kitchen.user("steward")).count() == 1
    assert Delivery.objects.count() == 2
    assert say(kitchen, template, cause="execution:2").sent == ["member", "steward"]


def test_a_cause_of_any_length_tells_once(kitchen: Kitchen) -> None:
    kitchen.assign("steward")
    template = kitchen.template()
    assert say(kitchen, template, cause="x" * 900 + "1").sent == ["steward"]
    assert say(kitchen, template, cause="x" * 900 + "2").sent == ["steward"]
    assert say(kitchen, template, cause="x" * 900 + "2").sent == []


def test_without_an_address_the_inbox_is_all_and_this_is_said(kitchen: Kitchen) -> None:
    User.objects.filter(username="steward").update(email="")
    kitchen.assign("steward", "member")
    told = say(kitchen, kitchen.template())
    assert told.sent == ["member", "steward"]
    assert told.as_json()["undelivered"] == [
        {
            "username": "steward",
            "channel": "email",
            "detail": "The user has no e-mail address.",
        }
    ]
    assert Delivery.objects.get().notification.user.username == "member"


def test_who_no_channel_reaches_is_left_out(kitchen: Kitchen) -> None:
    User.objects.filter(username="steward").update(email="no address")
    kitchen.assign("steward", "member")
    told = say(kitchen, kitchen.template(channels=["email"]))
    assert (told.sent, reasons(told)) == (["member"], {"steward": "unreachable"})
    assert told.undelivered == []
    assert not Notification.objects.get().is_in_inbox


def test_an_application_is_named_in_the_link(kitchen: Kitchen) -> None:
    kitchen.assign("steward")
    recipes = Application.objects.create(key="recipes", name="Recipes")
    say(kitchen, kitchen.template(application=recipes))
    assert Notification.objects.get().url == f"/objects/{kitchen.soup.pk}/?application=recipes"


def test_without_an_object_the_named_are_told(kitchen: Kitchen) -> None:
    template = kitchen.template(subject="It is {{ formatDate(@now, '%Y') }}", body="x")
    rule = RecipientRule(relation_types=("business_owner",), names=("steward",))
    told = notify(
        template,
        None,
        context=kitchen.context(),
        cause="1",
        author_id=None,
        actor=Actor.system(),
        recipients=rule,
    )
    assert told.sent == ["steward"]
    row = Notification.objects.get()
    assert (row.subject, row.url, row.object_id) == ("It is 2026", "", None)


def test_a_template_that_fails_tells_nobody_and_says_where(kitchen: Kitchen) -> None:
    kitchen.assign("steward")
    with pytest.raises(Invalid) as caught:
        say(kitchen, kitchen.template(body="{{ @object.name + 1 }}"))
    assert caught.value.problems[0].pointer == "/body"
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "Soup\r\nBcc: a@e.example", "in\u202egpj", "{{ @now }}"]
)
def test_hostile_names_are_inert(kitchen: Kitchen, name: str) -> None:
    kitchen.assign("steward")
    type(kitchen.soup).objects.filter(pk=kitchen.soup.pk).update(name=name)
    kitchen.soup.refresh_from_db()
    say(kitchen, kitchen.template())
    row = Notification.objects.get()
    assert len(row.subject.splitlines()) == 1
    assert "\u202e" not in row.subject + row.body
    assert row.body.count("<") == 4


def test_a_rollback_leaves_nothing(kitchen: Kitchen) -> None:
    kitchen.assign("steward")
    with transaction.atomic():
        assert say(kitchen, kitchen.template()).sent == ["steward"]
        transaction.set_rollback(True)
    assert not Notification.objects.exists()
    assert not Delivery.objects.exists()


def test_system_notices_are_plain_text_to_the_active(kitchen: Kitchen) -> None:
    users = [kitchen.user("owner"), kitchen.user("owner"), kitchen.user("retired")]
    told = tell(
        users, subject="It\nfailed", text="<b>why</b>", cause="f:1", actor=Actor.system(), url="/x/"
    )
    assert (told.sent, reasons(told)) == (["owner"], {"retired": "inactive"})
    row = Notification.objects.get()
    assert (row.subject, row.body, row.url) == ("It failed", "<p>&lt;b&gt;why&lt;/b&gt;</p>", "/x/")
    assert tell(users, subject="x", text="y", cause="f:1", actor=Actor.system()).sent == []


def test_a_preview_tells_nobody(kitchen: Kitchen) -> None:
    actor = Actor(kitchen.user("member"))
    made = preview("{{ @object.name }}", "<p>{{ @currentUserId }}</p>", kitchen.soup, actor=actor)
    assert (made.subject, made.body) == ("Soup", "<p>member</p>")
    assert not Notification.objects.exists()
    with pytest.raises(Invalid) as caught:
        preview("x", "{{ @event.after }}", kitchen.soup, actor=actor)
    assert (caught.value.problems[0].pointer, caught.value.problems[0].value) == (
        "/body",
        "@event.after",
    )
    with pytest.raises(Denied):
        preview("x", "y", kitchen.secret(), actor=Actor(kitchen.user("outsider")))


def test_telling_many_costs_as_many_queries_as_telling_one(
    kitchen: Kitchen, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    kitchen.assign(*kitchen.users)
    template = kitchen.template()
    with django_assert_max_num_queries(14):
        assert len(say(kitchen, template).sent) == 6


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_at_once_tell_once(kitchen: Kitchen) -> None:
    kitchen.assign("steward", "member")
    template = kitchen.template()
    first_wrote = threading.Event()
    results: dict[str, Told] = {}

    def first() -> None:
        with transaction.atomic():
            results["first"] = say(kitchen, template)
            first_wrote.set()
            sleep(0.4)

    def second() -> None:
        first_wrote.wait(10)
        with transaction.atomic():
            results["second"] = say(kitchen, template)

    tellers = [threading.Thread(target=closing(work)) for work in (first, second)]
    for teller in tellers:
        teller.start()
    for teller in tellers:
        teller.join(30)
    assert results["first"].sent == ["member", "steward"]
    assert results["second"].sent == []
    assert set(reasons(results["second"]).values()) == {"alreadyTold"}
    assert Notification.objects.count() == Delivery.objects.count() == 2

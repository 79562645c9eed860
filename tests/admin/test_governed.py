"""What the services govern can't be written from any form; its buttons call the services."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from accounts.actor import Actor
from accounts.models import ApiToken
from accounts.services.tokens import create_token, find
from catalog.models import Change, GovernedObject
from journal.clock import now
from journal.models import Event, Pending
from notifications.models import Delivery, Notification
from tests.admin.conftest import Door, address, text_of, told
from tests.cast import Cast
from tests.kitchen import NOTE, Kitchen, definition, published
from workflows.models import Workflow

SYSTEM = Actor.system()


def test_no_form_moves_an_object(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    thing = kitchen.make()
    url = address("catalog_governedobject", "change", thing.pk)
    before = GovernedObject.objects.values().get()
    hostile = {"state": kitchen.states["approved"].pk, "state_id": kitchen.states["approved"].pk}
    for given in (hostile, {"name": "X", "version": 9}, {"_save": "Save", **hostile}):
        assert desk.post(url, given).status_code == 403
    assert desk.post(address("catalog_governedobject", "add"), hostile).status_code == 403
    listed = address("catalog_governedobject", "changelist")
    desk.post(listed, {"form-0-id": thing.pk, "form-0-state": "3", "_save": "Save"})
    desk.post(listed, {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"})
    assert GovernedObject.objects.values().get() == before
    assert not Change.objects.filter(verb="transitioned").exists()


def test_an_object_leads_to_its_page(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    thing = kitchen.make()
    page = desk.get(address("catalog_governedobject", "change", thing.pk))
    assert f'href="/objects/{thing.pk}/"' in text_of(page)
    assert "<select" not in text_of(page).partition("content-main")[2]


def test_no_form_has_a_field_for_a_state_or_a_status(kitchen: Kitchen, cast: Cast, rf: Any) -> None:
    request = rf.get("/")
    request.user = cast.admin
    for model, pages in admin.site._registry.items():
        if model._meta.app_label != "django_celery_beat" and pages.has_change_permission(request):
            fields = set(pages.get_form(request, None).base_fields)
            assert not fields & {"state", "state_id", "status", "live_version", "is_superuser"}


def test_no_form_changes_the_status_of_a_workflow(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    flow = published("flow", definition(NOTE))
    url = address("workflows_workflow", "change", flow.pk)
    hostile = {"status": "notPublished", "live_version": "", "key": "other", "_save": "Save"}
    assert desk.post(url, hostile).status_code == 403
    assert (
        desk.post(address("workflows_workflow", "delete", flow.pk), {"post": 1}).status_code == 403
    )
    row = Workflow.objects.get()
    assert (row.key, row.status) == ("flow", "publishedEnabled")


def do(client: Client, model: str, pk: int, verb: str) -> Any:
    return client.post(address(model, "do", pk, verb))


def test_the_buttons_of_a_workflow_call_its_service(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    flow = published("flow", definition(NOTE))
    page = text_of(desk.get(address("workflows_workflow", "change", flow.pk)))
    assert "Disable trigger" in page
    assert "Enable trigger" not in page
    for verb, status, kind in (
        ("disable", "publishedDisabled", "workflowDisabled"),
        ("enable", "publishedEnabled", "workflowEnabled"),
        ("unpublish", "notPublished", "workflowUnpublished"),
        ("publish", "publishedEnabled", "workflowPublished"),
    ):
        answer = do(desk, "workflows_workflow", flow.pk, verb)
        assert answer.status_code == 302
        assert Workflow.objects.get().status == status
        event = Event.objects.order_by("-pk")[0]
        assert (event.kind, event.actor_name, event.via_kind) == (kind, "admin", "admin")


def test_a_refusal_is_a_message_and_changes_nothing(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    flow = published("flow", definition(NOTE))
    answer = do(desk, "workflows_workflow", flow.pk, "enable")
    [sentence] = told(answer)
    assert "it is published, trigger enabled" in sentence
    assert Workflow.objects.get().status == "publishedEnabled"


def test_who_is_no_owner_sees_the_button_grey_with_the_reason(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    what = definition(NOTE)
    flow = published("flow", what, actor=Actor(cast.owner, "api"))
    page = text_of(desk.get(address("workflows_workflow", "change", flow.pk)))
    assert "Only owners" in page
    answer = do(desk, "workflows_workflow", flow.pk, "unpublish")
    assert told(answer)
    assert Workflow.objects.get().status == "publishedEnabled"
    do(desk, "workflows_workflow", flow.pk, "disable")
    assert Workflow.objects.get().status == "publishedDisabled"


def test_buttons_are_pressed_by_post_alone_and_by_admins_alone(
    kitchen: Kitchen, cast: Cast, door: Door
) -> None:
    flow = published("flow", definition(NOTE))
    url = address("workflows_workflow", "do", flow.pk, "disable")
    assert door("admin").get(url).status_code == 405
    for name in ("owner", "member", "viewer", "guest", "outsider"):
        assert door(name).post(url).status_code in (302, 403)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.admin)
    assert strict.post(url).status_code == 403
    assert Workflow.objects.get().status == "publishedEnabled"
    assert (
        door("admin").post(address("workflows_workflow", "do", flow.pk, "eat")).status_code == 404
    )
    assert door("admin").post(url).status_code == 302
    assert Workflow.objects.get().status == "publishedDisabled"


def test_several_workflows_each_with_its_outcome(
    kitchen: Kitchen, cast: Cast, desk: Client
) -> None:
    what = definition(NOTE)
    first, second = published("first", what), published("second", what)
    do(desk, "workflows_workflow", first.pk, "disable")
    answer = desk.post(
        address("workflows_workflow", "changelist"),
        {"action": "disable", "_selected_action": [first.pk, second.pk]},
    )
    done, refused = told(answer)[-2:]
    assert done == "second was disabled."
    assert refused.startswith("first: first is not published with an enabled trigger")
    assert {one.status for one in Workflow.objects.all()} == {"publishedDisabled"}


def test_a_token_is_revoked_by_an_admin(cast: Cast, desk: Client) -> None:
    made = create_token(cast.member, actor=SYSTEM, name="script")
    listed = text_of(desk.get(address("accounts_apitoken", "changelist")))
    assert "script" in listed
    assert made.token.digest not in listed
    answer = do(desk, "accounts_apitoken", made.token.pk, "revoke")
    assert answer["Location"] == address("accounts_apitoken", "changelist")
    assert find(made.secret) is None
    assert not ApiToken.objects.exists()


@pytest.mark.parametrize(
    ("model", "lookup"),
    [
        ("accounts_apitoken", "digest__startswith"),
        ("accounts_apitoken", "user__password__startswith"),
        ("accounts_user", "password__startswith"),
        ("accounts_user", "session_stamp__startswith"),
        ("catalog_board", "user_grants__user__password__startswith"),
    ],
)
def test_secrets_are_not_guessed_by_filters(
    cast: Cast, desk: Client, model: str, lookup: str
) -> None:
    page = desk.get(address(model, "changelist"), {lookup: "a"})
    assert page.status_code == 400


def test_an_incident_is_handed_out_again(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    kitchen.make()
    event = Event.objects.earliest("pk")
    parked = Pending.objects.create(
        event=event, consumer="lost", parked_at=now(), problem="It broke.", lease_count=5
    )
    assert ">1<" in "".join(text_of(desk.get("/admin/")).split())
    do(desk, "journal_pending", parked.pk, "retry")
    parked.refresh_from_db()
    assert (parked.parked_at, parked.lease_count, parked.problem) == (None, 0, "")
    [again] = told(do(desk, "journal_pending", parked.pk, "retry"))[-1:]
    assert "This event is not parked" in again


def test_a_failed_delivery_is_queued_again(cast: Cast, desk: Client) -> None:
    told_to = Notification.objects.create(user=cast.member, subject="Hello", cause="x")
    failed = Delivery(notification=told_to, channel="email", due_at=now())
    failed.save()
    failed.begin()
    failed.give_up("Nobody there.")
    failed.save()
    do(desk, "notifications_delivery", failed.pk, "resend")
    assert Delivery.objects.get().status == "waiting"
    [again] = told(do(desk, "notifications_delivery", failed.pk, "resend"))[-1:]
    assert "only a doubtful or failed one is sent again" in again


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "role__exact=%00",
        "p=nonsense",
        "o=99.-99",
        "id__exact=" + "9" * 40,
        "e=1",
        "x__y=1",
    ],
)
def test_hostile_addresses_do_not_fail(cast: Cast, desk: Client, query: str) -> None:
    assert desk.get(f"{address('accounts_user', 'changelist')}?{query}").status_code < 500


@pytest.mark.parametrize("chosen", ["abc", "9" * 40, "1' or '1'='1"])
def test_hostile_choices_do_not_fail(cast: Cast, desk: Client, chosen: str) -> None:
    url = address("accounts_workspace", "changelist")
    given = {"action": "delete_selected", "_selected_action": [chosen], "post": "yes"}
    assert desk.post(url, given).status_code == 400


@pytest.mark.parametrize(
    "given",
    [{}, {"attributes-TOTAL_FORMS": "x"}, {"attributes-TOTAL_FORMS": "99999"}, {"key": "a\0b"}],
)
def test_hostile_forms_do_not_fail(
    kitchen: Kitchen, cast: Cast, desk: Client, given: dict[str, str]
) -> None:
    url = address("catalog_objecttype", "change", kitchen.recipe.pk)
    assert desk.post(url, given).status_code in (200, 400)

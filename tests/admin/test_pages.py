"""Every page answers, and asks the database as often for many rows as for few."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.models import User, Workspace
from accounts.services.invitations import invite
from accounts.services.tokens import create_token
from automations.models import Execution, ExecutionItem
from catalog.models import (
    Application,
    AttributeType,
    CommentTypeCategory,
    CommentTypeCategoryApplication,
    GovernedObject,
    Import,
    Lifecycle,
    ObjectType,
    Package,
    PackageEntry,
    State,
)
from catalog.services.boards import create_board
from journal.models import Event, Pending
from notifications.models import Delivery, Notification
from permissions.models import Condition
from tests.admin.conftest import Door, address
from tests.cast import Cast, make_team, make_user
from tests.kitchen import NOTE, Kitchen, definition, published

SYSTEM = Actor.system()
MADE_HERE = ["user", "team", "workspace", "application", "objecttype", "attributetype"]
MADE_HERE += ["relationtype", "userrelationtype", "board", "lifecycle", "transition"]
MADE_HERE += ["condition", "template", "commenttypecategory", "commenttypecategoryapplication"]
BEAT = "django_celery_beat"
MODELS = [f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry]

OURS = [model for model in MODELS if not model.startswith(BEAT)]


@pytest.fixture
def everything(cast: Cast, kitchen: Kitchen) -> None:
    """A row of every kind."""
    fill(cast, kitchen, "first")


def fill(cast: Cast, kitchen: Kitchen, name: str) -> None:
    user = make_user(name)
    make_team(f"Team::{name}", user)
    Workspace.objects.create(key=name, name=name)
    create_token(user, actor=SYSTEM, name=name)
    invite(f"{name}@invited.example", actor=SYSTEM)
    application = Application.objects.create(key=name, name=name)
    board = create_board(f"b_{name}", actor=SYSTEM, workspace=cast.main, owners=[user.username])
    thing = kitchen.make(name, board=board)
    lifecycle = Lifecycle.objects.create(key=name, name=name)
    State.objects.create(lifecycle=lifecycle, key="a", name="A")
    kind = ObjectType.objects.create(
        key=name, name=name, application=application, lifecycle=lifecycle
    )
    AttributeType.objects.create(object_type=kind, key="x", name="X", type="string")
    Condition.objects.create(object_type=kind, user_relation_type=kitchen.reviewer)
    category = CommentTypeCategory.objects.create(key=name, name=name)
    CommentTypeCategoryApplication.objects.create(category=category, application=application)
    package = Package.objects.create(key=name, applied_by="system")
    for place in range(3):
        PackageEntry.objects.create(
            package=package, list_name="x", position=place, kind="x", identity="x", text="{}"
        )
    Import.objects.create(
        object_type=kind, board=board, user=user, username=name, file_name=name, format="csv"
    )
    workflow = published(f"w_{name}", definition(NOTE))
    told(user, thing)
    ran(workflow, thing)


def told(user: User, thing: GovernedObject) -> None:
    told = Notification.objects.create(
        user=user, subject="A secret", object_id=thing.pk, cause=f"test {user}"
    )
    Delivery.objects.create(notification=told, channel="email")
    event = Event.objects.order_by("-pk").first()
    assert event is not None
    Pending.objects.create(event=event, consumer=f"test {user}")


def ran(workflow: Any, thing: GovernedObject) -> None:
    execution = Execution.objects.create(
        workflow=workflow, workflow_key=workflow.key, version=workflow.live_version,
        actor_name="system", run_as_name="system",
    )  # fmt: skip
    for place in range(3):
        ExecutionItem.objects.create(execution=execution, position=place, object_id=thing.pk)


def row_of(model: str) -> Any:
    [found] = [one for one in admin.site._registry if model == _name(one)]
    return found._default_manager.order_by("-pk").first()


def _name(model: Any) -> str:
    return f"{model._meta.app_label}_{model._meta.model_name}"


def test_an_account_admin_gets_every_page(everything: None, desk: Client) -> None:
    for model in MODELS:
        listed = desk.get(address(model, "changelist")).status_code
        assert listed == (302 if model == "accounts_account" else 200), model
        makes = model.partition("_")[2] in MADE_HERE
        assert desk.get(address(model, "add")).status_code == (200 if makes else 403), model
        row = row_of(model)
        assert row is not None or model.startswith(BEAT), model
        if row is not None:
            for page in ("change", "history"):
                assert desk.get(address(model, page, row.pk)).status_code == 200, model
            deletes = 200 if makes else 403
            assert desk.get(address(model, "delete", row.pk)).status_code == deletes, model


@pytest.mark.parametrize("name", ["member", "viewer", "guest", "outsider"])
def test_rows_are_closed_to_everybody_else(everything: None, door: Door, name: str) -> None:
    client = door(name)
    for model in OURS:
        row = row_of(model)
        for page in ("change", "delete", "history"):
            url = address(model, page, row.pk)
            assert client.get(url).status_code in (302, 403), model
            assert client.post(url, {"post": "yes"}).status_code in (302, 403), model
        assert row_of(model) == row


def test_what_is_not_there_leads_back(everything: None, desk: Client) -> None:
    for model in OURS:
        for absent in ("999999", "nonsense", "9" * 40):
            assert desk.get(address(model, "change", absent)).status_code == 302, model


def queries(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as counted:
        act()
    return len(counted)


def costs(client: Client) -> dict[str, int]:
    """How many queries each list takes."""
    return {model: queries(partial(client.get, address(model, "changelist"))) for model in OURS}


def test_a_list_costs_the_same_for_many_rows(cast: Cast, kitchen: Kitchen, desk: Client) -> None:
    fill(cast, kitchen, "first")
    fill(cast, kitchen, "second")
    costs(desk)  # fills caches
    few = costs(desk)
    for name in ("third", "fourth", "fifth"):
        fill(cast, kitchen, name)
    many = costs(desk)
    assert {model: cost for model, cost in many.items() if cost > few[model]} == {}
    assert max(few.values()) <= 14


def test_a_page_with_a_table_costs_the_same_for_many_lines(kitchen: Kitchen, desk: Client) -> None:
    url = address("catalog_objecttype", "change", kitchen.recipe.pk)
    desk.get(url)
    few = queries(lambda: desk.get(url))
    for place in range(6):
        AttributeType.objects.create(
            object_type=kitchen.recipe, key=f"more{place}", name="More", type="string"
        )
    assert queries(lambda: desk.get(url)) <= few <= 14


def test_the_words_of_a_notification_stay_its_readers_own(everything: None, desk: Client) -> None:
    row = Delivery.objects.get()
    for url in (
        address("notifications_delivery", "changelist"),
        address("notifications_delivery", "change", row.pk),
    ):
        assert b"A secret" not in desk.get(url).content

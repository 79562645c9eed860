"""What is deleted on an admin page goes through the service, which says what still uses it."""

from __future__ import annotations

from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts.models import Workspace
from catalog.models import Application, ObjectType
from tests.admin.conftest import address, text_of, told
from tests.cast import Cast
from tests.kitchen import Kitchen


def test_what_nothing_uses_is_deleted(cast: Cast, desk: Client) -> None:
    shop = Application.objects.create(key="shop", name="Shop")
    url = address("catalog_application", "delete", shop.pk)
    assert desk.get(url).status_code == 200
    assert Application.objects.exists()
    desk.post(url, {"post": "yes"})
    assert not Application.objects.exists()


def test_what_is_used_tells_by_what(kitchen: Kitchen, cast: Cast, desk: Client) -> None:
    kitchen.make()
    url = address("catalog_objecttype", "delete", kitchen.recipe.pk)
    page = desk.post(url, {"post": "yes"})
    assert page.status_code == 200
    assert "Recipe can't be deleted: it is used by" in text_of(page)
    assert "1 object" in text_of(page)
    assert ObjectType.objects.filter(pk=kitchen.recipe.pk).exists()


def test_a_refused_deletion_is_a_message(cast: Cast, desk: Client) -> None:
    answer = desk.post(address("accounts_workspace", "delete", cast.main.pk), {"post": "yes"})
    assert answer.status_code == 302
    assert told(answer) == ["Every account has the workspace 'main'."]
    assert Workspace.objects.filter(key="main").exists()
    assert not LogEntry.objects.exists()


def test_several_are_deleted_one_by_one_with_each_outcome(cast: Cast, desk: Client) -> None:
    bakery = Workspace.objects.create(key="bakery", name="Bakery")
    url = address("accounts_workspace", "changelist")
    chosen = {"action": "delete_selected", "_selected_action": [cast.main.pk, bakery.pk]}
    asked = desk.post(url, chosen)
    assert asked.status_code == 200
    assert "Are you sure" in text_of(asked)
    assert Workspace.objects.filter(key="bakery").exists()
    answer = desk.post(url, {**chosen, "post": "yes"})
    assert told(answer) == [
        "Bakery was deleted.",
        "Main: Every account has the workspace 'main'.",
    ]
    assert not Workspace.objects.filter(key="bakery").exists()
    assert Workspace.objects.filter(key="main").exists()

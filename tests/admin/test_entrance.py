"""Who comes in, through which door, and under which policy."""

from __future__ import annotations

import re

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from accounts.administration.rows import Rows
from tests.admin.conftest import Door, address, text_of
from tests.cast import Cast

OTHERS = ("owner", "steward", "approver", "member", "viewer", "guest", "outsider")
FOREIGN = "django_celery_beat"
PAGES = [
    f"{model._meta.app_label}_{model._meta.model_name}"
    for model in admin.site._registry
    if model._meta.app_label != FOREIGN
]


def test_an_account_admin_comes_in(desk: Client) -> None:
    page = desk.get("/admin/")
    assert page.status_code == 200
    assert "Object types" in text_of(page)


def test_nobody_else_does_and_is_told_why(door: Door) -> None:
    for name in OTHERS:
        client = door(name)
        away = client.get("/admin/")
        assert away.status_code == 302
        refused = client.get(away["Location"])
        assert refused.status_code == 403
        assert "for account admins" in text_of(refused)


def test_whoever_is_not_signed_in_comes_to_our_own_sign_in_page(db: None, client: Client) -> None:
    page = client.get("/admin/catalog/objecttype/", follow=True)
    chain = [url for url, _ in page.redirect_chain]
    assert chain[-1] == "/sign-in/?next=/admin/catalog/objecttype/"
    assert page.status_code == 200


def test_the_door_leads_an_admin_in(desk: Client) -> None:
    assert desk.get("/admin/login/")["Location"] == "/admin/"


def test_a_staff_flag_or_permissions_open_nothing(cast: Cast, door: Door) -> None:
    """The gate decides, not Django's flags."""
    cast.member.is_staff = True
    cast.member.save(update_fields=["is_staff"])
    cast.member.user_permissions.set(Permission.objects.all())
    assert door("member").get(address("accounts_user", "changelist")).status_code == 302
    assert door("admin").get(address("accounts_user", "changelist")).status_code == 200


def test_an_admin_who_is_deactivated_is_out_at_once(cast: Cast, desk: Client) -> None:
    assert desk.get("/admin/").status_code == 200
    cast.admin.is_active = False
    cast.admin.save(update_fields=["is_active"])
    assert desk.get("/admin/").status_code == 302


@pytest.mark.parametrize("name", OTHERS)
def test_lists_and_forms_are_closed_to_everybody_else(door: Door, name: str) -> None:
    client = door(name)
    for model in PAGES:
        for url in (address(model, "changelist"), address(model, "add")):
            assert client.get(url).status_code in (302, 403), model
            assert client.post(url, {"action": "delete_selected"}).status_code in (302, 403), model


def test_every_page_of_ours_stands_on_the_gate() -> None:
    ours = [
        pages for model, pages in admin.site._registry.items() if model._meta.app_label != FOREIGN
    ]
    assert len(ours) == len(PAGES) > 15
    assert [pages for pages in ours if not isinstance(pages, Rows)] == []


def test_what_beat_sends_is_looked_at_only(door: Door) -> None:
    desk = door("admin")
    every = IntervalSchedule.objects.create(every=2, period="seconds")
    task = PeriodicTask.objects.create(name="sweep", task="journal.sweep", interval=every)
    model = f"{FOREIGN}_periodictask"
    listed, one = address(model, "changelist"), address(model, "change", task.pk)
    assert "journal.sweep" in text_of(desk.get(listed))
    assert "journal.sweep" in text_of(desk.get(one))
    assert door("member").get(listed).status_code == 302
    hostile = {"name": "mine", "task": "journal.sweep", "interval": every.pk, "args": "[1]"}
    for url in (address(model, "add"), one, address(model, "delete", task.pk)):
        assert desk.post(url, {**hostile, "post": "yes"}).status_code == 403
    chosen = {"_selected_action": [task.pk], "post": "yes"}
    for action in ("delete_selected", "run_tasks", "disable_tasks"):
        desk.post(listed, {"action": action, **chosen})
    [row] = PeriodicTask.objects.all()
    assert (row.name, row.args, row.enabled, row.total_run_count) == ("sweep", "[]", True, 0)
    foreign = {one for one in admin.site._registry if one._meta.app_label == FOREIGN}
    assert foreign == {PeriodicTask}


def test_djangos_own_groups_have_no_page() -> None:
    assert not admin.site.is_registered(Group)


def test_the_pages_ask_nothing_of_other_hosts(desk: Client) -> None:
    page = desk.get("/admin/")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//[^"]+"', page.content.decode())
    policy = page["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "'unsafe-eval'" in policy
    assert "'unsafe-eval'" not in desk.get("/")["Content-Security-Policy"]


def test_ones_own_password_is_set_on_ones_own_page(cast: Cast, desk: Client) -> None:
    away = desk.get(reverse("admin:password_change"))
    assert away["Location"] == address("accounts_user", "change", cast.admin.pk)


def test_searching_the_pages(desk: Client) -> None:
    assert "Workspaces" in text_of(desk.get("/admin/search/?s=workspace"))
    assert desk.get("/admin/search/?s=workspace&page=x").status_code == 404

"""What the socket tells of executions and objects: what its reader may see when it is told."""

from __future__ import annotations

from typing import Any

import pytest
from channels.db import database_sync_to_async

from accounts.actor import Actor
from accounts.grants import JOIN, OWN, set_holders
from accounts.models import User, Workspace
from accounts.services import tokens
from automations.models import Execution
from catalog.models import AttributeType, CommentType, CommentTypeCategory, GovernedObject
from catalog.services import commenting, objects
from journal.pushing import mention
from notifications.consumers import events
from permissions.models import Condition
from tests.notifications.conftest import Kitchen
from tests.notifications.test_consumers import Page, bearer, opened
from workflows.models import Workflow

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _pushes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is heard was pushed; the look of every second and a half would hide a lost push."""
    monkeypatch.setattr(events, "CHECK_SECONDS", 60)


def token_of(user: User) -> str:
    return tokens.create_token(user, actor=Actor(user)).secret


def workflow(kitchen: Kitchen, key: str, *, kind: str = "main") -> Workflow:
    made = Workflow.objects.create(
        key=key, name=key, workspace=Workspace.objects.get(key="main"), type=kind
    )
    set_holders(made, OWN, users=[kitchen.user("owner")], teams=[])
    return made


def execution(of: Workflow, **fields: Any) -> Execution:
    made = Execution.objects.create(
        workflow=of, workflow_key=of.key, actor_name="owner", run_as_name="system", **fields
    )
    mention("executions", [made.pk])
    return made


def ended(row: Execution) -> None:
    Execution.objects.filter(pk=row.pk).update(item_count=3, succeeded_count=2, failed_count=1)
    mention("executions", [row.pk])


def rename(obj: GovernedObject, name: str, actor: Actor, **attributes: Any) -> None:
    objects.update(obj, actor=actor, name=name, attributes=attributes)


in_thread = database_sync_to_async


async def greeted(page: Page) -> None:
    assert (await page.hears())["type"] == "unread"


async def test_progress_is_told_to_those_who_see_the_workflow(kitchen: Kitchen) -> None:
    member = kitchen.user("member")
    token = await in_thread(token_of)(member)
    secret = await in_thread(workflow)(kitchen, "secret", kind="private")
    open_one = await in_thread(workflow)(kitchen, "open")
    async with opened(bearer(token)) as page:
        await greeted(page)
        await in_thread(execution)(secret)
        run = await in_thread(execution)(open_one)
        heard = await page.hears()
        assert (heard["type"], heard["id"], heard["status"]) == ("execution", run.pk, "queued")
        await in_thread(ended)(run)
        assert (await page.hears())["counts"] == {"items": 3, "succeeded": 2, "failed": 1}
        await in_thread(mention)("executions", [run.pk])
        assert await page.hears_nothing(0.4), "nothing changed"


async def test_who_lost_the_right_hears_nothing_more(kitchen: Kitchen) -> None:
    member = kitchen.user("member")
    token = await in_thread(token_of)(member)
    of = await in_thread(workflow)(kitchen, "secret", kind="private")
    await in_thread(set_holders)(of, JOIN, users=[member], teams=[])
    async with opened(bearer(token)) as page:
        await greeted(page)
        run = await in_thread(execution)(of)
        assert (await page.hears())["id"] == run.pk
        await in_thread(set_holders)(of, JOIN, users=[], teams=[])
        await in_thread(ended)(run)
        assert await page.hears_nothing(0.5)


async def test_a_page_hears_of_the_executions_that_it_shows(kitchen: Kitchen) -> None:
    token = await in_thread(token_of)(kitchen.user("member"))
    of = await in_thread(workflow)(kitchen, "open")
    first, second = await in_thread(execution)(of), await in_thread(execution)(of)
    async with opened(bearer(token), watch=f"executions={second.pk}") as page:
        await greeted(page)
        assert (await page.hears())["id"] == second.pk, "as it is when the page opens"
        await in_thread(ended)(first)
        await in_thread(ended)(second)
        assert (await page.hears())["counts"]["items"] == 3
        assert await page.hears_nothing(0.4)
    async with opened(bearer(token), watch="executions=none") as page:
        await greeted(page)
        await in_thread(ended)(second)
        assert await page.hears_nothing(0.4)


async def test_a_change_of_an_object_is_told_with_who_made_it(kitchen: Kitchen) -> None:
    token = await in_thread(token_of)(kitchen.user("member"))
    owner = Actor(kitchen.user("owner"), via_kind="page")
    async with opened(bearer(token), watch=f"objects={kitchen.soup.pk}") as page:
        await greeted(page)
        version = (await page.hears())["version"]
        await in_thread(rename)(kitchen.soup, "Broth", owner)
        heard = await page.hears()
        assert (heard["version"], heard["by"], heard["via"]) == (version + 1, "owner", "page")
        assert heard["modifiedAt"].endswith("Z"), "as in the API"


async def test_who_changed_what_is_hidden_is_not_told(kitchen: Kitchen) -> None:
    token = await in_thread(token_of)(kitchen.user("member"))
    await in_thread(_hide_attribute)(kitchen)
    async with opened(bearer(token), watch=f"objects={kitchen.soup.pk}") as page:
        await greeted(page)
        before = await page.hears()
        await in_thread(rename)(kitchen.soup, "Soup", Actor.system(), cost="3")
        heard = await page.hears()
        assert heard["version"] == before["version"] + 1
        assert "by" not in heard
        assert heard["changeId"] == before["changeId"]


def _hide_attribute(kitchen: Kitchen) -> None:
    cost = AttributeType.objects.create(
        object_type=kitchen.recipe, key="cost", name="Cost", type="string"
    )
    Condition.objects.create(
        attribute=cost, user_relation_type=kitchen.business_owner, is_visible=True
    )
    Condition.objects.create(attribute=cost, is_visible=False)


async def test_of_a_comment_nobody_hears_who_may_not_read_it(kitchen: Kitchen) -> None:
    reader = await in_thread(token_of)(kitchen.user("member"))
    owner = Actor(kitchen.user("owner"), via_kind="page")
    async with opened(bearer(reader), watch=f"objects={kitchen.soup.pk}") as page:
        await greeted(page)
        before = await page.hears()
        await in_thread(_say)(kitchen.soup, owner, is_visible=False)
        assert await page.hears_nothing(0.4)
        await in_thread(_say)(kitchen.soup, owner, is_visible=True)
        heard = await page.hears()
        assert (heard["version"], heard["by"]) == (before["version"], "owner")
        assert heard["changeId"] > before["changeId"]


def _say(obj: GovernedObject, actor: Actor, *, is_visible: bool) -> None:
    key = f"visible_{is_visible}"
    category = CommentTypeCategory.objects.create(key=key, name=key, is_visible=is_visible)
    kind = CommentType.objects.create(category=category, key=key, name=key)
    commenting.write(obj, "Salt?", actor=actor, type=kind)


async def test_what_is_gone_and_what_is_hidden_are_told_alike(kitchen: Kitchen) -> None:
    outsider = await in_thread(token_of)(kitchen.user("outsider"))
    secret = await in_thread(kitchen.secret)()
    async with opened(bearer(outsider), watch=f"objects={secret.pk},999999") as page:
        await greeted(page)
        assert await page.hears() == {"type": "gone", "objectId": secret.pk}
        assert await page.hears() == {"type": "gone", "objectId": 999999}
        await in_thread(rename)(secret, "Sauce", Actor.system())
        assert await page.hears_nothing(0.4)

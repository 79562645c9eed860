"""Voting in a real browser: approved by keyboard on the page of what waits for one's vote."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import manage, serving
from tests.browser.visitor import Visitors
from tests.serving import free_port

pytestmark = pytest.mark.browser

RECIPE = "Beetroot gravlax"
PUT_TO_VOTE = """
from accounts.actor import Actor
from accounts.models import User
from catalog.models import GovernedObject
from workflows.lifecycle import service
from workflows.models import Transition

Transition.objects.filter(from_state__key="draft").update(allows_requester_vote=False)
owner = Actor(User.objects.get(username="owner"))
for name in ("Beetroot gravlax", "Rye crispbread"):
    soup = GovernedObject.objects.get(name=name)
    service.move(soup, "submit_for_review", actor=owner)
"""


def test_a_move_is_approved_on_the_page_of_what_waits_and_on_its_object(
    demo: Path, tmp_path: Path, chromium: Browser
) -> None:
    shutil.copytree(demo, tmp_path, dirs_exist_ok=True)
    asked = manage(tmp_path, "shell", "-v0", "-c", PUT_TO_VOTE)
    assert asked.wait(120) == 0, (tmp_path / "log").read_text()
    with serving(tmp_path, free_port()) as program:
        visitors = Visitors(chromium, program.url)
        steward = visitors.visitor("steward")
        link = steward.page.get_by_role("link", name="Approvals")
        expect(link).to_contain_text("2 waiting for your vote")
        link.click()
        steward.press("Approve selected")
        expect(steward.page.get_by_role("alert")).to_contain_text("Choose at least one")
        row = steward.page.locator("tbody tr", has_text=RECIPE)
        row.get_by_role("checkbox").focus()
        steward.page.keyboard.press("Space")
        steward.page.get_by_label("Comment on each, if you like").fill("Looks right.")
        steward.press("Approve selected")
        told = steward.page.locator("#outcomes")
        expect(told).to_contain_text(f"{RECIPE} is now In review")
        expect(steward.page.locator("tbody tr")).to_have_count(1)
        steward.page.get_by_role("link", name="Rye crispbread").click()
        steward.press("Reject")
        steward.toast("Your vote has ended the request.")
        expect(steward.page.locator("#approvals")).to_contain_text("Closed requests (1)")
        owner = visitors.visitor("owner")
        owner.go("/approvals/")
        expect(owner.page.get_by_text("Nothing waits for your vote")).to_be_visible()
        assert steward.complaints == owner.complaints == []
        visitors.leave()

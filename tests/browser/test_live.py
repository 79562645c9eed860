"""What changes on pages that are open, and what the keyboard does there."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.test_pages import open_recipe
from tests.browser.visitor import Visitors

pytestmark = pytest.mark.browser


def test_the_inbox_grows_and_others_see_that_an_object_changed(visitors: Visitors) -> None:
    name = "Ceviche of sea bass"
    owner, watching, steward = (visitors.visitor(who) for who in ("owner", "member", "steward"))
    open_recipe(watching, name)
    open_recipe(owner, name)
    note = watching.page.locator("[data-live-note]")
    expect(note).to_be_hidden()
    steward.go("/inbox/?show=unread")
    letter = steward.page.locator(".letter", has_text=name)
    expect(letter).to_have_count(0)
    owner.press("Submit for review")
    owner.toast("is now In review")
    expect(note).to_be_visible(timeout=15_000)
    expect(note).to_contain_text("changed this")
    note.get_by_role("link", name="Show it").click()
    expect(watching.page.locator("h1 .state-pill")).to_have_text("In review")
    watching.go("/executions/")
    expect(watching.page.locator("#rows tbody tr").first).to_contain_text(name, timeout=15_000)
    expect(letter).to_be_visible(timeout=15_000)
    assert owner.complaints == watching.complaints == steward.complaints == []


def test_a_page_says_that_it_is_cut_off(visitors: Visitors) -> None:
    visitor = visitors.visitor("viewer")
    line = visitor.page.locator('[data-line="offline"]')
    expect(line).to_be_hidden()
    visitor.page.context.set_offline(True)
    expect(line).to_be_visible()
    visitor.page.context.set_offline(False)
    expect(line).to_be_hidden()


def test_a_list_by_keyboard(visitors: Visitors) -> None:
    visitor = visitors.visitor("viewer")
    visitor.go("/boards/recipe/?sort=name")
    keys = visitor.page.keyboard
    rows = visitor.page.locator("[data-list] tbody tr")
    for key in "jjk":
        keys.press(key)
    expect(rows.nth(0).locator("th a")).to_be_focused()
    keys.press("ArrowDown")
    expect(rows.nth(1).locator("th a")).to_be_focused()
    keys.press("/")
    expect(visitor.page.get_by_label("Search by name or key")).to_be_focused()
    keys.type("j/?")
    expect(visitor.page.get_by_label("Search by name or key")).to_have_value("j/?")
    keys.press("Escape")
    keys.press("?")
    expect(visitor.page.locator("#shortcuts")).to_be_visible()
    keys.press("Escape")
    visitor.go("/boards/recipe/?sort=name")
    name = rows.nth(0).locator("th a").inner_text()
    keys.press("j")
    keys.press("Enter")
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(name)
    assert visitor.complaints == []


def test_a_person_is_picked_by_name_with_the_keyboard(visitors: Visitors) -> None:
    visitor = visitors.visitor("owner")
    open_recipe(visitor, "Okonomiyaki")
    visitor.page.locator('[data-dialog-open="assign"]').click()
    field = visitor.page.get_by_label("Who")
    field.press_sequentially("vikram")
    expect(visitor.page.locator("#assign-offers [role=option]")).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value("Vikram Rao")
    visitor.page.locator("#assign").get_by_role("button", name="Add", exact=True).click()
    visitor.toast("Vikram Rao is now")
    assert visitor.complaints == []

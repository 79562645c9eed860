"""Comments in a real browser: written by keyboard, answered, changed, and asked for by a move."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.visitor import Visitor, Visitors

pytestmark = pytest.mark.browser

RECIPE = "Mussels in cider"


def open_recipe(visitor: Visitor, name: str = RECIPE) -> None:
    visitor.go("/boards/recipe/?q=" + name)
    visitor.page.get_by_role("link", name=name, exact=True).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(name)


def test_a_comment_is_written_answered_changed_and_deleted_in_place(visitors: Visitors) -> None:
    member = visitors.visitor("member")
    open_recipe(member)
    here = member.page.url
    body = member.page.get_by_label("Add a comment")
    body.fill("How many mussels is a kilo?\n<b>Roughly</b>")
    body.press("Control+Enter")
    member.toast("Your comment was added.")
    mine = member.page.locator(".thread").last
    expect(mine).to_contain_text("How many mussels is a kilo?")
    expect(mine).to_contain_text("<b>Roughly</b>")
    expect(mine.locator(".tag-mark")).to_have_text("Question")
    expect(body).to_have_value("")
    assert member.page.url == here

    mine.locator("details.thread__answer > summary").click()
    answer = mine.get_by_label("Your answer")
    expect(answer).to_be_focused()
    answer.fill("About forty.")
    answer.press("Control+Enter")
    expect(mine.locator(".thread__answers")).to_contain_text("About forty.")

    mine.locator("details[id^=edit] > summary").first.click()
    text = mine.get_by_label("Your comment").first
    expect(text).to_be_focused()
    text.fill("How many are two pounds?")
    mine.get_by_role("button", name="Save").first.click()
    expect(mine.locator(".comment__body").first).to_have_text("How many are two pounds?")
    expect(mine.locator(".comment__when").first).to_contain_text("edited")

    mine.get_by_role("button", name="Delete").first.click()
    member.page.locator("#confirm").get_by_role("button", name="Go on").click()
    member.toast("The comment was deleted.")
    expect(mine).to_contain_text("This comment was deleted.")
    expect(mine.locator(".thread__answers")).to_contain_text("About forty.")
    assert member.complaints == []


def test_others_hear_that_something_was_said(visitors: Visitors) -> None:
    reader, writer = visitors.visitor("steward"), visitors.visitor("owner")
    open_recipe(reader)
    open_recipe(writer)
    writer.page.get_by_label("Add a comment").fill("Two kilos serve six.")
    writer.press("Comment")
    writer.toast("Your comment was added.")
    note = reader.page.locator("[data-live-note]")
    expect(note).to_contain_text("Omar Haddad changed this.", timeout=15_000)
    note.get_by_role("link", name="Show it").click()
    expect(reader.page.locator("#comments")).to_contain_text("Two kilos serve six.")
    assert reader.complaints == writer.complaints == []


def test_a_move_that_wants_a_reason_asks_for_it(visitors: Visitors) -> None:
    approver = visitors.visitor("approver")
    open_recipe(approver)
    approver.page.locator("#move-decline > summary").click()
    reason = approver.page.get_by_label("Rejection reason")
    expect(reason).to_be_focused()
    approver.press("Decline")
    expect(approver.page.locator("h1 .state-pill")).to_have_text("In review")
    reason.fill("Nobody got the mussels clean.")
    reason.press("Control+Enter")
    approver.toast(f"{RECIPE} is now Archived.")
    said = approver.page.locator("#comments .comment", has_text="Nobody got the mussels clean.")
    expect(said).to_contain_text("with “Decline”")
    expect(said).to_contain_text("Rejection reason")
    assert approver.complaints == []


def test_comments_fit_on_a_phone_and_work_without_scripts(visitors: Visitors) -> None:
    phone = visitors.visitor("member", viewport={"width": 390, "height": 844})
    open_recipe(phone, "Beetroot gravlax")
    phone.page.get_by_label("Add a comment").fill("Unbroken" * 40)
    phone.press("Comment")
    phone.toast("Your comment was added.")
    assert phone.overflow <= 0
    plain = visitors.visitor(java_script_enabled=False)
    plain.sign_in("member")
    open_recipe(plain, "Beetroot gravlax")
    plain.page.get_by_label("Add a comment").fill("No script needed.")
    plain.press("Comment")
    expect(plain.page.locator("#comments")).to_contain_text("No script needed.")

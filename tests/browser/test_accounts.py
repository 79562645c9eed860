"""Profile, passwords and invitations in a real browser, mails read from the outbox."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.letters import link_to
from tests.browser.visitor import Visitor, Visitors
from tests.serving import Program

pytestmark = pytest.mark.browser

GOOD = "correct horse battery"
PAGES = ("/profile/", "/users/", "/users/2/", "/account/")


def fill(visitor: Visitor, **given: str) -> None:
    for label, text in given.items():
        visitor.page.get_by_label(label.replace("_", " "), exact=True).fill(text)


def sign_in(visitor: Visitor, username: str, password: str) -> None:
    visitor.go("/sign-in/")
    fill(visitor, User_name=username, Password=password)
    visitor.press("Sign in")
    expect(visitor.page).to_have_url(f"{visitor.base}/")


def test_somebody_is_invited_joins_and_changes_their_profile(
    visitors: Visitors, program: Program
) -> None:
    admin, guest = visitors.visitor("admin"), visitors.visitor()
    admin.go("/users/")
    fill(admin, **{"E-mail_address": "zoe@example.org"})
    admin.page.get_by_label("Team::Stewards").check()
    admin.press("Send the invitation")
    admin.toast("on its way to zoe@example.org")
    guest.go(link_to(program, "zoe@example.org", "invitation"))
    fill(guest, First_name="Z", Last_name="Li", User_name="zoe", Password="zoe12345")
    guest.press("Join")
    expect(guest.page.locator(".field__problem").first).to_contain_text("at least 2 characters")
    fill(guest, First_name="Zoë", Password=GOOD)
    guest.press("Join")
    guest.toast("Welcome, Zoë Li.")
    guest.page.get_by_role("button", name="Account of Zoë Li").click()
    guest.page.get_by_role("link", name="Profile").click()
    expect(guest.page.get_by_text("This browser")).to_be_visible()
    fill(guest, Last_name="Li-O'Neil")
    guest.press("Save the name")
    guest.toast("Your profile has been successfully updated.")
    fill(guest, What_it_is_for="ci")
    guest.press("Make a token")
    expect(guest.page.locator("#new-token")).to_contain_text("sluice_")
    expect(guest.page.locator("#token-tokenName")).not_to_have_attribute("required", "")
    assert guest.complaints == admin.complaints == []


def test_a_new_token_is_copied_with_and_without_a_clipboard(visitors: Visitors) -> None:
    visitor = visitors.visitor("member")
    visitor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for has_clipboard in (True, False):
        visitor.go("/profile/")
        visitor.press("Make a token")
        token = visitor.page.locator("#new-token").inner_text()
        expect(visitor.page.get_by_text("Your new token. Copy it now")).to_be_visible()
        if not has_clipboard:  # as a page without HTTPS has none
            visitor.page.evaluate(
                "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
            )
        visitor.press("Copy")
        told = visitor.page.locator('[data-copied="new-token"]')
        if has_clipboard:
            expect(told).to_have_text("Copied.")
            assert visitor.page.evaluate("navigator.clipboard.readText()") == token
        else:
            expect(told).to_contain_text("press Ctrl+C")
            assert visitor.page.evaluate("getSelection().toString()") == token
    assert visitor.complaints == []


def test_a_changed_password_signs_out_the_other_browser_too(
    visitors: Visitors, program: Program
) -> None:
    here, there = visitors.visitor("pat"), visitors.visitor("pat")
    here.go("/profile/")
    here.page.locator("#password-currentPassword").fill("demo")
    here.page.locator("#password-password").fill(GOOD)
    here.page.locator("#password-repeated").fill(GOOD)
    here.press("Change the password")
    expect(here.page).to_have_url(f"{here.base}/sign-in/")
    expect(here.page.get_by_role("status")).to_contain_text("Your password was changed")
    there.page.goto(f"{there.base}/boards/")
    expect(there.page).to_have_url(re.compile("/sign-in/"))
    sign_in(there, "Pat", GOOD)
    assert here.complaints == []


def test_a_forgotten_password_is_chosen_anew_by_mail(visitors: Visitors, program: Program) -> None:
    visitor = visitors.visitor()
    visitor.go("/sign-in/")
    visitor.page.get_by_role("link", name="Forgotten your password?").click()
    fill(visitor, **{"E-mail_address": "robin@demo.example"})
    visitor.press("Send the link")
    expect(visitor.page.get_by_role("status")).to_contain_text("on its way")
    path = link_to(program, "robin@demo.example", "password/new")
    visitor.go(path)
    fill(visitor, New_password=GOOD, New_password_again=GOOD)
    visitor.press("Change the password")
    expect(visitor.page).to_have_url(f"{visitor.base}/sign-in/")
    sign_in(visitor, "robin", GOOD)
    visitor.go(path)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("This link is not valid")
    assert visitor.complaints == []


def test_pages_of_the_account_fit_in_both_themes_on_any_screen(visitors: Visitors) -> None:
    for theme in ("light", "dark"):
        visitor = visitors.visitor("admin", color_scheme=theme)
        for path in (*PAGES, "/password/forgotten/"):
            visitor.go(path)
            for width in (1400, 390):
                visitor.page.set_viewport_size({"width": width, "height": 844})
                assert visitor.overflow <= 0, (path, theme, width)
        assert visitor.complaints == []

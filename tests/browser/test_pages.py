"""The pages in a real browser: the main job, live pushes, themes, small screens, no script."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import manage, serving
from tests.browser.visitor import Visitor, Visitors
from tests.serving import free_port

pytestmark = pytest.mark.browser

RECIPE = "Beetroot gravlax"
CURRY = "Chickpea and spinach curry"
PAGES = (
    "/",
    "/inbox/",
    "/boards/",
    "/boards/recipe/",
    "/boards/recipe/new/",
    "/workflows/",
    "/workflows/tell_owner_on_review/",
    "/executions/",
)


def open_recipe(visitor: Visitor, name: str = RECIPE) -> None:
    visitor.go("/boards/recipe/?q=" + name)
    visitor.page.get_by_role("link", name=name, exact=True).click()
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(name)


def unread(visitor: Visitor) -> int:
    return int(visitor.page.locator("[data-inbox-number]").first.text_content() or 0)


def test_a_recipe_goes_to_review_and_its_business_owner_reads_of_it(visitors: Visitors) -> None:
    steward, owner = visitors.visitor("steward"), visitors.visitor("owner")
    steward.go("/boards/")
    steward_had, owner_had = unread(steward), unread(owner)
    open_recipe(owner)
    owner.press("Submit for review")
    owner.toast(f"{RECIPE} is now In review.")
    expect(owner.page.locator("h1 .state-pill")).to_have_text("In review")
    steward.toast(f"{RECIPE} is in review")
    expect(steward.page.locator("[data-inbox-number]").first).to_have_text(str(steward_had + 1))
    steward.page.get_by_role("link", name="Inbox").first.click()
    letter = steward.page.locator(".letter", has_text=RECIPE)
    expect(letter).to_contain_text("waits for a review")
    letter.get_by_role("button", name="Open").click()
    expect(steward.page.get_by_role("heading", level=1)).to_contain_text(RECIPE)
    assert unread(steward) == steward_had
    expect(steward.page.locator(".story")).to_contain_text(
        "by the workflow Tell the business owner"
    )
    assert unread(owner) == owner_had
    assert steward.complaints == owner.complaints == []


def test_a_refused_move_is_told_and_changes_nothing_on_the_page(visitors: Visitors) -> None:
    here, there = visitors.visitor("owner"), visitors.visitor("member")
    open_recipe(here, CURRY)
    open_recipe(there, CURRY)
    there.press("Submit for review")
    there.toast("is now In review")
    here.press("Submit for review")
    here.toast("allowed here: send_back, approve")
    expect(here.page.locator("h1 .state-pill")).to_have_text("Draft")
    assert here.complaints == []


def test_pages_fit_in_both_themes_on_any_screen(visitors: Visitors) -> None:
    for theme, other in (("light", "dark"), ("dark", "light")):
        visitor = visitors.visitor("owner", color_scheme=theme)
        open_recipe(visitor)
        here = visitor.page.url.removeprefix(visitor.base)
        for path in (*PAGES, here, f"{here}edit/"):
            visitor.go(path)
            expect(visitor.page.locator("html")).to_have_attribute("data-bs-theme", theme)
            for width in (1400, 390):
                visitor.page.set_viewport_size({"width": width, "height": 844})
                assert visitor.overflow <= 0, (path, theme, width)
        visitor.page.get_by_role("button", name="Colour theme").click()
        visitor.page.locator(f"button[data-theme-choice={other}]").click()
        visitor.go("/")
        expect(visitor.page.locator("html")).to_have_attribute("data-bs-theme", other)
        assert visitor.complaints == []


def test_a_search_narrows_the_board_while_one_types(visitors: Visitors) -> None:
    visitor = visitors.visitor("viewer")
    visitor.go("/boards/recipe/")
    visitor.page.get_by_label("Search by name or key").fill("gravl")
    expect(visitor.page.locator("#rows tbody tr")).to_have_count(1)
    expect(visitor.page.locator("#rows")).to_contain_text(RECIPE)
    expect(visitor.page).to_have_url(f"{visitor.base}/boards/recipe/?q=gravl&sort=-created")
    assert visitor.complaints == []


def test_taking_somebody_off_asks_first(visitors: Visitors) -> None:
    visitor = visitors.visitor("owner")
    open_recipe(visitor, "Miso-glazed aubergine")
    off = visitor.page.get_by_role("button", name="Take Stella Moreau off as Business owner")
    off.click()
    visitor.page.locator("#confirm").get_by_role("button", name="Cancel").click()
    expect(off).to_be_visible()
    off.click()
    visitor.page.locator("#confirm").get_by_role("button", name="Go on").click()
    visitor.toast("Stella Moreau is no longer Business owner.")
    expect(off).to_have_count(0)
    assert visitor.complaints == []


def test_everything_works_without_scripts(visitors: Visitors) -> None:
    visitor = visitors.visitor(java_script_enabled=False)
    visitor.go("/sign-in/?next=/boards/")
    visitor.page.get_by_label("User name").fill("owner")
    visitor.page.get_by_label("Password").fill("demo")
    visitor.press("Sign in")
    expect(visitor.page).to_have_url(f"{visitor.base}/boards/")
    open_recipe(visitor, "Okonomiyaki")
    visitor.press("Submit for review")
    visitor.toast("Okonomiyaki is now In review.")


@pytest.mark.parametrize("width", [390, 1400])
def test_menus_and_dialogs_are_reached_without_scripts(visitors: Visitors, width: int) -> None:
    """Without this nobody could choose columns, find a person to add or sign out."""
    visitor = visitors.visitor(
        "owner", java_script_enabled=False, viewport={"width": width, "height": 800}
    )
    visitor.go("/boards/recipe/")
    expect(visitor.page.locator(".side-bar").get_by_role("link", name="Executions")).to_be_visible()
    visitor.page.get_by_label("Vegetarian").uncheck()
    visitor.press("Show these")
    expect(visitor.page.get_by_role("columnheader", name="Vegetarian")).to_have_count(0)
    assert visitor.page.locator("#shortcuts, #confirm").filter(visible=True).count() == 0
    assert visitor.overflow <= 0
    visitor.page.get_by_role("button", name="Account of").focus()
    visitor.press("Sign out")
    expect(visitor.page).to_have_url(f"{visitor.base}/sign-in/")


LONG = "Unbroken" * 20


def test_a_name_without_a_space_widens_no_page(visitors: Visitors) -> None:
    """Without this one such name makes a board and the list of executions unreadable."""
    visitor = visitors.visitor("owner")
    visitor.go("/boards/recipe/new/")
    visitor.page.get_by_label("Name").fill(LONG)
    visitor.press("Create")
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(LONG)
    here = visitor.page.url.removeprefix(visitor.base)
    visitor.press("Submit for review")
    visitor.toast("is now In review.")
    visitor.go("/executions/")
    run = visitor.page.get_by_role("row").filter(has_text=LONG).get_by_role("rowheader")
    expect(run).to_be_visible(timeout=15_000)
    assert run.page.locator("td.cell-name").first.evaluate("(one) => one.offsetWidth") < 400
    execution = run.get_by_role("link").get_attribute("href") or ""
    visitor.go("/boards/recipe/?state=review&q=" + LONG)
    title = visitor.page.get_by_role("rowheader").first
    assert title.evaluate("(one) => one.offsetWidth") < 400
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    narrowed = "/boards/recipe/?attribute.cuisine=" + LONG
    for path in (here, execution, "/executions/", "/boards/recipe/?q=" + LONG, narrowed, "/"):
        visitor.go(path)
        assert visitor.overflow <= 0, path


def test_demo_users_fill_the_form(visitors: Visitors) -> None:
    visitor = visitors.visitor()
    visitor.go("/sign-in/")
    visitor.press("steward")
    expect(visitor.page.get_by_label("User name")).to_have_value("steward")
    expect(visitor.page.get_by_label("Password")).to_be_focused()
    assert visitor.complaints == []


def test_pages_that_are_open_find_a_restarted_server(
    demo: Path, chromium: Browser, tmp_path: Path
) -> None:
    shutil.copytree(demo, tmp_path, dirs_exist_ok=True)
    with serving(tmp_path, free_port()) as first:
        visitors = Visitors(chromium, first.url)
        steward = visitors.visitor("steward")
        had = unread(steward)
    with serving(tmp_path, first.port):
        owner = visitors.visitor("owner")
        open_recipe(owner)
        owner.press("Submit for review")
        number = steward.page.locator("[data-inbox-number]").first
        expect(number).to_have_text(str(had + 1), timeout=90_000)
        visitors.leave()


def focused(visitor: Visitor) -> str:
    return str(visitor.page.evaluate("document.activeElement.id || document.activeElement.tagName"))


def names_on(visitor: Visitor) -> list[str]:
    return visitor.page.locator("tbody .cell-title").all_inner_texts()


def test_sorting_by_keyboard_keeps_the_focus_on_the_heading(visitors: Visitors) -> None:
    visitor = visitors.visitor("owner")
    for path, key in (("/boards/recipe/?state=approved", "name"), ("/executions/", "started")):
        visitor.go(path)
        visitor.page.locator(f"#sort-{key}").focus()
        seen: set[str | None] = set()
        for _ in range(2):
            visitor.page.keyboard.press("Enter")
            heading = visitor.page.locator("th", has=visitor.page.locator(f"#sort-{key}"))
            wanted = {"ascending", "descending"} - seen
            expect(heading).to_have_attribute("aria-sort", re.compile("|".join(wanted)))
            seen.add(heading.get_attribute("aria-sort"))
            assert focused(visitor) == f"sort-{key}", path
        assert "sort=" in visitor.page.url
    visitor.go("/boards/recipe/?state=approved&sort=-name")
    backwards = names_on(visitor)
    visitor.page.locator("#sort-name").press("Enter")
    expect(visitor.page.locator("tbody .cell-title").first).to_have_text(backwards[-1])
    assert names_on(visitor) == backwards[::-1]
    assert "state=approved" in visitor.page.url
    visitor.page.locator("#board-q").fill(backwards[0])
    expect(visitor.page.locator("tbody tr")).to_have_count(1)
    assert "sort=name" in visitor.page.url
    assert visitor.complaints == []


def test_turning_the_page_goes_on_at_the_table(
    chromium: Browser, demo: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "many"
    shutil.copytree(demo, folder)
    lines = "".join(f'{{"key": "m{n}", "name": "Many {n:03}"}}\n' for n in range(120))
    (folder / "many.jsonl").write_text(lines, encoding="utf-8")
    wanted = ("import_objects", str(folder / "many.jsonl"), "--object-type", "recipe")
    assert manage(folder, *wanted).wait(120) == 0, (folder / "log").read_text()
    with serving(folder, free_port()) as program:
        visitor = Visitors(chromium, program.url).visitor("owner")
        visitor.go("/boards/recipe/?sort=name&q=Many")
        for key, first in (("Enter", "Many 050"), ("]", "Many 100"), ("[", "Many 050")):
            if key == "Enter":
                visitor.page.locator('a[rel="next"]').focus()
            visitor.page.keyboard.press(key)
            expect(visitor.page.locator("tbody .cell-title").first).to_have_text(first)
            expect(visitor.page.locator(".table-frame")).to_be_focused()
        visitor.page.keyboard.press("j")
        assert visitor.page.evaluate("document.activeElement.textContent") == "Many 050"
        visitor.page.go_back()
        expect(visitor.page.locator("tbody .cell-title").first).to_have_text("Many 100")
        assert visitor.complaints == []
        visitor.page.context.close()


def test_more_filters_lie_over_the_list_and_close_like_a_menu(visitors: Visitors) -> None:
    visitor = visitors.visitor("owner", viewport={"width": 1280, "height": 900})
    visitor.go("/executions/")
    summary = visitor.page.locator("#more-filters summary")
    rows = visitor.page.locator("#rows")
    before, below = summary.bounding_box(), rows.bounding_box()
    chips = visitor.page.locator(".filters > .choices > .choice")
    assert len({round((one.bounding_box() or {"y": 0})["y"]) for one in chips.all()}) == 1
    summary.click()
    expect(visitor.page.get_by_label("Mode")).to_be_visible()
    assert (summary.bounding_box(), rows.bounding_box()) == (before, below)
    visitor.page.get_by_label("Mode").focus()
    visitor.page.keyboard.press("Escape")
    expect(visitor.page.get_by_label("Mode")).to_be_hidden()
    expect(summary).to_be_focused()
    summary.click()
    visitor.page.locator("h1").click()
    expect(visitor.page.get_by_label("Mode")).to_be_hidden()
    summary.click()
    visitor.page.locator("#filter-status").select_option("stopped")
    visitor.press("Apply")
    expect(visitor.page.locator(".chip--active")).to_contain_text("Stopped")
    assert visitor.complaints == []

"""The gallery: photographs of every page of the demo account. `scripts/gallery.py` starts it."""

from __future__ import annotations

import argparse
import base64
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import executable, manage, serving
from tests.browser.scenes import ROWS, SCENES, Stage
from tests.browser.visitor import Visitor, Visitors
from tests.browser.walk import (
    HEIGHT,
    PAGES,
    STATES,
    THEMES,
    WIDTHS,
    Watcher,
    places_of,
    problems_of,
)
from tests.serving import ROOT, Program, free_port

README_PICTURE = ROOT / "docs" / "images" / "object.webp"
README_WINDOW = {"width": 1280, "height": 860}
MOST_BYTES = 300_000
QUALITY = 82


def main() -> int:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        data = Path(folder)
        rows = () if arguments.readme else (("shell", "-v0", "-c", ROWS),)
        for words in (("migrate", "-v0"), ("demo",), *rows):
            if manage(data, *words).wait(120):
                raise SystemExit((data / "log").read_text(encoding="utf-8"))
        with serving(data, free_port()) as program:
            browser = playwright.chromium.launch(
                executable_path=executable(), args=["--no-sandbox", "--disable-dev-shm-usage"]
            )
            visitors = Visitors(browser, program.url)
            if arguments.readme:
                return _readme(visitors)
            pages = {} if arguments.scenes else {**PAGES, **STATES}
            return _gallery(visitors, program, Path(arguments.folder), pages)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/gallery.py")
    parser.add_argument("folder", nargs="?", default="var/gallery")
    parser.add_argument("--readme", action="store_true", help="renew the README's picture alone")
    parser.add_argument("--scenes", action="store_true", help="what has no address alone")
    return parser.parse_args()


def _gallery(
    visitors: Visitors, program: Program, folder: Path, pages: dict[str, tuple[str, str]]
) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    places = places_of(visitors.visitor("owner"))
    problems = []
    for theme in THEMES:
        people: dict[str, tuple[Visitor, Watcher]] = {}
        for name, (who, path) in pages.items():
            if who not in people:
                made = visitors.visitor(who, color_scheme=theme)
                people[who] = (made, Watcher(made.page))
            visitor, watcher = people[who]
            visitor.page.goto(visitor.base + path.format(**places))
            problems += [f"{name}, {theme}: {one}" for one in problems_of(visitor.page, watcher)]
            _photograph(visitor.page, folder / f"{name}-{theme}")
        problems += _play(visitors, program, folder, theme, places)
    sys.stdout.write(f"{len(pages) + len(SCENES)} pages are in {folder}.\n")
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


def _play(
    visitors: Visitors, program: Program, folder: Path, theme: str, places: dict[str, str]
) -> list[str]:
    """Each scene by somebody who comes anew; what is wrong with how it is drawn."""
    problems = []
    for name, (who, play) in SCENES.items():
        visitor = visitors.visitor(who, color_scheme=theme)
        watcher = Watcher(visitor.page)
        play(Stage(visitor, program, places, theme))
        problems += [f"{name}, {theme}: {one}" for one in problems_of(visitor.page, watcher)]
        _photograph(visitor.page, folder / f"{name}-{theme}")
        visitor.page.context.close()
    return problems


def _photograph(page: Page, path: Path) -> None:
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.evaluate("scrollTo(0, 0)")  # else what stays in sight is drawn in the middle
        page.screenshot(path=f"{path}-{width}.png", full_page=True)


def _readme(visitors: Visitors) -> int:
    """A recipe in review, as its owner sees it; WebP, which the browser itself can write."""
    visitor = visitors.visitor("owner", viewport=README_WINDOW)
    visitor.go(f"/objects/{places_of(visitor)['object']}/")
    visitor.page.wait_for_load_state("networkidle")
    session = visitor.page.context.new_cdp_session(visitor.page)
    taken = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    picture = base64.b64decode(taken["data"])
    if len(picture) > MOST_BYTES:
        raise SystemExit(f"The picture has {len(picture)} bytes; {MOST_BYTES} at most are wanted.")
    README_PICTURE.parent.mkdir(parents=True, exist_ok=True)
    README_PICTURE.write_bytes(picture)
    sys.stdout.write(f"{README_PICTURE.relative_to(ROOT)}: {len(picture)} bytes.\n")
    return 0

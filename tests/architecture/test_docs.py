"""The docs hold together: links and anchors lead somewhere, paths exist, words are ours."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGES, ROOT
from tests.architecture.test_style import EMPTY_WORDS

PAGES = sorted(
    path for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")) if path.is_file()
)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
FOLDERS = (*PACKAGES, "docs", "tests", "scripts", "templates", "static", "benchmarks", ".ci")
A_PATH = re.compile(rf"(?:{'|'.join(map(re.escape, FOLDERS))})/[\w./*-]*\Z")
# A file of ours without its folder, such as `compose.yaml`.
A_FILE = re.compile(r"(?:[\w-]+\.(?:md|yaml|toml|lock)|Makefile|Dockerfile|manage\.py)\Z")
# Files that readers make, and names that stand for a neighbour's copy.
NOT_OURS = ("your", "recipes.", "breads.", "bakery.", "account.json")
TWICE = re.compile(r"\b(\w+)\s+\1\b", re.IGNORECASE)
# "that that" can be right; so can a name beside itself.
MAY_STAND_TWICE = {"that", "had"}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def prose_of(path: Path) -> str:
    """The page without its fenced blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


@cache
def anchors_of(path: Path) -> frozenset[str]:
    """The anchors of its headings, as they are made where repositories are shown."""
    slugs = []
    for heading in re.findall(r"^#+ (.+)$", prose_of(path), re.MULTILINE):
        plain = re.sub(r"[^\w\s-]", "", heading.lower().replace("`", ""))
        slugs.append(plain.strip().replace(" ", "-"))
    return frozenset(slugs)


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_links_and_anchors_lead_somewhere(path: Path) -> None:
    assert list(dead_links(path)) == []


def dead_links(path: Path) -> Iterator[str]:
    for target in LINK.findall(prose_of(path)):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = target.partition("#")
        page = (path.parent / place).resolve() if place else path
        if not page.exists() or (anchor and anchor not in anchors_of(page)):
            yield target


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_the_paths_that_are_named_exist(path: Path) -> None:
    named = [one for one in CODE.findall(prose_of(path)) if _is_path(one)]
    assert [one for one in named if not _exists(one)] == []


def _is_path(text: str) -> bool:
    if any(part in text for part in NOT_OURS) or re.search(r"[A-Z]{3,}", text):
        return False
    return bool(A_PATH.match(text) or A_FILE.match(text))


def _exists(text: str) -> bool:
    found = any(ROOT.glob(text.rstrip("/"))) if "*" in text else (ROOT / text).exists()
    return found or any(Path(one).name == text for one in tracked())


@cache
def tracked() -> tuple[str, ...]:
    told = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout
    return tuple(told.split())


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_headings_use_our_words(path: Path) -> None:
    headings = re.findall(r"^#+ (.+)$", prose_of(path), re.MULTILINE)
    empty = [one for one in headings if EMPTY_WORDS & set(re.findall(r"[a-z]+", one.lower()))]
    assert empty == []


@pytest.mark.parametrize("path", PAGES, ids=name_of)
def test_no_word_stands_twice(path: Path) -> None:
    prose = CODE.sub("¤", re.sub(r"^#+ .*$", "¤", prose_of(path), flags=re.MULTILINE))
    twice = [found[0] for found in TWICE.finditer(prose) if found[1].lower() not in MAY_STAND_TWICE]
    assert twice == []


def test_every_page_can_be_reached_from_the_index() -> None:
    index = ROOT / "docs" / "README.md"
    reached = {
        (index.parent / one.partition("#")[0]).resolve() for one in LINK.findall(prose_of(index))
    }
    ours = {path for path in PAGES if path.is_relative_to(ROOT / "docs")}
    assert [name_of(path) for path in sorted(ours - reached - {index})] == []


def test_decisions_are_numbered_from_one_without_gap_or_double() -> None:
    numbers = [path.name[:4] for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert numbers == [f"{place:04}" for place in range(1, len(numbers) + 1)]


def test_what_is_wrong_is_found(tmp_path: Path) -> None:
    """Without this, a pattern that matches nothing would pass."""
    page = tmp_path / "page.md"
    page.write_text("# A `b` c\n[x](#a-b-c) [y](#nowhere) [z](gone.md) the the\n")
    assert list(dead_links(page)) == ["#nowhere", "gone.md"]
    assert TWICE.search(prose_of(page))
    assert _is_path("catalog/nowhere.py")
    assert not _exists("catalog/nowhere.py")

"""What a strict content policy and an air-gapped installation need of our pages and styles."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
OURS = sorted([*(ROOT / "static").glob("*.css"), *(ROOT / "static" / "js").rglob("*.js")])
VENDORED = sorted(path for path in (ROOT / "static" / "vendor").iterdir() if path.is_dir())
FORBIDDEN = {
    "a style attribute": re.compile(r"""\sstyle\s*=""", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "an event handler": re.compile(r"""\s(?:on[a-z]+|hx-on[:a-z-]*)\s*=""", re.IGNORECASE),
    "a script without file": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an address of another host": re.compile(r"""(?:src|href|action)\s*=\s*["'](?:https?:)?//"""),
    "text marked as safe": re.compile(r"\|\s*safe\b|autoescape off"),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_holds_nothing_that_the_policy_refuses(path: Path) -> None:
    text = re.sub(r"{% comment %}.*?{% endcomment %}", "", path.read_text("utf-8"), flags=re.DOTALL)
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("what", FORBIDDEN)
def test_each_rule_finds_what_it_forbids(what: str) -> None:
    planted = {
        "a style attribute": '<p style="color: red">',
        "a style element": "<style>p {}</style>",
        "an event handler": '<p onclick="go()">',
        "a script without file": "<script>go()</script>",
        "an address of another host": '<img src="//elsewhere/x.png">',
        "text marked as safe": "{{ name|safe }}",
    }
    assert FORBIDDEN[what].search(planted[what])


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_icons_come_from_the_sprite(path: Path) -> None:
    sprite = (ROOT / "static" / "icons.svg").read_text("utf-8")
    drawn = set(re.findall(r'<symbol id="([^"]+)"', sprite))
    used = set(re.findall(r'parts/icon\.html" with name="([^"]+)"', path.read_text("utf-8")))
    assert used <= drawn


@pytest.mark.parametrize("path", OURS, ids=name_of)
def test_styles_and_scripts_load_nothing_from_elsewhere(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"""(?:https?:)?//[a-z0-9-]+\.[a-z]|@import|\beval\(|innerHTML""", text)


@pytest.mark.parametrize("folder", VENDORED, ids=name_of)
def test_what_is_vendored_names_its_version_and_licence(folder: Path) -> None:
    version = (folder / "VERSION").read_text("utf-8")
    assert re.search(r"^version: \d+\.\d+\.\d+$", version, re.MULTILINE)
    assert re.search(r"^licence: \S+$", version, re.MULTILINE)
    assert (folder / "LICENSE").stat().st_size > 0

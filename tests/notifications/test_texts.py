"""What reaches people is harmless, whatever was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.texts import (
    MOST_SUBJECT,
    as_html_text,
    html_of,
    one_line,
    sanitised,
    text_of,
)


def test_a_subject_is_one_line() -> None:
    assert one_line("Pie\r\nBcc: all@example.org") == "Pie Bcc: all@example.org"
    assert one_line("a\u2028b\u2029c\x85d\x0be\tf") == "a b c d e f"


def test_a_subject_has_no_controls_and_no_direction_overrides() -> None:
    assert one_line("in\u202egpj.exe") == "in\ufffdgpj.exe"
    assert one_line("\u2066a\u2069\x00\x1b[31m\x9b") == "\ufffda\ufffd\ufffd\ufffd[31m\ufffd"
    assert one_line("\u200f\u05d0\u05d1\u200e") == "\u05d0\u05d1"
    assert one_line("crêpe 🥞 \u200d") == "crêpe 🥞 \u200d"


def test_a_long_subject_is_cut() -> None:
    assert len(one_line("x" * 5_000)) == MOST_SUBJECT
    assert one_line("x" * 5_000).endswith("…")
    assert one_line("x" * MOST_SUBJECT) == "x" * MOST_SUBJECT


@given(st.text())
def test_any_text_becomes_a_storable_line(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert "\x00" not in line
    line.encode("utf-8")


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<p>Fine <b>and</b> <i>good</i></p>", "<p>Fine <b>and</b> <i>good</i></p>"),
        ("<script>alert(1)</script>x", "x"),
        ("<style>*{}</style>x", "x"),
        ('<img src=x onerror="alert(1)">x', "x"),
        ('<p onclick="alert(1)" style="color:red">x</p>', "<p>x</p>"),
        ("<iframe src='https://e.example'></iframe>x", "x"),
        ("<!-- hidden -->x", "x"),
        ("<form action='/x'><input name=a></form>x", "x"),
        ("a\x00b", "a\ufffdb"),
    ],
)
def test_html_keeps_ordinary_formatting_only(written: str, kept: str) -> None:
    assert sanitised(written) == kept


@pytest.mark.parametrize(
    "address", ["https://e.example/a?b=1", "http://e.example", "mailto:a@e.example"]
)
def test_links_to_the_web_stay(address: str) -> None:
    made = sanitised(f'<a href="{address}">x</a>')
    assert f'href="{address}"' in made
    assert 'rel="noopener noreferrer nofollow"' in made


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JaVaScript:alert(1)", "data:text/html,x", "//e.example", "/x"],
)
def test_other_links_go(address: str) -> None:
    assert "href" not in sanitised(f'<a href="{address}">x</a>')


@given(st.text())
def test_a_value_stays_text_wherever_it_stands(value: str) -> None:
    for around in ("<p>{}</p>", '<a title="{}">x</a>', "<a title={}>x</a>", "<a title='{}'>x</a>"):
        made = sanitised(around.format(as_html_text(value)))
        plain = sanitised(around.format("1"))
        assert made.count("<") == plain.count("<")
        assert "href" not in made.split("=")[0]


@pytest.mark.parametrize(
    "value",
    [
        "<script>alert(1)</script>",
        "x onclick=alert(1)",
        "x href=https://e.example",
        '"><b>x',
        "'><b>x",
        "` onload=x",
        "<!--",
        "&lt;b&gt;",
    ],
)
def test_a_hostile_value_is_shown_as_it_was_written(value: str) -> None:
    assert text_of(sanitised(f"<p>{as_html_text(value)}</p>")) == value
    made = sanitised(f"<a title={as_html_text(value)}>x</a>")
    assert "<script" not in made
    assert made.startswith('<a title="')
    assert made.endswith('" rel="noopener noreferrer nofollow">x</a>')


def test_plain_text_becomes_paragraphs() -> None:
    assert (
        html_of("One <b>\nline\n\nTwo & three")
        == "<p>One &lt;b&gt;<br>line</p><p>Two &amp; three</p>"
    )
    assert html_of("  ") == ""


def test_html_reads_well_as_text() -> None:
    html = (
        "<h1>Soup</h1><p>Is  in\n<b>review</b>.<br>"
        "See <a href='https://e.example'>the page</a>.</p>"
        "<ul><li>one</li><li>two &amp; three</li></ul><pre>a\n  b</pre>"
        "<table><tr><td>k</td><td>v</td></tr></table>"
    )
    assert text_of(html) == (
        "Soup\n\nIs in review.\nSee the page (https://e.example)."
        "\n\n- one\n- two & three\n\na\nb\n\nk v"
    )


def test_a_link_that_shows_its_address_shows_it_once() -> None:
    assert text_of('<a href="mailto:a@e.example">a@e.example</a>') == "a@e.example"
    assert text_of('<a href="https://e.example">https://e.example</a>') == "https://e.example"

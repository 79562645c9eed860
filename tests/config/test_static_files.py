"""Styles, scripts and pictures: their addresses, how long they are kept, and how they are sent."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.test import Client

from config.static_files import hash_of_all
from tests.cast import Cast
from tests.pages import browser
from tests.serving import ROOT

STYLES = "sluice.css"
PLAIN = (ROOT / "static" / STYLES).read_bytes()
KEPT_FOR_GOOD = "max-age=31536000, public, immutable"
KEPT_FOR_A_MINUTE = "max-age=60, public"
ADDRESS = re.compile(r'(?:href|src)="(/static/[^"#]+)')
NAMED = re.compile(r"{% static '([^']+)' %}")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def ask(path: str, **headers: str) -> Any:
    return Client().get(path, headers=headers)


def bytes_of(answer: Any) -> bytes:
    return bytes(answer.content)


def linked(page: Any) -> set[str]:
    return set(ADDRESS.findall(page.content.decode()))


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["/", "/admin/", "/api/v1/docs/"])
def test_whatever_a_page_links_is_below_the_hash_and_kept_for_good(cast: Cast, page: str) -> None:
    client = browser(cast.admin)
    addresses = linked(client.get(page))
    assert addresses
    for address in addresses:
        assert address.startswith(f"/static/{hash_of_all()}/")
        answer = client.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, KEPT_FOR_GOOD), address


def test_every_file_that_a_template_names_is_there() -> None:
    named = {name for path in TEMPLATES for name in NAMED.findall(path.read_text("utf-8"))}
    assert STYLES in named
    assert {name for name in named if finders.find(name) is None} == set()


def test_what_a_script_imports_is_below_the_same_hash() -> None:
    """Browsers resolve it against the script's address; it names no address from the root."""
    app = finders.find("js/app.js")
    imported = re.findall(r'from "([^"]+)"', Path(str(app)).read_text("utf-8"))
    assert imported
    for name in imported:
        assert name.startswith("./")
        answer = ask(static("js/app.js").replace("app.js", name.removeprefix("./")))
        assert (answer.status_code, answer["Cache-Control"]) == (200, KEPT_FOR_GOOD)


def test_another_process_has_the_same_hash() -> None:
    code = (
        "import django; django.setup()\n"
        "from config.static_files import hash_of_all; print(hash_of_all())"
    )
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    assert told.stdout.decode().strip() == hash_of_all()


def test_another_hash_leads_to_the_file_that_is_not_kept_for_good() -> None:
    answer = ask(f"/static/{'0' * 12}/{STYLES}")
    assert (answer.status_code, answer["Cache-Control"]) == (200, KEPT_FOR_A_MINUTE)


def test_a_plain_name_leads_to_the_file_for_a_minute() -> None:
    answer = ask(f"/static/{STYLES}")
    assert (answer.status_code, answer["Cache-Control"]) == (200, KEPT_FOR_A_MINUTE)
    assert bytes_of(answer) == PLAIN


@pytest.mark.parametrize(
    "rest",
    [
        "nothing.css",
        "",
        "../manage.py",
        "%2e%2e/manage.py",
        "js/../../manage.py",
        "/etc/passwd",
        "sluice.css/",
        "sluice.css%0a",
    ],
)
@pytest.mark.django_db
def test_nothing_else_is_found(rest: str) -> None:
    for prefix in ("/static/", f"/static/{hash_of_all()}/", f"/static/{'0' * 12}/"):
        answer = ask(prefix + rest)
        assert answer.status_code == 404
        assert "immutable" not in answer["Cache-Control"]
    assert ask(static(STYLES)).status_code == 200


# --- how they are sent ---------------------------------------------------------------------------


@pytest.mark.parametrize("accepted", ["gzip", "gzip, deflate, br", "br;q=1, GZIP ; q=0.5"])
def test_who_takes_gzip_gets_it(accepted: str) -> None:
    answer = ask(static(STYLES), accept_encoding=accepted)
    assert answer["Content-Encoding"] == "gzip"
    assert answer["Vary"] == "Accept-Encoding"
    assert int(answer["Content-Length"]) == len(bytes_of(answer)) < len(PLAIN) / 3
    assert gzip.decompress(bytes_of(answer)) == PLAIN


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "gzip; q=0.000, br"])
def test_who_takes_no_gzip_gets_the_plain_bytes(accepted: str) -> None:
    answer = ask(static(STYLES), accept_encoding=accepted)
    assert "Content-Encoding" not in answer
    assert answer["Vary"] == "Accept-Encoding"
    assert bytes_of(answer) == PLAIN


def test_what_is_compressed_already_is_sent_as_it_is() -> None:
    answer = ask(static("unfold/fonts/inter/Inter-Medium.woff2"), accept_encoding="gzip")
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer
    assert "Vary" not in answer


def test_head_tells_what_get_would() -> None:
    got = ask(static(STYLES), accept_encoding="gzip")
    told = Client().head(static(STYLES), headers={"accept-encoding": "gzip"})
    assert dict(told.headers) == dict(got.headers)
    assert told.content == b""


def test_who_has_it_already_is_told_so() -> None:
    first = ask(f"/static/{STYLES}", accept_encoding="gzip")
    again = ask(f"/static/{STYLES}", accept_encoding="gzip", if_none_match=first["ETag"])
    assert (again.status_code, bytes_of(again)) == (304, b"")
    assert [again[name] for name in ("ETag", "Vary", "Cache-Control")] == [
        first["ETag"],
        "Accept-Encoding",
        KEPT_FOR_A_MINUTE,
    ]
    other = ask(f"/static/{STYLES}", if_none_match=ask("/static/logo.svg")["ETag"])
    assert other.status_code == 200


def test_a_range_is_of_the_plain_bytes() -> None:
    answer = ask(static(STYLES), accept_encoding="gzip", range="bytes=2-5")
    assert (answer.status_code, bytes_of(answer)) == (206, PLAIN[2:6])
    assert "Content-Encoding" not in answer


def test_nothing_but_reading_is_allowed() -> None:
    answer = Client().post(static(STYLES))
    assert answer.status_code == 405
    assert "immutable" not in answer["Cache-Control"]


def test_an_answer_is_no_stream_that_asgi_would_warn_of() -> None:
    assert not ask(static(STYLES)).streaming

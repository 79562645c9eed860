"""The environment's reader: values become typed, and every problem is told at once."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.environment import EnvironmentProblem, Reader, is_loopback, kept_secret


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST", "127.0.0.1", "127.8.9.1", "::1", "[::1]", "a.localhost"]
)
def test_loopback_names_reach_this_machine_only(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "*", "", "10.0.0.1", "example.org", "localhost.example.org", "127.1"]
)
def test_other_names_do_not(host: str) -> None:
    assert not is_loopback(host)


def test_unset_and_blank_values_are_the_default() -> None:
    reader = Reader({"NAMES": " , ", "TEXT": "  "})
    assert reader.text("TEXT", "x") == "x"
    assert reader.names("NAMES", ("a",)) == ["a"]
    assert reader.port("PORT", 8000) == 8000
    assert reader.url("URL", ("redis",)) == ""
    reader.finish()


def test_values_are_typed() -> None:
    reader = Reader(
        {
            "NAMES": "a, b,,c",
            "PORT": "8102",
            "URL": "redis://h/0",
            "NETWORKS": "10.1.2.3/8,::1",
            "CHOICE": "json",
        }
    )
    assert reader.names("NAMES") == ["a", "b", "c"]
    assert reader.port("PORT", 1) == 8102
    assert reader.url("URL", ("redis",)) == "redis://h/0"
    assert reader.networks("NETWORKS") == ["10.0.0.0/8", "::1/128"]
    assert reader.choice("CHOICE", ("console", "json"), "console") == "json"
    reader.finish()


def test_every_problem_is_told_at_once() -> None:
    reader = Reader(
        {
            "PORT": "70000",
            "URL": "ftp://h",
            "NETWORKS": "10.0.0.300",
            "CHOICE": "xml",
            "SECRET_KEY": "short",
        }
    )
    reader.port("PORT", 8000)
    reader.url("URL", ("redis", "rediss"))
    reader.networks("NETWORKS")
    reader.choice("CHOICE", ("console", "json"), "console")
    reader.secret("SECRET_KEY", Path("/nowhere"))
    with pytest.raises(EnvironmentProblem) as refusal:
        reader.finish()
    told = str(refusal.value)
    assert told.splitlines()[1:] == [
        "  - PORT='70000' is not a port; write a number from 1 to 65535.",
        "  - URL starts with none of redis://, rediss://.",
        "  - NETWORKS: '10.0.0.300' is neither an address nor a network.",
        "  - CHOICE='xml' is unknown; write one of console, json.",
        "  - SECRET_KEY is shorter than 32 characters.",
    ]


@pytest.mark.parametrize("raw", ["0", "-1", "65536", "8 000", "٨٠", "1e3", "0x50"])
def test_what_is_no_port_is_refused(raw: str) -> None:
    reader = Reader({"PORT": raw})
    assert reader.port("PORT", 8000) == 8000
    assert len(reader.problems) == 1


def test_a_secret_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "secret_key"
    first = kept_secret(path)
    assert len(first) >= 48
    assert kept_secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_those_who_come_together_get_the_same_secret(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    with ThreadPoolExecutor(16) as together:
        got = set(together.map(kept_secret, [path] * 64))
    assert got == {path.read_text()}
    assert [left.name for left in tmp_path.iterdir()] == ["secret_key"]


def test_a_given_secret_comes_before_the_kept_one(tmp_path: Path) -> None:
    kept_secret(tmp_path / "secret_key")
    given = "x" * 40
    assert Reader({"SECRET_KEY": given}).secret("SECRET_KEY", tmp_path) == given
    assert Reader({}).secret("SECRET_KEY", tmp_path) == kept_secret(tmp_path / "secret_key")

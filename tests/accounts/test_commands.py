"""The commands of accounts: `create_admin`, `create_token`, and what all acting commands share."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import ApiToken, User
from accounts.services import tokens
from journal.clock import now
from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str, **options: Any) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue().splitlines()


def commanded(
    folder: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """A command in a program of its own, with the data of this folder."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"DATA_DIR": str(folder), "PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# --- create_token --------------------------------------------------------------------------------


def test_a_token_stands_alone_on_the_last_line_and_opens_the_api(cast: Cast) -> None:
    lines = run("create_token", "member", "--name", "ci", "--expires", "7", "--scope", "read")
    token = tokens.find(lines[-1])
    assert token is not None
    assert (token.user, token.name, token.scopes) == (cast.member, "ci", ["read"])
    assert token.expires_at is not None
    assert now() + timedelta(days=6) < token.expires_at < now() + timedelta(days=8)
    assert "member" in lines[0]


def test_a_token_is_given_as_json(cast: Cast) -> None:
    given = json.loads("\n".join(run("create_token", "member", "--json")))
    assert given["username"] == "member"
    assert given["expiresAt"] is None
    assert tokens.find(given["token"]) is not None


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["nobody"], "no such user"),
        (["member", "--as", "owner"], "for whom it acts"),
        (["member", "--as", "nobody"], "no user 'nobody'"),
    ],
)
def test_a_token_is_refused_with_a_sentence(cast: Cast, arguments: list[str], part: str) -> None:
    with pytest.raises(CommandError, match=part) as refused:
        run("create_token", *arguments)
    assert refused.value.returncode == 1
    assert not ApiToken.objects.exists()


def test_a_user_makes_a_token_of_their_own(cast: Cast) -> None:
    token = tokens.find(run("create_token", "owner", "--as", "owner")[-1])
    assert token is not None
    assert token.user == cast.owner


def test_whoever_is_not_active_gets_no_token_and_does_not_act(cast: Cast) -> None:
    User.objects.filter(username="member").update(is_active=False)
    with pytest.raises(CommandError, match="not active"):
        run("create_token", "member")
    with pytest.raises(CommandError, match="not active"):
        run("create_token", "member", "--as", "member")


# --- create_admin --------------------------------------------------------------------------------


@pytest.fixture
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", StringIO(""))
    monkeypatch.delenv("ADMIN_PASSWORD", raising=False)


@pytest.mark.usefixtures("db", "no_terminal")
def test_the_first_admin_gets_a_password_that_is_shown_once() -> None:
    lines = run("create_admin", "boss", "--email", "boss@example.org")
    boss = User.objects.get(username="boss")
    assert (boss.role, boss.is_staff, boss.is_superuser) == ("admin", True, True)
    assert boss.email == "boss@example.org"
    assert boss.check_password(lines[-1])


@pytest.mark.usefixtures("db", "no_terminal")
def test_a_password_comes_from_the_environment_or_from_stdin(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", "correct horse battery")
    run("create_admin", "boss", "--email", "b@example.org")
    assert User.objects.get(username="boss").check_password("correct horse battery")
    monkeypatch.setattr(sys, "stdin", StringIO("staple from stdin\n"))
    run("create_admin", "second", "--email", "s@example.org", "--password-stdin", "--force")
    assert User.objects.get(username="second").check_password("staple from stdin")


@pytest.mark.usefixtures("no_terminal")
def test_a_second_admin_is_made_by_force_alone(cast: Cast) -> None:
    with pytest.raises(CommandError, match="admin already"):
        run("create_admin", "boss", "--email", "boss@example.org")
    assert not User.objects.filter(username="boss").exists()
    run("create_admin", "boss", "--email", "boss@example.org", "--force")
    assert User.objects.get(username="boss").is_account_admin


@pytest.mark.usefixtures("db", "no_terminal")
def test_a_bad_admin_is_refused_with_every_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_PASSWORD", "12345")
    with pytest.raises(CommandError) as refused:
        run("create_admin", "a b", "--email", "nowhere")
    said = str(refused.value)
    assert "/username:" in said
    assert "/email:" in said
    assert "/password:" in said


# --- exit codes ----------------------------------------------------------------------------------


def test_an_empty_database_is_told_in_a_sentence(tmp_path: Path) -> None:
    """Without this a forgotten DATA_DIR ends in a page of traces."""
    told = commanded(tmp_path, "create_token", "owner")
    assert told.returncode == 1
    assert told.stderr.startswith("Failed: This database is empty")
    assert len(told.stderr.splitlines()) == 1
    assert commanded(tmp_path, "migrate", "--verbosity", "0").returncode == 0
    assert "There is no such user" in commanded(tmp_path, "create_token", "owner").stderr


def test_a_database_that_cannot_be_reached_is_told_in_a_sentence(tmp_path: Path) -> None:
    nowhere = f"sqlite:///{tmp_path}/missing/file.sqlite3"
    told = commanded(tmp_path, "create_token", "owner", DATABASE_URL=nowhere)
    assert told.returncode == 1
    assert told.stderr.startswith("Failed: The database can't be reached")
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["create_token"],
        ["create_token", "x", "--expires", "soon"],
        ["create_token", "x", "--expires", "0"],
        ["create_token", "x", "--scope", "everything"],
        ["create_admin", "x"],
    ],
)
def test_wrong_usage_exits_with_two(tmp_path: Path, arguments: list[str]) -> None:
    done = commanded(tmp_path, *arguments)
    assert done.returncode == 2
    assert "usage:" in done.stderr

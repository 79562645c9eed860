"""The tutorial is true: its blocks are run in order, against a fresh installation that serves.

The word after a fence's language says what is done with it: a file's name saves it, `second
terminal` starts the server, `fails` must end with 1, `after a moment` is repeated until the answer
comes, `answer` is held against what the block before printed. In an answer `…` stands for anything,
and JSON may have more members than are shown.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import IO, Any

import pytest

from tests.serving import ROOT, free_port, start, surroundings

PAGE = ROOT / "docs" / "tutorial" / "first-notification.md"
FENCE = re.compile(r"^```(\w+)(?: ([^\n]+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SERVED_AT = "http://127.0.0.1:8000"
PATIENCE_SECONDS = 30
END = "--- the block ended with "

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl"),
]


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block: its language, the words after it, its text."""

    language: str
    word: str
    text: str


def blocks() -> list[Block]:
    return [Block(*found) for found in FENCE.findall(PAGE.read_text(encoding="utf-8"))]


class Shell:
    """One bash that keeps variables and functions from block to block, as a reader's does."""

    def __init__(self, folder: Path, env: dict[str, str]) -> None:
        self.complaints = folder / "stderr.txt"
        with self.complaints.open("w") as stderr:
            self.process = subprocess.Popen(
                ["bash"],
                cwd=folder,
                env=env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        assert self.process.stdin
        assert self.process.stdout
        self.stdin: IO[str] = self.process.stdin
        self.stdout: IO[str] = self.process.stdout

    def run(self, text: str) -> tuple[int, str]:
        """Exit code of the last command, and what was printed as its result."""
        self.stdin.write(f"set -o pipefail\n{text}\nprintf '\\n%s%s\\n' '{END}' $?\n")
        self.stdin.flush()
        said: list[str] = []
        for line in self.stdout:
            if line.startswith(END):
                return int(line.removeprefix(END)), "".join(said).strip()
            said.append(line)
        raise AssertionError(f"The shell ended in:\n{text}\n{self.complaints.read_text()}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a clone with its environment looks like from where the reader stands."""
    (tmp_path / "manage.py").symlink_to(ROOT / "manage.py")
    (tmp_path / ".venv").symlink_to(sys.prefix)
    return tmp_path


@pytest.fixture
def shell(folder: Path) -> Iterator[Shell]:
    one = Shell(folder, surroundings(folder / "var" / "bakery"))
    yield one
    one.stdin.close()
    one.stdout.close()
    one.process.wait(10)


def test_every_block_does_what_the_page_says(folder: Path, shell: Shell) -> None:
    port = free_port()
    waiting = blocks()
    assert len(waiting) > 30
    while waiting:
        block = waiting.pop(0)
        answer = waiting.pop(0) if waiting and waiting[0].word == "answer" else None
        text = block.text.replace(SERVED_AT, f"http://127.0.0.1:{port}")
        if block.word == "second terminal":
            assert block.text.strip() == ".venv/bin/python manage.py serve"
            start(folder / "var" / "bakery", port=port).wait_until_ready()
        elif "." in block.word:
            (folder / block.word).write_text(block.text, encoding="utf-8")
        else:
            assert block.language == "sh", block
            _run(shell, text, answer, block.word)


def _run(shell: Shell, text: str, answer: Block | None, word: str) -> None:
    until = monotonic() + (PATIENCE_SECONDS if word == "after a moment" else 0)
    while True:
        code, said = shell.run(text)
        as_told = code == (1 if word == "fails" else 0)
        if as_told and (answer is None or _agrees(answer, said)):
            return
        told = f"{said}\n{shell.complaints.read_text(encoding='utf-8')}"
        assert monotonic() < until, f"{text}\nended with {code} and said:\n{told}"
        sleep(0.1)


def _agrees(answer: Block, said: str) -> bool:
    if answer.language == "json":
        try:
            return _within(json.loads(answer.text), json.loads(said))
        except ValueError:
            return False
    pattern = re.escape(answer.text.strip()).replace("…", ".*")
    return re.fullmatch(pattern, said, re.DOTALL) is not None


def _within(shown: Any, whole: Any) -> bool:
    """Whether all that is shown is there; a list is shown whole."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(whole, dict) and all(
            name in whole and _within(one, whole[name]) for name, one in shown.items()
        )
    if isinstance(shown, list):
        return (
            isinstance(whole, list) and len(shown) == len(whole) and all(map(_within, shown, whole))
        )
    return bool(shown == whole)

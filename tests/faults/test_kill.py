"""Kills the whole of `serve` right after its answer: what it accepted is acted on exactly once."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections import Counter
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest

from tests.serving import ROOT, Program, start, surroundings

pytestmark = pytest.mark.django_db(transaction=True)

WORKFLOW = "tell_owner_on_review"
SETTLE_SECONDS = 60


class Caller:
    """A program that uses the API of a server with somebody's token."""

    def __init__(self, program: Program, token: str) -> None:
        self.program = program
        self.token = token

    def call(self, method: str, path: str, given: Any = None) -> Any:
        request = urllib.request.Request(
            f"{self.program.url}/api/v1/{path}",
            method=method,
            data=None if given is None else json.dumps(given).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def all(self, path: str) -> list[Any]:
        """Every result of a list, whatever number of pages it has."""
        found, page = [], self.call("GET", path)
        while True:
            found += page["results"]
            if page["next"] is None:
                return found
            page = self.call("GET", page["next"].split("/api/v1/")[1])


def command(folder: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=surroundings(folder),
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a database of its own, with the demo account in it."""
    command(tmp_path, "migrate", "-v0")
    command(tmp_path, "demo")
    return tmp_path


def recipes(caller: Caller, count: int) -> list[int]:
    """Drafts with a business owner who is not the one who moves them."""
    return [
        caller.call(
            "POST",
            "objects/",
            {
                "objectTypeKey": "recipe",
                "name": f"Kill {number}",
                "userRelations": {"business_owner": ["steward", "owner"]},
            },
        )["id"]
        for number in range(count)
    ]


def settled(caller: Caller, wanted: set[int]) -> list[Any]:
    """The executions about these objects, once every one of them has ended."""
    deadline = monotonic() + SETTLE_SECONDS
    while monotonic() < deadline:
        runs = [caller.all(f"executions/?objectId={pk}&workflowKey={WORKFLOW}") for pk in wanted]
        flat = [one for found in runs for one in found]
        if all(runs) and all(one["endedAt"] for one in flat):
            return flat
        sleep(0.2)
    raise AssertionError(f"Not all settled: {flat}")


def kill_after_each_answer(folder: Path, rounds: int) -> None:
    owner_token = command(folder, "create_token", "owner").splitlines()[-1]
    steward_token = command(folder, "create_token", "steward").splitlines()[-1]
    program = start(folder)
    program.wait_until_ready()
    objects = recipes(Caller(program, owner_token), rounds)
    for pk in objects:
        answer = Caller(program, owner_token).call(
            "POST", f"objects/{pk}/transitions/", {"transitionKey": "submit_for_review"}
        )
        program.kill()
        assert answer == {"outcome": "transitioned", "stateKey": "review"}
        program = start(folder)
        program.wait_until_ready()
    runs = settled(Caller(program, owner_token), set(objects))
    told = Caller(program, steward_token).all("notifications/?limit=500")
    author = Caller(program, owner_token).all("notifications/?limit=500")
    assert program.terminate() == 0
    assert len(runs) == rounds
    assert {one["status"] for one in runs} == {"succeeded"}
    per_object = Counter(one["objectId"] for one in told if one["objectId"] in set(objects))
    assert per_object == dict.fromkeys(objects, 1)
    assert not [one for one in author if one["objectId"] in set(objects)]


def test_killed_right_after_the_answer_twice(folder: Path) -> None:
    kill_after_each_answer(folder, 2)


@pytest.mark.slow
def test_killed_right_after_the_answer_twenty_times(folder: Path) -> None:
    kill_after_each_answer(folder, 20)

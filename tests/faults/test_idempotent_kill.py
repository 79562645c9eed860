"""Kills `serve` in the middle of POSTs that carry an `Idempotency-Key`: sent again under their
keys, each is answered as it was before or done now, and none is done twice."""

from __future__ import annotations

import http.client
import json
import random
import threading
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from tests.faults.test_kill import command
from tests.serving import Program, start

pytestmark = pytest.mark.django_db(transaction=True)

CALLERS = 4
LONGEST_SECONDS = 0.6
# How often each object was made, by all that making one writes.
ASK = """
import json
from collections import Counter
from catalog.models import Change, GovernedObject
from journal.models import Event
made = GovernedObject.objects.filter(key__startswith="kill-")
histories = Change.objects.filter(object_id__in=made.values("pk"), verb="created")
events = Event.objects.filter(subject_id__in=made.values("pk"), kind="objectCreated")
print(json.dumps({
    "objects": Counter(made.values_list("key", flat=True)),
    "histories": Counter(histories.values_list("object_id", flat=True)),
    "events": Counter(events.values_list("subject_id", flat=True)),
}))
"""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and whether it said of itself that it was given before."""

    status: int
    body: Any
    is_repeated: bool


def send(program: Program, token: str, key: str) -> Told | None:
    """Makes an object under this key; None where the connection ended without an answer."""
    request = urllib.request.Request(
        f"{program.url}/api/v1/objects/",
        data=json.dumps({"objectTypeKey": "recipe", "key": key, "name": key}).encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            is_repeated = answer.headers["Idempotency-Replayed"] == "true"
            return Told(answer.status, json.loads(answer.read()), is_repeated)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return Told(refusal.code, json.loads(refusal.read()), is_repeated=False)
    except (OSError, http.client.HTTPException):
        return None


def send_until_killed(
    program: Program, token: str, numbers: Iterator[int]
) -> dict[str, Told | None]:
    """Several callers send without a pause until the server is killed under them."""
    answers: dict[str, Told | None] = {}

    def call() -> None:
        while True:
            key = f"kill-{next(numbers)}"
            answers[key] = send(program, token, key)
            if answers[key] is None:
                return

    callers = [threading.Thread(target=call) for _ in range(CALLERS)]
    for one in callers:
        one.start()
    sleep(random.random() * LONGEST_SECONDS)
    program.kill()
    for one in callers:
        one.join(60)
    return answers


def kill_in_the_middle(folder: Path, rounds: int) -> Counter[str]:
    """What the keys that were left without an answer were told the second time."""
    command(folder, "migrate", "-v0")
    command(folder, "demo")
    token = command(folder, "create_token", "owner").splitlines()[-1]
    numbers = count()
    second: Counter[str] = Counter()
    sent: list[str] = []
    program = start(folder)
    program.wait_until_ready()
    for _ in range(rounds):
        first = send_until_killed(program, token, numbers)
        program = start(folder)
        program.wait_until_ready()
        for key, before in first.items():
            again = send(program, token, key)
            assert again is not None
            assert again.status == 201
            if before is None:
                second["repeated" if again.is_repeated else "done"] += 1
            else:
                assert (before.status, before.is_repeated, again.is_repeated) == (201, False, True)
                assert again.body == before.body
            third = send(program, token, key)
            assert third == Told(201, again.body, is_repeated=True)
        sent += first
    assert program.terminate() == 0
    found = json.loads(command(folder, "shell", "-v0", "-c", ASK).splitlines()[-1])
    assert found["objects"] == dict.fromkeys(sent, 1)
    for written in (found["histories"], found["events"]):
        assert list(written.values()) == [1] * len(sent)
    return second


def test_killed_in_the_middle_of_repeatable_requests(tmp_path: Path) -> None:
    assert kill_in_the_middle(tmp_path, 1).total() == CALLERS


@pytest.mark.slow
def test_killed_in_the_middle_of_repeatable_requests_fifty_times(tmp_path: Path) -> None:
    """So often that it was killed before and after the commit: some repeated, some done."""
    second = kill_in_the_middle(tmp_path, 50)
    assert second.total() == 50 * CALLERS
    assert second["repeated"]
    assert second["done"]

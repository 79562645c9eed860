"""Kills `serve` around the last vote: vote and move are both there or both not, and moved once."""

from __future__ import annotations

import http.client
import json
import random
import threading
import urllib.error
from collections import Counter
from pathlib import Path
from time import sleep

import pytest

from tests.faults.test_kill import Caller, command
from tests.serving import Program, start

pytestmark = pytest.mark.django_db(transaction=True)

AT_ONCE = 4
LONGEST_SECONDS = 0.25
PACKAGE = {
    "packageKey": "votes",
    "objectTypes": [{"key": "plan", "name": "Plan", "workflowKey": "plan_lifecycle"}],
    "userRelationTypes": [{"key": "judge", "name": "Judge"}],
    "workflows": [{"key": "plan_lifecycle", "name": "Plans"}],
    "workflowStates": [{"key": "open", "position": 1}, {"key": "agreed", "position": 2}],
    "workflowTransitions": [
        {
            "key": "agree",
            "fromStateKey": "open",
            "toStateKey": "agreed",
            "changeThresholdTypeKey": "all",
        }
    ],
    "conditions": [{"transitionKey": "agree", "userRelationTypeKey": "judge", "editable": True}],
}


def asked(steward: Caller, owner: Caller, name: str) -> tuple[int, int]:
    """An object and a request for its move that lacks one vote."""
    made = owner.call(
        "POST",
        "objects/",
        {
            "objectTypeKey": "plan",
            "key": name,
            "name": name,
            "userRelations": {"judge": ["steward", "approver"]},
        },
    )
    told = steward.call("POST", f"objects/{made['id']}/transitions/", {"transitionKey": "agree"})
    assert (told["outcome"], told["approvals"], told["required"]) == ("awaitingApproval", 1, 2)
    return made["id"], told["approvalId"]


def vote(caller: Caller, approval: int) -> None:
    """Whether it is heard of depends on when the server is killed."""
    try:
        caller.call("POST", f"approvals/{approval}/votes/", {"decision": "approve"})
    except (OSError, http.client.HTTPException):
        return


def vote_until_killed(program: Program, caller: Caller, approvals: list[int]) -> None:
    threads = [threading.Thread(target=vote, args=(caller, one)) for one in approvals]
    for one in threads:
        one.start()
    sleep(random.random() * LONGEST_SECONDS)
    program.kill()
    for one in threads:
        one.join(60)


def standing(caller: Caller, obj: int, approval: int) -> tuple[int, str, int]:
    """How many votes there are, in which state the object is, and how often it was moved."""
    votes = caller.call("GET", f"approvals/{approval}/")["votes"]
    state = caller.call("GET", f"objects/{obj}/")["stateKey"]
    changes = caller.all(f"objects/{obj}/changes/?limit=100")
    return len(votes), state, sum(one["verb"] == "transitioned" for one in changes)


def kill_around_the_last_vote(folder: Path, kills: int) -> Counter[bool]:
    """How often the vote was there after the kill, and how often it wasn't."""
    command(folder, "migrate", "-v0")
    command(folder, "demo")
    (folder / "votes.json").write_text(json.dumps(PACKAGE), encoding="utf-8")
    command(folder, "package", "apply", str(folder / "votes.json"), "--yes")
    tokens = {
        name: command(folder, "create_token", name).splitlines()[-1]
        for name in ("owner", "steward", "approver")
    }
    counted: Counter[bool] = Counter()
    program = start(folder)
    program.wait_until_ready()
    for number in range(kills):
        people = {name: Caller(program, token) for name, token in tokens.items()}
        pairs = [
            asked(people["steward"], people["owner"], f"plan-{number}-{one}")
            for one in range(AT_ONCE)
        ]
        vote_until_killed(program, people["approver"], [approval for _, approval in pairs])
        program = start(folder)
        program.wait_until_ready()
        counted.update(_settle(Caller(program, tokens["approver"]), *pair) for pair in pairs)
    assert program.terminate() == 0
    return counted


def _settle(approver: Caller, obj: int, approval: int) -> bool:
    """Both or none; what was lost is done again, and then it has moved once."""
    found = standing(approver, obj, approval)
    was_there = found == (2, "agreed", 1)
    assert was_there or found == (1, "open", 0)
    if was_there:
        with pytest.raises(urllib.error.HTTPError) as refusal:
            approver.call("POST", f"approvals/{approval}/votes/", {"decision": "approve"})
        with refusal.value:
            assert refusal.value.code == 409
    else:
        told = approver.call("POST", f"approvals/{approval}/votes/", {"decision": "approve"})
        assert told["outcome"] == "transitioned"
    assert standing(approver, obj, approval) == (2, "agreed", 1)
    return was_there


@pytest.mark.slow
def test_killed_around_the_last_vote_a_hundred_times(tmp_path: Path) -> None:
    """So often that it was killed before and after the commit."""
    counted = kill_around_the_last_vote(tmp_path, 25)
    assert counted.total() == 100
    assert counted[True]
    assert counted[False]

"""Votes under each mode, with nobody, one and several electors, leavers and joiners."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.voting.tally import Mode, Outcome, tally

OPEN, APPROVED, REJECTED, BLOCKED = (
    Outcome.OPEN,
    Outcome.APPROVED,
    Outcome.REJECTED,
    Outcome.BLOCKED,
)


def electors(count: int) -> frozenset[int]:
    return frozenset(range(1, count + 1))


def votes(approving: int) -> dict[int, bool]:
    return dict.fromkeys(range(1, approving + 1), True)


@pytest.mark.parametrize(
    ("mode", "entitled", "approving", "outcome", "required"),
    [
        (Mode.ANY, 0, 0, BLOCKED, 1),
        (Mode.ANY, 3, 0, OPEN, 1),
        (Mode.ANY, 3, 1, APPROVED, 1),
        (Mode.MAJORITY, 0, 0, BLOCKED, 1),
        (Mode.MAJORITY, 1, 0, OPEN, 1),
        (Mode.MAJORITY, 1, 1, APPROVED, 1),
        (Mode.MAJORITY, 2, 1, OPEN, 2),
        (Mode.MAJORITY, 2, 2, APPROVED, 2),
        (Mode.MAJORITY, 3, 1, OPEN, 2),
        (Mode.MAJORITY, 3, 2, APPROVED, 2),
        (Mode.MAJORITY, 4, 2, OPEN, 3),
        (Mode.MAJORITY, 4, 3, APPROVED, 3),
        (Mode.ALL, 0, 0, BLOCKED, 1),
        (Mode.ALL, 1, 1, APPROVED, 1),
        (Mode.ALL, 4, 3, OPEN, 4),
        (Mode.ALL, 4, 4, APPROVED, 4),
    ],
)
def test_the_table(
    mode: Mode, entitled: int, approving: int, outcome: Outcome, required: int
) -> None:
    counted = tally(mode, electors(entitled), votes(approving))
    assert (counted.outcome, counted.required) == (outcome, required)
    assert counted.missing == max(0, required - approving)


@pytest.mark.parametrize("mode", list(Mode))
def test_a_reject_of_one_who_is_entitled_ends_it(mode: Mode) -> None:
    assert tally(mode, electors(3), {1: True, 2: True, 3: False}).outcome is REJECTED
    assert tally(mode, electors(2), {1: True, 2: True, 3: False}).outcome is APPROVED


def test_a_leaver_stops_counting_and_a_joiner_must_vote() -> None:
    assert tally(Mode.ALL, electors(3), votes(2)).outcome is OPEN
    assert tally(Mode.ALL, electors(2), votes(2)).outcome is APPROVED
    assert tally(Mode.ALL, electors(4), votes(3)).outcome is OPEN
    assert tally(Mode.MAJORITY, frozenset({3, 4}), votes(3)).approvals == 1


def test_one_of_each_relation() -> None:
    held = [frozenset({1, 2}), frozenset({2, 3})]
    one = tally(Mode.ONE_PER_RELATION, electors(3), {1: True}, held)
    assert (one.outcome, one.approvals, one.required) == (OPEN, 1, 2)
    assert tally(Mode.ONE_PER_RELATION, electors(3), {2: True}, held).outcome is APPROVED
    nobody = [*held, frozenset[int]()]
    assert tally(Mode.ONE_PER_RELATION, electors(3), {2: True}, nobody).outcome is BLOCKED
    assert tally(Mode.ONE_PER_RELATION, frozenset(), {}).outcome is BLOCKED


@given(
    st.sampled_from([Mode.ANY, Mode.MAJORITY, Mode.ALL]),
    st.frozensets(st.integers(1, 9)),
    st.dictionaries(st.integers(1, 9), st.booleans()),
)
def test_what_passes_was_agreed_by_enough_of_those_entitled(
    mode: Mode, entitled: frozenset[int], given_votes: dict[int, bool]
) -> None:
    counted = tally(mode, entitled, given_votes)
    agreeing = [one for one in entitled if given_votes.get(one) is True]
    against = [one for one in entitled if given_votes.get(one) is False]
    share = {Mode.ANY: len(agreeing) > 0, Mode.ALL: len(agreeing) == len(entitled) > 0}
    passes = share.get(mode, 2 * len(agreeing) > len(entitled))
    assert (counted.outcome is APPROVED) == (passes and not against)
    assert (counted.outcome is BLOCKED) == (not entitled)

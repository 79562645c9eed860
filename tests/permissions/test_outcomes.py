"""The rule of conditions, by the words of the contract."""

from __future__ import annotations

from itertools import product

import pytest

from permissions.outcomes import Clause, Outcome, can_hide, judge, names_that_edit

OWNER, STEWARD = 1, 2
DRAFT, REVIEW = 10, 20


def of(*clauses: Clause, related: set[int] | None = None, viewer: bool = False) -> Outcome:
    return judge(clauses, state_id=DRAFT, relation_type_ids=related or set(), needs_relation=viewer)


def test_without_conditions_all_is_visible_and_editable_but_for_viewers() -> None:
    assert of() == Outcome(visible=True, editable=True)
    assert of(viewer=True) == Outcome(visible=True, editable=False)


def test_where_none_matches_it_is_read_only() -> None:
    clause = Clause(OWNER, REVIEW, is_visible=False, is_editable=True)
    assert of(clause, related={OWNER}) == Outcome(visible=True, editable=False)


def test_a_wildcard_hides_from_all_but_those_whom_another_shows_it() -> None:
    hidden = Clause(None, None, is_visible=False, is_editable=False)
    shown = Clause(OWNER, None, is_visible=True, is_editable=False)
    assert of(hidden, shown) == Outcome(visible=False, editable=False)
    assert of(hidden, shown, related={OWNER}) == Outcome(visible=True, editable=False)


def test_what_is_editable_is_visible() -> None:
    clause = Clause(OWNER, None, is_visible=False, is_editable=True)
    assert of(clause, related={OWNER}) == Outcome(visible=True, editable=True)


def test_viewers_edit_only_where_a_condition_with_a_relation_matches() -> None:
    everybody = Clause(None, DRAFT, is_visible=True, is_editable=True)
    owner = Clause(OWNER, DRAFT, is_visible=True, is_editable=True)
    assert of(everybody).editable
    assert not of(everybody, related={OWNER}, viewer=True).editable
    assert of(everybody, owner, related={OWNER}, viewer=True).editable


def test_one_that_never_matches_still_counts_as_a_condition() -> None:
    never = Clause(None, None, is_visible=False, is_editable=True, never_matches=True)
    assert of(never) == Outcome(visible=True, editable=False)
    assert not can_hide([never])


@pytest.mark.parametrize(
    ("relation", "state", "visible", "editable"),
    list(product((None, OWNER), (None, DRAFT), (True, False), (True, False))),
)
def test_each_of_the_sixteen_shapes(
    relation: int | None, state: int | None, visible: bool, editable: bool
) -> None:
    clause = Clause(relation, state, visible, editable)
    assert of(clause, related={OWNER}) == Outcome(visible or editable, editable)
    outside = judge([clause], state_id=REVIEW, relation_type_ids={STEWARD}, needs_relation=False)
    matches = relation is None and state is None
    assert outside == Outcome(visible or editable or not matches, editable and matches)


def test_an_object_without_a_state_matches_no_state() -> None:
    clause = Clause(None, DRAFT, is_visible=False, is_editable=False)
    outcome = judge([clause], state_id=None, relation_type_ids=(), needs_relation=False)
    assert outcome == Outcome(visible=True, editable=False)


def test_the_sentence_names_those_who_may_in_this_state() -> None:
    clauses = [
        Clause(OWNER, DRAFT, True, True, "Owner"),
        Clause(STEWARD, REVIEW, True, True, "Steward"),
        Clause(STEWARD, None, True, False, "Steward"),
        Clause(None, None, True, True),
    ]
    assert names_that_edit(clauses, DRAFT) == ["Owner"]

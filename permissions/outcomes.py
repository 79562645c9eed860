"""What conditions grant: the rule itself, on plain ids. Pure.

No conditions: visible and editable. None matches: visible, not editable. Some match: editable if
any of them says so, visible if any of them says visible or editable. `condition_queries` says the
same in SQL, and a test proves the two equal.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: no relation type means everybody, no state means every state."""

    relation_type_id: int | None
    state_id: int | None
    is_visible: bool
    is_editable: bool
    relation_name: str = ""
    never_matches: bool = False

    @property
    def shows(self) -> bool:
        return self.is_visible or self.is_editable

    def fits_state(self, state_id: int | None) -> bool:
        return not self.never_matches and self.state_id in (None, state_id)

    def matches(self, state_id: int | None, relation_type_ids: Collection[int]) -> bool:
        return self.fits_state(state_id) and (
            self.relation_type_id is None or self.relation_type_id in relation_type_ids
        )

    def grants_everybody(self, state_id: int | None) -> bool:
        """But those who need a relation."""
        return self.is_editable and self.relation_type_id is None and self.fits_state(state_id)

    def lets_edit(self, *, needs_relation: bool) -> bool:
        """Where it matches. Viewers and guests need one that names a relation."""
        return self.is_editable and not (needs_relation and self.relation_type_id is None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What somebody may do with one asset, as far as its conditions go."""

    visible: bool
    editable: bool


def judge(
    clauses: Sequence[Clause],
    *,
    state_id: int | None,
    relation_type_ids: Collection[int],
    needs_relation: bool,
) -> Outcome:
    """`needs_relation` is true of the roles that edit only where a relation of theirs matches."""
    if not clauses:
        return Outcome(visible=True, editable=not needs_relation)
    matching = [one for one in clauses if one.matches(state_id, relation_type_ids)]
    return Outcome(
        visible=not matching or any(one.shows for one in matching),
        editable=any(one.lets_edit(needs_relation=needs_relation) for one in matching),
    )


def can_hide(clauses: Iterable[Clause]) -> bool:
    return any(not one.shows and not one.never_matches for one in clauses)


def names_that_edit(clauses: Iterable[Clause], state_id: int | None) -> list[str]:
    """The relations that would grant it in this state, for the sentence that says why not."""
    granting = (one for one in clauses if one.is_editable and one.fits_state(state_id))
    return sorted({one.relation_name for one in granting if one.relation_type_id is not None})

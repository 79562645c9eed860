"""What is found in conditions: transitions that nobody may make, conditions that never match."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import combinations

from django.urls import reverse

from accounts.findings import Finding, FindingKind, Severity
from accounts.remembering import remembered
from catalog.models import ObjectType
from permissions import conditions
from permissions.conditions import ClauseBook
from permissions.models import Condition
from permissions.outcomes import Clause
from workflows.models import Transition

MOST_TWINS = 500


def contributed() -> Iterator[FindingKind]:
    yield FindingKind(
        "transitionForNobody",
        "Transitions that nobody may make",
        "No condition entitles anybody: account admins alone make it, and a vote has no electors.",
        transitions_for_nobody,
    )
    yield FindingKind(
        "conditionNeverMatches",
        "Conditions that never match",
        "They ask for a state in which what they stand on is never judged.",
        conditions_that_never_match,
    )
    yield FindingKind(
        "twinTransitions",
        "Transitions that say the same",
        "They lead from the same state to the same state, and entitle the same people.",
        twin_transitions,
    )


def transitions_for_nobody() -> Iterator[Finding]:
    moves = _transitions()
    types = _types_by_lifecycle()
    book = _book(moves, types)
    for move in moves:
        own = book.of_transition(move.pk)
        if own:
            why = "" if _entitles(own, move) else _why_nobody(own, move)
        else:
            why = _why_no_editor(types[move.lifecycle_id], book, move)
        if why:
            votes = move.mode != Transition.Mode.ANY
            yield Finding(
                Severity.ERROR if votes else Severity.WARNING,
                f"{why} So nobody {'may vote on' if votes else 'but account admins makes'} it.",
                _place(move),
                "Add a condition with editable that names who makes it.",
                _page("workflows_transition", move.pk),
            )


def _entitles(clauses: Sequence[Clause], move: Transition) -> bool:
    return any(one.is_editable and one.fits_state(move.from_state_id) for one in clauses)


def _why_nobody(clauses: Sequence[Clause], move: Transition) -> str:
    if all(one.never_matches for one in clauses):
        return "All of its conditions name keys that don't exist."
    if not any(one.is_editable for one in clauses):
        return "None of its conditions says editable."
    return f"None of its conditions with editable holds in {move.from_state.key}."


def _why_no_editor(types: Sequence[ObjectType], book: ClauseBook, move: Transition) -> str:
    """It has no conditions: those make it who may edit the object in its state."""
    held = [one for one in types if (own := book.of_type(one.pk)) and not _entitles(own, move)]
    if not held:
        return ""
    names = ", ".join(one.key for one in held[:5])
    return f"It has no conditions, and nobody may edit {names} in {move.from_state.key}."


def conditions_that_never_match() -> Iterator[Finding]:
    rows = Condition.objects.filter(never_matches=False, state__isnull=False).select_related(
        "state__lifecycle",
        "object_type__lifecycle",
        "attribute__object_type__lifecycle",
        "transition__from_state",
        "transition__lifecycle",
    )
    for row in rows.order_by("pk"):
        detail = _why_never(row)
        if detail:
            yield Finding(
                Severity.WARNING,
                detail,
                _place_of(row),
                "Name a state that fits, or take the condition away.",
                _page("permissions_condition", row.pk),
            )


def _why_never(row: Condition) -> str:
    state = row.state
    if state is None:
        return ""
    if row.transition is not None:
        if row.transition.from_state_id == state.pk:
            return ""
        start = row.transition.from_state.key
        return f"It asks for the state {state.key}, and {row.transition.key} starts from {start}."
    owner = row.object_type or (row.attribute.object_type if row.attribute else None)
    if owner is None or owner.lifecycle_id == state.lifecycle_id:
        return ""
    lives = f"live by {owner.lifecycle.key}" if owner.lifecycle else "have no lifecycle"
    return (
        f"It asks for the state {state.key} of {state.lifecycle.key}, and objects of {owner.key} "
        f"{lives}."
    )


def _place_of(row: Condition) -> str:
    if row.transition is not None:
        return f"condition on {_place(row.transition)}"
    if row.attribute is not None:
        return f"condition on attribute {row.attribute.object_type.key}.{row.attribute.key}"
    return f"condition on object type {row.object_type.key if row.object_type else ''}"


def twin_transitions() -> Iterator[Finding]:
    moves = _transitions()
    book = _book(moves, {})
    alike: dict[tuple[int, int, frozenset[object]], list[Transition]] = defaultdict(list)
    for move in moves:
        entitled = frozenset(
            one.relation_type_id
            for one in book.of_transition(move.pk)
            if one.is_editable and one.fits_state(move.from_state_id)
        )
        has_any = bool(book.of_transition(move.pk))
        alike[move.from_state_id, move.to_state_id, entitled | {has_any}].append(move)
    pairs = [pair for same in alike.values() for pair in combinations(same[:MOST_TWINS], 2)]
    for one, other in pairs[:MOST_TWINS]:
        yield _twins(one, other)


def _twins(one: Transition, other: Transition) -> Finding:
    way = f"from {one.from_state.key} to {one.to_state.key}"
    detail = f"{one.key} and {other.key} lead {way}, and the same people may make them."
    if one.mode != other.mode or one.wants_comment != other.wants_comment:
        detail += " Who wants to go around what the one asks for takes the other."
    remedy = "Take one of them away, or give them different conditions."
    page = _page("workflows_transition", other.pk)
    return Finding(Severity.WARNING, detail, _place(other), remedy, page)


def _transitions() -> list[Transition]:
    return remembered("transitions of findings", _transitions_now)


def _transitions_now() -> list[Transition]:
    rows = Transition.objects.select_related("lifecycle", "from_state", "to_state")
    return list(rows.order_by("lifecycle__key", "key"))


def _types_by_lifecycle() -> dict[int, list[ObjectType]]:
    found: dict[int, list[ObjectType]] = defaultdict(list)
    for one in ObjectType.objects.filter(lifecycle__isnull=False).order_by("key"):
        if one.lifecycle_id is not None:
            found[one.lifecycle_id].append(one)
    return found


def _book(moves: Sequence[Transition], types: dict[int, list[ObjectType]]) -> ClauseBook:
    return conditions.read(
        types=[one.pk for held in types.values() for one in held],
        transitions=[move.pk for move in moves],
    )


def _place(move: Transition) -> str:
    return f"lifecycle {move.lifecycle.key}, transition {move.key}"


def _page(model: str, pk: int) -> str:
    return reverse(f"admin:{model}_change", args=[pk])

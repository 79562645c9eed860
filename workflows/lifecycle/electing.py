"""Who decides a move that is put to a vote, and on what they decide."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from accounts import gate
from catalog.models import GovernedObject, UserRelation
from journal.registry import Registry
from workflows.lifecycle.models import Transition
from workflows.lifecycle.moves import Move
from workflows.voting.ballots import Electorate
from workflows.voting.tally import Mode


@dataclass(frozen=True, slots=True)
class Grounds:
    """Tells by which user relation types (ids) people are entitled to a move."""

    key: str
    relation_types: Callable[[Move], Collection[int]]


grounds: Registry[Grounds] = Registry("the grounds on which people are entitled")


def electorate_of(move: Move, requester_id: int | None) -> Electorate:
    """Those entitled now; without the requester where the transition bars their vote."""
    transition = move.transition
    barred = None if transition.allows_requester_vote else requester_id
    people = gate.who("transition", move).in_bulk()
    if barred is not None:
        people.pop(barred, None)
    groups = _groups(move, people) if transition.mode == Mode.ONE_PER_RELATION else []
    return Electorate(people, groups, barred)


def _groups(move: Move, people: Collection[int]) -> list[frozenset[int]]:
    types = {pk for kind in grounds for pk in kind.relation_types(move)}
    holders: dict[int, set[int]] = defaultdict(set)
    rows = UserRelation.objects.filter(object=move.object, type__in=types, user__in=people)
    for type_id, user_id in rows.values_list("type_id", "user_id"):
        holders[type_id].add(user_id)
    return [frozenset(holders[type_id]) for type_id in sorted(types)]


def seen_of(obj: GovernedObject, transition: Transition) -> dict[str, Any]:
    """The values of the watched attributes: what a vote is bound to."""
    return {key: obj.attributes.get(key) for key in transition.watched_attribute_keys}

"""Governed objects: who reaches the board, and what the type's conditions leave of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User
from accounts.remembering import is_remembering
from catalog.models import GovernedObject
from permissions import condition_queries as queries
from permissions import conditions
from permissions.columns import OPEN, Columns, of_boards
from permissions.conditions import ClauseBook
from permissions.kinds import boards
from permissions.outcomes import Clause, Outcome, judge, names_that_edit
from permissions.people import ROLES_THAT_NEED_A_RELATION, needs_relation
from permissions.rules import SYSTEM_REASON, RuleSet

NO_RELATIONS: frozenset[int] = frozenset()
VERBS_OF_EDITING = frozenset({"edit", "move", "delete"})


@dataclass(frozen=True, slots=True)
class Standing:
    """One person before one object: what the decisions about it need, read once."""

    user: User
    thing: GovernedObject
    seen: Decision
    book: ClauseBook
    relation_type_ids: frozenset[int]
    columns: Columns = OPEN

    def judge(self, clauses: Sequence[Clause]) -> Outcome:
        return judge(
            clauses,
            state_id=self.thing.state_id,
            relation_type_ids=self.relation_type_ids,
            needs_relation=needs_relation(self.user),
        )

    @property
    def type_clauses(self) -> list[Clause]:
        return self.book.of_type(self.thing.object_type_id)


def standings(
    user: User,
    things: Iterable[GovernedObject],
    *,
    attributes: Iterable[int] = (),
    transitions: Iterable[int] = (),
) -> dict[int, Standing]:
    """By object id, what every decision about these objects needs; four queries at most; where
    attributes are asked for one more, or two if the boards have columns that restrict."""
    listed = {thing.pk: thing for thing in things}
    asked = list(attributes)
    book, relations = _grounds(user, listed, asked, list(transitions))
    seen = boards.sights(user, boards.boards_of(listed.values()))
    columns = of_boards(user, {one.board_id for one in listed.values()}) if asked else OPEN
    return {
        pk: Standing(
            user, thing, seen[thing.board_id], book, relations.get(pk, NO_RELATIONS), columns
        )
        for pk, thing in listed.items()
    }


def _grounds(
    user: User, things: Mapping[int, GovernedObject], attributes: list[int], transitions: list[int]
) -> tuple[ClauseBook, Mapping[int, frozenset[int]]]:
    """The clauses on these assets, and by object what relations this person has to it."""
    few = len(things) == 1 and max(len(attributes), len(transitions)) <= 1
    if few and not is_remembering():
        ((pk, thing),) = things.items()
        book, held = conditions.before(
            user.pk,
            thing,
            attribute=next(iter(attributes), None),
            transition=next(iter(transitions), None),
        )
        return book, {pk: held}
    book = conditions.read(
        types={thing.object_type_id for thing in things.values()},
        attributes=attributes,
        transitions=transitions,
    )
    return book, conditions.relations_on(user.pk, list(things), book.clauses)


def sight(stand: Standing) -> Decision:
    """Does this person see the object?"""
    if not stand.seen or stand.judge(stand.type_clauses).visible:
        return stand.seen
    return Decision(
        False,
        "condition",
        f"The conditions on {stand.thing.object_type} hide it {_in_state(stand.thing)}.",
    )


def editing(stand: Standing, *, deed: Callable[[], str] | None = None) -> Decision:
    """May this person edit the object? `deed` says for what, where it isn't to edit it."""
    seen = sight(stand)
    if not seen:
        return seen
    return grant(
        stand,
        stand.type_clauses,
        level="condition",
        deed=deed or (lambda: f"edit a {stand.thing.object_type}"),
    )


def commenting(stand: Standing) -> Decision:
    """May this person say something about the object?

    Whoever sees it; of the roles that edit by a condition only, those whom one lets edit it.
    """
    if needs_relation(stand.user):
        return editing(stand, deed=lambda: f"comment on a {stand.thing.object_type}")
    seen = sight(stand)
    return seen and Decision(True, "board", "Everybody who sees the object may comment on it.")


QUESTIONS = {"view": sight, "comment": commenting}


def grant(
    stand: Standing, clauses: Sequence[Clause], *, level: str, deed: Callable[[], str]
) -> Decision:
    """Do these clauses let this person edit, or move, what they stand on?

    `deed` says what in words, for the sentence that says why not; to say it may cost a query.
    """
    if not stand.judge(clauses).editable:
        return _why_not(stand, clauses, level, deed())
    if clauses:
        return Decision(True, level, "A condition grants it to them.")
    return Decision(True, "board", "Everybody who reaches the board may; there are no conditions.")


def _why_not(stand: Standing, clauses: Sequence[Clause], level: str, deed: str) -> Decision:
    state_id, where = stand.thing.state_id, _in_state(stand.thing)
    names = " or ".join(names_that_edit(clauses, state_id))
    role = f"The role {stand.user.role} may {deed} only where a condition with a relation matches"
    if not clauses:
        return Decision(False, "role", f"{role}; there is no condition.")
    # Where a clause grants everybody, it is their role that keeps this person out.
    if any(one.grants_everybody(state_id) for one in clauses):
        which = f"{where} that is {names}" if names else f"none does {where}"
        return Decision(False, "role", f"{role}; {which}.")
    if names:
        return Decision(False, level, f"Only {names} may {deed} {where}.")
    return Decision(False, level, f"No condition lets anybody {deed} {where}.")


def _in_state(thing: GovernedObject) -> str:
    return f"in the state {thing.state}" if thing.state_id else "without a state"


def visible_objects(user: User) -> Q:
    hiding = conditions.read_of_types_that_hide()
    return boards.on_visible_boards(user) & queries.visible_objects(hiding.types, user)


def editable_objects(user: User) -> Q:
    """Not asked whether they are visible: what a clause lets edit, it shows."""
    clauses = conditions.read_of_types().types
    return boards.on_visible_boards(user) & queries.editable_objects(clauses, user)


def people_who_see(thing: GovernedObject, book: ClauseBook) -> Q:
    return boards.people_who_see(thing.board) & queries.people_who_see(
        book.of_type(thing.object_type_id), thing
    )


def people_who_edit(thing: GovernedObject, book: ClauseBook) -> Q:
    return boards.people_who_see(thing.board) & queries.people_who_edit(
        book.of_type(thing.object_type_id), thing
    )


class ObjectRules(RuleSet[GovernedObject]):
    kind = GovernedObject
    verbs = frozenset({"view", "comment"}) | VERBS_OF_EDITING
    overridden = verbs

    def allows(self, user: User, verb: str, thing: GovernedObject) -> Decision:
        return self.allows_each(user, verb, [thing])[0]

    def allows_each(
        self, user: User, verb: str, things: Sequence[GovernedObject]
    ) -> list[Decision]:
        question = QUESTIONS.get(verb, editing)
        found = standings(user, things)
        return [question(found[thing.pk]) for thing in things]

    def narrow(self, user: User, verb: str) -> Q:
        if verb == "view" or (verb == "comment" and not needs_relation(user)):
            return visible_objects(user)
        return editable_objects(user)

    def who(self, verb: str, thing: GovernedObject) -> Q:
        book = conditions.read(types=[thing.object_type_id])
        if verb == "comment":
            seeing = people_who_see(thing, book) & ~Q(role__in=ROLES_THAT_NEED_A_RELATION)
            return seeing | people_who_edit(thing, book)
        people = people_who_see if verb == "view" else people_who_edit
        return people(thing, book)

    def allows_system(self, verb: str, thing: GovernedObject) -> Decision:
        """Only history asks whether it was an override: seeing leaves none."""
        if verb in QUESTIONS:
            return super().allows_system(verb, thing)
        clauses = conditions.read(types=[thing.object_type_id]).of_type(thing.object_type_id)
        return system_decision(thing, clauses)


def system_decision(thing: GovernedObject, *assets: Sequence[Clause]) -> Decision:
    """The system may; by override where somebody without any relation might not."""
    outcomes = (
        judge(clauses, state_id=thing.state_id, relation_type_ids=(), needs_relation=False)
        for clauses in assets
    )
    is_override = not all(one.visible and one.editable for one in outcomes)
    return Decision(True, "account", SYSTEM_REASON, override=is_override)

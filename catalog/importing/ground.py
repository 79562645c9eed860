"""What an import stands on: the schema of its object type, loaded once for all lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from accounts.actor import Actor
from accounts.exceptions import Problem
from accounts.keys import nearest
from catalog import attributes as rules
from catalog.importing.reading import Line
from catalog.models import (
    AttributeType,
    Board,
    ObjectType,
    RelationType,
    State,
    UserRelationType,
)
from catalog.services.beginnings import first_state
from journal.strict_json import escaped


@dataclass(frozen=True)
class Ground:
    """The place of the import and the schema by keys. `keys` are those of all lines of the file,
    lower-cased, with how they are written and in which line they stand first."""

    actor: Actor
    object_type: ObjectType
    board: Board
    creates_users: bool
    keys: Mapping[str, tuple[str, int]]
    attributes: tuple[AttributeType, ...]
    states: Mapping[str, State]
    first_state: State | None
    relation_types: Mapping[str, RelationType]
    person_types: Mapping[str, UserRelationType]

    @classmethod
    def of(
        cls,
        object_type: ObjectType,
        *,
        actor: Actor,
        board: Board,
        creates_users: bool,
        keys: Mapping[str, tuple[str, int]],
    ) -> Ground:
        lifecycle = object_type.lifecycle
        states = lifecycle.states.all() if lifecycle else ()
        return cls(
            actor=actor,
            object_type=object_type,
            board=board,
            creates_users=creates_users,
            keys=keys,
            attributes=tuple(object_type.attributes.all()),
            states={state.key: state for state in states},
            first_state=first_state(object_type),
            relation_types={one.key: one for one in RelationType.objects.all()},
            person_types={one.key: one for one in UserRelationType.objects.all()},
        )

    def problems_of(self, line: Line) -> list[Problem]:
        """What is wrong with a line that can be told from the schema alone."""
        problems: list[Problem] = []
        first = self.keys.get(line.key.lower(), (line.key, line.number))
        if first[1] != line.number:
            detail = f"Line {first[1]} has the key {first[0]} already."
            problems.append(Problem("/key", "duplicateKey", detail, line.key))
        if line.state_key is not None and line.state_key not in self.states:
            sentence = f"{self.object_type.key} has no state {{}}."
            problems.append(_unknown("/stateKey", sentence, line.state_key, self.states))
        for key in line.people:
            if key not in self.person_types:
                place = f"/userRelations/{escaped(key[:100])}"
                sentence = "There is no user relation type {}."
                problems.append(_unknown(place, sentence, key, self.person_types))
        for key in line.relations:
            problems += self._relation_problems(key)
        return problems

    def _relation_problems(self, key: str) -> list[Problem]:
        place = f"/relations/{escaped(key[:100])}"
        kind = self.relation_types.get(key)
        if kind is None:
            sentence = "There is no relation type {}."
            return [_unknown(place, sentence, key, self.relation_types)]
        if kind.source_object_type_id in (None, self.object_type.pk):
            return []
        detail = f"{key} does not begin at a {self.object_type.name}."
        return [Problem(place, "wrongObjectType", detail, key)]

    def names_in(self, lines: Iterable[Line]) -> list[str]:
        """The usernames that the lines name, in their people and their attributes, in order."""
        named: dict[str, None] = {}
        for line in lines:
            for names in line.people.values():
                named.update(dict.fromkeys(names))
            named.update(
                dict.fromkeys(sorted(rules.usernames_in(self.attributes, line.attributes)))
            )
        return list(named)

    def is_coming(self, key: str, object_type_id: int | None) -> bool:
        """Whether an object of this key is named by some line, for a target of this type."""
        if object_type_id not in (None, self.object_type.pk):
            return False
        return self.keys.get(key.lower(), ("", 0))[0] == key

    def values_of(
        self, line: Line, *, complete: bool, known_users: Callable[[str], bool]
    ) -> tuple[dict[str, object], list[Problem]]:
        return rules.validate(
            self.attributes, line.attributes, complete=complete, known_users=known_users
        )


def _unknown(pointer: str, sentence: str, key: str, known: Iterable[str]) -> Problem:
    near = nearest(key, known)
    hint = f" Perhaps {near} was meant." if near else ""
    return Problem(pointer, "unknownKey", sentence.format(key[:100]) + hint, key[:100], near)

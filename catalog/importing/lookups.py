"""What lines name by key, found in the database for a whole batch at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from django.db.models.functions import Lower

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Problem
from accounts.folding import folded
from accounts.models import User
from accounts.services.users import add_inactive_users, problems_of_new
from catalog.models import GovernedObject, ObjectType

CHUNK = 500
T = TypeVar("T")


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


class Targets:
    """Objects by key, as far as the actor may see them."""

    def __init__(self, actor: Actor, object_type: ObjectType) -> None:
        self._actor, self._own = actor, object_type.pk
        self._found: dict[str, dict[int, int]] = defaultdict(dict)
        self._sought: set[tuple[int | None, str]] = set()

    def look_up(self, wanted: Iterable[tuple[int | None, str]]) -> None:
        """Finds (object type id, key) pairs; without a type an object of any type will do."""
        by_type: dict[int | None, list[str]] = defaultdict(list)
        for pair in set(wanted) - self._sought:
            self._sought.add(pair)
            by_type[pair[0]].append(pair[1])
        anywhere = by_type.pop(None, [])
        for type_id in {*by_type, *([self._own] if anywhere else [])}:
            keys = by_type.get(type_id, []) + (anywhere if type_id == self._own else [])
            self._find(keys, type_id)
        self._find([key for key in anywhere if self._own not in self._found.get(key, {})], None)

    def _find(self, keys: Sequence[str], type_id: int | None) -> None:
        for chunk in chunks(keys):
            rows = gate.narrow(self._actor, "view", GovernedObject.objects.all())
            if type_id is not None:
                rows = rows.filter(object_type=type_id)
            rows = rows.annotate(folded=Lower("key"))
            found = rows.filter(folded__in=[key.lower() for key in chunk])
            for pk, of_type, key in found.values_list("pk", "object_type_id", "key"):
                self._found[key][of_type] = pk

    def add(self, obj: GovernedObject) -> None:
        """An object that was just made."""
        self._found[obj.key][obj.object_type_id] = obj.pk

    def ids(self, key: str, type_id: int | None) -> list[int]:
        """The objects that may be meant: one, none, or several where no type is named."""
        found = self._found.get(key, {})
        wanted = self._own if type_id is None and self._own in found else type_id
        if wanted is None:
            return list(found.values())
        return [found[wanted]] if wanted in found else []


class Tree:
    """Who is whose parent, as far up as it matters, to refuse circles."""

    def __init__(self) -> None:
        self._parent: dict[int, int | None] = {}

    def load(self, ids: Iterable[int]) -> None:
        """The objects and all that are above them."""
        wanted = set(ids) - self._parent.keys()
        while wanted:
            for chunk in chunks(wanted):
                rows = GovernedObject.objects.filter(pk__in=chunk)
                self._parent.update(rows.values_list("pk", "parent_id"))
            above = {self._parent.get(one) for one in wanted}
            wanted = {one for one in above if one is not None} - self._parent.keys()

    def link(self, child: int, parent: int) -> bool:
        """Puts the child below the parent; False where that would close a circle."""
        above: int | None = parent
        while above is not None:
            if above == child:
                return False
            above = self._parent.get(above)
        self._parent[child] = parent
        return True


class People:
    """Users by name, ignoring case; where it is asked for, unknown ones are added, inactive."""

    def __init__(self, actor: Actor, *, adds_unknown: bool) -> None:
        self._actor, self._adds = actor, adds_unknown
        self._found: dict[str, User | None] = {}
        self._wrong: dict[str, Problem] = {}

    def look_up(self, names: Iterable[str]) -> None:
        """Finds these people; of those who may be added, what is wrong with their names."""
        new = [name for name in dict.fromkeys(names) if self._found.get(folded(name)) is None]
        for chunk in chunks({folded(name) for name in new}):
            rows = User.objects.filter(folded_username__in=chunk)
            self._found.update((user.folded_username, user) for user in rows)
        unknown = [name for name in new if self._found.setdefault(folded(name), None) is None]
        if self._adds:
            self._wrong = problems_of_new(unknown)

    def problem_with(self, name: str) -> Problem | None:
        """None where there is such a person, or will be."""
        if self._found.get(folded(name)) is not None:
            return None
        if self._adds:
            return self._wrong.get(name)
        detail = f"The username of a known user is expected here, not {name[:100]!r}."
        return Problem("", "unknownUser", detail, name[:100])

    def is_exactly_known(self, name: str) -> bool:
        """Whether somebody has or will have this name, for a value stored as it is written."""
        user = self._found.get(folded(name))
        return user.username == name if user is not None else self.problem_with(name) is None

    def add_unknown(self, names: Iterable[str]) -> int:
        """Adds those who are not there yet; how many they were."""
        missing = [name for name in dict.fromkeys(names) if self._found.get(folded(name)) is None]
        if not missing:
            return 0
        made = add_inactive_users(missing, actor=self._actor)
        self._found.update((folded(name), user) for name, user in made.items())
        return len({user.pk for user in made.values()})

    def forget_unsaved(self) -> None:
        """After a transaction that was rolled back, what it added is not there."""
        self._found.clear()
        self._wrong.clear()

    def named(self, name: str) -> User:
        user = self._found[folded(name)]
        assert user is not None, "was looked up, and added where it was missing"
        return user

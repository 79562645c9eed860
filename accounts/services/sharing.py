"""Who owns and who joins a thing that is shared, by names as they are written from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.grants import JOIN, OWN, holders, set_holders
from accounts.keys import FORM_TEXT, is_key
from accounts.names import misleading_in
from accounts.services.people import People, find_people
from journal.recording import Fact, record

LONGEST_NAME = 200


def give_first_holders(
    thing: Any, *, owners: Sequence[str], members: Sequence[str], actor: Actor
) -> None:
    """Of a new thing; without owners its maker is the owner."""
    maker = People((actor.user,)) if actor.user is not None else People()
    _hold(thing, OWN, find_people(owners, actor=actor, pointer="/owners") or maker)
    change_members(thing, members, actor=actor)


def change_owners(thing: Any, names: Sequence[str], *, actor: Actor) -> None:
    """Makes these the owners; a thing that has owners keeps at least one."""
    found = find_people(names, actor=actor, pointer="/owners")
    if not found and any(holders(thing, OWN)):
        detail = "The last owner can't leave: name another one."
        raise Invalid(problems=[Problem("/owners", "lastOwner", detail)])
    _hold(thing, OWN, found)
    _tell(thing, actor)


def change_members(thing: Any, names: Sequence[str], *, actor: Actor) -> None:
    _hold(thing, JOIN, find_people(names, actor=actor, pointer="/members"))
    _tell(thing, actor)


def label_problems(key: str, name: str) -> list[Problem]:
    """What is wrong with the key and the name of a thing that is shared."""
    problems = []
    if not is_key(key):
        problems.append(Problem("/key", "badKey", FORM_TEXT, key[:120]))
    if character := misleading_in(name):
        detail = f"A name can't hold the character {character}."
        problems.append(Problem("/name", "badCharacter", detail))
    if not name.strip() or len(name) > LONGEST_NAME:
        detail = f"A name has 1 to {LONGEST_NAME} characters."
        problems.append(Problem("/name", "badName", detail))
    return problems


def _hold(thing: Any, level: str, people: People) -> None:
    set_holders(thing, level, users=people.users, teams=people.teams)


def _tell(thing: Any, actor: Actor) -> None:
    """Others rely on who reaches what: whoever lost it has no vote any more."""
    named = {"thing": thing._meta.model_name, "key": thing.key}
    record(Fact("holdersChanged", payload=named), origin=actor.origin)

"""Loads the demo account: what is missing of its people, and its recipes the first time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from accounts.actor import Actor
from accounts.models import User
from catalog.importing.service import import_objects
from catalog.models import Board, GovernedObject, ObjectType, Package
from catalog.packages.applying import apply
from catalog.services import commenting
from config.demo.people import load_people, load_places
from workflows.lifecycle import service

HERE = Path(__file__).parent
FILES = (("recipes.jsonl", "recipe"), ("trials.jsonl", "trials"))

# Who makes the first moves, so that history, runs and inboxes have something to show.
MOVES = (
    ("owner", "wild-garlic-focaccia", "submit_for_review"),
    ("owner", "mussels-in-cider", "submit_for_review"),
    ("member", "saffron-risotto", "submit_for_review"),
    ("approver", "onion-soup", "approve"),
    ("approver", "mole-negro", "send_back"),
)
# A small thread: who asks, of which type, and who answers.
THREAD = "mussels-in-cider"
SAID = (
    (
        "approver",
        "question",
        "The cider is Breton. Would a dry one from Herefordshire do, or does it turn too sour?",
        (
            ("owner", "It does, with a spoon of honey. I tried both last week."),
            ("approver", "Then let us name both in the method."),
        ),
    ),
    ("steward", "question", "Are the 25 minutes with or without cleaning the mussels?", ()),
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loading made; nothing where the account was there already."""

    users: int
    objects: int


@transaction.atomic
def load() -> Loaded:
    """Makes what is missing. What people have changed or deleted since stays as they left it."""
    actor = Actor.system("command", "demo")
    users = load_people(actor)
    load_places(actor)
    if Package.objects.filter(key="demo").exists():
        return Loaded(users, 0)
    apply(json.loads((HERE / "package.json").read_text(encoding="utf-8")), actor=actor)
    for name, board in FILES:
        _import(HERE / name, board, actor)
    for username, key, transition in MOVES:
        obj = GovernedObject.objects.get(key=key)
        service.move(obj, transition, actor=_acting(username))
    _say()
    return Loaded(users, GovernedObject.objects.filter(object_type__key="recipe").count())


def _say() -> None:
    obj = GovernedObject.objects.get(key=THREAD)
    for username, type_key, body, answers in SAID:
        asker = _acting(username)
        kind = commenting.find_type(type_key, obj, actor=asker)
        asked = commenting.add(obj, body, actor=asker, type=kind)
        for answerer, answer in answers:
            commenting.add(obj, answer, actor=_acting(answerer), parent=asked)


def _acting(username: str) -> Actor:
    return Actor(User.objects.get(username=username), "page")


def _import(path: Path, board: str, actor: Actor) -> None:
    report = import_objects(
        path,
        actor=actor,
        object_type=ObjectType.objects.get(key="recipe"),
        board=Board.objects.get(key=board),
    )
    if report.bad:
        raise RuntimeError(f"{path.name}: {report.as_json()['bad']}")

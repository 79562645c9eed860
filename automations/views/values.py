"""What went into a step and came out of it, as lines: names stand for keys where they are known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from notifications.models import Template
from workflows.models import Transition
from workflows.views.texts import Line, in_order, shortened, spaced, text_of, whole_text_of
from workflows.views.words import Names, names_for

Json = Mapping[str, Any]
# Fields that hold keys -> what names them; a step's own fields before those of every step.
NAMED = {
    "attributeKey": "attributes",
    "objectTypeKey": "object_types",
    "fromStateKey": "states",
    "toStateKey": "states",
    "relationTypeKey": "relation_types",
    "recipientRelationType": "person_types",
    "templateKey": "templates",
    "transitionKey": "transitions",
    "recipients": "people",
    "sent": "people",
}
NAMED_OF = {"changeWorkflowState": {"before": "states", "after": "states"}}
WORDS = {
    "sent": "Told",
    "leftOut": "Not told",
    "override": "By an administrator's power",
    "recipientRelationType": "To each",
}
# Said only where it is so.
RARE = frozenset({"override"})


@dataclass(frozen=True, slots=True)
class StepNames:
    """What the keys in the run history of one version are called."""

    words: Names
    templates: Mapping[str, str] = field(default_factory=dict)
    transitions: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def of(self, kind: str) -> Mapping[str, str]:
        own = {
            "templates": self.templates,
            "transitions": self.transitions,
            "people": self.people,
        }
        found: Mapping[str, str] = own[kind] if kind in own else getattr(self.words, kind)
        return found


NO_NAMES = StepNames(Names())


def step_names(definition: Json, held: Iterable[Json | None]) -> StepNames:
    """The names that these inputs and outputs need: eight queries at most, however many."""
    parts = [one for one in held if one]
    wanted = {kind: set(_keys(parts, kind)) for kind in ("templates", "transitions", "people")}
    templates = Template.objects.filter(key__in=wanted["templates"])
    transitions = Transition.objects.filter(key__in=wanted["transitions"])
    people = User.objects.filter(username__in=wanted["people"])
    return StepNames(
        words=names_for(definition, kinds=frozenset(_kinds(parts))),
        templates={one.key: str(one) for one in templates} if wanted["templates"] else {},
        transitions=(dict(transitions.values_list("key", "name")) if wanted["transitions"] else {}),
        people={one.username: one.display_name for one in people} if wanted["people"] else {},
    )


def _kinds(parts: Iterable[Json]) -> Iterator[str]:
    """The kinds of names that some part needs; before and after may be states."""
    for part in parts:
        yield from (NAMED[name] for name in part if name in NAMED)
        if "transitionKey" in part:
            yield "states"


def _keys(parts: Iterable[Json], kind: str) -> Iterator[str]:
    for part in parts:
        for name, value in part.items():
            if NAMED.get(name) == kind:
                values = value if isinstance(value, list) else [value]
                yield from (one for one in values if isinstance(one, str))


def lines_of(held: Json | None, names: StepNames = NO_NAMES, *, type_key: str = "") -> list[Line]:
    """JSON as lines to read; what holds nothing is left out."""
    if held is None:
        return []
    return [
        _line(name, held[name], names, type_key)
        for name in in_order(held)
        if held[name] not in ([], {}) and not (name in RARE and not held[name])
    ]


def _line(name: str, value: Any, names: StepNames, type_key: str) -> Line:
    kind = NAMED_OF.get(type_key, {}).get(name) or NAMED.get(name)
    called = names.of(kind) if kind else {}
    whole = _told(value, called)
    text = shortened(whole)
    return Line(
        WORDS.get(name, spaced(name)),
        text,
        is_code=isinstance(value, Mapping),
        title=text_of(value) if called and text_of(value) != text else "",
        whole=whole if text != whole else "",
    )


def _told(value: Any, called: Mapping[str, str]) -> str:
    """Like any JSON; people who were left out are told with the reason."""
    if isinstance(value, str):
        return called.get(value, value)
    if isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
        return "\n".join(_one(one) for one in value)
    if isinstance(value, list) and called:
        return ", ".join(_told(one, called) for one in value)
    return whole_text_of(value)


def _one(held: Json) -> str:
    if "username" in held and "detail" in held:
        return f"{held['username']}: {held['detail']}"
    return whole_text_of(held)

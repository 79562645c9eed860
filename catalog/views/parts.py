"""The parts of an object's page: its lifecycle, what can be done next, people, relations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts import gate
from accounts.actor import Actor
from automations.models import Execution
from catalog.diagram import Diagram, DiagramState, DiagramTransition, draw
from catalog.models import (
    AttributeType,
    GovernedObject,
    Relation,
    RelationType,
    State,
    UserRelation,
    UserRelationType,
)
from catalog.views.threads import wanted_type_names
from catalog.views.values import Names, Value, shown
from permissions.models import Condition
from workflows.lifecycle import service as lifecycle
from workflows.lifecycle.service import Option
from workflows.models import Transition

MOST_RELATED = 60
MOST_CHILDREN = 60
MOST_EXECUTIONS = 6


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the object with its value, and whether its reader may edit it."""

    name: str
    key: str
    value: Value
    is_editable: bool
    is_long: bool


@dataclass(frozen=True, slots=True)
class Related:
    """An object at the other end of a relation; `removal` takes the relation away."""

    id: int
    name: str
    key: str
    state: State | None
    removal: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """A transition that starts here; `leads` where it is the one to offer first.

    `comment_type` is how the type of comment is called that it wants.
    """

    option: Option
    leads: bool
    comment_type: str = ""


@dataclass(slots=True)
class RelatedGroup:
    """The relations of one type in one direction."""

    label: str
    is_incoming: bool
    related: list[Related] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A person who relates to the object."""

    name: str
    username: str
    is_active: bool
    removal: str


@dataclass(slots=True)
class PeopleGroup:
    """The people of one user relation type."""

    label: str
    people: list[Assigned] = field(default_factory=list)


def attributes_of(
    obj: GovernedObject,
    attributes: Iterable[AttributeType],
    *,
    hidden: frozenset[str],
    editable: frozenset[str],
    names: Names,
) -> list[Attribute]:
    return [
        Attribute(
            name=one.name,
            key=one.key,
            value=shown(one, obj.attributes.get(one.key), names),
            is_editable=one.key in editable,
            is_long=one.type == AttributeType.ValueType.TEXT,
        )
        for one in attributes
        if one.key not in hidden
    ]


def drawing_of(obj: GovernedObject, states: Sequence[State]) -> Diagram | None:
    """The lifecycle with the present state; None where the object has none."""
    lifecycle = obj.object_type.lifecycle
    if lifecycle is None or not states:
        return None
    moves = Transition.objects.filter(lifecycle=lifecycle).values_list(
        "from_state__key", "to_state__key", "name"
    )
    return draw(
        [DiagramState(one.key, one.name, one.color or None, one.position) for one in states],
        [DiagramTransition(*move) for move in moves],
        obj.state.key if obj.state else None,
    )


def next_of(obj: GovernedObject, *, actor: Actor) -> list[Next]:
    """The transitions from here; the first forward one that the reader may make leads."""
    options = lifecycle.options(obj, actor=actor)
    here = obj.state.position if obj.state else 0
    leading = next(
        (one for one in options if one.allowed and one.transition.to_state.position > here), None
    )
    names = wanted_type_names([one.transition for one in options])
    return [
        Next(one, one is leading, names.get(one.transition.required_comment_type_key, ""))
        for one in options
    ]


def people_of(obj: GovernedObject) -> list[PeopleGroup]:
    """Everybody who relates to the object, by the type of relation."""
    held = UserRelation.objects.filter(object=obj).select_related("user", "type")
    groups: dict[int, PeopleGroup] = {}
    for one in held.order_by("type__name", "type_id", "user__username"):
        group = groups.setdefault(one.type_id, PeopleGroup(one.type.name))
        group.people.append(
            Assigned(
                one.user.display_name,
                one.user.username,
                one.user.is_active,
                reverse("unassign", args=[obj.pk, one.pk]),
            )
        )
    return list(groups.values())


def relations_of(obj: GovernedObject, *, actor: Actor) -> list[RelatedGroup]:
    """The relations in both directions to objects that the reader sees."""
    seen = gate.narrow(actor, "view", GovernedObject.objects.all()).order_by().values("pk")
    groups: dict[tuple[int, bool], RelatedGroup] = {}
    rows = Relation.objects.select_related("type", "target__state", "source__state")
    for one in rows.filter(source=obj, target__in=seen).order_by("type__name", "pk")[:MOST_RELATED]:
        group = groups.setdefault((one.type_id, False), RelatedGroup(one.type.name, False))
        removal = reverse("unrelate", args=[obj.pk, one.pk])
        group.related.append(_related(one.target, removal))
    for one in rows.filter(target=obj, source__in=seen).order_by("type__name", "pk")[:MOST_RELATED]:
        group = groups.setdefault((one.type_id, True), RelatedGroup(one.type.name, True))
        group.related.append(_related(one.source))
    return list(groups.values())


def _related(obj: GovernedObject, removal: str = "") -> Related:
    return Related(obj.pk, obj.name, obj.key, obj.state, removal)


def parent_of(obj: GovernedObject, *, actor: Actor) -> GovernedObject | None:
    """The object above, where the reader sees it."""
    if obj.parent_id is None:
        return None
    above = GovernedObject.objects.select_related("state").filter(pk=obj.parent_id)
    return gate.narrow(actor, "view", above).first()


def children_of(obj: GovernedObject, *, actor: Actor) -> list[Related]:
    below = GovernedObject.objects.select_related("state").filter(parent=obj)
    seen = gate.narrow(actor, "view", below).order_by("name", "pk")[:MOST_CHILDREN]
    return [_related(one) for one in seen]


def executions_about(obj: GovernedObject, *, actor: Actor) -> list[Execution]:
    """The latest runs of workflows that this object set off, of those the reader sees."""
    about = Execution.objects.filter(subject_id=obj.pk).select_related("workflow")
    return list(gate.narrow(actor, "view", about).order_by("-pk")[:MOST_EXECUTIONS])


def relation_types_from(obj: GovernedObject) -> QuerySet[RelationType]:
    """The relations that may begin at the object."""
    kinds = RelationType.objects.order_by("name", "key")
    return kinds.filter(source_object_type=obj.object_type) | kinds.filter(source_object_type=None)


def person_types_for(obj: GovernedObject) -> list[UserRelationType]:
    """All there are; first those that the conditions around the object's type name."""
    object_type = obj.object_type
    named = Condition.objects.filter(
        Q(object_type=object_type)
        | Q(attribute__object_type=object_type)
        | Q(transition__lifecycle=object_type.lifecycle_id)
    )
    wanted = set(named.values_list("user_relation_type", flat=True))
    every = UserRelationType.objects.order_by("name", "key")
    return sorted(every, key=lambda one: one.pk not in wanted)

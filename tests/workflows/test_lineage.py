"""What a definition reads, which of its references lead nowhere, and who is told of that."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.exceptions import Conflict, Invalid
from catalog.filters import present
from catalog.models import AttributeType, ObjectType
from catalog.packages.applying import apply
from catalog.packages.single import delete_one
from notifications.models import Template
from tests.kitchen import SYSTEM, TELL, Kitchen, definition, published
from workflows.authoring.checks import check
from workflows.authoring.lineage import reads_of
from workflows.authoring.services import drafts

pytestmark = pytest.mark.django_db


def note(value: Any, **more: Any) -> dict[str, Any]:
    return {"type": "setAttributeValue", "attributeKey": "note", "value": value, **more}


def found(what: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    return [(one.pointer, one.code, one.nearest) for one in check(what)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ @object.attributes.price }} of {{ @object.name }}", None),
        ("{{ @event.before }}", None),
        ("{{ @input.anything.at.all }}", None),
        ("{{ @currentUserId }} {{ @now }} {{ @objectId }} {{ @objectTypeKey }}", None),
        ("{{ @object.attributes.prise }}", ("unknownReference", "price")),
        ("{{ @object.relations.goes_wit.name }}", ("unknownReference", "goes_with")),
        ("{{ @object.relations.goes_with.attributes.prise }}", ("unknownReference", "price")),
        ("{{ @object.userRelations.busines_owner }}", ("unknownReference", "business_owner")),
        ("{{ @object.parent.nmae }}", ("unknownReference", "name")),
        ("{{ @event.beefore }}", ("unknownReference", "before")),
        ("{{ @steps.frist.before }}", ("unknownReference", "first")),
        ("{{ @steps.first.befor }}", ("unknownReference", "before")),
        ("{{ @steps.later.before }}", ("unknownReference", None)),
        ("{{ @variables.total }}", ("unknownReference", None)),
        ("{{ @item }}", ("unknownVariable", None)),
        ("{{ uper(@now) }}", ("unknownFunction", None)),
        ("{{ upper() }}", ("wrongArgumentCount", None)),
        ("{{ matches(@object.name, '(') }}", ("invalidPattern", None)),
        ("@object.attributes.prise", ("unknownReference", "price")),
    ],
)
def test_every_reference_of_a_step_is_checked(
    kitchen: Kitchen, value: str, expected: tuple[str, str | None] | None
) -> None:
    steps = [note("x", id="first"), note(value), note("y", id="later")]
    told = set() if expected is None else {("/steps/1/value", *expected)}
    assert set(found(definition(*steps))) == told


def test_a_problem_says_where_in_the_text_it_is(kitchen: Kitchen) -> None:
    (problem,) = check(definition(note("total:\n {{ 1 + @object.attributes.prise }}")))
    assert "'prise' of recipe; perhaps 'price' was meant (at line 2, column 27" in problem.detail
    assert (problem.pointer, problem.value) == ("/steps/0/value", "prise")


def test_without_an_object_type_any_that_exists_will_do(kitchen: Kitchen) -> None:
    other = ObjectType.objects.create(key="policy", name="Policy")
    AttributeType.objects.create(object_type=other, key="due", name="Due", type="date")
    everywhere = {"allowAllObjectTypes": True}
    assert not found(definition(note("{{ @object.attributes.due }}"), stream=everywhere))
    assert found(definition(note("{{ @object.attributes.due }}"))) == [
        ("/steps/0/value", "unknownReference", None)
    ]
    # The trigger's type is meant where the stream names none.
    of_trigger = {"event": "objectCreated", "objectTypeKey": "recipe"}
    assert found(definition(note("{{ @object.attributes.due }}"), trigger=of_trigger, stream={}))


def test_a_schedule_has_no_event_and_without_a_stream_no_object(kitchen: Kitchen) -> None:
    daily = {"schedule": "daily", "time": "06:00"}
    steps = (note("{{ @event.before }}"), note("{{ @object.name }} {{ @objectId }}"))
    places = ["/steps/0/value", "/steps/1/value", "/steps/1/value"]
    with_stream = {"trigger": daily, "stream": {"objectTypeKey": "recipe"}, "steps": list(steps)}
    assert found(with_stream) == [(places[0], "unknownVariable", None)]
    alone = {"trigger": daily, "steps": list(steps)}
    assert found(alone) == [(place, "unknownVariable", None) for place in places]


def test_values_of_a_stream_are_checked(kitchen: Kitchen) -> None:
    criteria = [
        {"attributeKey": "note", "operator": "equals", "value": "{{ @event.aftr }}"},
        {"attributeKey": "note", "operator": "equals", "value": "{{ @steps.one.before }}"},
        {"attributeKey": "note", "operator": "equals", "value": "{{ @object.name }}"},
    ]
    relations = [{"relationTypeKey": "goes_with", "targetKey": "{{ @variables.x }}"}]
    stream = {
        "objectTypeKey": "recipe",
        "attributes": criteria[1:],
        "any": [[criteria[0]]],
        "relations": relations,
    }
    assert sorted(found(definition(note("x"), stream=stream))) == [
        ("/stream/any/0/0/value", "unknownReference", "after"),
        ("/stream/attributes/0/value", "unknownReference", None),
        ("/stream/attributes/1/value", "objectInFilter", None),
        ("/stream/relations/0/targetKey", "unknownReference", None),
    ]


def test_a_failure_branch_knows_its_step_and_what_is_nested_runs_after(kitchen: Kitchen) -> None:
    reads = "{{ @steps.first.before }}"
    repair = {"onFailure": {"steps": [note(reads, id="repair")]}}
    after = note("{{ @steps.repair.before }}")
    assert not found(definition(note("x", id="first", **repair), after))
    assert found(definition(note(reads, id="first"))) == [
        ("/steps/0/value", "unknownReference", None)
    ]


def test_a_template_is_checked_against_the_object_that_the_step_tells_of(kitchen: Kitchen) -> None:
    other = ObjectType.objects.create(key="policy", name="Policy")
    AttributeType.objects.create(object_type=other, key="due", name="Due", type="date")
    Template.objects.filter(key="in_review").update(body="{{ @object.attributes.due }}")
    assert found(definition(TELL)) == [("/steps/0/templateKey", "unknownReference", None)]
    assert not found(definition(TELL, stream={"allowAllObjectTypes": True}))


def test_what_a_definition_reads(kitchen: Kitchen) -> None:
    Template.objects.filter(key="in_review").update(subject="x", body="{{ @object.boardKey }}")
    what = definition(
        note("{{ @object.relations.goes_with.attributes.price }} {{ @event.after }}"),
        TELL,
        trigger={"event": "attributeChanged", "attributeKey": "servings"},
        stream={
            "objectTypeKey": "recipe",
            "boardKey": "kitchen",
            "attributes": [{"attributeKey": "@stateSince", "operator": "isNotEmpty"}],
            "any": [[{"attributeKey": "cuisine", "operator": "isEmpty"}]],
            "relations": [{"relationTypeKey": "goes_with"}],
        },
    )
    told = {
        (one.pointer, one.read.what.value, one.read.key, *one.read.hops)
        for one in reads_of(what, present())
    }
    assert told == {
        ("/trigger", "attribute", "servings"),
        ("/stream/boardKey", "board", "kitchen"),
        ("/stream/attributes/0", "metadata", "stateSince"),
        ("/stream/any/0/0", "attribute", "cuisine"),
        ("/stream/relations/0", "relation", "goes_with"),
        ("/steps/0/value", "relation", "goes_with"),
        ("/steps/0/value", "attribute", "price", "goes_with"),
        ("/steps/0/value", "attribute", "servings"),
        ("/steps/1/templateKey", "metadata", "boardKey"),
    }
    attributes = [one.read for one in reads_of(what, present()) if one.read.key == "cuisine"]
    assert attributes[0].object_type_keys == frozenset({"recipe"})


def test_what_only_an_expression_names_cannot_be_deleted(kitchen: Kitchen) -> None:
    reads = "{{ @object.attributes.price }} {{ @object.relations.goes_with.name }}"
    workflow = published("reader", definition(note(reads)))
    for kind, identity in (("attributeTypes", "recipe/price"), ("relationTypes", "goes_with")):
        with pytest.raises(Conflict) as refusal:
            delete_one(kind, identity, actor=SYSTEM)
        assert refusal.value.extra["uses"] == ["workflow reader"]
    drafts.begin_draft(workflow, actor=SYSTEM)
    drafts.save_draft(workflow, definition(note("{{ @object.attributes.servings }}")), actor=SYSTEM)
    with pytest.raises(Conflict) as refusal:
        delete_one("attributeTypes", "recipe/servings", actor=SYSTEM)
    assert refusal.value.extra["uses"] == ["draft of workflow reader"]
    drafts.save_draft(workflow, definition(note("x")), actor=SYSTEM)
    delete_one("attributeTypes", "recipe/servings", actor=SYSTEM)


def test_a_package_can_not_take_away_what_an_expression_reads(kitchen: Kitchen) -> None:
    with_due = {
        "packageKey": "p",
        "attributeTypes": [{"key": "due", "objectTypeKey": "recipe", "type": "date"}],
        "notificationTemplates": [
            {"key": "told", "subject": "x", "body": "{{ @object.attributes.due }}"}
        ],
    }
    apply(with_due, actor=SYSTEM)
    published("reader", definition(note("{{ @object.attributes.due }}")))
    with pytest.raises(Invalid) as refusal:
        apply({**with_due, "attributeTypes": []}, actor=SYSTEM)
    told = {(one.pointer, one.code) for one in refusal.value.problems}
    assert told == {
        ("/attributeTypes", "inUse"),
        ("/notificationTemplates/0/body", "unknownReference"),
    }
    assert AttributeType.objects.filter(key="due").exists()


def test_a_package_is_told_where_its_expressions_lead_nowhere(kitchen: Kitchen) -> None:
    automation = {
        "key": "reader",
        "trigger": {"event": "objectCreated", "objectTypeKey": "recipe"},
        "actions": [note("{{ @object.attributes.prise }}"), note("{{ @object.attributes.due }}")],
    }
    document = {"packageKey": "p", "automations": [automation]}
    with pytest.raises(Invalid) as refusal:
        apply(document, actor=SYSTEM)
    told = [(one.pointer, one.code, one.nearest) for one in refusal.value.problems]
    assert told == [
        ("/automations/0/actions/0/value", "unknownReference", "price"),
        ("/automations/0/actions/1/value", "unknownReference", None),
    ]
    assert "column 22" in refusal.value.problems[0].detail
    due = {"key": "due", "objectTypeKey": "recipe", "type": "date"}
    price = {"key": "prise", "objectTypeKey": "recipe", "type": "decimal"}
    apply({**document, "attributeTypes": [due, price]}, actor=SYSTEM)


words = st.sampled_from(
    ["event", "schedule", "steps", "type", "value", "attributeKey", "items", "any", "attributes",
     "setAttributeValue", "objectTypeKey", "recipe", "stream", "trigger", "onFailure", "then",
     "branches", "attributeChanged", "relations", "targetKey", "{{ @object.attributes.x }}",
     "{{ @event.x }}", "{{", "id", "templateKey", "sendNotification", "toStateKey"]
)  # fmt: skip
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | words | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
parts = st.dictionaries(st.sampled_from(["trigger", "stream", "steps"]), junk, max_size=3)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(what=junk | parts)
def test_whatever_a_draft_holds_is_answered_with_problems(kitchen: Kitchen, what: Any) -> None:
    assert check(what)
    if isinstance(what, dict):
        reads_of(what, present())

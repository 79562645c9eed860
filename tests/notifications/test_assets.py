"""Templates in packages: what is refused, with its place, and what comes out again."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid
from accounts.models import Team
from catalog.models import AttributeType, RelationType
from catalog.packages.applying import apply, plan
from catalog.packages.exporting import export
from catalog.packages.single import delete_one, save_one
from notifications.models import Template
from tests.notifications.conftest import Kitchen

SHORT = {"key": "told", "subject": "{{ @object.name }}", "body": "<p>x</p>"}
SYSTEM = Actor.system()


def package(*templates: dict[str, Any]) -> dict[str, Any]:
    return {
        "packageKey": "p",
        "applications": [{"key": "recipes", "name": "Recipes"}],
        "notificationTemplates": list(templates),
    }


def problems(*templates: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    with pytest.raises(Invalid) as caught:
        apply(package(*templates), actor=SYSTEM)
    assert not Template.objects.exists()
    return [(one.pointer, one.code, one.nearest) for one in caught.value.problems]


def test_what_is_left_out_has_its_default(kitchen: Kitchen) -> None:
    apply(package(SHORT), actor=SYSTEM)
    row = Template.objects.get()
    assert (row.key, row.name, str(row)) == ("told", "told", "told")
    assert (row.channels, row.recipients, row.recipient_relation_types) == (
        ["inbox", "email"],
        [],
        [],
    )
    assert not row.notifies_author


def test_every_field_is_applied_and_comes_out_again(kitchen: Kitchen, stewards: Team) -> None:
    whole = {
        "key": "told",
        "name": "Told",
        "subject": "{{ @object.name }} is {{ @object.stateKey }}",
        "body": "<p>{{ upper(@event.before) }}</p>",
        "Module_Id": "recipes",
        "recipientRelationTypes": ["reviewer", "business_owner"],
        "recipients": ["steward", "Team::Stewards"],
        "notifyAuthor": True,
        "channels": ["inbox"],
    }
    document = package(whole)
    apply(document, actor=SYSTEM)
    row = Template.objects.get()
    assert row.application is not None
    assert (row.application.key, row.notifies_author) == ("recipes", True)
    assert row.recipient_relation_types == ["reviewer", "business_owner"]
    assert export("p", actor=SYSTEM) == document
    assert not plan(document, actor=SYSTEM).changes


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"subject": "{{ 1 + }}"}, ("/subject", "syntaxError", None)),
        ({"body": "<p>{{ uper(@now) }}</p>"}, ("/body", "unknownFunction", None)),
        ({"subject": ""}, ("/subject", "missing", None)),
        ({"body": None}, ("/body", "missing", None)),
        ({"subject": "a\x00b"}, ("/subject", "badCharacter", None)),
        ({"subject": "x" * 1001}, ("/subject", "tooLong", None)),
        ({"Module_Id": "recipe"}, ("/Module_Id", "unknownReference", "recipes")),
        (
            {"recipientRelationTypes": ["reviewer", "busines_owner"]},
            ("/recipientRelationTypes/1", "unknownReference", "business_owner"),
        ),
        ({"recipients": ["stewart"]}, ("/recipients/0", "unknownReference", "steward")),
        ({"channels": ["inbox", "emall"]}, ("/channels/1", "unknownReference", "email")),
        ({"channels": []}, ("/channels", "missing", None)),
        ({"body": "{{ @object.nme }}"}, ("/body", "unknownReference", "name")),
        ({"body": "{{ @object.attributes.prise }}"}, ("/body", "unknownReference", "price")),
        ({"body": "{{ @object.relations.use }}"}, ("/body", "unknownReference", "uses")),
        (
            {"body": "{{ @object.relations.uses.userRelations.reviwer }}"},
            ("/body", "unknownReference", "reviewer"),
        ),
        ({"body": "{{ @object.parent.keey }}"}, ("/body", "unknownReference", "key")),
        ({"subjet": "x"}, ("/subjet", "unknownKey", "subject")),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    kitchen: Kitchen, fields: dict[str, Any], expected: tuple[str, str, str | None]
) -> None:
    AttributeType.objects.create(
        object_type=kitchen.recipe, key="price", name="Price", type="decimal"
    )
    RelationType.objects.create(key="uses", name="Uses")
    pointer, code, near = expected
    found = problems(SHORT | fields)
    assert found == [(f"/notificationTemplates/0{pointer}", code, near)]


def test_all_that_is_wrong_is_told_at_once(kitchen: Kitchen) -> None:
    found = problems(
        SHORT | {"subject": "{{ nope() }}", "body": "{{", "channels": ["pigeon"]},
        SHORT | {"key": "other", "recipients": ["nobody"]},
    )
    assert sorted((pointer, code) for pointer, code, _ in found) == [
        ("/notificationTemplates/0/body", "syntaxError"),
        ("/notificationTemplates/0/channels/0", "unknownReference"),
        ("/notificationTemplates/0/subject", "unknownFunction"),
        ("/notificationTemplates/1/recipients/0", "unknownReference"),
    ]


def test_a_fault_says_its_line_and_column(kitchen: Kitchen) -> None:
    with pytest.raises(Invalid) as caught:
        apply(package(SHORT | {"body": "<p>\n{{ uper(@now) }}</p>"}), actor=SYSTEM)
    [problem] = caught.value.problems
    assert "line 2, column 4" in problem.detail
    assert problem.value == "uper"


def test_what_a_template_names_cannot_be_deleted(kitchen: Kitchen) -> None:
    AttributeType.objects.create(
        object_type=kitchen.recipe, key="price", name="Price", type="decimal"
    )
    texts = {"body": "{{ @object.attributes.price }} {{ @object.userRelations.reviewer }}"}
    apply(package(SHORT | texts), actor=SYSTEM)
    for kind, identity in (("attributeTypes", "recipe/price"), ("userRelationTypes", "reviewer")):
        with pytest.raises(Conflict) as caught:
            delete_one(kind, identity, actor=SYSTEM)
        assert "notification template told" in str(caught.value.extra)
    apply(package(SHORT), actor=SYSTEM)
    delete_one("userRelationTypes", "reviewer", actor=SYSTEM)


def test_one_template_is_saved_by_itself(kitchen: Kitchen) -> None:
    save_one("notificationTemplates", SHORT, actor=SYSTEM)
    assert Template.objects.get().subject == "{{ @object.name }}"
    with pytest.raises(Invalid) as caught:
        save_one("notificationTemplates", SHORT | {"key": "b", "body": "{{ 1 + }}"}, actor=SYSTEM)
    assert caught.value.problems[0].pointer == "/body"
    assert Template.objects.count() == 1


def test_unknown_keys_can_be_kept_without_effect(kitchen: Kitchen) -> None:
    document = package(SHORT | {"recipientRelationTypes": ["gone"]})
    apply(document, actor=SYSTEM, allow_unknown_keys=True)
    assert not Template.objects.exists()
    assert export("p", actor=SYSTEM) == document

"""Assets one by one: the same checks as in a package."""

from __future__ import annotations

import pytest

from accounts.actor import Actor
from accounts.exceptions import Conflict, Denied, Invalid, NotFound
from catalog.models import Application, ObjectType, UserRelationType
from catalog.packages.applying import apply
from catalog.packages.exporting import export
from catalog.packages.kinds import RowKind, asset_kinds
from catalog.packages.schemas import json_schema
from catalog.packages.single import delete_one, save_one, where_used
from catalog.services import objects
from permissions.models import Condition
from tests.cast import Cast
from tests.catalog.packages.samples import recipes


def identity_of(condition: Condition) -> str:
    kind = asset_kinds["conditions"]
    assert isinstance(kind, RowKind)
    return str(kind.identity(kind.read(condition)))


def test_making_and_changing_one(cast: Cast) -> None:
    admin = cast.acting("admin")
    made = save_one("objectTypes", {"key": "dish"}, actor=admin)
    assert made == {"key": "dish", "name": "dish", "applicationKey": None, "workflowKey": None}
    save_one("applications", {"key": "kitchen"}, actor=admin)
    given = {"name": "Dish", "applicationKey": "kitchen"}
    save_one("objectTypes", given, actor=admin, existing="dish")
    dish = ObjectType.objects.get(key="dish")
    assert (dish.name, dish.application) == ("Dish", Application.objects.get())
    save_one("objectTypes", {"applicationKey": None}, actor=admin, existing="dish")
    dish.refresh_from_db()
    assert (dish.name, dish.application) == ("Dish", None)
    with pytest.raises(Denied):
        save_one("objectTypes", {"key": "wine"}, actor=cast.acting("owner"))


@pytest.mark.parametrize(
    ("given", "existing", "pointer", "code"),
    [
        ({"key": "Cust_Recipe"}, None, "/key", "duplicate"),
        ({"key": "cust_recipe"}, None, "/key", "duplicate"),
        ({"name": "No key"}, None, "/key", "missing"),
        ({"key": "other"}, "cust_recipe", "/key", "immutable"),
        ({"applicationKey": "kitchn"}, "cust_recipe", "/applicationKey", "unknownReference"),
        ({"colour": "red"}, "cust_recipe", "/colour", "unknownKey"),
    ],
)
def test_what_is_refused(
    given: dict[str, object], existing: str | None, pointer: str, code: str, system: Actor
) -> None:
    apply(recipes(), actor=system)
    with pytest.raises(Invalid) as refusal:
        save_one("objectTypes", given, actor=system, existing=existing)
    assert [(one.pointer, one.code) for one in refusal.value.problems] == [(pointer, code)]


def test_what_stands_within_another_names_it(system: Actor) -> None:
    apply(recipes(), actor=system)
    with pytest.raises(Invalid) as refusal:
        save_one("workflowStates", {"key": "gone"}, actor=system)
    assert [one.pointer for one in refusal.value.problems] == ["/workflowKey"]
    save_one("workflowStates", {"key": "gone", "workflowKey": "cust_lifecycle"}, actor=system)
    save_one("workflowStates", {"position": 9}, actor=system, existing="cust_lifecycle/gone")
    with pytest.raises(NotFound):
        save_one("workflowStates", {"position": 9}, actor=system, existing="cust_lifecycle/none")
    save_one("workflows", {"initStateKey": "gone"}, actor=system, existing="cust_lifecycle")
    assert where_used("workflowStates", "cust_lifecycle/gone") == ["lifecycle cust_lifecycle"]


def test_what_is_used_is_not_deleted(system: Actor) -> None:
    apply(recipes(), actor=system)
    with pytest.raises(Conflict) as refusal:
        delete_one("userRelationTypes", "core_steward", actor=system)
    assert refusal.value.code == "inUse"
    assert len(refusal.value.extra["uses"]) == 1
    condition = Condition.objects.get(user_relation_type__key="core_steward")
    delete_one("conditions", identity_of(condition), actor=system)
    delete_one("userRelationTypes", "core_steward", actor=system)
    assert not UserRelationType.objects.filter(key="core_steward").exists()
    out = export("recipes", actor=system)
    assert len(out["conditions"]) == 2
    assert [one["key"] for one in out["userRelationTypes"]] == ["core_business_owner"]


def test_objects_use_their_type(system: Actor) -> None:
    save_one("objectTypes", {"key": "dish"}, actor=system)
    soup = objects.create(ObjectType.objects.get(), actor=system, name="Soup")
    with pytest.raises(Conflict, match="1 object"):
        delete_one("objectTypes", "dish", actor=system)
    soup.delete()
    delete_one("objectTypes", "dish", actor=system)
    assert not ObjectType.objects.exists()


def test_a_change_may_not_leave_others_without_what_they_name(system: Actor) -> None:
    apply(recipes(), actor=system)
    with pytest.raises(Conflict) as refusal:
        save_one("objectTypes", {"workflowKey": None}, actor=system, existing="cust_recipe")
    assert refusal.value.code == "inUse"
    save_one("objectTypes", {"name": "Dish"}, actor=system, existing="cust_recipe")


def test_changing_a_condition_keeps_it_one(system: Actor) -> None:
    apply(recipes(), actor=system)
    row = Condition.objects.get(user_relation_type__key="core_steward")
    save_one("conditions", {"editable": False}, actor=system, existing=identity_of(row))
    assert Condition.objects.count() == 3
    assert not Condition.objects.get(user_relation_type__key="core_steward").is_editable


def test_kept_kinds_come_with_packages_only(system: Actor) -> None:
    with pytest.raises(Conflict):
        save_one("policyRules", {"key": "rule", "expression": "True"}, actor=system)
    with pytest.raises(NotFound):
        save_one("nothing", {"key": "rule"}, actor=system)


def test_each_kind_has_a_schema() -> None:
    for kind in asset_kinds:
        schema = json_schema(kind)
        assert set(schema["required"]) <= set(schema["properties"])
        assert schema["properties"]

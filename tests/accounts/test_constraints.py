"""Violated constraints are told by their names, on every database."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.constraints import name_of, refusing
from accounts.exceptions import Invalid
from accounts.models import Account, Workspace
from catalog.models import UniqueValue, UserRelation
from tests.cast import Cast
from tests.kitchen import Kitchen

pytestmark = pytest.mark.django_db


def test_an_index_over_an_expression_is_named() -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Workspace.objects.create(key="MAIN", name="Other")
    assert name_of(error.value) == "workspace_key_unique"


def test_a_plain_unique_constraint_is_named(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make(user_relations={kitchen.reviewer: [cast.steward]})
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        UserRelation.objects.create(type=kitchen.reviewer, object=soup, user=cast.steward)
    assert name_of(error.value) == "user_relation_once"


def test_a_check_is_named() -> None:
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Account.objects.create(pk=2)
    assert name_of(error.value) == "account_is_one_row"


def test_a_known_constraint_becomes_its_refusal_and_another_stays(kitchen: Kitchen) -> None:
    soup, number = kitchen.make(), kitchen.recipe.attributes.get(key="number")
    UniqueValue.objects.create(attribute=number, object=soup, value="1")
    taken = Invalid("It is taken.")
    other = kitchen.make("Stew")
    known, unrelated = {"attribute_value_unique": taken}, {"unrelated": taken}
    with pytest.raises(Invalid, match="taken"), transaction.atomic(), refusing(known):
        UniqueValue.objects.create(attribute=number, object=other, value="1")
    with pytest.raises(IntegrityError), transaction.atomic(), refusing(unrelated):
        UniqueValue.objects.create(attribute=number, object=other, value="1")

"""The bodies and answers of objects, their relations, people and history."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import (
    ChoiceField,
    DateTimeField,
    DictField,
    JSONField,
    ListField,
)

from accounts.http.forms import Flag, Form, Key, Text, Whole
from catalog.models import Change
from journal.origin import VIA_KINDS

MOST_NAME = 500
BIGGEST = 2**63 - 1


def keys() -> ListField:
    return ListField(child=Text(max_length=150), max_length=10_000)


class Values(JSONField):
    """A value of an attribute, as it was given; the catalog checks it against its type."""

    def to_internal_value(self, data: Any) -> Any:
        return data


class ObjectForm(Form):
    """A governed object, with what this viewer may see of it."""

    id = Whole()
    key = Key()
    name = Text(max_length=MOST_NAME)
    object_type_key = Key()
    board_key = Key()
    state_key = Key(allow_null=True)
    state_since = DateTimeField(allow_null=True)
    attributes = DictField(child=Values())
    relations = DictField(child=keys())
    user_relations = DictField(child=keys())
    parent_id = Whole(allow_null=True)
    parent_key = Key(allow_null=True)
    editable = Flag()
    version = Whole()
    created_at = DateTimeField()
    created_by = Text(allow_null=True)
    modified_at = DateTimeField()


class NewObjectForm(Form):
    """An object to be made; on the default board of its type where none is named."""

    object_type_key = Text(max_length=100)
    board_key = Text(max_length=100, required=False)
    key = Key(required=False)
    name = Text(max_length=MOST_NAME)
    attributes = DictField(child=Values(allow_null=True), required=False)
    parent_key = Text(max_length=100, required=False, allow_null=True)
    relations = DictField(child=keys(), required=False)
    user_relations = DictField(child=keys(), required=False)


class ObjectChangeForm(Form):
    """What of an object is to change. Attributes are merged; null takes a value away."""

    name = Text(max_length=MOST_NAME, required=False)
    attributes = DictField(child=Values(allow_null=True), required=False)


class MoveForm(Form):
    """Where an object is to go; a parent of null takes it out of its parent."""

    parent_key = Text(max_length=100, required=False, allow_null=True)
    board_key = Text(max_length=100, required=False)


class RelationForm(Form):
    """A relation to another object."""

    id = Whole()
    relation_type_key = Key()
    target_id = Whole()
    target_key = Key()


class NewRelationForm(Form):
    """A relation to be added; the target is named by its id or by its key."""

    relation_type_key = Text(max_length=100)
    target_id = Whole(min_value=1, max_value=BIGGEST, required=False)
    target_key = Text(max_length=100, required=False)


class UserRelationForm(Form):
    """A person's relation to an object."""

    id = Whole()
    user_relation_type_key = Key()
    username = Text(max_length=150)


class NewUserRelationForm(Form):
    """A person's relation to be added."""

    user_relation_type_key = Text(max_length=100)
    username = Text(max_length=150)


class ViaForm(Form):
    """Through what something was done."""

    kind = ChoiceField(choices=VIA_KINDS)
    id = Text(allow_blank=True)


class ChangeForm(Form):
    """A row of an object's history. `field` is missing where the whole object is meant."""

    id = Whole()
    at = DateTimeField()
    actor = Text()
    via = ViaForm()
    verb = ChoiceField(choices=Change.Verb.choices)
    field = Text(required=False)
    before = Values(allow_null=True)
    after = Values(allow_null=True)
    override = Flag()

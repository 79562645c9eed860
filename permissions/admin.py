"""The admin pages of conditions: what a relation to an object grants in a state."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin

from catalog.administration.assets import AssetPages
from permissions.models import Condition


@admin.register(Condition)
class ConditionPages(AssetPages):
    """A condition has no key: it is its content, and changing it puts another one in its place."""

    kind_key = "conditions"
    labels: ClassVar = {
        "objectTypeKey": "Object type",
        "workflowKey": "Lifecycle",
        "userRelationTypeKey": "Whoever is its",
        "workflowStateKey": "In the state",
    }
    references: ClassVar = {
        "objectTypeKey": "objectTypes",
        "attributeTypeKey": "attributeTypes",
        "transitionKey": "workflowTransitions",
        "workflowKey": "workflows",
        "workflowStateKey": "workflowStates",
    }
    list_display = (
        "__str__",
        "object_type",
        "attribute",
        "transition",
        "user_relation_type",
        "state",
        "is_visible",
        "is_editable",
    )
    list_filter = ("object_type", "user_relation_type", "is_visible", "is_editable")

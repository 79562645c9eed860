"""What the catalog contributes: its kinds of assets, and what uses them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from accounts.findings import finding_kinds
from accounts.handovers import Handover, handovers
from accounts.shareables import Shareable, shareables
from catalog import findings
from catalog.assets import (
    Applications,
    AttributeTypes,
    ObjectTypes,
    RelationTypes,
    UserRelationTypes,
    count_with_value,
)
from catalog.comment_assets import (
    CommentTypeCategories,
    CommentTypeCategoryApplications,
    count_comments,
)
from catalog.importing import uploads
from catalog.kept_assets import (
    Categories,
    PolicyRules,
    Sources,
)
from catalog.models import (
    AttributeType,
    Board,
    BoardColumn,
    GovernedObject,
    Relation,
    UserRelation,
)
from catalog.packages.kinds import asset_kinds
from catalog.services import indexing, reassigning
from catalog.usages import Usage, usages
from journal.kinds import Sweep, sweeps


def contribute() -> None:
    shareables.register(Shareable("board", Board))
    handovers.register(Handover("people", reassigning.parts, reassigning.reassign))
    for kind in (
        Applications(),
        ObjectTypes(),
        AttributeTypes(),
        RelationTypes(),
        UserRelationTypes(),
        CommentTypeCategories(),
        CommentTypeCategoryApplications(),
        PolicyRules(),
        Categories(),
        Sources(),
    ):
        asset_kinds.register(kind)
    for usage in (
        Usage("objectsOfType", "objectTypes", "objects", _objects_of_type),
        Usage(
            "objectsInState",
            "workflowStates",
            "objects in this state",
            _objects_in_state,
            goes_along=True,
            remedy="Say in stateMapping of the lifecycle to which state they go.",
        ),
        Usage("valuesOfAttribute", "attributeTypes", "objects with a value", count_with_value),
        Usage("columnsOfAttribute", "attributeTypes", "columns of boards", _columns_of_attribute),
        Usage("relationsOfType", "relationTypes", "relations", _relations_of_type),
        Usage("peopleOfType", "userRelationTypes", "relations of people", _people_of_type),
        Usage("commentsOfType", "commentTypeCategories", "comments", count_comments),
    ):
        usages.register(usage)
    for found in findings.contributed():
        finding_kinds.register(found)
    sweeps.register(Sweep("imports", uploads.sweep))
    sweeps.register(Sweep("catalog.indexing", indexing.sweep))


def _objects_of_type(content: Mapping[str, Any]) -> int:
    return GovernedObject.objects.filter(object_type__key=content["key"]).count()


def _objects_in_state(content: Mapping[str, Any]) -> int:
    objects = GovernedObject.objects.filter(state__lifecycle__key=content["workflowKey"])
    return objects.filter(state__key=content["key"]).count()


def _columns_of_attribute(content: Mapping[str, Any]) -> int:
    """Columns name a key; they hang in the air where the last attribute of that key goes."""
    others = AttributeType.objects.filter(key=content["key"])
    if others.exclude(object_type__key=content["objectTypeKey"]).exists():
        return 0
    return BoardColumn.objects.filter(attribute_key=content["key"]).count()


def _relations_of_type(content: Mapping[str, Any]) -> int:
    return Relation.objects.filter(type__key=content["key"]).count()


def _people_of_type(content: Mapping[str, Any]) -> int:
    return UserRelation.objects.filter(type__key=content["key"]).count()

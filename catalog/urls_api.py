"""The API's addresses of the catalog, below `/api/v1/`."""

from __future__ import annotations

from accounts.http.addresses import path
from catalog.api.assets import addresses_of
from catalog.api.boards import Boards, ExportBoard, OneBoard
from catalog.api.comments import Comments, OneComment
from catalog.api.expressions import Evaluate
from catalog.api.objects import MoveObject, Objects, OneObject
from catalog.api.packages import ApplyPackage, ExportPackage, PlanPackage
from catalog.api.relations import (
    Changes,
    OneRelation,
    OneUserRelation,
    Relations,
    UserRelations,
)

urlpatterns = [
    *addresses_of("applications", "applications"),
    *addresses_of("object-types", "objectTypes"),
    *addresses_of("attribute-types", "attributeTypes", in_object_type=True),
    *addresses_of("relation-types", "relationTypes"),
    *addresses_of("user-relation-types", "userRelationTypes"),
    *addresses_of("comment-type-categories", "commentTypeCategories"),
    path("boards/", Boards.as_view()),
    path("boards/<key:key>/", OneBoard.as_view()),
    path("boards/<key:key>/export/", ExportBoard.as_view()),
    path("objects/", Objects.as_view()),
    path("objects/<int:id>/", OneObject.as_view()),
    path("objects/<int:id>/relations/", Relations.as_view()),
    path("objects/<int:id>/relations/<int:relation_id>/", OneRelation.as_view()),
    path("objects/<int:id>/user-relations/", UserRelations.as_view()),
    path("objects/<int:id>/user-relations/<int:relation_id>/", OneUserRelation.as_view()),
    path("objects/<int:id>/comments/", Comments.as_view()),
    path("objects/<int:id>/comments/<int:comment_id>/", OneComment.as_view()),
    path("objects/<int:id>/changes/", Changes.as_view()),
    path("objects/<int:id>/move/", MoveObject.as_view()),
    path("expressions/evaluate/", Evaluate.as_view()),
    path("packages/plan/", PlanPackage.as_view()),
    path("packages/apply/", ApplyPackage.as_view()),
    path("packages/export/", ExportPackage.as_view()),
]

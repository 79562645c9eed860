"""Models of the catalog, a module each."""

from catalog.models.boards import (
    Board,
    BoardColumn,
    BoardColumnTeamGrant,
    BoardColumnUserGrant,
    BoardTeamGrant,
    BoardUserGrant,
)
from catalog.models.comments import (
    Comment,
    CommentType,
    CommentTypeCategory,
    CommentTypeCategoryApplication,
)
from catalog.models.history import Change
from catalog.models.imports import Import, ImportBadLine, ImportFile, ImportLateLine
from catalog.models.lifecycles import Lifecycle, State
from catalog.models.objects import GovernedObject, Relation, UniqueValue, UserRelation
from catalog.models.packages import Package, PackageEntry
from catalog.models.schema import (
    Application,
    AttributeType,
    ObjectType,
    RelationType,
    UserRelationType,
)

__all__ = [
    "Application",
    "AttributeType",
    "Board",
    "BoardColumn",
    "BoardColumnTeamGrant",
    "BoardColumnUserGrant",
    "BoardTeamGrant",
    "BoardUserGrant",
    "Change",
    "Comment",
    "CommentType",
    "CommentTypeCategory",
    "CommentTypeCategoryApplication",
    "GovernedObject",
    "Import",
    "ImportBadLine",
    "ImportFile",
    "ImportLateLine",
    "Lifecycle",
    "ObjectType",
    "Package",
    "PackageEntry",
    "Relation",
    "RelationType",
    "State",
    "UniqueValue",
    "UserRelation",
    "UserRelationType",
]

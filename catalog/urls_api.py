"""The API's addresses of the catalog, below `/api/v1/`."""

from __future__ import annotations

from catalog.api.assets import addresses_of

urlpatterns = [
    *addresses_of("applications", "applications"),
    *addresses_of("object-types", "objectTypes"),
    *addresses_of("attribute-types", "attributeTypes", in_object_type=True),
    *addresses_of("relation-types", "relationTypes"),
    *addresses_of("user-relation-types", "userRelationTypes"),
]

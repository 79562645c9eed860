"""The API's own description: the OpenAPI document, and the page on which people read it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.gates import signed_in

RENDERERS: list[type[BaseRenderer]] = [
    OpenApiJsonRenderer2,
    OpenApiJsonRenderer,
    OpenApiYamlRenderer2,
    OpenApiYamlRenderer,
]


@signed_in(why="Describes addresses, and nothing of what they hold.")
class SchemaView(SpectacularAPIView):
    """The OpenAPI document: JSON, or YAML for those who ask for it."""

    permission_classes = (IsAuthenticated,)
    renderer_classes = RENDERERS


@signed_in(why="Describes addresses, and nothing of what they hold.")
class DocsView(SpectacularSwaggerSplitView):
    """The document as a page; its script is a file of its own, as the content policy wants it."""

    permission_classes = (IsAuthenticated,)
    url_name = "api-schema"

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        if response.exception:
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = str(JSONRenderer.media_type)
        return super().finalize_response(request, response, *args, **kwargs)

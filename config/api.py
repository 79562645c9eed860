"""The API's own description: the OpenAPI document, and the page on which people read it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.gates import signed_in
from accounts.http.resources import refuse_unknown, refuse_unsound

RENDERERS: list[type[BaseRenderer]] = [
    OpenApiJsonRenderer2,
    OpenApiJsonRenderer,
    OpenApiYamlRenderer2,
    OpenApiYamlRenderer,
]


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document, which is the same for everybody for as long as the process lives."""
    made: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return made


@signed_in(why="Describes addresses, and nothing of what they hold.")
class SchemaView(APIView):
    """The OpenAPI document: JSON, or YAML for those who ask for it."""

    permission_classes = (IsAuthenticated,)
    renderer_classes = RENDERERS

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        refuse_unsound(request, {})
        refuse_unknown(request.query_params, [str(api_settings.URL_FORMAT_OVERRIDE)])
        return Response(document())


@signed_in(why="Describes addresses, and nothing of what they hold.")
class DocsView(SpectacularSwaggerSplitView):
    """The document as a page; its script is a file of its own, as the content policy wants it.

    People read it in a browser: whoever isn't signed in is led to the sign-in page.
    """

    permission_classes = (IsAuthenticated,)
    url_name = "api-schema"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        if response.status_code == 401 and "text/html" in request.headers.get("Accept", ""):
            return redirect_to_login(request.get_full_path())
        return response

    def finalize_response(
        self, request: Request, response: Response, *args: Any, **kwargs: Any
    ) -> Response:
        if response.exception:
            request.accepted_renderer = JSONRenderer()
            request.accepted_media_type = str(JSONRenderer.media_type)
        return super().finalize_response(request, response, *args, **kwargs)

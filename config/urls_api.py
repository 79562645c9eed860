"""The API's addresses: each app brings its own `urls_api.urlpatterns`, lowest app first."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from config.api import DocsView, SchemaView
from config.contributed import modules_named

urlpatterns: list[URLPattern | URLResolver] = [
    *(path("", include(module)) for module in modules_named("urls_api")),
    path("schema/", SchemaView.as_view(), name="api-schema"),
    path("docs/", DocsView.as_view(), name="api-docs"),
]

"""The addresses: each app brings its own `urls.urlpatterns`, lowest app first."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config.contributed import modules_named

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    *(path("", include(module)) for module in modules_named("urls")),
]

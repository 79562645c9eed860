"""The addresses: each app brings its own `urls.urlpatterns`, lowest app first."""

from __future__ import annotations

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import views
from config.contributed import modules_named

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.urls_api")),
    *(path("", include(module)) for module in modules_named("urls")),
]

# Below /api/ these answer with problem documents, elsewhere with pages.
handler400 = "accounts.http.problems.bad_request"
handler403 = "config.pages.denied"
handler404 = "config.pages.not_found"
handler500 = "accounts.http.problems.server_error"

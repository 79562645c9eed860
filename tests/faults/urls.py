"""The product's addresses and a slow page that uses the database, and broken ones."""

from time import sleep

from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from config.urls import handler400, handler403, handler404, handler500
from config.urls import urlpatterns as product


@login_not_required
def slow(request: HttpRequest) -> HttpResponse:
    sleep(float(request.GET["seconds"]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT 42")
        return HttpResponse(f"answer {cursor.fetchone()[0]}")


@login_not_required
def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a secret that is nobody's business")


urlpatterns = [
    *product,
    path("slow/", slow),
    path("broken/", broken),
    path("api/v1/broken/", broken),
]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

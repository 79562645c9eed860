"""What happens to pages before and after their views: refusals, and sign-in for parts of pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from accounts.exceptions import Invalid, LinkVoid, Refused
from accounts.http import problems
from accounts.http.problems import (
    MEDIA_TYPE,
    document,
    headers_of,
    is_of_api,
    refusal,
    status_of,
    told_of,
)
from accounts.http.soundness import is_redrawn, mend_form, problems_at, unsound_in
from accounts.models import User
from accounts.pages import own_address
from accounts.remembering import remembering
from accounts.scopes import SAFE_METHODS

log = structlog.get_logger(__name__)

Answer = Callable[[HttpRequest], HttpResponseBase]


class Slashes(CommonMiddleware):
    """Leads to the address with a slash at its end, but only who asks.

    A redirected POST would arrive as a GET: what it was to change is told as not found instead.
    """

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        return request.method in SAFE_METHODS and super().should_redirect_with_slash(request)


class Refusals:
    """Middleware: what a service refuses becomes a page that says why, for htmx a document.

    The page shows the document's `detail` as a toast. The API's own refusals never come this far.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if is_part(request) and _asks_to_sign_in(response):
            return _sign_in_again(request)
        if response.status_code == 405 and not is_of_api(request.path):
            page = refusal(request.path, 405)
            page["Allow"] = response.headers.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        told = told_of(exception)
        return refused(request, told) if isinstance(told, Refused) else None


def refused(request: HttpRequest, exception: Refused) -> HttpResponse:
    """The page of a refusal, or its document for htmx."""
    status = status_of(exception) or 400
    if is_part(request):
        content = document(exception, status)
        return JsonResponse(
            content, status=status, content_type=MEDIA_TYPE, headers=headers_of(exception)
        )
    page = _error_page(
        request,
        status,
        exception=exception.detail,
        void_link=isinstance(exception, LinkVoid),
        problems=[one.detail for one in getattr(exception, "problems", [])],
    )
    for name, value in headers_of(exception).items():
        page[name] = value
    return page


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    bare = problems.denied
    return bare(request, exception) if _is_bare(request) else _error_page(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    bare = problems.not_found
    return bare(request, exception) if _is_bare(request) else _error_page(request, 404)


def _is_bare(request: HttpRequest) -> bool:
    return is_of_api(request.path) or not isinstance(getattr(request, "user", None), User)


def _error_page(request: HttpRequest, status: int, **told: Any) -> HttpResponse:
    """In the frame of all pages for whoever is signed in; alone where the frame can't be drawn."""
    name = f"errors/{status}.html"
    context = {**told, "back": own_address(request, request.headers.get("Referer", ""), "")}
    if _is_bare(request):
        return render(request, name, context, status=status)
    try:
        return render(request, name, {**context, "layout": "errors/framed.html"}, status=status)
    except DatabaseError:
        log.exception("frame_not_drawn")
        return HttpResponse(render_to_string(name, context), status=status)


class Soundness:
    """Middleware: keeps from the database what it would choke on, whichever form it stands in.

    A form that is drawn again says so at its field, and loses nothing else that was typed.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., object], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if is_of_api(request.path):
            return None  # says it in documents of its own
        # Forms of the administration say of a NUL themselves that they don't take it.
        is_admins = request.path.startswith(reverse("admin:index"))
        asked = unsound_in(request.GET, but_nul=is_admins)
        posted = unsound_in(request.POST, but_nul=is_admins)
        if posted and not asked and is_redrawn(view):
            mend_form(request, posted)
        elif names := [*asked, *posted]:
            return refused(request, Invalid(problems=problems_at(names)))
        return None


class Remembering:
    """Middleware: a request that changes nothing asks only once who its reader is."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD"}:
            return self.get_response(request)
        with remembering():
            return self.get_response(request)


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asked, to put the answer into a page that is open."""
    details = getattr(request, "htmx", None)
    return isinstance(details, HtmxDetails) and bool(details)


def _asks_to_sign_in(response: HttpResponseBase) -> bool:
    if not isinstance(response, HttpResponseRedirect):
        return False
    return urlsplit(response.url).path == resolve_url(settings.LOGIN_URL)


def _sign_in_again(request: HttpRequest) -> HttpResponse:
    """The whole window goes to the sign-in page; without this the form would appear in a panel."""
    here = urlsplit(request.headers.get("HX-Current-URL", "")).path
    target = reverse(settings.LOGIN_URL, query={"next": here} if here else None)
    return HttpResponse(status=204, headers={"HX-Redirect": target})

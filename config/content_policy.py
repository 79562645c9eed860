"""The content policy of every page: what a browser may load, run and be embedded in.

Our own pages need nothing but files of this host. The admin's theme compiles its attributes in the
browser and writes styles, so that part, which only account admins reach, has a looser one.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADER = "Content-Security-Policy"
STRICT = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
# Address prefix -> what differs there, and why.
LOOSER: dict[str, dict[str, str]] = {
    # unfold's Alpine evaluates attributes; its pages carry inline scripts and styles
    "/admin/": {
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
    },
    # Swagger UI writes style attributes
    "/api/v1/docs/": {"style-src": "'self' 'unsafe-inline'"},
}
Answer = Callable[[HttpRequest], HttpResponseBase]


def content_policy(get_response: Answer) -> Answer:
    """Middleware that adds the header to whatever has none of its own.

    What one person sees is kept in no cache that others use, nor shown again by "back" unasked.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault(HEADER, policy_for(request.path))
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return answer


def policy_for(path: str) -> str:
    looser = next((one for prefix, one in LOOSER.items() if path.startswith(prefix)), {})
    return "; ".join(f"{name} {sources}" for name, sources in {**STRICT, **looser}.items())

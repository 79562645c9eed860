"""Base classes of the API's addresses: parse, fetch through the gate, call a service, answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.actor import Actor
from accounts.exceptions import Invalid, Malformed, NotFound, Problem
from accounts.http import idempotency
from accounts.http.authentication import WithinScopes, actor_of
from accounts.http.forms import Form, Nothing
from accounts.http.pagination import CursorPages, Pageable, Sorted
from accounts.http.parsing import UNKNOWN_LENGTH
from accounts.http.soundness import is_sound, problems_at, unsound_in
from accounts.keys import nearest, sparing_hints
from accounts.scopes import SAFE_METHODS

PAGE_PARAMETERS = ("limit", "cursor")


class AlwaysJSON(BaseContentNegotiation):
    """Whatever is accepted, the answer is JSON."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        for parser in parsers:
            if request.content_type.partition(";")[0].strip().lower() == parser.media_type:
                return parser
        return None

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], str(renderers[0].media_type)


class Resource(APIView):
    """One address. `parameters` are of a GET's query, `acting_parameters` of another's.

    Where its POST `only_asks`, it changes nothing, and its answer is never kept.
    """

    permission_classes = (IsAuthenticated, WithinScopes)
    content_negotiation_class = AlwaysJSON
    parameters: ClassVar[type[Form] | None] = None
    acting_parameters: ClassVar[type[Form] | None] = None
    pagination_class: ClassVar[type[CursorPages] | None] = None
    sorts: ClassVar[Mapping[str, str]] = {}
    only_asks: ClassVar[bool] = False

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        if request.META.get("HTTP_TRANSFER_ENCODING") and not request.META.get("CONTENT_LENGTH"):
            # Without a length, Django REST framework takes a chunked body for none at all.
            request.META["CONTENT_LENGTH"] = UNKNOWN_LENGTH
        return super().initialize_request(request, *args, **kwargs)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """As Django REST framework does it, but for a POST that may be repeated safely."""
        self.args, self.kwargs = args, kwargs
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            with sparing_hints():
                self.initial(self.request, *args, **kwargs)
                answer = idempotency.once(self.request, self._perform, only_asks=self.only_asks)
        except Exception as exc:
            answer = self.handle_exception(exc)
        self.response = self.finalize_response(self.request, answer, *args, **kwargs)
        return self.response

    def _perform(self) -> Response:
        answer: Response = getattr(self, self._verb)(self.request, *self.args, **self.kwargs)
        return answer

    @property
    def _verb(self) -> str:
        verb = str(self.request.method).lower()
        known = verb in self.http_method_names and hasattr(self, verb)
        return verb if known else "http_method_not_allowed"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self._verb not in self.http_method_names:
            # Before the query is read: it is that of another method, and no problem of this one.
            self.http_method_not_allowed(request)
        refuse_unsound(request, kwargs)
        self.actor: Actor = actor_of(request)
        self.query: dict[str, Any] = self.read_query(request)

    def read_query(self, request: Request) -> dict[str, Any]:
        """The query's parameters, checked; one that isn't known is a problem, not ignored."""
        asks = request.method in SAFE_METHODS
        form = self.parameters if asks else self.acting_parameters
        known = list(form().fields) if form else []
        paging = PAGE_PARAMETERS if asks and self.pagination_class else ()
        sorting = ["sort"] if asks and self.sorts else []
        given = request.query_params
        refuse_unknown(given, [*known, *paging, *sorting])
        return read(form, {name: given[name] for name in known if name in given}) if form else {}

    def body(self, form: type[Form], *, partial: bool = False) -> dict[str, Any]:
        """The body, checked against its form."""
        return read(form, self.request.data, partial=partial)

    def nothing(self) -> None:
        """The body of an act that takes none: what it names all the same is refused."""
        read(Nothing, self.request.data)

    def members(self) -> dict[str, Any]:
        """The body, which must be an object; its members are checked by the service."""
        given = self.request.data
        if not isinstance(given, dict):
            raise Invalid(problems=[Problem("", "wrongType", "An object is expected here.")])
        return given

    def answer_page(self, rows: Any, order: Pageable, present: Any) -> Response:
        """One page of rows, each page presented as a whole so that its queries stay few."""
        pages = CursorPages()
        found = pages.page(rows, self.request, self._asked_order() or order)
        return pages.get_paginated_response(present(found))

    def _asked_order(self) -> Sorted | None:
        """The order that `?sort=` names, by one of `sorts`; None without it."""
        given = self.request.query_params.get("sort")
        if given is None or not self.sorts:
            return None
        name, sign = given.removeprefix("-"), "-" if given.startswith("-") else ""
        if name in self.sorts:
            return Sorted.by(sign + self.sorts[name])
        detail = f"One of these is expected, or one with a minus: {', '.join(self.sorts)}."
        near = nearest(name, self.sorts)
        raise Invalid(problems=[Problem("/sort", "unknownSort", detail, given[:100], near)])


class Listing(Resource):
    """An address that answers a list; `sorts` are the words of its `?sort=`, with their columns."""

    pagination_class = CursorPages


def read(form: type[Form], given: Any, *, partial: bool = False) -> dict[str, Any]:
    """What was given, checked against a form; `ValidationError` with every problem otherwise."""
    read_form = form(data=given, partial=partial)
    read_form.is_valid(raise_exception=True)
    return dict(read_form.validated_data)


def refuse_unsound(request: Request, path: Mapping[str, Any]) -> None:
    """Keeps from the database what it would choke on."""
    if not all(is_sound(str(part)) for part in path.values()):
        raise NotFound("There is nothing at this address.")
    if not _is_utf8(request.META.get("QUERY_STRING", "")):
        raise Malformed("The query is no text in UTF-8, each byte beyond ASCII as %XX.")
    if names := unsound_in(request.query_params):
        raise Invalid(problems=problems_at(names))


def _is_utf8(query: str) -> bool:
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError:
        return False
    return True


def refuse_unknown(given: QueryDict, known: Sequence[str]) -> None:
    """One problem for each parameter that isn't known, or stands twice."""
    problems = []
    for name, values in given.lists():
        if name not in known:
            detail = f"There is no parameter {name[:100]!r} here."
            close = nearest(name, known)
            problems.append(Problem(f"/{name[:100]}", "unknownParameter", detail, nearest=close))
        elif len(values) > 1:
            detail = f"The parameter {name!r} is given more than once."
            problems.append(Problem(f"/{name}", "repeatedParameter", detail))
    if problems:
        raise Invalid(problems=problems)

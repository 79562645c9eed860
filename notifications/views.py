"""The inbox: what one was told, and marking it as read."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from accounts import gate
from accounts.gates import gated
from accounts.http.pagination import Sorted
from accounts.pages import actor_of, address, done, given, listed, own_address
from notifications import inbox as service
from notifications.models import Notification
from notifications.texts import sanitised


@dataclass(frozen=True, slots=True)
class Row:
    """One notification; the body is cleaned once more on its way out."""

    entry: service.Entry
    body: SafeString


@require_safe
@gated("view", Notification)
def inbox(request: HttpRequest) -> HttpResponse:
    """The reader's own, newest first."""
    actor = actor_of(request)
    rows = service.inbox_of(actor)
    only_unread = given(request.GET, "show") == "unread"
    if only_unread:
        rows = rows.filter(read_at=None)
    page = listed(request, rows, Sorted.by("-pk"))
    context = {
        "rows": [
            Row(entry, SafeString(sanitised(entry.body)))
            for entry in service.shown(page.rows, actor=actor)
        ],
        "page": page,
        "only_unread": only_unread,
        "all_url": address(request.GET, show=None, cursor=None),
        "unread_url": address(request.GET, show="unread", cursor=None),
    }
    return render(request, "notifications/inbox.html", context)


@require_POST
@gated("view", Notification)
def open_one(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Marks it as read and goes where it leads."""
    actor = actor_of(request)
    found = gate.fetch(actor, Notification.objects.all(), pk=pk)
    service.mark_read(found, actor=actor)
    (entry,) = service.shown([found], actor=actor)
    return redirect(own_address(request, entry.url, reverse("inbox")))


@require_POST
@gated("view", Notification)
def mark_read(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    """Marks it as read and stays."""
    actor = actor_of(request)
    service.mark_read(gate.fetch(actor, Notification.objects.all(), pk=pk), actor=actor)
    return redirect(own_address(request, given(request.POST, "next"), reverse("inbox")))


@require_POST
@gated("view", Notification)
def mark_all_read(request: HttpRequest) -> HttpResponseRedirect:
    """Marks the whole inbox as read."""
    marked = service.mark_all_read(actor=actor_of(request))
    told = f"{marked} marked as read." if marked else "Everything was read already."
    return done(request, told, reverse("inbox"))

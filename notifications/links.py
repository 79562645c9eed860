"""Where a notification leads: decided here alone."""

from __future__ import annotations

from urllib.parse import quote, urljoin

from django.conf import settings

from catalog.models import Application, GovernedObject


def link_to(obj: GovernedObject | None, application: Application | None) -> str:
    """The object's page, in the module that the template names; empty where there is no object."""
    if obj is None:
        return ""
    module = f"?application={quote(application.key, safe='')}" if application else ""
    return f"/objects/{obj.pk}/{module}"


def absolute(url: str) -> str:
    """The same address as somebody outside the browser needs it."""
    return urljoin(settings.PUBLIC_URL, url)

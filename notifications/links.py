"""Where a notification leads: decided here alone."""

from __future__ import annotations

from urllib.parse import quote

from catalog.models import Application, GovernedObject


def link_to(obj: GovernedObject | None, application: Application | None) -> str:
    """The object's page, in the module that the template names; empty where there is no object."""
    if obj is None:
        return ""
    module = f"?application={quote(application.key, safe='')}" if application else ""
    return f"/objects/{obj.pk}/{module}"

"""How the admin pages look: our name, our colours, and a side bar of the rooms of the house.

The theme brings its fonts and scripts as files of its own: nothing is asked of another host.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.text import format_lazy

INCIDENTS = "Incidents"


def _logo(request: HttpRequest) -> str:
    return static("logo.svg")


def _page(title: str, icon: str, model: str, query: str = "") -> dict[str, Any]:
    link = format_lazy("{}{}", reverse_lazy(f"admin:{model}_changelist"), query)
    return {"title": title, "icon": icon, "link": link}


def _room(title: str, *pages: dict[str, Any]) -> dict[str, Any]:
    return {"title": title, "separator": True, "items": list(pages)}


# Tones of `--tblr-primary` and of the greys in static/sluice.css, from light to dark.
PRIMARY = {
    "50": "oklch(97.6% .012 205)",
    "100": "oklch(94.6% .026 205)",
    "200": "oklch(89.4% .05 205)",
    "300": "oklch(82% .078 206)",
    "400": "oklch(73% .095 206)",
    "500": "oklch(63.2% .098 207)",
    "600": "oklch(48.8% .083 207)",
    "700": "oklch(42.5% .072 208)",
    "800": "oklch(36.5% .06 209)",
    "900": "oklch(30.5% .048 210)",
    "950": "oklch(22% .034 211)",
}
BASE = {
    "50": "oklch(97.9% .004 205)",
    "100": "oklch(95.8% .006 205)",
    "200": "oklch(91.2% .009 205)",
    "300": "oklch(85.2% .012 205)",
    "400": "oklch(71% .018 207)",
    "500": "oklch(51.5% .022 209)",
    "600": "oklch(43% .024 211)",
    "700": "oklch(35% .026 212)",
    "800": "oklch(25.4% .02 214)",
    "900": "oklch(20.3% .017 214)",
    "950": "oklch(15.5% .014 214)",
}

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Sluice",
    "SITE_HEADER": "Sluice",
    "SITE_SUBHEADER": "Administration",
    "SITE_URL": "/",
    "SITE_ICON": _logo,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": _logo}],
    "SITE_DROPDOWN": [{"icon": "arrow_back", "title": "Back to Sluice", "link": "/"}],
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "7px",
    "COLORS": {"primary": PRIMARY, "base": BASE},
    "ACCOUNT": {"navigation": [{"title": "Back to Sluice", "link": "/"}]},
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            _room(
                "Who is there",
                _page("Users", "person", "accounts_user"),
                _page("Teams", "groups", "accounts_team"),
                _page("Workspaces", "workspaces", "accounts_workspace"),
                _page("API tokens", "key", "accounts_apitoken"),
                _page("Invitations", "mail", "accounts_invitation"),
                _page("Account", "settings", "accounts_account"),
            ),
            _room(
                "What exists",
                _page("Applications", "apps", "catalog_application"),
                _page("Object types", "category", "catalog_objecttype"),
                _page("Attributes", "label", "catalog_attributetype"),
                _page("Relation types", "share", "catalog_relationtype"),
                _page("User relation types", "person_pin", "catalog_userrelationtype"),
                _page("Boards", "dashboard", "catalog_board"),
                _page("Objects", "deployed_code", "catalog_governedobject"),
                _page("Packages", "package_2", "catalog_package"),
            ),
            _room(
                "How objects move",
                _page("Lifecycles", "route", "catalog_lifecycle"),
                _page("Transitions", "trending_flat", "workflows_transition"),
                _page("Conditions", "rule", "permissions_condition"),
            ),
            _room(
                "What happens next",
                _page("Workflows", "account_tree", "workflows_workflow"),
                _page("Executions", "play_circle", "automations_execution"),
                _page("Periodic tasks", "schedule", "django_celery_beat_periodictask"),
            ),
            _room(
                "Who hears",
                _page("Notification templates", "draft", "notifications_template"),
                _page("Deliveries", "outgoing_mail", "notifications_delivery"),
            ),
            _room(
                "What happened",
                _page("Events", "history", "journal_event"),
                _page(INCIDENTS, "report", "journal_pending", "?parked_at__isempty=0"),
            ),
        ],
    },
}

"""Templates as assets of packages: their form, what they name, and how they become rows."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.exceptions import Problem
from accounts.keys import nearest
from accounts.models import Team, User
from catalog.models import Application
from catalog.packages.fields import KEY, NAME, Content, Field
from catalog.packages.kinds import Named, RowKind, Scope
from catalog.packages.world import World
from notifications.channels.registry import channels
from notifications.models import Template, default_channels
from notifications.rendering import faults_of
from notifications.wording_keys import keys_of, unknown_keys

MOST_SUBJECT = 1000
MOST_BODY = 100_000
SHOWN = 120


class NotificationTemplates(RowKind[Template]):
    """Subject and body with expressions, and who gets them unless a step says otherwise."""

    key = "notificationTemplates"
    label = "notification template"
    lists = ("notificationTemplates",)
    after = ("applications", "attributeTypes", "relationTypes", "userRelationTypes")
    may_never_match = True
    fields = (
        KEY,
        NAME,
        Field(
            "subject",
            "text",
            "One line of plain text, with expressions.",
            required=True,
            most=MOST_SUBJECT,
        ),
        Field("body", "text", "HTML, with expressions.", required=True, most=MOST_BODY),
        Field("Module_Id", "key", "The module the link leads to.", references="applications"),
        Field(
            "recipientRelationTypes",
            "keys",
            "Whoever has one of these relations to the object is told.",
            default=[],
            references="userRelationTypes",
        ),
        Field("recipients", "texts", "Usernames and names of teams.", default=[]),
        Field("notifyAuthor", "boolean", "Whoever caused it is told, too.", default=False),
        Field("channels", "texts", "How they are told.", default=default_channels()),
    )
    model = Template

    def rows(self) -> QuerySet[Template]:
        return Template.objects.select_related("application")

    def read(self, row: Template) -> Content:
        return {
            "key": row.key,
            "name": row.name or row.key,
            "subject": row.subject,
            "body": row.body,
            "Module_Id": row.application.key if row.application else None,
            "recipientRelationTypes": row.recipient_relation_types,
            "recipients": row.recipients,
            "notifyAuthor": row.notifies_author,
            "channels": row.channels,
        }

    def find(self, content: Content) -> Template | None:
        return self.rows().filter(key=content["key"]).first()

    def fill(self, row: Template, content: Content) -> None:
        module = content["Module_Id"]
        row.key, row.name = content["key"], content["name"]
        row.subject, row.body = content["subject"], content["body"]
        row.application = Application.objects.get(key=module) if module else None
        row.recipient_relation_types = content["recipientRelationTypes"]
        row.recipients = content["recipients"]
        row.notifies_author = content["notifyAuthor"]
        row.channels = content["channels"]

    def references(self, content: Content, world: World) -> Iterable[Named]:
        """The fields' keys, and those that the expressions of both texts name."""
        yield from super().references(content, world)
        yield from keys_of(content["subject"], content["body"], world)

    def check(self, content: Content, world: World, scope: Scope) -> Iterable[Problem]:
        for fault in faults_of(content["subject"], content["body"]):
            place = fault.text[fault.position : fault.position + fault.length]
            yield Problem(fault.pointer, fault.code, str(fault), place[:SHOWN])
        yield from unknown_keys(content["subject"], content["body"], world)
        yield from _unknown_channels(content["channels"])
        yield from _unknown_names(content["recipients"])


def _unknown_channels(named: list[str]) -> Iterable[Problem]:
    if not named:
        yield Problem("/channels", "missing", "A template needs a channel to tell by.")
    for at, key in enumerate(named):
        if key not in channels:
            near = nearest(key, channels.keys())
            detail = f"There is no channel {key[:SHOWN]!r}; there are {_listed(channels.keys())}."
            yield Problem(f"/channels/{at}", "unknownReference", detail, key[:SHOWN], near)


def _unknown_names(named: list[str]) -> Iterable[Problem]:
    """Names of people and teams that aren't there; the nearest is looked for only then."""
    if not named:
        return
    known = set(User.objects.filter(username__in=named).values_list("username", flat=True))
    known |= set(Team.objects.filter(name__in=named).values_list("name", flat=True))
    for at, name in enumerate(named):
        if name not in known:
            detail = f"There is no user and no team {name[:SHOWN]!r}."
            near = nearest(name, _all_names())
            yield Problem(f"/recipients/{at}", "unknownReference", detail, name[:SHOWN], near)


def _all_names() -> list[str]:
    return [
        *User.objects.values_list("username", flat=True),
        *Team.objects.values_list("name", flat=True),
    ]


def _listed(keys: list[str]) -> str:
    return " and ".join(keys)

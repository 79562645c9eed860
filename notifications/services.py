"""Telling people: about an object, in the words of a template, or about the product itself.

The rows are written in the caller's transaction: rolled back with it, nobody was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.models import User
from catalog.context import ObjectContext, Reading
from catalog.expressions import ExpressionError
from catalog.models import GovernedObject
from journal.clock import now
from notifications.channels.email import EMAIL
from notifications.channels.inbox import INBOX
from notifications.channels.registry import channels
from notifications.links import link_to
from notifications.models import Template
from notifications.posting import Letter, post
from notifications.readers import rendered_for
from notifications.recipients import RecipientRule, active_of, audience_of
from notifications.rendering import Rendered, wording_of
from notifications.texts import html_of, one_line
from notifications.told import Told

SHOWN = 120


def notify(
    template: Template,
    obj: GovernedObject | None,
    *,
    context: ObjectContext,
    cause: str,
    author_id: int | None,
    actor: Actor,
    recipients: RecipientRule | None = None,
) -> Told:
    """Tells the recipients of a template about an object, each once for this cause.

    `recipients` replace the template's own. `author_id` is the user who caused the first event of
    the chain. Raises `Invalid` where the template's expressions can't be computed.
    """
    rule = recipients or RecipientRule.of_template(template)
    author = None if template.notifies_author else author_id
    audience = audience_of(rule, obj, author_id=author)
    if not audience.users:
        return Told(left_out=audience.left_out)
    return post(
        _letters(audience.users, template, obj, context),
        audience=audience,
        through=[channels[key] for key in template.channels if key in channels],
        cause=cause,
        actor=actor,
    )


def tell(
    users: Iterable[User], *, subject: str, text: str, cause: str, actor: Actor, url: str = ""
) -> Told:
    """Tells users something about the product itself, in plain text; each once for this cause."""
    audience = active_of(users)
    letter = Letter(one_line(subject), html_of(text), url)
    return post(
        {user.pk: letter for user in audience.users},
        audience=audience,
        through=[INBOX, EMAIL],
        cause=cause,
        actor=actor,
    )


def preview(subject: str, body: str, obj: GovernedObject, *, actor: Actor) -> Rendered:
    """The texts as this actor would read them about an object; nobody is told.

    What only a run knows (`@event`, `@steps`) is not there. Raises `Invalid` with the place.
    """
    gate.demand(actor, "view", obj)
    context = ObjectContext(
        reading=Reading(actor), current_username=actor.username, now=now(), obj=obj
    )
    with _told_as_problem("The texts can't be filled in"):
        return wording_of(subject, body).render(context)


def _letters(
    users: Sequence[User],
    template: Template,
    obj: GovernedObject | None,
    context: ObjectContext,
) -> dict[int, Letter]:
    with _told_as_problem(f"The template {template.key} can't be filled in"):
        wording = wording_of(template.subject, template.body)
        found = rendered_for(users, wording, context)
    url = link_to(obj, template.application)
    object_id = obj.pk if obj else None
    return {
        pk: Letter(copy.texts.subject, copy.texts.body, url, object_id, copy.made_of)
        for pk, copy in found.items()
    }


@contextmanager
def _told_as_problem(what: str) -> Iterator[None]:
    try:
        yield
    except ExpressionError as error:
        place = error.text[error.position : error.position + error.length][:SHOWN]
        problem = Problem(error.pointer, error.code, str(error), place)
        raise Invalid(f"{what}: {error}", problems=[problem]) from error

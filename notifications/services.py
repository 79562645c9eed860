"""Telling people: about an object, in the words of a template, or about the product itself.

The rows are written in the caller's transaction: rolled back with it, nobody was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.models import User
from catalog.context import ObjectContext
from catalog.expressions import ExpressionError
from catalog.models import GovernedObject
from notifications.channels.email import EMAIL
from notifications.channels.inbox import INBOX
from notifications.channels.registry import channels
from notifications.links import link_to
from notifications.models import Template
from notifications.posting import Letter, post
from notifications.readers import rendered_for
from notifications.recipients import RecipientRule, active_of, audience_of
from notifications.rendering import wording_of
from notifications.texts import html_of, one_line
from notifications.told import Told


def notify(
    template: Template,
    obj: GovernedObject | None,
    *,
    context: ObjectContext,
    cause: str,
    author_id: int | None,
    actor: Actor,
    recipients: RecipientRule | None = None,
    event_attribute: str | None = None,
) -> Told:
    """Tells the recipients of a template about an object, each once for this cause.

    `recipients` replace the template's own. `author_id` is the user who caused the first event of
    the chain. `event_attribute` is the key of the attribute whose values `@event` holds, where it
    holds such: whoever may not see it isn't shown them. Raises `Invalid` where the template's
    expressions can't be computed.
    """
    rule = recipients or RecipientRule.of_template(template)
    author = None if template.notifies_author else author_id
    audience = audience_of(rule, obj, author_id=author)
    if not audience.users:
        return Told(left_out=audience.left_out)
    return post(
        _letters(audience.users, template, obj, context, event_attribute),
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


def _letters(
    users: Sequence[User],
    template: Template,
    obj: GovernedObject | None,
    context: ObjectContext,
    event_attribute: str | None,
) -> dict[int, Letter]:
    try:
        wording = wording_of(template.subject, template.body)
        found = rendered_for(users, wording, context, event_attribute=event_attribute)
    except ExpressionError as error:
        raise Invalid(
            f"The template {template.key} can't be filled in: {error}",
            problems=[Problem(error.pointer, error.code, str(error), template.key)],
        ) from error
    url = link_to(obj, template.application)
    object_id = obj.pk if obj else None
    return {pk: Letter(made.subject, made.body, url, object_id) for pk, made in found.items()}

"""Trying an expression: what it comes to for one object, as one person may read it."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from catalog.context import ObjectContext, Reading
from catalog.expressions import Compiled, Expression, ExpressionError, jsonable, parse, parse_value
from catalog.models import GovernedObject
from journal.clock import now

BRACES = "{{"


def evaluate(
    text: str,
    *,
    actor: Actor,
    obj: GovernedObject | None = None,
    input: Mapping[str, object] | None = None,
) -> object:
    """The value as JSON has it; raises `Invalid` with the place of what is wrong.

    The text is a bare expression, or a text with expressions in braces as steps have them. Values
    that the actor may not see are missing.
    """
    context = ObjectContext(
        reading=Reading(actor, is_lenient=True),
        current_username=actor.username,
        now=now(),
        obj=obj,
        input=input or {},
    )
    try:
        return jsonable(_read(text).evaluate(context))
    except ExpressionError as error:
        raise Invalid(problems=[Problem("/expression", error.code, str(error))]) from error


def _read(text: str) -> Expression | Compiled:
    try:
        return parse(text)
    except ExpressionError:
        if BRACES not in text:
            raise
    return parse_value(text)

"""The comment that a transition is made with: what it wants, what it was given.

`read_comment` refuses, `write_comment` writes; both under the lock of the object, in the
transaction of the move or of the vote.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accounts.actor import Actor
from accounts.exceptions import Invalid, Problem
from accounts.keys import nearest
from catalog.models import Comment, CommentType, GovernedObject
from catalog.services import commenting
from workflows.lifecycle.models import Transition

POINTER = "/comment"
TYPE = f"{POINTER}/commentTypeKey"
BODY = f"{POINTER}/body"


@dataclass(frozen=True, slots=True)
class CheckedComment:
    """A text that can be a comment, and the key of its type; which row that is, its object says."""

    body: str
    type_key: str
    is_required_type: bool


def read_comment(transition: Transition, given: Mapping[str, Any] | None) -> CheckedComment | None:
    """What was given (`commentTypeKey`, `body`), checked against what the transition wants.

    None where nothing was given and nothing is wanted; `Invalid` with the place otherwise.
    """
    if given is None:
        if transition.wants_comment:
            raise Invalid(problems=[_missing(transition, POINTER)], code="commentMissing")
        return None
    body = str(given.get("body") or "")
    key = str(given.get("comment_type_key") or given.get("commentTypeKey") or "")
    if transition.wants_comment and not body.strip():
        raise Invalid(problems=[_missing(transition, BODY)], code="commentMissing")
    required = transition.required_comment_type_key
    problems = commenting.body_problems(body, BODY)
    if required and not key:
        raise Invalid(problems=[_missing(transition, TYPE), *problems], code="commentMissing")
    if required and key != required:
        problems.append(_unfitting(key, transition))
    elif key and not CommentType.objects.filter(key=key).exists():
        problems.append(_unknown(key))
    if problems:
        raise Invalid(problems=problems)
    return CheckedComment(body, key, bool(required))


def read_remark(given: Mapping[str, Any] | None) -> CheckedComment | None:
    """What somebody says beside a vote, of whatever type; nothing is wanted."""
    return read_comment(Transition(), given)


def write_comment(
    checked: CheckedComment, obj: GovernedObject, *, actor: Actor, transition: Transition
) -> Comment:
    """Writes the comment, as one of the transition. Whoever may make that may say this: what it
    requires is written even where its type isn't offered."""
    return commenting.write(
        obj,
        checked.body,
        actor=actor,
        type=_type(checked, obj, actor),
        transition_key=transition.key,
    )


def _type(checked: CheckedComment, obj: GovernedObject, actor: Actor) -> CommentType | None:
    """Of several categories that have the type, the first that is offered here."""
    if not checked.type_key:
        return None
    offered = commenting.offered_types(obj, actor=actor).filter(key=checked.type_key).first()
    if offered is not None:
        return offered
    rows = CommentType.objects.filter(key=checked.type_key).order_by("category__key")
    every = rows.first() if checked.is_required_type else None
    if every is None:
        problem = commenting.unknown_type(checked.type_key, obj, actor=actor, pointer=TYPE)
        raise Invalid(problems=[problem])
    return every


def _missing(transition: Transition, pointer: str) -> Problem:
    required = transition.required_comment_type_key
    what = f"a comment of the type {required}" if required else "a comment"
    detail = f"The transition {transition.name} is made with {what}, that says why."
    return Problem(pointer, "commentMissing", detail, required or None, required or None)


def _unfitting(key: str, transition: Transition) -> Problem:
    required = transition.required_comment_type_key
    detail = f"The transition {transition.name} wants a comment of the type {required}."
    return Problem(TYPE, "unfittingCommentType", detail, key[:120], required)


def _unknown(key: str) -> Problem:
    visible = CommentType.objects.filter(category__is_visible=True)
    near = nearest(key, visible.values_list("key", flat=True))
    hint = f" Perhaps {near!r} was meant." if near else ""
    detail = f"There is no comment type {key[:120]!r}.{hint}"
    return Problem(TYPE, "unknownCommentType", detail, key[:120], near)

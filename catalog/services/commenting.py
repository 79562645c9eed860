"""Comments on objects: added, edited and deleted, with their traces.

Who reads a comment is decided by the gate, from its object and the visibility of its category.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import gate
from accounts.actor import Actor
from accounts.exceptions import Conflict, Invalid, Problem
from accounts.keys import nearest
from catalog.expressions.text import first_unsound
from catalog.models import (
    Change,
    Comment,
    CommentType,
    CommentTypeCategory,
    CommentTypeCategoryApplication,
    GovernedObject,
)
from catalog.models.comments import MOST_BODY
from catalog.services.ledger import Ledger
from catalog.services.parts import lock
from journal.clock import now


def add(
    obj: GovernedObject,
    body: str,
    *,
    actor: Actor,
    type: CommentType | None = None,
    parent: Comment | None = None,
) -> Comment:
    """Says something about an object, or in answer to a comment of it."""
    with transaction.atomic():
        locked = lock(obj)
        may = gate.demand(actor, "comment", locked)
        problems = body_problems(body, "/body")
        if type is not None and not offered_types(locked, actor=actor).filter(pk=type.pk).exists():
            problems.append(unknown_type(type.key, locked, actor=actor, pointer="/commentTypeKey"))
        problems += _parent_problems(parent, locked, actor)
        if problems:
            raise Invalid(problems=problems)
        return write(locked, body, actor=actor, type=type, parent=parent, override=may.override)


def write(
    obj: GovernedObject,
    body: str,
    *,
    actor: Actor,
    type: CommentType | None = None,
    parent: Comment | None = None,
    transition_key: str = "",
    override: bool = False,
) -> Comment:
    """Writes a comment and its traces. The caller has locked the object and asked whether it may:
    `add` above, and the transition that is made with it."""
    comment = Comment.objects.create(
        object=obj,
        type=type,
        parent=parent,
        author=actor.user,
        author_name=actor.username,
        body=body.strip(),
        transition_key=transition_key,
        created_at=now(),
    )
    ledger = Ledger(actor.origin, override)
    ledger.note(obj, Change.Verb.COMMENTED, field_of(comment), after=comment.body)
    ledger.tell("commentAdded", obj, described(comment))
    ledger.write()
    return comment


def edit(comment: Comment, body: str, *, actor: Actor) -> Comment:
    """Changes what its author said; the same text again writes nothing."""
    with transaction.atomic():
        comment = _locked(comment, actor)
        gate.demand(actor, "edit", comment)
        _demand_own_words(comment)
        if problems := body_problems(body, "/body"):
            raise Invalid(problems=problems)
        before, comment.body = comment.body, body.strip()
        if comment.body == before:
            return comment
        comment.edited_at = now()
        comment.save(update_fields=["body", "edited_at"])
        ledger = Ledger(actor.origin)
        ledger.note(
            comment.object,
            Change.Verb.COMMENT_EDITED,
            field_of(comment),
            before=before,
            after=comment.body,
        )
        ledger.write()
        return comment


def delete(comment: Comment, *, actor: Actor) -> None:
    """Takes a comment's text away; where answers hang on it, its place stays."""
    with transaction.atomic():
        comment = _locked(comment, actor)
        may = gate.demand(actor, "delete", comment)
        if not may.override:
            _demand_own_words(comment)
        before, comment.body = comment.body, ""
        comment.deleted_at = now()
        comment.save(update_fields=["body", "deleted_at"])
        ledger = Ledger(actor.origin, may.override)
        ledger.note(comment.object, Change.Verb.COMMENT_DELETED, field_of(comment), before=before)
        ledger.write()


def comments_of(obj: GovernedObject, *, actor: Actor) -> QuerySet[Comment]:
    """What this actor reads of an object's comments, oldest first.

    A deleted one only where an answer that they read hangs on it.
    """
    readable = gate.narrow(actor, "view", Comment.objects.filter(object=obj))
    answers = readable.filter(parent=OuterRef("pk"), deleted_at=None).order_by()
    rows = readable.filter(Q(deleted_at=None) | Exists(answers))
    return rows.select_related("type__category", "author").order_by("pk")


def offered_types(obj: GovernedObject, *, actor: Actor) -> QuerySet[CommentType]:
    """The types that this actor may choose on this object, category by category."""
    categories = gate.narrow(actor, "view", CommentTypeCategory.objects.all())
    links = CommentTypeCategoryApplication.objects.filter(category=OuterRef("category")).order_by()
    here = links.filter(application=obj.object_type.application_id)
    rows = CommentType.objects.filter(category__in=categories.order_by().values("pk"))
    rows = rows.filter(~Exists(links) | Exists(here)).select_related("category")
    return rows.order_by("category__name", "category__key", "position", "pk")


def find_type(
    key: str, obj: GovernedObject, *, actor: Actor, category_key: str | None = None
) -> CommentType:
    """The type of this key that is offered here; `Invalid` where none is, or several are."""
    rows = offered_types(obj, actor=actor).filter(key=key)
    if category_key is not None:
        rows = rows.filter(category__key=category_key)
    found = list(rows)
    if not found:
        problem = unknown_type(key, obj, actor=actor, pointer="/commentTypeKey")
        raise Invalid(problems=[problem])
    if len(found) > 1:
        names = ", ".join(one.category.key for one in found[:10])
        detail = f"Several categories have this type: name one of {names}."
        raise Invalid(problems=[Problem("/commentTypeCategoryKey", "ambiguous", detail, key)])
    return found[0]


def find_comment(pk: int, obj: GovernedObject, *, actor: Actor) -> Comment:
    """The comment of this object that is to be answered; `Invalid` where this actor reads none."""
    found = comments_of(obj, actor=actor).filter(pk=pk).first()
    if found is None:
        raise Invalid(problems=[_unknown_comment(pk)])
    return found


def _unknown_comment(pk: int) -> Problem:
    return Problem("/parentId", "unknownComment", "There is no such comment here.", pk)


def is_editable(comment: Comment, *, actor: Actor) -> bool:
    """Whether this actor, who reads it, may say it in other words; see `permissions`."""
    is_own = actor.user is not None and comment.author_id == actor.user.pk
    return is_own and comment.deleted_at is None and not comment.transition_key


def unknown_type(key: str, obj: GovernedObject, *, actor: Actor, pointer: str) -> Problem:
    """The problem of a type that isn't offered on this object, with the nearest that is."""
    known = offered_types(obj, actor=actor).values_list("key", flat=True)
    near = nearest(key, known)
    hint = f" Perhaps {near!r} was meant." if near else ""
    detail = f"No comment type {key[:120]!r} is offered here.{hint}"
    return Problem(pointer, "unknownCommentType", detail, key[:120], near)


def body_problems(body: str, pointer: str) -> list[Problem]:
    """What is wrong with a text that is to be a comment."""
    if not body.strip():
        return [Problem(pointer, "blank", "A comment says something.")]
    if len(body) > MOST_BODY:
        detail = f"A comment has at most {MOST_BODY:,} characters, not {len(body):,}."
        return [Problem(pointer, "tooLong", detail)]
    at = first_unsound(body)
    if at is not None:
        detail = f"Character {at + 1} stands for nothing and can't be stored."
        return [Problem(pointer, "badCharacter", detail)]
    return []


def field_of(comment: Comment) -> str:
    """How history calls it."""
    return f"comments.{comment.pk}"


def described(comment: Comment) -> dict[str, Any]:
    """What an event tells of it: never its text, which not everybody who hears of it may read."""
    return {
        "commentId": comment.pk,
        "commentTypeKey": comment.type.key if comment.type else None,
        "parentId": comment.parent_id,
        "transitionKey": comment.transition_key or None,
    }


def _locked(comment: Comment, actor: Actor) -> Comment:
    """The comment as it is now, its object locked; what was deleted, or can't be read, isn't."""
    obj = lock(comment.object)
    rows = Comment.objects.filter(object=obj, deleted_at=None).select_related("type__category")
    found = gate.fetch(actor, rows, pk=comment.pk)
    found.object = obj
    return found


def _demand_own_words(comment: Comment) -> None:
    """What was said to make a transition is part of it, as its date is."""
    if comment.transition_key:
        detail = (
            f"This was said to make the transition {comment.transition_key}, and stays as it is; "
            "an answer can add to it."
        )
        raise Conflict(detail, code="belongsToTransition")


def _parent_problems(parent: Comment | None, obj: GovernedObject, actor: Actor) -> list[Problem]:
    if parent is None:
        return []
    rows = gate.narrow(actor, "view", Comment.objects.filter(object=obj))
    present = rows.filter(pk=parent.pk).first()
    if present is None:
        return [_unknown_comment(parent.pk)]
    if present.deleted_at is not None:
        detail = "This comment was deleted; nothing more can be said to it."
        return [Problem("/parentId", "deleted", detail, parent.pk)]
    if present.parent_id is not None:
        detail = "This is an answer itself: answer the comment that it belongs to."
        return [Problem("/parentId", "answersAnAnswer", detail, parent.pk, str(present.parent_id))]
    return []

"""Comments: who reads what is said about an object, and whose words are whose.

A comment is read by those who see its object and its category. In a category that isn't visible,
its author alone reads it, beside account admins. An answer is hidden with what it answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from accounts.gate import Decision
from accounts.models import User
from catalog.models import Comment, CommentTypeCategory, GovernedObject
from permissions import conditions
from permissions.kinds import objects
from permissions.people import ACCOUNT_ADMINS, EVERYBODY
from permissions.rules import SYSTEM_REASON, RuleSet, SettingRules

OPEN = Decision(True, "comment", "Everybody who sees the object reads it.")
HIDDEN = Decision(False, "comment", "Its category isn't visible: its author and admins read it.")
OWN = Decision(True, "comment", "They said it themselves.")
NOT_OWN = Decision(False, "comment", "Only its author may do this to a comment.")


def is_open(comment: Comment) -> bool:
    """Not in a category that isn't visible."""
    return comment.type is None or comment.type.category.is_visible


def reading(user: User, comment: Comment) -> Decision:
    """May this person, who sees the object, read what is said there?"""
    chain = [comment, comment.parent] if comment.parent else [comment]
    closed = [one for one in chain if not is_open(one) and one.author_id != user.pk]
    return HIDDEN if closed else OPEN


def _readable(user: User, path: str = "") -> Q:
    return (
        Q(**{f"{path}type": None})
        | Q(**{f"{path}type__category__is_visible": True})
        | Q(**{f"{path}author": user.pk})
    )


def readable_comments(user: User) -> Q:
    """Of whatever object: what this person reads where they see it."""
    return _readable(user) & (Q(parent=None) | _readable(user, "parent__"))


class CommentRules(RuleSet[Comment]):
    """Read with its object; changed by its author alone; taken away by its author, or an admin."""

    kind = Comment
    verbs = frozenset({"view", "edit", "delete"})
    overridden = frozenset({"view", "delete"})

    def allows(self, user: User, verb: str, thing: Comment) -> Decision:
        return self.allows_each(user, verb, [thing])[0]

    def allows_each(self, user: User, verb: str, things: Sequence[Comment]) -> list[Decision]:
        found = objects.standings(user, {thing.object for thing in things})
        return [
            self._decided(user, verb, thing, objects.sight(found[thing.object_id]))
            for thing in things
        ]

    def _decided(self, user: User, verb: str, thing: Comment, seen: Decision) -> Decision:
        read = reading(user, thing) if seen else seen
        if verb == "view" or not read:
            return read
        return OWN if thing.author_id == user.pk else NOT_OWN

    def narrow(self, user: User, verb: str) -> Q:
        seen = GovernedObject.objects.filter(objects.visible_objects(user)).order_by()
        read = Q(object__in=seen.values("pk")) & readable_comments(user)
        return read if verb == "view" else read & Q(author=user.pk)

    def who(self, verb: str, thing: Comment) -> Q:
        book = conditions.read(types=[thing.object.object_type_id])
        people = objects.people_who_see(thing.object, book)
        chain = [thing, thing.parent] if thing.parent else [thing]
        for one in chain:
            if not is_open(one):
                people &= Q(pk=one.author_id)
        return people if verb == "view" else people & Q(pk=thing.author_id)

    def allows_system(self, verb: str, thing: Comment) -> Decision:
        return Decision(True, "account", SYSTEM_REASON, override=verb == "delete")


class CommentCategoryRules(SettingRules):
    """Categories of comments: all see those that are visible; admins see and configure all."""

    def __init__(self) -> None:
        super().__init__(CommentTypeCategory)

    def allows(self, user: User, verb: str, thing: Any) -> Decision:
        if verb == "view" and not thing.is_visible and not user.is_account_admin:
            return Decision(False, "visibility", "This category isn't visible.")
        return self.allows_kind(user, verb)

    def narrow(self, user: User, verb: str) -> Q:
        if verb == "view" and not user.is_account_admin:
            return Q(is_visible=True)
        return super().narrow(user, verb)

    def who(self, verb: str, thing: Any) -> Q:
        if verb == "view":
            return EVERYBODY if thing.is_visible else ACCOUNT_ADMINS
        return super().who(verb, thing)

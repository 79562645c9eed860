"""A transition and the comment that it is made with: required, refused, kept."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.exceptions import Conflict, Denied, Invalid
from catalog.models import Change, Comment, CommentType, CommentTypeCategory, GovernedObject
from journal.models import Event
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen
from workflows.lifecycle import service
from workflows.lifecycle.entering import Moved
from workflows.models import Transition

pytestmark = pytest.mark.django_db

REASON = {"comment_type_key": "reason", "body": "Nobody cooks this any more."}


def in_review(kitchen: Kitchen, name: str = "Soup") -> GovernedObject:
    return kitchen.make(name, state=kitchen.states["review"])


def refused(obj: GovernedObject, key: str, comment: Any) -> tuple[str, str, str | None]:
    with pytest.raises(Invalid) as refusal:
        service.move(obj, key, actor=SYSTEM, comment=comment)
    problem = refusal.value.problems[0]
    is_missing = problem.code == "commentMissing"
    assert refusal.value.code == ("commentMissing" if is_missing else "invalid")
    assert not Comment.objects.exists()
    assert GovernedObject.objects.get(pk=obj.pk).version == obj.version
    return problem.code, problem.pointer, problem.nearest


def test_the_comment_stands_beside_the_move_that_it_belongs_to(
    kitchen: Kitchen, cast: Cast
) -> None:
    soup = in_review(kitchen)
    moved = service.move(soup, "drop", actor=cast.acting("member"), comment=REASON)
    assert isinstance(moved, Moved)
    assert moved.object.state == kitchen.states["archived"]
    comment = Comment.objects.get()
    assert (comment.object_id, comment.transition_key) == (soup.pk, "drop")
    assert (comment.type, comment.body) == (kitchen.comment_types["reason"], REASON["body"])
    assert (comment.author, comment.author_name) == (cast.member, "member")
    rows = Change.objects.filter(object_id=soup.pk).order_by("pk")
    verbs = list(rows.values_list("verb", flat=True))
    assert verbs == ["created", "transitioned", "commented"]
    told = Event.objects.get(kind="commentAdded").payload
    assert told == {
        "commentId": comment.pk,
        "commentTypeKey": "reason",
        "parentId": None,
        "transitionKey": "drop",
    }


@pytest.mark.parametrize(
    ("comment", "problem"),
    [
        (None, ("commentMissing", "/comment", "reason")),
        ({"comment_type_key": "reason", "body": ""}, ("commentMissing", "/comment/body", "reason")),
        (
            {"comment_type_key": "reason", "body": " \n\t"},
            ("commentMissing", "/comment/body", "reason"),
        ),
        ({"body": "So."}, ("commentMissing", "/comment/commentTypeKey", "reason")),
        (
            {"comment_type_key": "remark", "body": "So."},
            ("unfittingCommentType", "/comment/commentTypeKey", "reason"),
        ),
        (
            {"comment_type_key": "reasn", "body": "So."},
            ("unfittingCommentType", "/comment/commentTypeKey", "reason"),
        ),
        (
            {"comment_type_key": "reason", "body": "x" * 100_001},
            ("tooLong", "/comment/body", None),
        ),
        ({"comment_type_key": "reason", "body": "a\0b"}, ("badCharacter", "/comment/body", None)),
        (
            {"comment_type_key": "reason", "body": "a\ud800"},
            ("badCharacter", "/comment/body", None),
        ),
    ],
)
def test_without_the_comment_that_is_wanted_nothing_moves(
    kitchen: Kitchen, comment: Any, problem: tuple[str, str, str | None]
) -> None:
    assert refused(in_review(kitchen), "drop", comment) == problem


def test_a_comment_is_asked_for_last(kitchen: Kitchen, cast: Cast) -> None:
    with pytest.raises(Invalid) as unknown:
        service.move(in_review(kitchen, "One"), "dropp", actor=cast.acting("viewer"))
    assert unknown.value.code == "unknownTransition"
    with pytest.raises(Conflict):
        service.move(kitchen.make("Two"), "drop", actor=cast.acting("viewer"))
    with pytest.raises(Denied):
        service.move(in_review(kitchen, "Three"), "drop", actor=cast.acting("viewer"))


def test_any_comment_will_do_where_the_transition_says_so(kitchen: Kitchen) -> None:
    Transition.objects.filter(key="send_back").update(requires_any_comment=True)
    assert refused(in_review(kitchen, "One"), "send_back", None)[0] == "commentMissing"
    assert refused(in_review(kitchen, "Two"), "send_back", {"body": " "})[0] == "commentMissing"
    service.move(in_review(kitchen, "Three"), "send_back", actor=SYSTEM, comment={"body": "So."})
    assert Comment.objects.get().type is None


def test_what_nobody_asked_for_is_kept_as_well(kitchen: Kitchen) -> None:
    given = {"commentTypeKey": "remark", "body": "Well done."}
    service.move(in_review(kitchen), "approve", actor=SYSTEM, comment=given)
    comment = Comment.objects.get()
    assert (comment.type, comment.author) == (kitchen.comment_types["remark"], None)
    assert (comment.author_name, comment.transition_key) == ("system", "approve")


def test_an_unknown_type_names_the_nearest_that_may_be_seen(kitchen: Kitchen) -> None:
    soup = in_review(kitchen)
    pointer = "/comment/commentTypeKey"
    wrong = {"comment_type_key": "remarc", "body": "So."}
    assert refused(soup, "approve", wrong) == ("unknownCommentType", pointer, "remark")
    hidden = {"comment_type_key": "audits", "body": "So."}
    assert refused(soup, "approve", hidden) == ("unknownCommentType", pointer, None)


def test_a_type_that_is_not_visible_is_unknown_unless_it_is_required(
    kitchen: Kitchen, cast: Cast
) -> None:
    soup, member = in_review(kitchen), cast.acting("member")
    audit = {"comment_type_key": "audit", "body": "Between us."}
    with pytest.raises(Invalid) as refusal:
        service.move(soup, "approve", actor=member, comment=audit)
    assert refusal.value.problems[0].code == "unknownCommentType"
    assert GovernedObject.objects.get(pk=soup.pk).state == kitchen.states["review"]
    Transition.objects.filter(key="approve").update(required_comment_type_key="audit")
    service.move(soup, "approve", actor=member, comment=audit)
    assert Comment.objects.get().type == kitchen.comment_types["audit"]


def test_of_several_categories_the_first_that_is_offered_is_meant(
    kitchen: Kitchen, cast: Cast
) -> None:
    hidden = CommentTypeCategory.objects.create(key="a_first", name="A", is_visible=False)
    CommentType.objects.create(category=hidden, key="reason", name="Reason")
    service.move(in_review(kitchen), "drop", actor=cast.acting("member"), comment=REASON)
    assert Comment.objects.get().type == kitchen.comment_types["reason"]


def test_an_automation_prefers_the_move_that_wants_no_words(kitchen: Kitchen) -> None:
    silent = kitchen.transitions["drop"]
    Transition.objects.create(
        lifecycle=kitchen.lifecycle,
        key="put_away",
        name="Put away",
        from_state=silent.from_state,
        to_state=silent.to_state,
    )
    moved = service.move_to(in_review(kitchen), "archived", actor=SYSTEM)
    assert isinstance(moved, Moved)
    assert moved.transition.key == "put_away"
    moved.transition.delete()
    with pytest.raises(Invalid) as refusal:
        service.move_to(in_review(kitchen, "Other"), "archived", actor=SYSTEM)
    assert refusal.value.code == "commentMissing"


def test_an_option_that_wants_a_comment_is_open(kitchen: Kitchen, cast: Cast) -> None:
    found = service.options(in_review(kitchen), actor=cast.acting("member"))
    assert {one.transition.key: one.allowed for one in found}["drop"]

"""Comments on objects: who says, reads, changes and takes away what, and what remains of it."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.exceptions import Conflict, Denied, Invalid, NotFound
from catalog.models import (
    Application,
    Change,
    Comment,
    CommentType,
    CommentTypeCategory,
    CommentTypeCategoryApplication,
    GovernedObject,
)
from catalog.models.comments import MOST_BODY
from catalog.services import commenting
from journal.models import Event
from permissions.history import history_of, shown_changes
from tests.cast import ROLES, Cast
from tests.kitchen import SYSTEM, Kitchen

pytestmark = pytest.mark.django_db


def say(kitchen: Kitchen, cast: Cast, who: str, body: str = "Salt?", **more: Any) -> Comment:
    obj = more.pop("obj", None) or kitchen.make(f"Soup {Comment.objects.count()}")
    return commenting.add(obj, body, actor=cast.acting(who), **more)


def read_by(cast: Cast, who: str, obj: GovernedObject) -> list[str]:
    return [one.body for one in commenting.comments_of(obj, actor=cast.acting(who))]


def test_a_comment_leaves_a_row_of_history_and_an_event(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    said = say(kitchen, cast, "member", "  More salt. \n", obj=soup)
    assert (said.body, said.author, said.transition_key) == ("More salt.", cast.member, "")
    row = Change.objects.get(object_id=soup.pk, verb="commented")
    assert (row.field, row.before, row.after) == (f"comments.{said.pk}", None, "More salt.")
    event = Event.objects.get(kind="commentAdded")
    assert (event.subject_id, row.root_id) == (soup.pk, event.pk)
    assert "More salt." not in str(event.payload)
    assert GovernedObject.objects.get(pk=soup.pk).version == soup.version


def test_who_sees_an_object_comments_on_it_but_for_those_who_only_look_on(
    kitchen: Kitchen, cast: Cast
) -> None:
    soup = kitchen.make()
    for who in ROLES:
        if who in {"viewer", "guest"}:
            with pytest.raises(Denied) as refusal:
                say(kitchen, cast, who, obj=soup)
            assert refusal.value.extra["level"]
        else:
            say(kitchen, cast, who, obj=soup)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "blank"),
        (" \t\n", "blank"),
        ("x" * (MOST_BODY + 1), "tooLong"),
        ("x" * 1_000_000, "tooLong"),
        ("a\0b", "badCharacter"),
        ("a\udfffb", "badCharacter"),
    ],
)
def test_a_text_that_can_be_none_is_refused_with_its_place(
    kitchen: Kitchen, cast: Cast, body: str, code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        say(kitchen, cast, "member", body)
    assert [(one.pointer, one.code) for one in refusal.value.problems] == [("/body", code)]
    assert not Comment.objects.exists()


@pytest.mark.parametrize("body", ["x" * MOST_BODY, "<b>bold</b>", "\u202eabc", "{{ 7*7 }}", "🍲"])
def test_any_other_text_is_kept_as_it_is(kitchen: Kitchen, cast: Cast, body: str) -> None:
    assert Comment.objects.get(pk=say(kitchen, cast, "member", body).pk).body == body


def test_its_author_edits_it_and_nobody_else(kitchen: Kitchen, cast: Cast) -> None:
    said = say(kitchen, cast, "member")
    for other in ("owner", "admin"):
        with pytest.raises(Denied):
            commenting.edit(said, "Pepper?", actor=cast.acting(other))
    changed = commenting.edit(said, "Pepper?", actor=cast.acting("member"))
    assert changed.edited_at is not None
    row = Change.objects.get(verb="commentEdited")
    assert (row.before, row.after) == ("Salt?", "Pepper?")
    commenting.edit(changed, "Pepper? ", actor=cast.acting("member"))
    assert Change.objects.filter(verb="commentEdited").count() == 1


def test_a_deleted_comment_leaves_its_place_where_an_answer_hangs_on_it(
    kitchen: Kitchen, cast: Cast
) -> None:
    soup = kitchen.make()
    alone, asked = (say(kitchen, cast, "member", text, obj=soup) for text in ("One", "Two"))
    answer = say(kitchen, cast, "owner", "Three", obj=soup, parent=asked)
    with pytest.raises(Denied):
        commenting.delete(alone, actor=cast.acting("owner"))
    for one in (alone, asked):
        commenting.delete(one, actor=cast.acting("member"))
    assert read_by(cast, "owner", soup) == ["", "Three"]
    commenting.delete(answer, actor=cast.acting("admin"))
    assert read_by(cast, "owner", soup) == []
    assert Change.objects.filter(verb="commentDeleted", is_override=True).count() == 1
    with pytest.raises(NotFound):
        commenting.edit(alone, "Again", actor=cast.acting("member"))
    with pytest.raises(NotFound):
        commenting.delete(alone, actor=cast.acting("member"))


def test_what_was_deleted_is_read_in_history_by_admins_alone(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    said = say(kitchen, cast, "member", "Between us", obj=soup)

    def told(who: str) -> list[Any]:
        actor = cast.acting(who)
        views = shown_changes(list(history_of(soup, actor=actor)), soup, actor=actor)
        return [one.after or one.before for one in views if one.change.field]

    assert told("owner") == ["Between us"]
    commenting.delete(said, actor=cast.acting("member"))
    assert told("owner") == [None, None]
    assert told("admin") == ["Between us", "Between us"]


def test_an_answer_is_one_level_deep_and_on_the_same_object(kitchen: Kitchen, cast: Cast) -> None:
    soup, salad = kitchen.make("Soup"), kitchen.make("Salad")
    asked = say(kitchen, cast, "member", obj=soup)
    answer = say(kitchen, cast, "owner", obj=soup, parent=asked)
    with pytest.raises(Invalid) as refusal:
        say(kitchen, cast, "member", obj=soup, parent=answer)
    assert refusal.value.problems[0].code == "answersAnAnswer"
    with pytest.raises(Invalid) as refusal:
        say(kitchen, cast, "member", obj=salad, parent=asked)
    assert refusal.value.problems[0].code == "unknownComment"
    commenting.delete(asked, actor=cast.acting("member"))
    with pytest.raises(Invalid) as refusal:
        say(kitchen, cast, "member", obj=soup, parent=asked)
    assert refusal.value.problems[0].code == "deleted"


def test_what_was_said_for_a_transition_stays(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    said = commenting.write(soup, "So.", actor=cast.acting("member"), transition_key="submit")
    with pytest.raises(Conflict) as refusal:
        commenting.edit(said, "Or so.", actor=cast.acting("member"))
    assert refusal.value.code == "belongsToTransition"
    with pytest.raises(Conflict):
        commenting.delete(said, actor=cast.acting("member"))
    commenting.delete(said, actor=cast.acting("admin"))


# --- visibility ----------------------------------------------------------------------------------


def test_a_category_that_is_not_visible_is_read_by_its_authors_and_admins(
    kitchen: Kitchen, cast: Cast
) -> None:
    soup = kitchen.make()
    commenting.write(
        soup, "Hidden", actor=cast.acting("member"), type=kitchen.comment_types["audit"]
    )
    for who in ROLES:
        actor = cast.acting(who)
        reads = who in {"admin", "member"}
        assert read_by(cast, who, soup) == (["Hidden"] if reads else []), who
        rows = [one for one in history_of(soup, actor=actor) if one.verb == "commented"]
        assert bool(rows) == reads, who


def test_an_answer_is_hidden_with_what_it_answers(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    hidden = commenting.write(
        soup, "Hidden", actor=cast.acting("member"), type=kitchen.comment_types["audit"]
    )
    say(kitchen, cast, "admin", "Indeed", obj=soup, parent=hidden)
    with pytest.raises(Invalid) as refusal:
        say(kitchen, cast, "owner", "What?", obj=soup, parent=hidden)
    assert refusal.value.problems[0].code == "unknownComment"
    assert read_by(cast, "member", soup) == ["Hidden", "Indeed"]
    assert read_by(cast, "owner", soup) == []


def test_hiding_a_category_hides_what_was_said_in_it(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    say(kitchen, cast, "member", obj=soup, type=kitchen.comment_types["remark"])
    assert read_by(cast, "viewer", soup) == ["Salt?"]
    CommentTypeCategory.objects.filter(key="decision").update(is_visible=False)
    assert read_by(cast, "viewer", soup) == []


def test_who_does_not_see_the_object_reads_nothing(kitchen: Kitchen, cast: Cast) -> None:
    soup = kitchen.make()
    say(kitchen, cast, "member", obj=soup)
    soup.board.workspace.access = "private"
    soup.board.workspace.save()
    assert read_by(cast, "outsider", soup) == []
    assert read_by(cast, "admin", soup) == ["Salt?"]


# --- types ---------------------------------------------------------------------------------------


def keys_for(kitchen: Kitchen, cast: Cast, who: str) -> list[str]:
    soup = kitchen.make(f"Soup {GovernedObject.objects.count()}")
    offered = commenting.offered_types(soup, actor=cast.acting(who))
    return [one.key for one in offered]


def test_a_category_is_offered_in_its_applications(kitchen: Kitchen, cast: Cast) -> None:
    assert keys_for(kitchen, cast, "member") == ["reason", "remark"]
    assert keys_for(kitchen, cast, "admin") == ["reason", "remark", "audit"]
    decision = CommentTypeCategory.objects.get(key="decision")
    other = Application.objects.create(key="other", name="Other")
    CommentTypeCategoryApplication.objects.create(category=decision, application=other)
    assert keys_for(kitchen, cast, "member") == []
    kitchen.recipe.application = other
    kitchen.recipe.save()
    assert keys_for(kitchen, cast, "member") == ["reason", "remark"]


def test_a_type_that_is_not_offered_is_unknown(kitchen: Kitchen, cast: Cast) -> None:
    for who, expected in (("member", False), ("admin", True)):
        if expected:
            say(kitchen, cast, who, type=kitchen.comment_types["audit"])
            continue
        with pytest.raises(Invalid) as refusal:
            say(kitchen, cast, who, type=kitchen.comment_types["audit"])
        problem = refusal.value.problems[0]
        assert (problem.code, problem.pointer) == ("unknownCommentType", "/commentTypeKey")


def test_a_key_of_several_categories_is_told_apart(kitchen: Kitchen, cast: Cast) -> None:
    soup, actor = kitchen.make(), cast.acting("member")
    assert commenting.find_type("reason", soup, actor=actor) == kitchen.comment_types["reason"]
    other = CommentTypeCategory.objects.create(key="other", name="Other")
    twin = CommentType.objects.create(category=other, key="reason", name="Reason")
    with pytest.raises(Invalid) as refusal:
        commenting.find_type("reason", soup, actor=actor)
    assert refusal.value.problems[0].code == "ambiguous"
    assert commenting.find_type("reason", soup, actor=actor, category_key="other") == twin
    with pytest.raises(Invalid) as refusal:
        commenting.find_type("reson", soup, actor=actor)
    assert refusal.value.problems[0].nearest == "reason"


def test_the_system_comments_in_its_own_name(kitchen: Kitchen) -> None:
    said = commenting.add(kitchen.make(), "Done.", actor=SYSTEM)
    assert (said.author, said.author_name) == (None, "system")

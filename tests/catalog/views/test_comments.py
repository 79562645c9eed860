"""The comments on an object's page: read, said, answered, changed, taken away."""

from __future__ import annotations

import pytest

from catalog.models import Comment, CommentType, CommentTypeCategory, GovernedObject
from catalog.services import commenting
from catalog.views import threads
from tests.cast import Cast
from tests.catalog.views.asking import address
from tests.kitchen import Kitchen
from tests.pages import browser, text_of, toasts
from workflows.models import Transition


def test_a_page_without_comments_says_what_they_are_for(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    asked = text_of(browser(cast.member).get(address(soup)))
    assert "Nobody has said anything about this yet. Ask, or tell others" in asked
    read = browser(cast.viewer).get(address(soup))
    assert "You read along. The role viewer may comment on a Recipe only" in text_of(read)
    assert b'name="body"' not in read.content


def test_a_thread_is_written_on_the_page(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    given = {"body": "Salt?\r\nOr none?", "type": "remark decision"}
    done = browser(cast.member).post(address(soup, "comments"), given, follow=True)
    assert toasts(done) == ["Your comment was added."]
    asked = Comment.objects.get()
    assert (asked.body, asked.type) == ("Salt?\nOr none?", kitchen.comment_types["remark"])
    answer = {"body": "None.", "parent": str(asked.pk)}
    browser(cast.owner).post(address(soup, "comments"), answer)
    shown = browser(cast.viewer).get(address(soup)).context["said"]
    [thread] = shown.threads
    assert (thread.first.body, thread.first.type_name) == ("Salt?\nOr none?", "Remark")
    assert [one.body for one in thread.answers] == ["None."]
    assert shown.earlier is None


@pytest.mark.parametrize(
    "given",
    [
        {"body": ""},
        {"body": "x" * 100_001},
        {"body": "x" * 1_000_000},
        {"body": "a\0b"},
        {"body": "x", "type": "nonsense"},
        {"body": "x", "type": "audit internal"},
    ],
)
def test_what_is_no_comment_is_refused(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject, given: dict[str, str]
) -> None:
    assert browser(cast.member).post(address(soup, "comments"), given).status_code == 422
    assert not Comment.objects.exists()


def test_who_only_looks_on_says_nothing(cast: Cast, kitchen: Kitchen, soup: GovernedObject) -> None:
    given = {"body": "Salt?"}
    assert browser(cast.viewer).post(address(soup, "comments"), given).status_code == 403
    assert browser(cast.guest).post(address(soup, "comments"), given).status_code == 404
    answer = {"body": "x", "parent": "4711"}
    assert browser(cast.member).post(address(soup, "comments"), answer).status_code == 404
    answer["parent"] = "9" * 40
    assert browser(cast.member).post(address(soup, "comments"), answer).status_code == 404


def test_its_author_changes_it_and_takes_it_away(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    said = commenting.add(soup, "Salt?", actor=cast.acting("member"))
    edit, delete = (address(soup, f"comments/{said.pk}/{verb}") for verb in ("edit", "delete"))
    assert browser(cast.owner).post(edit, {"body": "Mine"}).status_code == 403
    assert browser(cast.owner).post(delete).status_code == 403
    owners = browser(cast.owner).get(address(soup)).context["said"].threads[0].first
    assert not owners.is_editable
    assert not owners.is_removable
    client = browser(cast.member)
    client.post(edit, {"body": "Pepper?"})
    mine = client.get(address(soup)).context["said"].threads[0].first
    assert (mine.body, mine.is_editable, mine.edited_at is None) == ("Pepper?", True, False)
    assert toasts(client.post(delete, follow=True)) == ["The comment was deleted."]
    assert client.post(delete).status_code == 404
    assert client.get(address(soup)).context["said"].threads == []


def test_admins_take_away_but_change_nothing(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    said = commenting.add(soup, "Salt?", actor=cast.acting("member"))
    client = browser(cast.admin)
    seen = client.get(address(soup)).context["said"].threads[0].first
    assert (seen.is_editable, seen.is_removable) == (False, True)
    assert client.post(address(soup, f"comments/{said.pk}/delete")).status_code == 302


def test_text_is_text(cast: Cast, kitchen: Kitchen, soup: GovernedObject) -> None:
    hostile = '<script>x()</script>"><img src=x onerror=y()>{{ 7*7 }}\u202egpj'
    commenting.add(soup, hostile, actor=cast.acting("member"))
    page = browser(cast.member).get(address(soup)).content.decode()
    assert "<script>x()" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;x()&lt;/script&gt;" in page
    assert "{{ 7*7 }}" in page


def test_a_long_text_is_folded(cast: Cast, kitchen: Kitchen, soup: GovernedObject) -> None:
    commenting.add(soup, "x" * 5000, actor=cast.acting("owner"))
    answer = browser(cast.member).get(address(soup))
    one = answer.context["said"].threads[0].first
    assert (len(one.start), len(one.rest)) == (threads.LONG, 5000 - threads.LONG)
    assert "Show the rest" in text_of(answer)


def test_older_threads_are_a_click_away(cast: Cast, kitchen: Kitchen, soup: GovernedObject) -> None:
    actor = cast.acting("member")
    said = [commenting.write(soup, f"No {number}", actor=actor) for number in range(33)]
    client = browser(cast.member)
    newest = client.get(address(soup)).context["said"]
    assert [one.first.id for one in newest.threads] == [one.pk for one in said[3:]]
    earlier = client.get(address(soup), {"comments": newest.earlier}).context["said"]
    assert [one.first.id for one in earlier.threads] == [one.pk for one in said[:3]]
    assert earlier.earlier is None
    assert client.get(address(soup), {"comments": "9" * 40}).status_code == 200


def test_a_hidden_category_is_offered_and_shown_to_admins_alone(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    CommentType.objects.filter(key="remark").update(features_text='{"mayHaveFile": true}')
    kind = kitchen.comment_types["audit"]
    commenting.write(soup, "Between us", actor=cast.acting("steward"), type=kind)
    for who, sees in (("admin", True), ("member", False), ("steward", True)):
        answer = browser(cast[who]).get(address(soup))
        assert ("Between us" in text_of(answer)) == sees, who
        keys = [one.key for one in answer.context["comment_types"]]
        assert ("internal" in keys) == (who == "admin"), who
        assert "mayHaveFile: yes" in text_of(answer)
    offered = browser(cast.member).get(address(soup)).context["comment_types"][0]
    assert [(one.key, one.is_default) for one in offered.types] == [
        ("reason", False),
        ("remark", True),
    ]
    CommentTypeCategory.objects.update(is_visible=False)
    assert browser(cast.member).get(address(soup)).context["comment_types"] == []


def test_a_transition_asks_for_the_comment_that_it_wants(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    client = browser(cast.member)
    client.post(address(soup, "transitions"), {"transition": "submit"})
    answer = client.get(address(soup))
    wants = {one.option.transition.key: one.comment_type for one in answer.context["next"]}
    assert (wants["drop"], wants["approve"]) == ("Reason", "")
    assert 'id="move-drop-body"' in answer.content.decode()
    given = {"transition": "drop", "type": "reason", "body": " "}
    assert client.post(address(soup, "transitions"), given).status_code == 422
    assert client.post(address(soup, "transitions"), {"transition": "drop"}).status_code == 422
    given["body"] = "Nobody orders it."
    moved = client.post(address(soup, "transitions"), given, follow=True)
    assert toasts(moved) == ["Soup is now Archived."]
    first = moved.context["said"].threads[0].first
    assert (first.transition, first.type_name, first.is_editable) == ("Drop", "Reason", False)
    assert "with “Drop”" in text_of(moved)


def test_any_comment_may_be_wanted(cast: Cast, kitchen: Kitchen, soup: GovernedObject) -> None:
    Transition.objects.filter(key="submit").update(requires_any_comment=True)
    client = browser(cast.member)
    given = {"transition": "submit", "type": "", "body": "Ready."}
    assert client.post(address(soup, "transitions"), given).status_code == 302
    assert Comment.objects.get().type is None


def test_history_tells_of_comments(cast: Cast, kitchen: Kitchen, soup: GovernedObject) -> None:
    said = commenting.add(soup, "Salt?", actor=cast.acting("member"))
    commenting.edit(said, "Pepper?", actor=cast.acting("member"))
    story = browser(cast.owner).get(address(soup)).context["story"]
    assert [(one.what, one.before, one.after) for one in story[:2]] == [
        ("edited a comment", "Salt?", "Pepper?"),
        ("commented", None, "Salt?"),
    ]

"""`objects/ID/comments/`: said, read, changed and taken away over HTTP, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Board, Comment, CommentTypeCategory, GovernedObject
from catalog.services import commenting
from permissions.models import Condition
from tests.api.problems import pointers, problem
from tests.cast import ROLES, Cast, Client
from tests.kitchen import Kitchen


def comments(obj: GovernedObject, comment: Any = None) -> str:
    own = f"{comment['id']}/" if comment else ""
    return f"/api/v1/objects/{obj.pk}/comments/{own}"


def test_a_thread_is_said_and_read(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    asked = api("member").post(
        comments(soup), {"body": " How much salt? ", "commentTypeKey": "remark"}
    )
    assert asked.status_code == 201, asked.content
    said = asked.json()
    assert {name: said[name] for name in said if name not in {"id", "createdAt"}} == {
        "parentId": None,
        "commentTypeKey": "remark",
        "commentTypeCategoryKey": "decision",
        "body": "How much salt?",
        "author": "member",
        "transitionKey": None,
        "editedAt": None,
        "deletedAt": None,
        "editable": True,
    }
    answer = {"body": "None.", "parentId": said["id"]}
    assert api("owner").post(comments(soup), answer).json()["parentId"] == said["id"]
    listed = api("viewer").get(comments(soup)).json()["results"]
    assert [(one["body"], one["editable"]) for one in listed] == [
        ("How much salt?", False),
        ("None.", False),
    ]
    assert api("viewer").get(comments(soup, said)).json() == {**said, "editable": False}
    first = api("viewer").get(f"{comments(soup)}?limit=1").json()
    assert api("viewer").get(first["next"]).json()["results"] == listed[1:]


def test_its_author_changes_it_and_takes_it_away(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    said = api("member").post(comments(soup), {"body": "Salt?"}).json()
    one = comments(soup, said)
    refused = problem(api("owner").patch(one, {"body": "Mine"}), 403)
    assert refused["level"] == "comment"
    problem(api("owner").delete(one), 403)
    problem(api("admin").patch(one, {"body": "Mine"}), 403)
    changed = api("member").patch(one, {"body": "Pepper?"}).json()
    assert (changed["body"], changed["editedAt"] is None) == ("Pepper?", False)
    history = api("owner").get(f"/api/v1/objects/{soup.pk}/changes/").json()["results"]
    assert (history[0]["verb"], history[0]["field"]) == ("commentEdited", f"comments.{said['id']}")
    assert (history[0]["before"], history[0]["after"]) == ("Salt?", "Pepper?")
    assert api("member").delete(one).status_code == 204
    for again in (api("member").get(one), api("member").delete(one)):
        problem(again, 404)
    assert api("owner").get(comments(soup)).json()["results"] == []
    history = api("owner").get(f"/api/v1/objects/{soup.pk}/changes/").json()["results"]
    assert [(row["verb"], row["before"], row["after"]) for row in history[:3]] == [
        ("commentDeleted", None, None),
        ("commentEdited", None, None),
        ("commented", None, None),
    ]


def test_a_deleted_comment_keeps_its_place_under_its_answers(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    said = api("member").post(comments(soup), {"body": "Salt?"}).json()
    api("owner").post(comments(soup), {"body": "No.", "parentId": said["id"]})
    assert api("member").delete(comments(soup, said)).status_code == 204
    place, answer = api("viewer").get(comments(soup)).json()["results"]
    assert (place["body"], place["deletedAt"] is None, answer["body"]) == ("", False, "No.")
    problem(api("member").patch(comments(soup, said), {"body": "Again"}), 404)
    late = problem(api("owner").post(comments(soup), {"body": "x", "parentId": said["id"]}), 422)
    assert pointers(late) == ["/parentId"]


@pytest.mark.parametrize(
    ("given", "pointer", "nearest"),
    [
        ({}, "/body", None),
        ({"body": ""}, "/body", None),
        ({"body": "  "}, "/body", None),
        ({"body": 5}, "/body", None),
        ({"body": "x" * 100_001}, "/body", None),
        ({"body": "x" * 1_000_000}, "/body", None),
        ({"body": "x", "commentTypeKey": "remarc"}, "/commentTypeKey", "remark"),
        ({"body": "x", "commentTypeKey": "audit"}, "/commentTypeKey", None),
        (
            {"body": "x", "commentTypeKey": "remark", "commentTypeCategoryKey": "internal"},
            "/commentTypeKey",
            "remark",
        ),
        ({"body": "x", "parentId": 4711}, "/parentId", None),
        ({"body": "x", "bodi": "y"}, "/bodi", "body"),
    ],
)
def test_what_is_no_comment_is_refused_with_its_place(
    api: Client, kitchen: Kitchen, given: dict[str, Any], pointer: str, nearest: str | None
) -> None:
    found = problem(api("member").post(comments(kitchen.make("Soup")), given), 422)
    assert pointers(found) == [pointer]
    if pointer != "/bodi":
        assert found["errors"][0].get("nearest") == nearest
    assert not Comment.objects.exists()


@pytest.mark.parametrize("escaped", [r"a\u0000b", r"a\ud800b"])
def test_what_no_database_takes_is_refused_where_it_stands(
    api: Client, kitchen: Kitchen, escaped: str
) -> None:
    body = f'{{"body": "{escaped}"}}'
    answer = api("member").post(
        comments(kitchen.make("Soup")), body, content_type="application/json"
    )
    assert pointers(problem(answer, 400)) == ["/body"]


@pytest.mark.parametrize("body", ["<script>x()</script>", "\u202eabc", "{{ 7*7 }}", "=1+1", "🍲"])
def test_any_other_text_is_text(api: Client, kitchen: Kitchen, body: str) -> None:
    soup = kitchen.make("Soup")
    assert api("member").post(comments(soup), {"body": body}).json()["body"] == body
    assert api("viewer").get(comments(soup)).json()["results"][0]["body"] == body


def test_who_may_comment(api: Client, cast: Cast, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    statuses = {who: api(who).post(comments(soup), {"body": "x"}).status_code for who in ROLES}
    assert statuses.pop("viewer") == 403
    assert statuses.pop("guest") == 404
    assert set(statuses.values()) == {201}
    lab = Board.objects.create(key="trials", name="Trials", workspace=cast.lab)
    hidden = kitchen.make("Trial", board=lab)
    problem(api("outsider").post(comments(hidden), {"body": "x"}), 404)
    problem(api("outsider").get(comments(hidden)), 404)
    assert api("member").post(comments(hidden), {"body": "x"}).status_code == 201
    Condition.objects.create(
        object_type=kitchen.recipe,
        user_relation_type=kitchen.reviewer,
        is_editable=True,
    )
    stew = kitchen.make("Stew", user_relations={kitchen.reviewer: [cast.viewer]})
    assert api("viewer").post(comments(stew), {"body": "x"}).status_code == 201
    problem(api("viewer").post(comments(soup), {"body": "x"}), 403)


def test_who_reads_what_is_said_in_a_category(api: Client, cast: Cast, kitchen: Kitchen) -> None:
    """In the list, alone, and in the history: alike."""
    soup = kitchen.make("Soup")
    for key in ("remark", "audit"):
        commenting.write(soup, key, actor=cast.acting("steward"), type=kitchen.comment_types[key])
    audit = Comment.objects.get(body="audit")
    for who in ("admin", "steward", "owner", "member", "viewer"):
        expected = ["remark", "audit"] if who in {"admin", "steward"} else ["remark"]
        listed = api(who).get(comments(soup)).json()["results"]
        assert [one["body"] for one in listed] == expected, who
        alone = api(who).get(f"{comments(soup)}{audit.pk}/").status_code
        assert alone == (200 if "audit" in expected else 404), who
        rows = api(who).get(f"/api/v1/objects/{soup.pk}/changes/").json()["results"]
        told = [row["after"] for row in rows if row["verb"] == "commented"]
        assert sorted(told) == sorted(expected), who
    CommentTypeCategory.objects.update(is_visible=False)
    assert api("member").get(comments(soup)).json()["results"] == []


def test_nobody_reads_or_says_anything_without_credentials(nobody: Any, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    problem(nobody.get(comments(soup)), 401)
    problem(nobody.post(comments(soup), {"body": "x"}), 401)

"""`objects/ID/transitions/`: what can be done next, and in which order it is refused."""

from __future__ import annotations

from accounts.models import User
from catalog.models import Board, Change, GovernedObject, UserRelation
from permissions.models import Condition
from tests.api.problems import pointers, problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen


def transitions(obj: GovernedObject) -> str:
    return f"/api/v1/objects/{obj.pk}/transitions/"


def only_owners(kitchen: Kitchen, key: str) -> None:
    Condition.objects.create(
        transition=kitchen.transitions[key],
        user_relation_type=kitchen.business_owner,
        is_editable=True,
    )


def test_what_can_be_done_next_is_told_with_the_reason_why_not(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    only_owners(kitchen, "submit")
    soup = kitchen.make("Soup", user_relations={kitchen.business_owner: [cast.owner]})
    answer = api("owner").get(transitions(soup)).json()
    assert (answer["next"], answer["previous"]) == (None, None)
    submit, retire = answer["results"]
    assert submit == {
        "key": "submit",
        "name": "Submit",
        "toStateKey": "review",
        "mode": "any",
        "requiredCommentTypeKey": None,
        "isForceComment": False,
        "allowed": True,
        "reason": None,
    }
    assert (retire["mode"], retire["allowed"], retire["reason"]) == ("majority", True, None)
    refused = api("member").get(transitions(soup)).json()["results"][0]
    assert refused["allowed"] is False
    assert refused["reason"]


def test_a_transition_moves_the_object(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    answer = api("member").post(transitions(soup), {"transitionKey": "submit"})
    assert answer.status_code == 200
    assert answer.json() == {"outcome": "transitioned", "stateKey": "review"}
    row = Change.objects.filter(object_id=soup.pk, verb="transitioned").get()
    assert (row.before, row.after, row.is_override) == ("draft", "review", False)


def test_refusals_come_in_their_order(api: Client, cast: Cast, kitchen: Kitchen) -> None:
    only_owners(kitchen, "submit")
    only_owners(kitchen, "drop")
    trials = Board.objects.create(key="trials", name="Trials", workspace=cast.lab)
    soup = kitchen.make("Soup", board=trials, user_relations={kitchen.business_owner: [cast.owner]})
    problem(api("outsider").post(transitions(soup), {"transitionKey": "nonsense"}), 404)
    unknown = problem(api("member").post(transitions(soup), {"transitionKey": "sumbit"}), 422)
    assert pointers(unknown) == ["/transitionKey"]
    assert unknown["errors"][0]["nearest"] == "submit"
    elsewhere = problem(api("member").post(transitions(soup), {"transitionKey": "drop"}), 409)
    assert elsewhere["allowed"] == ["submit", "retire"]
    denied = problem(api("member").post(transitions(soup), {"transitionKey": "submit"}), 403)
    assert denied["level"]
    assert api("owner").post(transitions(soup), {"transitionKey": "submit"}).status_code == 200
    wants = problem(api("owner").post(transitions(soup), {"transitionKey": "drop"}), 422)
    assert (wants["code"], pointers(wants)) == ("commentMissing", ["/comment"])
    assert wants["errors"][0]["nearest"] == "reason"


def test_a_transition_is_made_with_the_comment_that_it_wants(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup", state=kitchen.states["review"])
    drop = next(
        one
        for one in api("member").get(transitions(soup)).json()["results"]
        if one["key"] == "drop"
    )
    assert (drop["requiredCommentTypeKey"], drop["allowed"]) == ("reason", True)
    comment: dict[str, str] = {"commentTypeKey": "reason", "body": ""}
    empty = problem(
        api("member").post(transitions(soup), {"transitionKey": "drop", "comment": comment}), 422
    )
    assert pointers(empty) == ["/comment/body"]
    comment["body"] = "Too salty."
    given = {"transitionKey": "drop", "comment": comment}
    assert api("member").post(transitions(soup), given).json()["outcome"] == "transitioned"
    [said] = api("viewer").get(f"/api/v1/objects/{soup.pk}/comments/").json()["results"]
    assert (said["body"], said["author"], said["transitionKey"]) == ("Too salty.", "member", "drop")
    assert (said["commentTypeKey"], said["commentTypeCategoryKey"]) == ("reason", "decision")


def test_an_admin_overrides_and_the_history_says_so(api: Client, kitchen: Kitchen) -> None:
    only_owners(kitchen, "submit")
    soup = kitchen.make("Soup")
    assert api("admin").post(transitions(soup), {"transitionKey": "submit"}).status_code == 200
    changes = api("viewer").get(f"/api/v1/objects/{soup.pk}/changes/").json()["results"]
    assert (changes[0]["field"], changes[0]["override"]) == ("stateKey", True)


def test_a_viewer_moves_only_what_a_relation_lets_them(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    only_owners(kitchen, "submit")
    soup, salad = kitchen.make("Soup"), kitchen.make("Salad")
    viewer = User.objects.get(username="viewer")
    UserRelation.objects.create(object=soup, type=kitchen.business_owner, user=viewer)
    assert api("viewer").post(transitions(soup), {"transitionKey": "submit"}).status_code == 200
    problem(api("viewer").post(transitions(salad), {"transitionKey": "submit"}), 403)


def test_the_body_of_a_move_is_checked(api: Client, kitchen: Kitchen) -> None:
    soup = kitchen.make("Soup")
    found = problem(api("member").post(transitions(soup), {}), 422)
    assert pointers(found) == ["/transitionKey"]
    given = {"transitionKey": "submit", "coment": "x", "comment": {"body": 5}}
    found = problem(api("member").post(transitions(soup), given), 422)
    assert set(pointers(found)) == {"/coment", "/comment/body"}

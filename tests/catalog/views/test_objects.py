"""An object's page."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.actor import Actor
from catalog.models import AttributeType, Board, Change, GovernedObject
from catalog.services import objects
from catalog.services.relating import relate
from journal.models import Event
from permissions.models import Condition
from tests.cast import Cast
from tests.catalog.views.asking import address, hide_price
from tests.kitchen import NOTE, SYSTEM, Kitchen, definition, published
from tests.pages import browser, queries_of, text_of, toasts
from tests.settling import settle
from workflows.lifecycle import service as lifecycle


def test_an_object_is_shown_to_those_who_may_see_it(
    cast: Cast, kitchen: Kitchen, trials: Board
) -> None:
    sauce = kitchen.make("Secret sauce", board=trials)
    assert "Secret sauce" in text_of(browser(cast.member).get(address(sauce)))
    unseen = browser(cast.outsider).get(address(sauce))
    assert unseen.status_code == 404
    assert text_of(unseen) == text_of(browser(cast.outsider).get("/objects/999999/"))
    assert browser(cast.member).get(f"/objects/{10**30}/").status_code == 404


def test_an_object_shows_its_lifecycle_and_what_can_happen_next(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    answer = browser(cast.member).get(address(soup))
    steps = {one.option.transition.key: one for one in answer.context["next"]}
    assert steps["submit"].option.allowed
    assert steps["submit"].leads
    assert steps["retire"].option.allowed
    assert answer.context["diagram"].boxes[0].is_current
    viewer = browser(cast.viewer).get(address(soup))
    assert [one.option.allowed for one in viewer.context["next"]] == [False, False]
    assert "Read-only for you." in text_of(viewer)


def test_a_transition_moves_the_object_and_says_so(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    client = browser(cast.member)
    answer = client.post(address(soup, "transitions"), {"transition": "submit"}, follow=True)
    assert toasts(answer) == ["Soup is now Review."]
    soup.refresh_from_db()
    assert soup.state == kitchen.states["review"]
    change = Change.objects.get(verb="transitioned")
    assert (change.actor_name, change.via_kind) == ("member", "page")
    assert Event.objects.filter(kind="workflowStateChanged").count() == 1


@pytest.mark.parametrize(
    ("who", "key", "status", "sentence"),
    [
        ("outsider", "submit", 302, ""),
        ("viewer", "submit", 403, "viewer"),
        ("member", "approve", 409, "allowed here: submit, retire"),
        ("member", "nonsense", 422, "is no transition of this lifecycle"),
        ("viewer", "retire", 403, "viewer"),
        ("member", "\x00", 422, "holds a character that stands for nothing"),
        ("guest", "submit", 404, "not shared with you"),
    ],
)
def test_a_refused_transition_is_told_as_a_sentence(
    cast: Cast, soup: GovernedObject, who: str, key: str, status: int, sentence: str
) -> None:
    answer = browser(cast[who]).post(address(soup, "transitions"), {"transition": key})
    assert answer.status_code == status
    assert sentence in text_of(answer)
    soup.refresh_from_db()
    assert soup.version == (2 if status == 302 else 1)


def test_htmx_is_told_by_a_problem_document(cast: Cast, soup: GovernedObject) -> None:
    answer = browser(cast.member).post(
        address(soup, "transitions"), {"transition": "approve"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"].startswith("From draft")


def test_who_no_longer_sees_the_object_is_led_to_the_board(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    recipe, review = kitchen.recipe, kitchen.states["review"]
    Condition.objects.create(object_type=recipe, state=kitchen.states["draft"], is_editable=True)
    Condition.objects.create(object_type=recipe, state=review, is_visible=False)
    client = browser(cast.member)
    answer = client.post(address(soup, "transitions"), {"transition": "submit"})
    assert answer["Location"] == "/boards/recipe/"
    assert client.get(address(soup)).status_code == 404


def test_editing_writes_only_what_was_touched(cast: Cast, soup: GovernedObject) -> None:
    client = browser(cast.member)
    form = client.get(address(soup, "edit"))
    given = {one.name: one.text for one in form.context["inputs"]} | {"version": "1"}
    same = client.post(address(soup, "edit"), given, follow=True)
    assert same.status_code == 200
    soup.refresh_from_db()
    assert soup.version == 1
    client.post(address(soup, "edit"), given | {"attributes.price": "", "name": "Broth"})
    soup.refresh_from_db()
    assert (soup.name, soup.attributes) == ("Broth", {"note": "Hot", "servings": 4})
    fields = set(Change.objects.filter(verb="changed").values_list("field", flat=True))
    assert fields == {"name", "attributes.price"}


def drawn(client: Client, soup: GovernedObject) -> dict[str, str]:
    """What a browser would post of the form as it is drawn now."""
    context = client.get(address(soup, "edit")).context
    inputs = {one.name: one.text for one in context["inputs"]}
    kept = {f"was.{one.name}": one.was for one in context["inputs"]}
    return inputs | kept | {"version": str(context["version"])}


def test_what_is_typed_over_a_newer_value_is_kept_with_both_to_choose_from(
    cast: Cast, soup: GovernedObject
) -> None:
    client = browser(cast.member)
    form = drawn(client, soup)
    objects.update(soup, actor=SYSTEM, attributes={"note": "Cold", "servings": 8})
    answer = client.post(address(soup, "edit"), form | {"attributes.note": "Warm", "name": "Broth"})
    assert answer.status_code == 409
    assert "Nothing of yours is saved yet" in text_of(answer)
    inputs = {one.name: one for one in answer.context["inputs"]}
    note, servings, name = (
        inputs[one] for one in ("attributes.note", "attributes.servings", "name")
    )
    assert (note.text, note.newer) == ("Warm", "Cold")
    assert (servings.text, servings.is_newer) == ("8", True)
    assert (name.text, name.newer, name.is_newer) == ("Broth", None, False)
    soup.refresh_from_db()
    assert soup.attributes["note"] == "Cold"
    again = {one.name: one.text for one in inputs.values()}
    kept = {f"was.{one.name}": one.was for one in inputs.values()}
    version = {"version": str(answer.context["version"])}
    assert client.post(address(soup, "edit"), again | kept | version).status_code == 302
    soup.refresh_from_db()
    assert soup.name == "Broth"
    assert (soup.attributes["note"], soup.attributes["servings"]) == ("Warm", 8)


def test_saving_over_a_third_change_asks_again(cast: Cast, soup: GovernedObject) -> None:
    client = browser(cast.member)
    form = drawn(client, soup) | {"attributes.note": "Warm"}
    for note in ("Cold", "Colder"):
        objects.update(soup, actor=SYSTEM, attributes={"note": note})
        answer = client.post(address(soup, "edit"), form)
        assert answer.status_code == 409
        (found,) = [one for one in answer.context["inputs"] if one.name == "attributes.note"]
        assert (found.text, found.newer) == ("Warm", note)
        form |= {"was.attributes.note": found.was, "version": str(answer.context["version"])}
    assert client.post(address(soup, "edit"), form).status_code == 302


def test_attributes_are_offered_for_editing_one_by_one(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    note = AttributeType.objects.get(key="note")
    Condition.objects.create(attribute=note, is_visible=True, is_editable=False)
    hide_price(kitchen)
    form = browser(cast.member).get(address(soup, "edit"))
    offered = {one.name for one in form.context["inputs"]}
    assert offered == {"name", "attributes.servings", "attributes.number", "attributes.cuisine"}
    assert [one.key for one in form.context["fixed"]] == ["note"]
    given = {"name": "Soup", "attributes.note": "x", "attributes.price": "1", "version": "1"}
    browser(cast.member).post(address(soup, "edit"), given)
    soup.refresh_from_db()
    assert (soup.attributes["note"], soup.attributes["price"]) == ("Hot", "4.5")


@pytest.mark.parametrize("below", ["edit", "delete", "people", "relations", "transitions"])
def test_who_may_only_look_may_do_nothing(cast: Cast, soup: GovernedObject, below: str) -> None:
    given = {
        "name": "x",
        "transition": "submit",
        "type": "goes_with" if below == "relations" else "reviewer",
        "username": "viewer",
        "target": soup.key,
    }
    assert browser(cast.viewer).post(address(soup, below), given).status_code == 403
    assert browser(cast.guest).post(address(soup, below), given).status_code == 404


def test_an_object_is_deleted(cast: Cast, soup: GovernedObject) -> None:
    answer = browser(cast.member).post(address(soup, "delete"))
    assert answer["Location"] == "/boards/recipe/"
    assert not GovernedObject.objects.exists()


# --- history -------------------------------------------------------------------------------------


def test_history_tells_who_did_what_through_what(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    published("notes", definition(NOTE), actor=cast.acting("admin"))
    lifecycle.move(soup, "submit", actor=Actor(cast.member, "page"))
    settle()
    noted, moved, made = browser(cast.viewer).get(address(soup)).context["story"]
    assert (made.who, made.what) == ("System", "created it")
    assert (moved.who, moved.before, moved.after) == ("member", "Draft", "Review")
    assert (noted.field, noted.after, noted.via) == ("note", "seen", "by the workflow notes")
    assert noted.via_url.startswith("/executions/")
    (run,) = browser(cast.viewer).get(address(soup)).context["executions"]
    assert run.workflow_key == "notes"


def test_history_leaves_out_what_is_hidden(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    hide_price(kitchen)
    objects.update(soup, actor=SYSTEM, attributes={"price": "7.75"})
    assert "7.75" in text_of(browser(cast.admin).get(address(soup)))
    hidden = browser(cast.member).get(address(soup))
    assert "7.75" not in text_of(hidden)
    assert len(hidden.context["story"]) == 1


def test_an_override_is_told(cast: Cast, kitchen: Kitchen, soup: GovernedObject) -> None:
    Condition.objects.create(object_type=kitchen.recipe, is_editable=False)
    lifecycle.move(soup, "submit", actor=Actor(cast.admin, "page"))
    answer = browser(cast.member).get(address(soup))
    assert "allowed only by the power of an administrator" in text_of(answer)


def test_an_object_takes_as_many_queries_with_five_as_with_fifty_of_everything(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    def grow(count: int, start: int) -> None:
        for number in range(start, start + count):
            other = kitchen.make(f"Other {number}", parent=soup)
            relate(soup, kitchen.goes_with, other, actor=SYSTEM)
            relate(other, kitchen.goes_with, soup, actor=SYSTEM)
            objects.update(soup, actor=Actor(cast.member, "page"), attributes={"note": str(number)})

    client = browser(cast.member)
    grow(5, 0)
    few = queries_of(lambda: client.get(address(soup)))
    grow(45, 5)
    # Fewer, not more: the history of fifty begins after the object was made.
    assert queries_of(lambda: client.get(address(soup))) <= few <= 70

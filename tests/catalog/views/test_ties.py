"""People and relations on an object's page."""

from __future__ import annotations

from catalog.models import Board, GovernedObject, Relation, UserRelation
from catalog.services.relating import relate
from tests.cast import Cast
from tests.catalog.views.asking import address
from tests.kitchen import SYSTEM, Kitchen
from tests.pages import browser, text_of, toasts


def test_people_are_added_and_taken_off(cast: Cast, kitchen: Kitchen, soup: GovernedObject) -> None:
    client = browser(cast.member)
    given = {"type": "reviewer", "username": "steward"}
    told = client.post(address(soup, "people"), given, follow=True)
    assert toasts(told) == ["steward is now Reviewer."]
    held = UserRelation.objects.get()
    (group,) = client.get(address(soup)).context["people"]
    assert [one.username for one in group.people] == ["steward"]
    client.post(address(soup, "people", str(held.pk), "remove"))
    assert not UserRelation.objects.exists()
    for wrong in ({"username": "nobody"}, {"type": "nonsense"}, {"username": "\x00"}):
        assert client.post(address(soup, "people"), given | wrong).status_code == 422
    assert client.post(address(soup, "people", "999", "remove")).status_code == 404


def test_relations_are_added_shown_at_both_ends_and_removed(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    bread = kitchen.make("Bread")
    client = browser(cast.member)
    client.post(address(soup, "relations"), {"type": "goes_with", "target": "bread"})
    (out,) = client.get(address(soup)).context["relations"]
    (back,) = client.get(address(bread)).context["relations"]
    assert (out.is_incoming, [one.name for one in out.related]) == (False, ["Bread"])
    assert (back.is_incoming, [one.name for one in back.related]) == (True, ["Soup"])
    held = Relation.objects.get()
    client.post(address(soup, "relations", str(held.pk), "remove"))
    assert not Relation.objects.exists()
    wrong = client.post(address(soup, "relations"), {"type": "goes_with", "target": "missing"})
    assert wrong.status_code == 422


def test_objects_that_may_not_be_seen_are_not_named(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject, trials: Board
) -> None:
    sauce = kitchen.make("Secret sauce", board=trials, parent=soup)
    relation = relate(soup, kitchen.goes_with, sauce, actor=SYSTEM)
    assert "Secret sauce" in text_of(browser(cast.member).get(address(soup)))
    outside = browser(cast.outsider)
    shown = outside.get(address(soup))
    assert "ecret" not in shown.content.decode()
    assert "an object that you may not see" in text_of(shown)
    remove = address(soup, "relations", str(relation.pk), "remove")
    assert outside.post(remove).status_code == 404
    named = outside.post(address(soup, "relations"), {"type": "goes_with", "target": sauce.key})
    assert named.status_code == 422
    assert browser(cast.member).get(address(sauce)).context["parent"] == soup


def offered(cast: Cast, who: str, obj: GovernedObject, what: str, query: str) -> list[str]:
    answer = browser(cast[who]).get(address(obj, "offers", what) + query)
    assert answer.status_code == 200
    return [one.value for one in answer.context["offers"]]


def test_pickers_offer_what_one_sees(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject, trials: Board
) -> None:
    kitchen.make("Rye bread")
    kitchen.make("Secret bread", board=trials)
    cast.outsider.is_active = False
    cast.outsider.save()
    assert offered(cast, "member", soup, "people", "?q=STEW") == ["steward"]
    assert offered(cast, "member", soup, "people", "?q=outsider") == []
    assert offered(cast, "member", soup, "objects", "?q=bread") == ["secret-bread", "rye-bread"]
    assert offered(cast, "viewer", soup, "objects", "?q=BREAD") == ["rye-bread"]
    assert offered(cast, "viewer", soup, "objects", "?q=bread+rye") == ["rye-bread"]
    assert offered(cast, "viewer", soup, "objects", "?q=soup") == [], "not itself"
    assert browser(cast.guest).get(address(soup, "offers", "people")).status_code == 404


def test_a_picked_object_is_related_by_its_id(
    cast: Cast, kitchen: Kitchen, soup: GovernedObject, trials: Board
) -> None:
    bread, secret = kitchen.make("Bread"), kitchen.make("Secret", board=trials)
    client = browser(cast.member)
    picked = {"type": "goes_with", "target": "Bread", "target_id": bread.pk}
    assert client.post(address(soup, "relations"), picked).status_code == 302
    assert Relation.objects.get().target == bread
    hidden = picked | {"target_id": secret.pk}
    cast.outsider.user_relations.create(type=kitchen.business_owner, object=soup)
    assert browser(cast.outsider).post(address(soup, "relations"), hidden).status_code == 404
    absent = picked | {"target_id": "9" * 30}
    assert client.post(address(soup, "relations"), absent).status_code == 404

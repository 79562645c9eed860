"""The inbox's page."""

from __future__ import annotations

from itertools import count

import pytest

from catalog.models import Board, GovernedObject, ObjectType
from catalog.services import objects
from notifications.models import Notification
from tests.cast import Cast
from tests.kitchen import SYSTEM
from tests.pages import browser, queries_of, text_of, toasts

causes = count()


def tell(cast: Cast, name: str, subject: str = "Soup is in review", **fields: object) -> int:
    return Notification.objects.create(
        user=cast[name], subject=subject, cause=f"test:{next(causes)}", **fields
    ).pk


@pytest.fixture
def soup(cast: Cast) -> GovernedObject:
    recipe = ObjectType.objects.create(key="recipe", name="Recipe")
    return objects.create(recipe, actor=SYSTEM, name="Soup")


def test_everybody_reads_their_own(cast: Cast) -> None:
    tell(cast, "owner", "For the owner")
    tell(cast, "admin", "For the admin")
    assert "For the owner" in text_of(browser(cast.owner).get("/inbox/"))
    assert "For the owner" not in text_of(browser(cast.admin).get("/inbox/"))
    assert "Your inbox is empty" in text_of(browser(cast.guest).get("/inbox/"))


def test_bodies_are_shown_as_clean_html(cast: Cast) -> None:
    tell(cast, "owner", "<b>x</b>", body="<p>went <b>on</b><script>alert(1)</script></p>")
    page = browser(cast.owner).get("/inbox/").content.decode()
    assert "<p>went <b>on</b></p>" in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert "alert(1)" not in page


def test_opening_marks_as_read_and_leads_to_the_object(cast: Cast, soup: GovernedObject) -> None:
    url = f"/objects/{soup.pk}/"
    told = tell(cast, "owner", url=url, object_id=soup.pk)
    client = browser(cast.owner)
    assert str(client.get("/inbox/").context["unread_notifications"]) == "1"
    assert client.post(f"/inbox/{told}/open/")["Location"] == url
    assert Notification.objects.get(pk=told).read_at is not None
    assert str(client.get("/inbox/").context["unread_notifications"]) == "0"


def test_only_our_own_pages_are_led_to(cast: Cast) -> None:
    told = tell(cast, "owner", url="https://elsewhere.example/")
    client = browser(cast.owner)
    assert client.post(f"/inbox/{told}/open/")["Location"] == "/inbox/"
    back = client.post(f"/inbox/{told}/read/", {"next": "//elsewhere.example/"})
    assert back["Location"] == "/inbox/"
    kept = client.post(f"/inbox/{told}/read/", {"next": "/inbox/?show=unread"})
    assert kept["Location"] == "/inbox/?show=unread"


@pytest.mark.parametrize("verb", ["open", "read"])
def test_nobody_touches_what_others_were_told(cast: Cast, verb: str) -> None:
    told = tell(cast, "owner")
    assert browser(cast.admin).post(f"/inbox/{told}/{verb}/").status_code == 404
    assert Notification.objects.get(pk=told).read_at is None
    assert browser(cast.owner).get(f"/inbox/{told}/{verb}/").status_code == 405


def test_all_are_marked_as_read_at_once(cast: Cast) -> None:
    for _ in range(3):
        tell(cast, "owner")
    other = tell(cast, "steward")
    client = browser(cast.owner)
    assert toasts(client.post("/inbox/read/", follow=True)) == ["3 marked as read."]
    assert toasts(client.post("/inbox/read/", follow=True)) == ["Everything was read already."]
    assert Notification.objects.get(pk=other).read_at is None
    assert "All read" in text_of(client.get("/inbox/?show=unread"))


def test_what_may_no_longer_be_seen_is_told_without_its_name(
    cast: Cast, soup: GovernedObject
) -> None:
    tell(cast, "owner", url=f"/objects/{soup.pk}/", object_id=soup.pk, body="<p>Soup</p>")
    board = Board.objects.create(key="b", name="B", workspace=cast.lab)
    GovernedObject.objects.filter(pk=soup.pk).update(board=board)
    assert "Soup" in text_of(browser(cast.owner).get("/inbox/"))
    told = tell(cast, "outsider", object_id=soup.pk, body="<p>Soup</p>")
    page = browser(cast.outsider).get("/inbox/")
    assert "Soup" not in page.content.decode()
    assert browser(cast.outsider).post(f"/inbox/{told}/open/")["Location"] == "/inbox/"


def test_the_inbox_takes_as_many_queries_for_five_as_for_fifty(
    cast: Cast, soup: GovernedObject
) -> None:
    client = browser(cast.owner)
    for _ in range(5):
        tell(cast, "owner", object_id=soup.pk)
    few = queries_of(lambda: client.get("/inbox/"))
    for _ in range(45):
        tell(cast, "owner", object_id=soup.pk)
    assert queries_of(lambda: client.get("/inbox/")) == few <= 14

"""`notifications/`: everybody's own inbox."""

from __future__ import annotations

from accounts.models import User
from catalog.models import Board, GovernedObject
from notifications.models import Notification
from tests.api.problems import problem
from tests.cast import Cast, Client
from tests.kitchen import Kitchen

INBOX = "/api/v1/notifications/"


def tell(user: User, subject: str, obj: GovernedObject | None = None) -> Notification:
    return Notification.objects.create(
        user=user,
        subject=subject,
        body=f"<p>{subject}</p>",
        url="/objects/1/",
        object_id=obj.pk if obj else None,
        cause=f"{subject}:{user.pk}",
    )


def test_the_inbox_is_ones_own_newest_first(api: Client, cast: Cast) -> None:
    first, second = tell(cast.member, "One"), tell(cast.member, "Two")
    tell(cast.owner, "Three")
    listed = api("member").get(INBOX).json()["results"]
    assert [row["id"] for row in listed] == [second.pk, first.pk]
    assert set(listed[0]) == {"id", "subject", "body", "url", "objectId", "readAt", "createdAt"}
    assert [row["subject"] for row in api("owner").get(INBOX).json()["results"]] == ["Three"]
    assert api("admin").get(INBOX).json()["results"] == []


def test_a_notification_is_marked_as_read_by_its_user(api: Client, cast: Cast) -> None:
    told = tell(cast.member, "One")
    address = f"{INBOX}{told.pk}/read/"
    unseen = problem(api("admin").post(address), 404)
    assert unseen == problem(api("member").post(f"{INBOX}{told.pk + 1}/read/"), 404)
    read = api("member").post(address)
    assert read.status_code == 200
    assert read.json()["readAt"] is not None
    assert api("member").post(address).json() == read.json()
    assert api("member").get(f"{INBOX}?unread=true").json()["results"] == []
    assert len(api("member").get(f"{INBOX}?unread=false").json()["results"]) == 1


def test_details_of_an_object_that_went_out_of_sight_are_left_out(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    board = Board.objects.create(key="trials", name="Trials", workspace=cast.lab)
    hidden = kitchen.make("Hidden", board=board)
    tell(cast.outsider, "About the hidden", hidden)
    (shown,) = api("outsider").get(INBOX).json()["results"]
    assert "hidden" not in shown["subject"].lower().replace("something", "")
    assert (shown["body"], shown["url"], shown["objectId"]) == ("", "", None)

"""Import and export by pages: check, run by a worker, report; what others may see of it."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services.users import change_user
from catalog.importing import uploads
from catalog.importing.runs import LEASE
from catalog.models import Board, GovernedObject, Import, ImportFile, UserRelationType
from journal import clock
from tests.cast import Cast
from tests.kitchen import SYSTEM, Kitchen
from tests.pages import browser, text_of

GOOD = b"key,name,attributes.servings\nsoup,Soup,2\npie,Pie,3\n"
MIXED = GOOD + b"tart,Tart,many\n=cmd,Tart,1\n"


def content(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode()


def upload(client: Client, content: bytes, name: str = "menu.csv", **more: str) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post("/boards/recipe/import/", {"file": file, **more})


def test_a_file_is_checked_then_imported_and_told_of(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    member = browser(cast.member)
    assert "at most 30 MB" in text_of(member.get("/boards/recipe/import/"))
    checked = upload(member, MIXED)
    run = Import.objects.get()
    assert checked.url == f"/imports/{run.pk}/"
    shown = text_of(member.get(checked.url))
    assert "All 4 lines were looked at" in shown
    assert "Line 4: A whole number is expected here, not 'many'. (column 3)" in shown
    assert not GovernedObject.objects.exists()

    assert member.post(f"{checked.url}start/").status_code == 302
    assert "Importing." in text_of(member.get(checked.url))
    assert uploads.run(run.pk)
    done = text_of(member.get(checked.url))
    assert "Done." in done
    assert "many" in done
    assert set(GovernedObject.objects.values_list("key", flat=True)) == {"soup", "pie"}
    assert not ImportFile.objects.exists()
    told = content(member.get(f"{checked.url}report/"))
    lines = list(csv.DictReader(io.StringIO(told.removeprefix("\ufeff"))))
    assert [(one["line"], one["place"]) for one in lines] == [
        ("4", "/attributes/servings"),
        ("5", "/key"),
    ]
    assert not uploads.run(run.pk)
    assert member.post(f"{checked.url}start/").status_code == 409


def test_what_is_wrong_with_the_whole_file_stands_at_its_field(
    cast: Cast, kitchen: Kitchen, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = browser(cast.member)
    for content, sentence in (
        (b"key,nam\n", "is none of key, name"),
        ("key,name\n".encode("utf-16"), "CSV UTF-8"),
        (b"", "headings are expected"),
    ):
        answer = upload(member, content)
        assert answer.status_code == 422
        assert sentence in text_of(answer)
    assert member.post("/boards/recipe/import/", {}).status_code == 422
    monkeypatch.setattr(uploads, "MOST_BYTES", 10)
    assert "import_objects" in text_of(upload(member, GOOD))
    assert not Import.objects.exists()


def test_it_can_be_discarded(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    member = browser(cast.member)
    url = upload(member, GOOD).url
    assert member.post(f"{url}discard/").status_code == 302
    assert not Import.objects.exists()


def test_a_file_that_nobody_lets_in_is_forgotten(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    upload(browser(cast.member), GOOD)
    uploads.sweep()
    assert ImportFile.objects.exists()
    with clock.at(clock.now() + uploads.KEPT_UNSTARTED + LEASE):
        uploads.sweep()
    assert not Import.objects.exists()


def test_imports_are_their_owners_own(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    url = upload(browser(cast.member), GOOD).url
    for name, status in (("owner", 404), ("admin", 200), ("member", 200)):
        assert browser(cast[name]).get(url).status_code == status
        assert browser(cast[name]).get(f"{url}report/").status_code == status
    assert browser(cast.owner).post(f"{url}start/").status_code == 404
    assert browser(cast.admin).post(f"{url}discard/").status_code in (403, 404)
    assert browser(cast.viewer).get("/boards/recipe/import/").status_code == 403
    refused = upload(browser(cast.member), GOOD, create_users="on")
    assert refused.status_code == 403


def test_a_dead_workers_import_is_found_and_ended_once(
    cast: Cast, kitchen: Kitchen, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    member = browser(cast.member)
    run = Import.objects.get(pk=upload(member, GOOD).url.split("/")[2])
    uploads.start(run, actor=cast.acting("member"))
    with monkeypatch.context() as dying:
        dying.setattr("catalog.importing.service.LINES", 1)
        dying.setattr(uploads, "hand_back", lambda *_, **__: None)

        def die(*_: Any) -> None:
            raise Killed

        dying.setattr("catalog.importing.service.Importing.settle", die)
        with pytest.raises(Killed):
            uploads.run(run.pk)
    assert not uploads.run(run.pk), "its lease is not over"
    woken: list[Any] = []
    monkeypatch.setattr(uploads, "wake", lambda *given: woken.append(given))
    with clock.at(clock.now() + LEASE):
        uploads.sweep()
        assert woken == [(uploads.TASK, run.pk)]
        assert uploads.run(run.pk)
    run = Import.objects.get()
    assert (run.status, run.created, run.unchanged) == ("done", 2, 0)


def test_it_ends_where_its_owner_was_deactivated(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    run = Import.objects.get(pk=upload(browser(cast.member), GOOD).url.split("/")[2])
    uploads.start(run, actor=cast.acting("member"))
    change_user(cast.member, actor=SYSTEM, active=False)
    assert uploads.run(run.pk)
    run = Import.objects.get()
    assert (run.status, GovernedObject.objects.count()) == ("failed", 0)
    assert "no longer active" in run.problem


def test_a_board_is_exported_as_it_is_shown(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    kitchen.make("Soup", key="soup", attributes={"cuisine": "french"})
    kitchen.make("Pie", key="pie")
    member = browser(cast.member)
    url = member.get("/boards/recipe/?attribute.cuisine=french&sort=name").context["export_url"]
    text = content(member.get(url))
    assert text.startswith("\ufeffkey,name,")
    assert [row.split(",")[0] for row in text.splitlines()[1:]] == ["soup"]
    assert browser(cast.outsider).get("/boards/missing/export/").status_code == 404


def test_starting_asks_again_for_the_rights_of_the_check(
    cast: Cast, kitchen: Kitchen, board: Board
) -> None:
    change_user(cast.steward, actor=SYSTEM, role="admin")
    url = upload(browser(cast["steward"]), GOOD, create_users="on").url
    change_user(cast.steward, actor=SYSTEM, role="member")
    answer = browser(cast["steward"]).post(f"{url}start/")
    assert answer.status_code == 403
    assert Import.objects.get().status == "checked"


def test_a_refusal_ends_it_at_once_with_its_reason(
    cast: Cast, kitchen: Kitchen, board: Board, monkeypatch: pytest.MonkeyPatch
) -> None:
    UserRelationType.objects.get_or_create(key="taster", defaults={"name": "Taster"})
    lines = b'{"key":"soup","name":"Soup"}\n'
    lines += b'{"key":"pie","name":"Pie","userRelations":{"taster":["nobody-yet"]}}\n'
    change_user(cast.steward, actor=SYSTEM, role="admin")
    client = browser(cast["steward"])
    url = upload(client, lines, "menu.jsonl", create_users="on").url
    client.post(f"{url}start/")
    change_user(cast.steward, actor=SYSTEM, role="member")
    monkeypatch.setattr("catalog.importing.service.LINES", 1)
    run = Import.objects.get()
    assert uploads.run(run.pk)
    run.refresh_from_db()
    assert (run.status, run.problem, run.lease_count) == (
        "failed",
        "Only account admins may do this.",
        1,
    )
    assert set(GovernedObject.objects.values_list("key", flat=True)) == {"soup"}
    assert run.problem in text_of(browser(cast["steward"]).get(url))


def test_one_line_is_told_of_as_one(cast: Cast, kitchen: Kitchen, board: Board) -> None:
    member = browser(cast.member)
    url = upload(member, b"key,name\nsoup,Soup\n").url
    assert "Its one line was looked at." in text_of(member.get(url))
    member.post(f"{url}start/")
    uploads.run(Import.objects.get().pk)
    assert "The file was read to its end." in text_of(member.get(url))

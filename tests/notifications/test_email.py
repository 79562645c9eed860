"""The mail as it is written: two parts, headers for programs, nothing that a name could forge."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from accounts.actor import Actor
from notifications.channels.email import message_of
from notifications.delivering import deliver_due
from notifications.models import Delivery
from notifications.services import notify, tell
from tests.notifications.conftest import Kitchen


def mails(outbox: Path) -> list[EmailMessage]:
    found = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in sorted(outbox.iterdir())
    ]
    assert all(isinstance(one, EmailMessage) for one in found)
    return found


def send(kitchen: Kitchen, name: str | None = None) -> Delivery:
    kitchen.assign("steward")
    if name:
        type(kitchen.soup).objects.filter(pk=kitchen.soup.pk).update(name=name)
        kitchen.soup.refresh_from_db()
    notify(
        kitchen.template(),
        kitchen.soup,
        context=kitchen.context(),
        cause="1",
        author_id=None,
        actor=Actor.system(),
    )
    deliver_due("email")
    found: Delivery = Delivery.objects.get()
    return found


def part(mail: EmailMessage, kind: str) -> str:
    found = mail.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_both_parts_are_there(kitchen: Kitchen, outbox: Path) -> None:
    send(kitchen)
    [mail] = mails(outbox)
    assert mail.get_content_type() == "multipart/alternative"
    assert mail["Subject"] == "Soup is in review"
    assert mail["To"] == "steward@e.example"
    page = f"http://127.0.0.1:8000/objects/{kitchen.soup.pk}/"
    assert part(mail, "plain").rstrip() == f"Soup left draft.\n\n{page}"
    assert "<p><b>Soup</b> left draft.</p>" in part(mail, "html")
    assert f'<a href="{page}">' in part(mail, "html")


def test_headers_say_that_a_program_wrote_it(kitchen: Kitchen, outbox: Path) -> None:
    delivery = send(kitchen)
    [mail] = mails(outbox)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "Sluice notifications <notifications.localhost>"
    assert mail["Message-ID"].startswith(f"<sluice.{delivery.pk}.")


def test_the_id_of_a_message_is_the_same_at_each_attempt(kitchen: Kitchen, outbox: Path) -> None:
    delivery = send(kitchen)
    [mail] = mails(outbox)
    assert message_of(delivery).extra_headers["Message-ID"] == mail["Message-ID"]
    assert message_of(delivery).extra_headers["Message-ID"] == mail["Message-ID"]


def test_a_hostile_name_forges_no_header_and_no_markup(kitchen: Kitchen, outbox: Path) -> None:
    send(kitchen, "Soup\r\nBcc: a@e.example\r\n\r\n<img src=x>\u202e")
    [mail] = mails(outbox)
    assert mail["Bcc"] is None
    assert mail["Subject"].strip().startswith("Soup Bcc: a@e.example <img src=x>")
    assert "\u202e" not in mail["Subject"]
    assert "<img" not in part(mail, "html")
    assert "<img src=x>" in part(mail, "plain")


def test_letters_of_any_script_arrive(kitchen: Kitchen, outbox: Path) -> None:
    send(kitchen, "Crème brûlée 焼き 🍮")
    [mail] = mails(outbox)
    assert mail["Subject"] == "Crème brûlée 焼き 🍮 is in review"
    assert "Crème brûlée 焼き 🍮" in part(mail, "plain")


def test_a_notice_without_a_page_has_no_link(kitchen: Kitchen, outbox: Path) -> None:
    tell([kitchen.user("owner")], subject="Hello", text="", cause="1", actor=Actor.system())
    deliver_due("email")
    [mail] = mails(outbox)
    assert part(mail, "plain") == "Hello\n"
    assert "href" not in part(mail, "html")

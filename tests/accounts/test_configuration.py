"""The check of the configuration, as a command and as a page."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.exceptions import Denied
from accounts.findings import Finding, FindingKind, Group, Severity, as_json, counts, is_sound
from accounts.services.configuration import check_configuration
from catalog.models import State
from tests.cast import Cast
from tests.kitchen import Kitchen
from workflows.models import Transition

pytestmark = pytest.mark.django_db
PAGE = "/account/configuration/"


def run(*arguments: str) -> tuple[str, str]:
    """What the command printed, and with what sentence it failed."""
    out = StringIO()
    try:
        call_command("check_configuration", *arguments, stdout=out)
    except CommandError as failed:
        return out.getvalue(), str(failed)
    return out.getvalue(), ""


@pytest.fixture
def kitchen(kitchen: Kitchen) -> Kitchen:
    """Without the move that wants a type of comment which nothing has."""
    kitchen.transitions["drop"].delete()
    Transition.objects.filter(key="retire").update(mode=Transition.Mode.ANY)
    return kitchen


def lost(kitchen: Kitchen) -> State:
    """A state that nothing leads to."""
    return State.objects.create(
        lifecycle=kitchen.lifecycle, key="lost", name="<b>Lost</b>", position=9
    )


def test_of_an_empty_account_nothing_is_found() -> None:
    assert run() == ("Nothing is found.\n", "")
    told, failed = run("--json")
    assert json.loads(told) == {"counts": {"error": 0, "warning": 0, "info": 0}, "findings": []}
    assert not failed


def test_information_alone_is_no_failure(kitchen: Kitchen) -> None:
    told, failed = run()
    assert not failed
    assert "  i lifecycle recipe_lifecycle, state approved: " in told


def test_a_warning_fails_and_says_how_many(kitchen: Kitchen) -> None:
    lost(kitchen)
    told, failed = run()
    assert failed == "1 warning to be mended."
    assert "States that no object comes to (unreachableState)" in told
    assert "  ! lifecycle recipe_lifecycle, state lost: No way leads from draft to lost" in told
    told, failed = run("--json")
    assert failed
    found = json.loads(told)
    assert {"unreachableState", "deadEnd"} <= {one["kind"] for one in found["findings"]}
    one = next(one for one in found["findings"] if one["kind"] == "unreachableState")
    assert one.keys() == {"kind", "severity", "detail", "place", "remedy", "url"}
    assert found["counts"]["warning"] == sum(
        one["severity"] == "warning" for one in found["findings"]
    )


def test_only_admins_look(kitchen: Kitchen, cast: Cast) -> None:
    with pytest.raises(Denied):
        check_configuration(actor=cast.acting("owner"))
    assert check_configuration(actor=cast.acting("admin"))
    assert "to be mended" not in run("--as", "owner")[1] != ""
    assert run("--as", "admin")[1] == ""


def page_of(cast: Cast, name: str) -> Any:
    client = Client()
    client.force_login(cast[name])
    return client.get(PAGE)


def test_the_page_shows_what_the_command_prints(kitchen: Kitchen, cast: Cast) -> None:
    lost(kitchen)
    answer = page_of(cast, "admin")
    assert answer.status_code == 200
    text = answer.content.decode()
    for group in check_configuration(actor=cast.acting("admin")):
        assert group.kind.label in text
        for one in group.findings:
            assert one.place in text
            assert f'href="{one.url}"' in text
    assert f'href="{PAGE}" aria-current="page"' in text
    assert "<b>Lost</b>" not in text
    for name in ("owner", "viewer", "guest"):
        refused = page_of(cast, name)
        assert refused.status_code == 403
        assert "recipe_lifecycle" not in refused.content.decode()
    assert Client().get(PAGE).status_code == 302


def test_where_nothing_is_found_the_page_says_so(cast: Cast) -> None:
    assert "Nothing is found" in page_of(cast, "admin").content.decode()


def test_each_link_leads_to_a_page(kitchen: Kitchen, cast: Cast) -> None:
    lost(kitchen)
    client = Client()
    client.force_login(cast.admin)
    groups = check_configuration(actor=cast.acting("admin"))
    addresses = {one.url for group in groups for one in group.findings}
    assert addresses
    assert {client.get(address).status_code for address in addresses} == {200}


def test_severities_are_counted_and_judged() -> None:
    def kind() -> FindingKind:
        return FindingKind("some", "Some", "Something.", lambda: ())

    def group(severity: Severity) -> Group:
        return Group(kind(), (Finding(severity, "x", "y", "z"),))

    info, warning = group(Severity.INFO), group(Severity.WARNING)
    assert is_sound([])
    assert is_sound([info])
    assert not is_sound([info, warning])
    assert not is_sound([group(Severity.ERROR)])
    assert counts([info, warning, warning]) == {"error": 0, "warning": 2, "info": 1}
    assert as_json([warning])["findings"] == [
        {
            "kind": "some",
            "severity": "warning",
            "detail": "x",
            "place": "y",
            "remedy": "z",
            "url": "",
        }
    ]

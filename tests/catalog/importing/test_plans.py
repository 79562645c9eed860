"""Which lines are refused, and what each is told."""

from __future__ import annotations

import pytest

from accounts.actor import Actor
from accounts.models import Role, Team, User, Workspace
from catalog.models import (
    Board,
    Change,
    GovernedObject,
    ObjectType,
    Relation,
    UserRelation,
)
from tests.catalog.importing.files import Importer, codes, soup, written

pytestmark = pytest.mark.django_db


def test_an_unknown_person_is_a_problem_unless_people_are_added(load: Importer) -> None:
    lines = [
        soup(userRelations={"owner": ["anna", "Zoë"]}, attributes={"cook": "carl"}),
        soup("b", userRelations={"taster": ["dora"]}, stateKey="nowhere"),
    ]
    report = load(*lines)
    assert codes(report)[1] == [
        ("/attributes/cook", "unknownUser"),
        ("/userRelations/owner/1", "unknownUser"),
    ]
    assert not GovernedObject.objects.exists()
    report = load(*lines, creates_users=True)
    assert (report.created, report.users_created) == (1, 2)
    added = User.objects.exclude(username="anna")
    assert {one.username for one in added} == {"Zoë", "carl"}  # a bad line adds nobody
    assert not any(one.is_active or one.has_usable_password() for one in added)


def test_people_who_look_like_others_are_not_added(load: Importer) -> None:
    """The same rule as for users made one by one; the line that names them says where."""
    User.objects.create(username="bob1")
    Team.objects.create(name="Cooks")
    report = load(
        soup(userRelations={"owner": ["anna", "bobl"], "taster": ["cooks"]}),
        soup("b", userRelations={"owner": ["not fine", "carl"]}, attributes={"cook": "BOBl"}),
        soup("c", userRelations={"owner": ["eve0"]}),
        soup("d", userRelations={"owner": ["bob1", "eveO"]}),
        creates_users=True,
    )
    assert codes(report) == {
        1: [("/userRelations/owner/1", "looksAlike"), ("/userRelations/taster/0", "taken")],
        2: [("/attributes/cook", "unknownUser"), ("/userRelations/owner/0", "badUsername")],
        4: [("/userRelations/owner/1", "looksAlike")],
    }
    assert (report.created, report.users_created) == (1, 1)
    assert not User.objects.filter(username__in=["bobl", "BOBl", "cooks", "eveO", "carl"]).exists()


def test_names_of_people_ignore_case(load: Importer) -> None:
    report = load(
        soup(userRelations={"owner": ["Anna", "anna"]}),
        soup("b", userRelations={"owner": ["carl", "Carl"]}),
        creates_users=True,
    )
    assert (report.created, report.users_created) == (2, 1)
    assert UserRelation.objects.count() == 2


def test_who_may_not_create_or_edit_is_refused_line_by_line(load: Importer) -> None:
    load(soup())
    guest = User.objects.create_user("guest", role=Role.GUEST)
    report = load(soup(attributes={"price": "3"}), soup("new"), soup("other"), actor=Actor(guest))
    assert codes(report) == {1: [("/key", "denied")], 2: [("", "denied")], 3: [("", "denied")]}
    assert GovernedObject.objects.count() == 1
    member = User.objects.create_user("member")
    report = load(soup(attributes={"price": "3"}), soup("new"), actor=Actor(member))
    assert (report.created, report.updated) == (1, 1)
    assert Change.objects.filter(actor_name="member").count() == 2


def test_bad_lines_are_reported_and_good_ones_kept(load: Importer) -> None:
    report = load(
        b"{",
        soup("good"),
        b"[1]",
        soup(attributes={"prise": 1, "servings": True, "course": "starters"}),
        soup("x", stateKey="reviw"),
        soup("y", relations={"requires": ["nothing"], "require": ["good"]}),
        soup("z", userRelations={"owners": ["anna"]}, extra=1),
        {"name": "No key"},
        {"key": "9", "name": ""},
        b'{"key": "twice", "name": "a", "name": "b"}',
        b'{"key": "nan", "name": "n", "attributes": {"price": NaN}}',
        b"\xef\xbb\xbf" + written(soup("bom")),
        b"",
        b"\xff",
        soup("good"),
        soup("GOOD"),
        b"[" * 100_000,
        soup("w", relations=[], attributes=7, userRelations={"owner": "anna"}, parentKey=3),
        soup("also-good", parentKey="good"),
    )
    assert codes(report) == {
        1: [("", "syntax")],
        3: [("", "wrongType")],
        4: [
            ("/attributes/prise", "unknownAttribute"),
            ("/attributes/servings", "wrongType"),
            ("/attributes/course", "notAnOption"),
        ],
        5: [("/stateKey", "unknownKey")],
        6: [("/relations/require", "unknownKey"), ("/relations/requires/0", "unknownObject")],
        7: [("/extra", "unknownMember")],
        8: [("/key", "missing")],
        9: [("/key", "malformedKey"), ("/name", "missing")],
        10: [("/name", "duplicateKey")],
        11: [("/attributes/price", "notANumber")],
        12: [("", "encoding")],
        14: [("", "encoding")],
        15: [("/key", "duplicateKey")],
        16: [("/key", "duplicateKey")],
        17: [("", "tooDeep")],
        18: [
            ("/parentKey", "malformedKey"),
            ("/attributes", "wrongType"),
            ("/relations", "wrongType"),
            ("/userRelations/owner", "wrongType"),
        ],
    }
    assert report.created == 2
    assert set(GovernedObject.objects.values_list("key", flat=True)) == {"good", "also-good"}
    hints = {
        one["pointer"]: one.get("nearest")
        for line in report.as_json()["bad"]
        for one in line["problems"]
    }
    assert hints["/attributes/prise"] == "price"
    assert hints["/stateKey"] == "review"
    assert hints["/attributes/course"] == "starter"


def test_a_key_that_differs_only_by_case_from_an_existing_one_is_refused(load: Importer) -> None:
    load(soup())
    assert codes(load(soup("SOUP"))) == {1: [("/key", "duplicateKey")]}


def test_unique_values_within_the_file_and_beyond(load: Importer) -> None:
    load(soup("a", attributes={"number": 1}), soup("b", attributes={"number": 2}))
    report = load(
        soup("c", attributes={"number": 1}),
        soup("d", attributes={"number": 3}),
        soup("e", attributes={"number": 3}),
        soup("b", attributes={"number": 4}),
        soup("a", attributes={"number": 1}),
    )
    assert codes(report) == {
        1: [("/attributes/number", "notUnique")],
        3: [("/attributes/number", "notUnique")],
    }
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    assert load(soup("f", attributes={"number": 2})).created == 1  # b gave it up


def test_a_relation_to_any_type_needs_a_key_that_is_told_apart(load: Importer) -> None:
    types = [ObjectType.objects.create(key=key, name=key) for key in ("one", "two")]
    board = Board.objects.create(key="b", name="b", workspace=Workspace.objects.get(key="main"))
    for kind in types:
        GovernedObject.objects.create(object_type=kind, board=board, key="both", name="Both")
    GovernedObject.objects.create(object_type=types[0], board=board, key="single", name="Single")
    report = load(soup(relations={"about": ["both"]}), soup("b", relations={"about": ["single"]}))
    assert codes(report) == {1: [("/relations/about/0", "ambiguousKey")]}
    assert Relation.objects.get().target.key == "single"
    report = load(soup("c", relations={"requires": ["single"]}))
    assert codes(report) == {1: [("/relations/requires/0", "unknownObject")]}

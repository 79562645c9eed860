"""Bulk import: what is written, what is left alone, and what every bad line is told."""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actor import Actor
from accounts.exceptions import Denied
from accounts.models import Role, User, Workspace
from catalog.importing.lines import MOST_BYTES, raw_lines
from catalog.importing.report import Report
from catalog.importing.service import import_objects
from catalog.models import (
    AttributeType,
    Board,
    Change,
    GovernedObject,
    Lifecycle,
    ObjectType,
    Relation,
    RelationType,
    State,
    UniqueValue,
    UserRelation,
    UserRelationType,
)
from journal.models import Event

pytestmark = pytest.mark.django_db

Importer = Callable[..., Report]


@pytest.fixture
def recipe() -> ObjectType:
    """An object type with a lifecycle, a few attributes, relations and people."""
    Workspace.objects.get_or_create(key="main", defaults={"name": "Main"})
    lifecycle = Lifecycle.objects.create(key="life", name="Life")
    for at, key in enumerate(("draft", "review", "approved")):
        State.objects.create(lifecycle=lifecycle, key=key, name=key, position=at)
    kind = ObjectType.objects.create(key="recipe", name="Recipe", lifecycle=lifecycle)
    for key, value_type, more in (
        ("price", "decimal", {}),
        ("servings", "integer", {"default": 4}),
        ("number", "integer", {"is_unique": True}),
        ("course", "enum", {"options": ["starter", "main dish"]}),
        ("tags", "list", {"item_type": "string"}),
        ("cook", "user", {}),
    ):
        AttributeType.objects.create(object_type=kind, key=key, name=key, type=value_type, **more)
    for key in ("requires", "replaces"):
        RelationType.objects.create(
            key=key, name=key, source_object_type=kind, target_object_type=kind
        )
    RelationType.objects.create(key="about", name="about")
    for key in ("owner", "taster"):
        UserRelationType.objects.create(key=key, name=key)
    User.objects.create_user("anna")
    return kind


@pytest.fixture
def load(recipe: ObjectType, tmp_path: Path) -> Importer:
    """Imports lines (JSON values, or bytes as they are)."""

    def load(*lines: object, **options: Any) -> Report:
        path = tmp_path / "lines.jsonl"
        path.write_bytes(b"\n".join(map(_written, lines)) + b"\n")
        options.setdefault("actor", Actor.system())
        return import_objects(path, object_type=recipe, **options)

    return load


def _written(line: object) -> bytes:
    return line if isinstance(line, bytes) else json.dumps(line).encode()


def _soup(key: str = "soup", **more: Any) -> dict[str, Any]:
    return {"key": key, "name": key.title(), **more}


def _kinds() -> Counter[str]:
    return Counter(Event.objects.values_list("kind", flat=True))


def _codes(report: Report) -> dict[int, list[tuple[str, str]]]:
    return {line.number: [(one.pointer, one.code) for one in line.problems] for line in report.bad}


# --- new objects ---


def test_a_new_object_has_all_that_its_line_says(load: Importer) -> None:
    report = load(
        _soup(
            stateKey="approved",
            attributes={"price": "12.50", "tags": ["hot"], "cook": "anna", "number": 7},
            userRelations={"owner": ["anna"]},
        )
    )
    soup = GovernedObject.objects.select_related("state", "board").get(key="soup")
    assert report.as_json() == {
        "created": 1,
        "updated": 0,
        "unchanged": 0,
        "usersCreated": 0,
        "relationsAdded": 0,
        "relationsRemoved": 0,
        "bad": [],
    }
    assert soup.name == "Soup"
    assert soup.state is not None
    assert soup.state.key == "approved"
    assert soup.board.key == "recipe"
    assert soup.attributes == {
        "price": "12.5",
        "servings": 4,
        "tags": ["hot"],
        "cook": "anna",
        "number": 7,
    }
    assert [one.user.username for one in soup.user_relations.all()] == ["anna"]


def test_a_new_object_raises_one_event_whatever_its_state_and_people(load: Importer) -> None:
    load(
        _soup(stateKey="review", userRelations={"owner": ["anna"]}, relations={"requires": ["a"]}),
        _soup("a"),
    )
    assert _kinds() == {"objectCreated": 2}
    event = Event.objects.get(payload__snapshot__key="soup")
    assert event.payload["snapshot"]["stateKey"] == "review"
    assert event.payload["snapshot"]["relations"] == {"requires": ["a"]}
    change = Change.objects.get(object_key="soup")
    assert (change.verb, change.via_kind, change.actor_name) == ("created", "import", "system")
    assert change.after == event.payload["snapshot"]


def test_without_a_state_it_begins_where_the_lifecycle_begins(load: Importer) -> None:
    load(_soup())
    assert GovernedObject.objects.values_list("state__key", flat=True).get() == "draft"


def test_it_goes_to_the_board_that_was_named(load: Importer) -> None:
    board = Board.objects.create(
        key="trials", name="Trials", workspace=Workspace.objects.get(key="main")
    )
    load(_soup(), board=board)
    assert GovernedObject.objects.get().board == board


# --- importing again ---


def test_an_equal_line_writes_nothing(load: Importer) -> None:
    lines = [
        _soup(
            stateKey="review",
            attributes={"price": "12.50", "number": 1},
            relations={"requires": ["b"]},
            userRelations={"owner": ["anna"]},
            parentKey="b",
        ),
        _soup("b"),
    ]
    load(*lines)
    rows = [GovernedObject.objects.values(), Change.objects.values(), Event.objects.values()]
    before = [list(one.order_by("pk")) for one in rows]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        report = load(*lines)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 2)
    assert [list(one.order_by("pk").all()) for one in rows] == before
    assert not [
        one["sql"] for one in queries if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
    ]


def test_an_existing_object_is_updated_but_never_moved_to_another_state(load: Importer) -> None:
    load(_soup(attributes={"price": "1", "tags": ["a"], "number": 1}))
    report = load(
        {
            "key": "soup",
            "name": "Hot soup",
            "stateKey": "approved",
            "attributes": {"price": "2.00", "tags": None},
        }
    )
    soup = GovernedObject.objects.select_related("state").get()
    assert (report.updated, report.unchanged) == (1, 0)
    assert soup.state is not None
    assert soup.state.key == "draft"
    assert (soup.name, soup.version) == ("Hot soup", 2)
    assert soup.attributes == {"price": "2", "servings": 4, "number": 1}
    assert _kinds() == {"objectCreated": 1, "attributeChanged": 1}
    changed = Event.objects.get(kind="attributeChanged")
    assert changed.payload == {"changes": {"price": ["1", "2"], "tags": [["a"], None]}}
    fields = Change.objects.filter(verb="changed").values_list("field", "before", "after")
    assert set(map(repr, fields)) == {
        repr(("attributes.price", "1", "2")),
        repr(("attributes.tags", ["a"], None)),
        repr(("name", "Soup", "Hot soup")),
    }


def test_relations_and_people_become_those_that_a_line_names(load: Importer) -> None:
    User.objects.create_user("bert")
    load(
        _soup(relations={"requires": ["a", "b"]}, userRelations={"owner": ["anna"]}),
        _soup("a", relations={"replaces": ["b"]}),
        _soup("b"),
    )
    report = load(
        _soup(relations={"requires": ["b", "c"]}, userRelations={"owner": ["bert"]}),
        _soup("a"),
        _soup("c"),
    )
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    assert (report.relations_added, report.relations_removed) == (1, 1)
    targets = Relation.objects.filter(source__key="soup").values_list("target__key", flat=True)
    assert set(targets) == {"b", "c"}
    assert Relation.objects.filter(source__key="a").count() == 1  # not named, so left alone
    assert UserRelation.objects.get().user.username == "bert"
    soup = GovernedObject.objects.get(key="soup")
    kinds = list(
        Event.objects.filter(subject_id=soup.pk).order_by("pk").values_list("kind", "payload")
    )
    c = GovernedObject.objects.get(key="c")
    a = GovernedObject.objects.get(key="a")
    assert kinds[1:] == [
        ("relationAdded", {"relations": [_related(c)]}),
        ("relationRemoved", {"relations": [_related(a)]}),
        (
            "userRelationChanged",
            {"userRelationTypeKey": "owner", "before": ["anna"], "after": ["bert"]},
        ),
    ]


def _related(target: GovernedObject) -> dict[str, Any]:
    return {"relationTypeKey": "requires", "targetId": target.pk, "targetKey": target.key}


def test_a_relation_of_an_existing_object_to_a_line_of_a_later_batch(
    load: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("catalog.importing.service.LINES", 2)
    load(_soup())
    report = load(
        _soup(relations={"requires": ["z"]}, parentKey="z"),
        _soup("x", relations={"requires": ["z"]}, parentKey="y"),
        _soup("y"),
        _soup("z"),
    )
    assert not report.bad
    assert (report.created, report.updated, report.unchanged) == (3, 1, 0)
    assert report.relations_added == 2
    parents = GovernedObject.objects.exclude(parent=None).values_list("key", "parent__key")
    assert set(parents) == {("soup", "z"), ("x", "y")}
    assert _kinds() == {"objectCreated": 4, "relationAdded": 1, "objectMoved": 1}
    again = load(_soup(relations={"requires": ["z"]}, parentKey="z"), _soup("z"))
    assert (again.updated, again.unchanged) == (0, 2)


def test_a_parent_is_changed_and_taken_away(load: Importer) -> None:
    load(_soup("a", parentKey="b"), _soup("b"), _soup("c"))
    load(_soup("a", parentKey="c"))
    assert GovernedObject.objects.values_list("parent__key", flat=True).get(key="a") == "c"
    load(_soup("a"))
    assert GovernedObject.objects.values_list("parent__key", flat=True).get(key="a") == "c"
    load(_soup("a", parentKey=None))
    assert GovernedObject.objects.get(key="a").parent is None
    moves = (
        Event.objects.filter(kind="objectMoved").order_by("pk").values_list("payload", flat=True)
    )
    assert [(one["before"]["parentKey"], one["after"]["parentKey"]) for one in moves] == [
        ("b", "c"),
        ("c", None),
    ]


@pytest.mark.parametrize("lines", [1, 1000])
def test_a_circle_of_parents_is_refused(
    load: Importer, monkeypatch: pytest.MonkeyPatch, lines: int
) -> None:
    monkeypatch.setattr("catalog.importing.service.LINES", lines)
    report = load(_soup("a", parentKey="b"), _soup("b", parentKey="c"), _soup("c", parentKey="a"))
    assert list(_codes(report).values()) == [[("/parentKey", "cycle")]]
    assert GovernedObject.objects.exclude(parent=None).count() == 2
    report = load(_soup("d", parentKey="d"), _soup("e", parentKey="a"))
    assert _codes(report) == {1: [("/parentKey", "cycle")]}


# --- people ---


def test_an_unknown_person_is_a_problem_unless_people_are_added(load: Importer) -> None:
    lines = [
        _soup(userRelations={"owner": ["anna", "Zoë"]}, attributes={"cook": "carl"}),
        _soup("b", userRelations={"taster": ["dora"]}, stateKey="nowhere"),
    ]
    report = load(*lines)
    assert _codes(report)[1] == [
        ("/attributes/cook", "unknownUser"),
        ("/userRelations/owner/1", "unknownUser"),
    ]
    assert not GovernedObject.objects.exists()
    report = load(*lines, creates_users=True)
    assert (report.created, report.users_created) == (1, 2)
    added = User.objects.exclude(username="anna")
    assert {one.username for one in added} == {"Zoë", "carl"}  # a bad line adds nobody
    assert not any(one.is_active or one.has_usable_password() for one in added)


def test_names_of_people_ignore_case(load: Importer) -> None:
    report = load(
        _soup(userRelations={"owner": ["Anna", "anna"]}),
        _soup("b", userRelations={"owner": ["carl", "Carl"]}),
        creates_users=True,
    )
    assert (report.created, report.users_created) == (2, 1)
    assert UserRelation.objects.count() == 2


def test_only_who_manages_users_adds_people(load: Importer) -> None:
    member = User.objects.create_user("member")
    with pytest.raises(Denied):
        load(_soup(), actor=Actor(member), creates_users=True)
    admin = User.objects.create_user("boss", role=Role.ADMIN)
    assert load(_soup(), actor=Actor(admin), creates_users=True).created == 1


# --- rights ---


def test_who_may_not_create_or_edit_is_refused_line_by_line(load: Importer) -> None:
    load(_soup())
    guest = User.objects.create_user("guest", role=Role.GUEST)
    report = load(
        _soup(attributes={"price": "3"}), _soup("new"), _soup("other"), actor=Actor(guest)
    )
    assert _codes(report) == {1: [("/key", "denied")], 2: [("", "denied")], 3: [("", "denied")]}
    assert GovernedObject.objects.count() == 1
    member = User.objects.create_user("member")
    report = load(_soup(attributes={"price": "3"}), _soup("new"), actor=Actor(member))
    assert (report.created, report.updated) == (1, 1)
    assert Change.objects.filter(actor_name="member").count() == 2


# --- bad lines ---


def test_bad_lines_are_reported_and_good_ones_kept(load: Importer) -> None:
    report = load(
        b"{",
        _soup("good"),
        b"[1]",
        _soup(attributes={"prise": 1, "servings": True, "course": "starters"}),
        _soup("x", stateKey="reviw"),
        _soup("y", relations={"requires": ["nothing"], "require": ["good"]}),
        _soup("z", userRelations={"owners": ["anna"]}, extra=1),
        {"name": "No key"},
        {"key": "9", "name": ""},
        b'{"key": "twice", "name": "a", "name": "b"}',
        b'{"key": "nan", "name": "n", "attributes": {"price": NaN}}',
        b"\xef\xbb\xbf" + _written(_soup("bom")),
        b"",
        b"\xff",
        _soup("good"),
        _soup("GOOD"),
        b"[" * 100_000,
        _soup("w", relations=[], attributes=7, userRelations={"owner": "anna"}, parentKey=3),
        _soup("also-good", parentKey="good"),
    )
    assert _codes(report) == {
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
    load(_soup())
    assert _codes(load(_soup("SOUP"))) == {1: [("/key", "duplicateKey")]}


def test_unique_values_within_the_file_and_beyond(load: Importer) -> None:
    load(_soup("a", attributes={"number": 1}), _soup("b", attributes={"number": 2}))
    report = load(
        _soup("c", attributes={"number": 1}),
        _soup("d", attributes={"number": 3}),
        _soup("e", attributes={"number": 3}),
        _soup("b", attributes={"number": 4}),
        _soup("a", attributes={"number": 1}),
    )
    assert _codes(report) == {
        1: [("/attributes/number", "notUnique")],
        3: [("/attributes/number", "notUnique")],
    }
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    assert load(_soup("f", attributes={"number": 2})).created == 1  # b gave it up


def test_a_target_whose_own_line_is_bad_is_left_out(load: Importer) -> None:
    report = load(
        _soup(relations={"requires": ["bad"]}, parentKey="bad"), _soup("bad", stateKey="none")
    )
    assert _codes(report) == {
        1: [("/relations/requires", "unknownObject"), ("/parentKey", "unknownObject")],
        2: [("/stateKey", "unknownKey")],
    }
    assert GovernedObject.objects.get().key == "soup"
    assert not Relation.objects.exists()


def test_a_relation_to_any_type_needs_a_key_that_is_told_apart(load: Importer) -> None:
    types = [ObjectType.objects.create(key=key, name=key) for key in ("one", "two")]
    board = Board.objects.create(key="b", name="b", workspace=Workspace.objects.get(key="main"))
    for kind in types:
        GovernedObject.objects.create(object_type=kind, board=board, key="both", name="Both")
    GovernedObject.objects.create(object_type=types[0], board=board, key="single", name="Single")
    report = load(_soup(relations={"about": ["both"]}), _soup("b", relations={"about": ["single"]}))
    assert _codes(report) == {1: [("/relations/about/0", "ambiguousKey")]}
    assert Relation.objects.get().target.key == "single"
    report = load(_soup("c", relations={"requires": ["single"]}))
    assert _codes(report) == {1: [("/relations/requires/0", "unknownObject")]}


def test_a_line_that_the_database_refuses_does_not_cost_the_others_theirs(load: Importer) -> None:
    load(_soup("a"))
    other = GovernedObject.objects.get()
    number = AttributeType.objects.get(key="number")

    def somebody_else(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        """Takes the number 1 between our look and our write."""
        if sql.startswith('INSERT INTO "catalog_governedobject"'):
            UniqueValue.objects.get_or_create(attribute=number, object=other, value="1")
        return execute(sql, *rest)

    with connection.execute_wrapper(somebody_else):
        report = load(
            *(
                _soup(f"n{at}", attributes={"number": at}, userRelations={"owner": [f"p{at}"]})
                for at in range(1, 6)
            ),
            creates_users=True,
        )
    assert _codes(report) == {1: [("/attributes", "notUnique")]}
    assert (report.created, report.users_created) == (4, 4)
    assert Event.objects.count() == 5


# --- the file ---


def test_long_lines_are_passed_over_without_being_held() -> None:
    class Endless(io.RawIOBase):
        left = 50 * MOST_BYTES
        largest = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            size = min(len(buffer), self.left)
            self.largest = max(self.largest, len(buffer))
            buffer[:size] = b"x" * size
            self.left -= size
            if not self.left and size:
                buffer[size - 1 : size] = b"\n"
            return size

    raw = Endless()
    lines = list(raw_lines(io.BufferedReader(raw)))
    assert [(one.number, one.content) for one in lines] == [(1, None)]
    assert raw.largest <= 2 * MOST_BYTES


def test_lines_up_to_the_limit_are_read() -> None:
    longest = b"x" * MOST_BYTES
    source = io.BytesIO(longest + b"\n" + longest + b"x\n" + b"y\r\n\n" + longest)
    assert [(one.number, one.content) for one in raw_lines(source)] == [
        (1, longest),
        (2, None),
        (3, b"y"),
        (5, longest),
    ]


def test_decimals_lose_no_digit(load: Importer) -> None:
    digits = "12345678901234567890.123456789012345678"
    load(b'{"key": "a", "name": "A", "attributes": {"price": %s}}' % digits.encode())
    assert GovernedObject.objects.get().attributes["price"] == digits


# --- the command ---


def _run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("import_objects", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_prints_a_report_and_fails_where_lines_are_bad(
    recipe: ObjectType, tmp_path: Path
) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(_written(_soup()) + b"\n")
    report = json.loads(_run(str(path), "--object-type", "recipe", "--json"))
    assert report["created"] == 1
    assert "1 unchanged" in _run(str(path), "--object-type", "recipe")
    path.write_bytes(_written(_soup("b", stateKey="none")) + b"\n")
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 lines were not imported") as failed:
        call_command("import_objects", str(path), "--object-type", "recipe", stdout=out)
    assert failed.value.returncode == 1
    assert "line 1: /stateKey: recipe has no state none." in out.getvalue()


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["nowhere.jsonl", "--object-type", "recipe"], "no file"),
        (["x.csv", "--object-type", "recipe"], "JSON Lines can"),
        (["x.jsonl", "--object-type", "recipe", "--resume"], "Importing the whole file again"),
    ],
)
def test_the_command_says_what_it_can_not_do(
    recipe: ObjectType, arguments: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence) as failed:
        _run(*arguments)
    assert failed.value.returncode == 1


def test_the_command_refuses_unknown_keys(recipe: ObjectType, tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(_written(_soup()))
    with pytest.raises(CommandError, match="no such object type"):
        _run(str(path), "--object-type", "recipes")
    with pytest.raises(CommandError, match="no such board"):
        _run(str(path), "--object-type", "recipe", "--board", "none")
    assert not GovernedObject.objects.exists()


# --- the real thing ---


@pytest.mark.skipif("SLUICE_REAL_DATA" not in os.environ, reason="set SLUICE_REAL_DATA")
def test_the_real_proposals(load: Importer) -> None:
    folder = Path(os.environ["SLUICE_REAL_DATA"])
    package = json.loads((folder / "pep-package.json").read_text())
    lifecycle = Lifecycle.objects.create(key="pep_lifecycle", name="PEPs")
    for one in package["workflowStates"]:
        State.objects.create(lifecycle=lifecycle, key=one["key"], name=one["name"])
    kind = ObjectType.objects.create(key="pep", name="PEP", lifecycle=lifecycle)
    for one in package["attributeTypes"]:
        AttributeType.objects.create(
            object_type=kind, key=one["key"], name=one["name"], type=one["type"],
            is_required=one.get("required", False), is_unique=one.get("unique", False),
            options=one.get("options", []),
        )  # fmt: skip
    for one in package["relationTypes"]:
        RelationType.objects.get_or_create(
            key=one["key"], defaults={"source_object_type": None, "target_object_type": None}
        )
    RelationType.objects.update(source_object_type=kind, target_object_type=kind)
    for one in package["userRelationTypes"]:
        UserRelationType.objects.create(key=one["key"], name=one["name"])
    people = User.objects.count()
    arguments: dict[str, Any] = {
        "actor": Actor.system(),
        "object_type": kind,
        "creates_users": True,
    }
    first = import_objects(folder / "peps.jsonl", **arguments)
    assert (first.created, first.relations_added, first.users_created) == (736, 113, 372)
    assert not first.bad
    assert User.objects.count() - people == 372
    rows = (Change.objects.count(), Event.objects.count())
    again = import_objects(folder / "peps.jsonl", **arguments)
    assert (again.created, again.updated, again.unchanged) == (0, 0, 736)
    assert (Change.objects.count(), Event.objects.count()) == rows

"""What references read of objects, and where they lead nowhere."""

from __future__ import annotations

import pytest

from catalog import context
from catalog.expressions import parse
from catalog.filters import Attribute, Schema
from catalog.lineage import PARTS, Known, Trail, What, follow, problems_of

KNOWN: Known = Schema(
    attributes={
        "recipe": {"price": Attribute.of("decimal"), "note": Attribute.of("string")},
        "policy": {"price": Attribute.of("string"), "due": Attribute.of("date")},
    },
    relation_types={"requires": ("recipe", "policy"), "near": (None, None)},
    user_relation_types=frozenset({"reviewer"}),
)
BOTH = ["policy", "recipe"]


def trail(text: str, object_type_key: str | None = "recipe") -> Trail:
    (reference,) = parse(text).references()
    return follow(reference, object_type_key, KNOWN)


def read(text: str, object_type_key: str | None = "recipe") -> list[tuple[object, ...]]:
    found = trail(text, object_type_key)
    assert found.wrong is None, found.wrong
    return [
        (one.what, one.key, one.hops, sorted(one.object_type_keys or ())) for one in found.reads
    ]


def test_the_parts_of_an_object_are_those_that_the_context_has() -> None:
    assert set(PARTS) == set(context.PARTS)


@pytest.mark.parametrize(
    ("text", "object_type", "expected"),
    [
        ("@object.stateKey", "recipe", [(What.METADATA, "stateKey", (), [])]),
        ("@object", "recipe", [(What.METADATA, "key", (), [])]),
        ("@object.attributes.price", "recipe", [(What.ATTRIBUTE, "price", (), ["recipe"])]),
        ("@object['attributes']['price']", None, [(What.ATTRIBUTE, "price", (), BOTH)]),
        ("@object.attributes.price", "gone", [(What.ATTRIBUTE, "price", (), BOTH)]),
        ("@object.userRelations.reviewer[0]", "recipe", [(What.USER_RELATION, "reviewer", (), [])]),
        (
            "@object.relations.requires[0].attributes.due",
            "recipe",
            [
                (What.RELATION, "requires", (), []),
                (What.ATTRIBUTE, "due", ("requires",), ["policy"]),
            ],
        ),
        (
            "first(@object.relations.requires).attributes.due",
            "recipe",
            None,
        ),
        (
            "@object.parent.relations.near.parent.name",
            "recipe",
            [
                (What.METADATA, "parent", (), []),
                (What.RELATION, "near", ("parent",), []),
                (What.METADATA, "parent", ("parent", "near"), []),
                (What.METADATA, "name", ("parent", "near", "parent"), []),
            ],
        ),
    ],
)  # fmt: skip
def test_what_is_read(
    text: str, object_type: str | None, expected: list[tuple[object, ...]] | None
) -> None:
    if expected is None:
        longest = max(parse(text).references(), key=lambda one: len(one.path))
        hop = follow(longest, object_type, KNOWN).reads[-1]
        assert (hop.key, hop.hops) == ("due", ("requires",))
    else:
        assert read(text, object_type) == expected


@pytest.mark.parametrize(
    ("text", "object_type", "code", "name", "near", "place"),
    [
        ("1 + @object.nme", None, "unknownReference", "nme", "name", "column 12"),
        ("@object.attributes.prise", "recipe", "unknownReference", "prise", "price", "column 19"),
        ("@object.attributes.due", "recipe", "unknownReference", "due", None, "column 19"),
        ("@object.attributes.none", None, "unknownReference", "none", "note", "column 19"),
        ("@object.attributes.price.cents", "recipe", "unknownSelector", "cents", None, "column 25"),
        ("@object.stateKey.name", "recipe", "unknownSelector", "name", None, "column 17"),
        ("@object.relations.require", "recipe", "unknownReference", "require", "requires", "18"),
        ("@object.relations.requires", "policy", "unknownReference", "requires", None, "18"),
        ("@object.relations.requires.attributes.no", None, "unknownReference", "no", None, "38"),
        ("@object.userRelations.reviwer", None, "unknownReference", "reviwer", "reviewer", "22"),
        ("@object.userRelations.reviewer.name", None, "unknownSelector", "name", None, "31"),
        ("@object.parent.parent.keey", None, "unknownReference", "keey", "key", "22"),
    ],
)  # fmt: skip
def test_where_a_reference_leads_nowhere(
    text: str, object_type: str | None, code: str, name: str, near: str | None, place: str
) -> None:
    wrong = trail(text, object_type).wrong
    assert wrong is not None
    (problem,) = problems_of([("/steps/0", wrong)])
    assert (problem.pointer, problem.code, problem.value) == ("/steps/0", code, name)
    assert problem.nearest == near
    assert place in problem.detail
    assert near is None or near in problem.detail


def test_looking_for_near_names_ends() -> None:
    """A definition of very many wrong names is still answered at once."""
    many = Schema(attributes={"recipe": {f"key{n}": Attribute.of("string") for n in range(9_000)}})
    (reference,) = parse("@object.attributes.kye1").references()
    wrong = follow(reference, None, many).wrong
    assert wrong is not None
    problems = list(problems_of([("", wrong)] * 5_000))
    assert [one.nearest is not None for one in problems[:4]] == [True, True, False, False]
    assert len(problems) == 1_000

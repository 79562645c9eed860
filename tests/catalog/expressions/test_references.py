"""What an expression is said to read: enough for static checks, and never less than it reads."""

import pytest

from catalog.expressions import Reference, parse, parse_value

REFERENCES: list[tuple[str, set[str]]] = [
    ("1 + 2", set()),
    ("@objectId", {"objectId"}),
    ("now()", {"now"}),
    ("@object.attributes.price * @variables.rate", {"object.attributes.price", "variables.rate"}),
    ("@object.relations.requires.name", {"object.relations.requires.name"}),
    ("@object.relations.requires[0].name", {"object.relations.requires.name"}),
    ("@object['attributes']['a b']", {"object.attributes.a b"}),
    ("@steps.my-step.out - 1", {"steps.my-step.out"}),
    ("if(@input.a, @input.b, [@input.c])", {"input.a", "input.b", "input.c"}),
    ("not @item in [1, -@variables.x]", {"item", "variables.x"}),
    (
        "first(@object.relations.requires).name",
        {"object.relations.requires", "object.relations.requires.name"},
    ),
    (
        "if(@input.a, @object.parent, @item).name",
        {
            "input.a",
            "object.parent",
            "object.parent.name",
            "item",
            "item.name",
        },
    ),
    (
        "coalesce(@input.a, first(@input.b)).x.y",
        {
            "input.a",
            "input.a.x.y",
            "input.b",
            "input.b.x.y",
        },
    ),
    ("[@input.a, @input.b].x", {"input.a", "input.a.x", "input.b", "input.b.x"}),
    ("(@object.parent).name", {"object.parent.name"}),
    ("(first(@input.a).x).y", {"input.a", "input.a.x.y"}),
    ("split(@input.a, ',')[0]", {"input.a"}),
]


def named(references: frozenset[Reference]) -> set[str]:
    return {".".join((found.root, *found.path)) for found in references}


@pytest.mark.parametrize(("expression", "expected"), REFERENCES)
def test_an_expression_reads(expression: str, expected: set[str]) -> None:
    assert named(parse(expression).references()) == expected


def test_a_reference_has_its_place() -> None:
    text = "1 + @object.attributes.price"

    assert parse(text).references() == {
        Reference("object", ("attributes", "price"), text.index("@"), len(text))
    }


def test_a_reference_in_a_value_has_its_place_and_pointer() -> None:
    value = {"to": ["x", "Hi {{ @object.name }}"], "id": "@objectId", "a/b": "{{ now() }}"}

    assert parse_value(value).references() == {
        Reference("object", ("name",), 6, 18, "/to/1"),
        Reference("objectId", (), 0, 9, "/id"),
        Reference("now", (), 3, 8, "/a~1b"),
    }


def test_each_reading_is_its_own_reference() -> None:
    assert len(parse("@objectId + @objectId").references()) == 2

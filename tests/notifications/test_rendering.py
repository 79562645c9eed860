"""Templates become a subject and a body, and say where they are wrong."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from catalog.expressions import ExpressionError
from notifications.rendering import faults_of, wording_of


class Given:
    """A context of plain values."""

    def __init__(self, **roots: object) -> None:
        self._roots = roots

    def lookup(self, root: str) -> object:
        return self._roots[root]


def soup(**changes: object) -> Given:
    attributes: Mapping[str, object] = {"price": 3, "link": "https://e.example"}
    return Given(object={"name": "Soup", "attributes": attributes, **changes}, objectId=7)


def test_values_stand_in_both_texts() -> None:
    wording = wording_of("{{ @object.name }} is in review", "<p><b>{{ @object.name }}</b></p>")
    made = wording.render(soup())
    assert made.subject == "Soup is in review"
    assert made.body == "<p><b>Soup</b></p>"


def test_a_text_that_is_wholly_an_expression_is_text() -> None:
    made = wording_of("@objectId", "{{ @object.attributes.price }}").render(soup())
    assert (made.subject, made.body) == ("7", "3")


def test_a_missing_value_is_nothing() -> None:
    made = wording_of("x {{ @object.attributes.gone }}", "{{ @object.attributes.gone }}")
    assert made.render(soup(attributes={})).subject == "x"


@pytest.mark.parametrize(
    "name", ["<b>Soup</b>", "<img src=x onerror=alert(1)>", "{{ @now }}", "&lt;"]
)
def test_a_hostile_name_is_text(name: str) -> None:
    made = wording_of("{{ @object.name }}", "<p>{{ @object.name }}</p>").render(soup(name=name))
    assert made.subject == name
    assert made.body.count("<") == 2
    whole = wording_of("x", "{{ @object.name }}").render(soup(name=name))
    assert "<" not in whole.body


def test_a_name_of_several_lines_stays_in_its_line() -> None:
    made = wording_of("{{ @object.name }}!", "").render(soup(name="Soup\r\nBcc: a@e.example"))
    assert made.subject == "Soup Bcc: a@e.example!"


def test_an_address_from_a_value_is_judged() -> None:
    wording = wording_of("x", '<a href="{{ @object.attributes.link }}">x</a>')
    assert 'href="https://e.example"' in wording.render(soup()).body
    bad = soup(attributes={"link": "javascript:alert(1)"})
    assert "href" not in wording.render(bad).body


def test_a_fault_names_its_text_and_place() -> None:
    with pytest.raises(ExpressionError) as caught:
        wording_of("fine", "<p>{{ uper(@object.name) }}</p>")
    assert caught.value.pointer == "/body"
    assert caught.value.position == 6
    assert caught.value.code == "unknownFunction"


def test_both_texts_are_judged_at_once() -> None:
    found = faults_of("{{ 1 + }}", "{{ nope() }}")
    assert [fault.pointer for fault in found] == ["/subject", "/body"]
    assert faults_of("{{ @object.name }}", "<p>x</p>") == []


def test_a_fault_of_a_value_names_its_text() -> None:
    wording = wording_of("{{ @object.name + 1 }}", "x")
    with pytest.raises(ExpressionError) as caught:
        wording.render(soup())
    assert caught.value.pointer == "/subject"


def test_references_say_in_which_text_they_stand() -> None:
    found = wording_of("{{ @object.name }}", "{{ @object.attributes.price }}").references()
    assert {(one.pointer, one.root, one.path) for one in found} == {
        ("/subject", "object", ("name",)),
        ("/body", "object", ("attributes", "price")),
    }


def test_equal_texts_are_compiled_once() -> None:
    assert wording_of("a {{ @now }}", "b") is wording_of("a {{ @now }}", "b")

"""The reference page says what the language does: it is rendered, and its examples computed."""

from pathlib import Path

import pytest

from catalog.expressions import FUNCTIONS, parse, parse_value
from catalog.expressions.functions import Example
from catalog.expressions.reference import OPERATORS, Sample, render
from catalog.expressions.unparse import show

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "expressions.md"
EXAMPLES = [
    *(example for function in FUNCTIONS.values() for example in function.examples),
    *(example for row in OPERATORS for example in row.examples),
]


def test_the_page_is_what_the_registry_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), (
        "Write it anew: python -m catalog.expressions.reference > docs/reference/expressions.md"
    )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.expression)
def test_an_example_is_true(example: Example) -> None:
    assert show(parse(example.expression).evaluate(Sample())) == example.value


def test_the_forms_that_the_page_names_mean_what_it_says() -> None:
    for text in ("ana@example.org", "@ana"):
        assert parse_value(text).evaluate(Sample()) == text
    assert parse_value("{{ '{{' }}").evaluate(Sample()) == "{{"
    assert parse_value("{{ '@objectid' }}").evaluate(Sample()) == "@objectid"
    assert parse_value("PEP {{ @object.key }} is done").evaluate(Sample()) == (
        "PEP tomato-soup is done"
    )

"""Nothing in an expression reaches Python, whatever it names; texts stay texts."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

import pytest

from catalog.expressions import ExpressionError, Purse, parse_value
from tests.catalog.expressions.samples import SOUP, Sample, refused, value_of

DUNDERS = [
    "__class__",
    "__dict__",
    "__globals__",
    "__init__",
    "__mro__",
    "__subclasses__",
    "_parts",
    "select",
    "keys",
    "get",
    "items",
    "format",
]


class Tempting:
    """A thing of the host: it has attributes, but nothing that an expression may select."""

    secret = "s3cret"

    def select(self, name: str, purse: Purse) -> object:
        raise LookupError(name)


@pytest.mark.parametrize("name", DUNDERS)
@pytest.mark.parametrize("root", ["object", "objectId", "now", "currentUserId", "item"])
def test_attributes_of_python_are_not_selected(root: str, name: str) -> None:
    variables: dict[str, object] = {
        "object": SOUP,
        "objectId": 7,
        "now": 2.5,
        "currentUserId": "ana",
        "item": Tempting(),
    }

    assert refused(f"@{root}.{name}", **variables).code == "unknownSelector"
    assert refused(f"@{root}['{name}']", **variables).code == "unknownSelector"


@pytest.mark.parametrize("name", DUNDERS)
def test_mappings_and_lists_have_only_their_content(name: str) -> None:
    assert value_of(f"@event.{name}") is None
    assert value_of(f"@item.{name}", item=[{"name": "a"}]) == [None]
    assert value_of("@item.keys", item={"keys": 1}) == 1


@pytest.mark.parametrize("name", ["eval", "exec", "open", "__import__", "getattr", "type", "len"])
def test_functions_of_python_are_not_called(name: str) -> None:
    assert refused(f"{name}('1')").code == "unknownFunction"
    assert refused(f"@{name}").code == "unknownVariable"


@pytest.mark.parametrize(
    "expression",
    [
        "lambda: 1",
        "[x for x in [1]]",
        "{'a': 1}",
        "(1).real",
        "'a'.upper()",
        "@object.select('name')",
        "@object.name()",
        "upper",
        "`1`",
        "1; 2",
        "1 if true else 2",
        "f'{1}'",
        "@object := 1",
        "# comment",
    ],
)
def test_forms_of_other_languages_are_refused(expression: str) -> None:
    error = refused(expression)

    assert error.code in ("syntaxError", "unknownVariable", "unknownSelector")
    assert 0 <= error.position <= len(expression)


TEMPTING = [
    "{0.__class__}",
    "%(secret)s",
    "%s%n%d",
    "${jndi:ldap://x}",
    "{{ 7 * 7 }}",
    "{% debug %}",
    "<script>",
    "'; DROP TABLE x; --",
    "\u202e\u2066\u200b",
    "\\1\\g<0>",
]


@pytest.mark.parametrize("text", TEMPTING)
def test_a_text_of_the_context_is_never_read_as_code(text: str) -> None:
    context = Sample(item=text)

    assert parse_value("{{ @item }}").evaluate(context) == text
    assert parse_value("<{{ @item }}>").evaluate(context) == f"<{text}>"
    assert value_of("concat(@item, '')", item=text) == text
    assert value_of("replace('a', 'a', @item)", item=text) == text
    assert value_of("join(['', ''], @item)", item=text) == text


@pytest.mark.parametrize("text", TEMPTING)
def test_a_text_of_the_context_can_be_given_to_every_function_of_texts(text: str) -> None:
    assert refused("number(@item)", item=text).code == "invalidNumber"
    assert refused("date(@item)", item=text).code == "invalidDate"
    for call in ("matches('a', @item)", "formatDate('2026-01-31', @item)"):
        with suppress(ExpressionError):
            assert isinstance(value_of(call, item=text), str | bool)


def test_half_a_surrogate_pair_in_the_context_is_an_error_where_it_matters() -> None:
    assert value_of("length(@item)", item="\ud800") == 1
    assert refused("matches(@item, 'a')", item="\ud800").code == "wrongType"
    assert refused("matches('a', @item)", item="\ud800").code in ("wrongType", "invalidPattern")


def test_a_message_shows_nothing_invisible_and_nothing_long() -> None:
    message = str(refused("number(@item)", item="\u202e\x07" + "x" * 10_000))

    assert "\u202e" not in message
    assert "\x07" not in message
    assert len(message) < 200
    assert len(str(refused("x" * 9_000 + "('a')"))) < 200
    assert len(str(refused("@" + "x" * 9_000))) < 200
    assert len(str(refused("@object." + "x" * 9_000))) < 200


def test_a_text_of_a_subclass_is_taken_as_plain_text() -> None:
    class Loud(str):
        __slots__ = ()

        def upper(self) -> str:
            raise AssertionError("a method of the host was called")

        def __str__(self) -> str:
            raise AssertionError("a method of the host was called")

    value = value_of("upper(@item)", item=Loud("a"))

    assert value == "A"
    assert type(value_of("@item", item=Loud("a"))) is str


def test_a_mapping_is_asked_only_for_its_keys() -> None:
    class Watched(Mapping[str, object]):
        def __init__(self) -> None:
            self.asked: list[str] = []

        def __getitem__(self, key: str) -> object:
            self.asked.append(key)
            return {"a": 1}[key]

        def __iter__(self) -> Iterator[str]:
            raise AssertionError("the mapping was walked")

        def __len__(self) -> int:
            return 1

        def __contains__(self, key: object) -> bool:
            return key == "a"

    watched = Watched()

    assert value_of("@item.a", item=watched) == 1
    assert value_of("@item.b", item=watched) is None
    assert watched.asked == ["a"]

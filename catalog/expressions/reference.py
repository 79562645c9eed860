"""The reference page of the language, written from the registry so that it can't fall behind.

`python -m catalog.expressions.reference` prints it; a test compares the file in docs/reference.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby

from catalog.expressions import limits
from catalog.expressions.dates import DIRECTIVES
from catalog.expressions.functions import FUNCTIONS, Example, Function
from catalog.expressions.numbers import DIGITS
from catalog.expressions.variables import ROOTS


class Sample:
    """The context that the examples of the reference are computed in."""

    def lookup(self, root: str) -> object:
        return _SAMPLE[root]


_SAMPLE: dict[str, object] = {
    "objectId": 7,
    "objectTypeKey": "recipe",
    "currentUserId": "ana",
    "now": datetime(2026, 1, 31, 10, tzinfo=UTC),
    "object": {
        "key": "tomato-soup",
        "name": "Tomato Soup",
        "stateKey": "review",
        "attributes": {"price": Decimal("4.50"), "servings": 4, "due": "2026-01-15"},
        "relations": {
            "requires": [
                {"name": "Stock", "attributes": {"price": Decimal("2.00")}},
                {"name": "Bread", "attributes": {"price": Decimal("5.00")}},
            ]
        },
        "userRelations": {"reviewer": ["ana", "bob"]},
        "parent": None,
    },
    "event": {"before": "draft", "after": "review"},
    "input": {"lines": ["a", "b"], "odd key": 1},
    "steps": {"price-check": {"total": Decimal("9.00")}},
    "item": "a",
    "variables": {"limit": 10},
}


@dataclass(frozen=True, slots=True)
class Operators:
    """Operators of one precedence, as the reference shows them."""

    symbols: str
    doc: str
    examples: tuple[Example, ...]


OPERATORS = (
    Operators(
        "`x.name` `x['name']` `x[0]`",
        "Select by name, or from a list by index (from 0; from the end when negative). A name "
        "after a list selects from each item; what is missing is null and kept.",
        (
            Example("@object.relations.requires.name", "['Stock', 'Bread']"),
            Example("@object.relations.requires[-1].name", "'Bread'"),
            Example("@input['odd key']", "1"),
            Example("@input.nothing.here", "null"),
        ),
    ),
    Operators(
        "`-x`",
        "The number with the other sign.",
        (Example("-@object.attributes.servings", "-4"),),
    ),
    Operators(
        "`*` `/` `%`",
        "Multiply, divide, remainder. A division is always a decimal, without trailing zeros; a "
        "remainder has the sign of the divisor.",
        (
            Example("@object.attributes.price * @object.attributes.servings", "18.00"),
            Example("1 / 4", "0.25"),
            Example("-7 % 3", "2"),
        ),
    ),
    Operators(
        "`+` `-`",
        "Add and subtract numbers; `+` also joins two texts.",
        (
            Example("1 + 2.50", "3.50"),
            Example("'Tomato' + ' ' + 'Soup'", "'Tomato Soup'"),
            Example("@variables.limit - 1", "9"),
        ),
    ),
    Operators(
        "`==` `!=`",
        "Equality of any two values; values of different kinds are not equal, integers and "
        "decimals are one kind.",
        (
            Example("2 == 2.0", "true"),
            Example("1 == '1'", "false"),
            Example("null == null", "true"),
        ),
    ),
    Operators(
        "`<` `<=` `>` `>=`",
        "Order of numbers, of texts (by code points) or of dates (a day is its midnight in UTC). "
        "Comparisons do not chain.",
        (Example("@object.attributes.price > 3", "true"), Example("'Z' < 'a'", "true")),
    ),
    Operators(
        "`in` `not in`",
        "Whether a list has an item that equals it, a text has the text (exactly), or an object "
        "has the name.",
        (
            Example("@object.stateKey in ['draft', 'review']", "true"),
            Example("'soup' in 'Tomato Soup'", "false"),
            Example("'lines' not in @input", "false"),
        ),
    ),
    Operators(
        "`not`",
        "The opposite; binds looser than comparisons.",
        (Example("not 1 == 2", "true"), Example("not null", "true")),
    ),
    Operators(
        "`and`",
        "True where all are; stops at the first that is not.",
        (Example("false and 1 / 0 > 1", "false"),),
    ),
    Operators(
        "`or`",
        "True where one is; stops at the first that is.",
        (Example("true or 1 / 0 > 1", "true"), Example("null or false", "false")),
    ),
)
"""From tight to loose."""

_PROSE = {
    "forms": """\
A value of a step's field is JSON. Its texts take one of these forms:

| text | value |
|---|---|
| `"{{ @object.attributes.price }}"` | wholly one expression in braces: its value, with its type |
| `"PEP {{ @object.key }} is done"` | braces inside other text: text |
| `"@objectId"`, `"@object.name"` | wholly a variable: its value |
| `"ana@example.org"`, `"@ana"` | anything else: the text itself |

Lists and objects are looked through at any depth; the names in objects are always literal. The
fields `if` and `items` are expressions themselves, without braces. Two opening braces as text are
written `{{ '{{' }}`; closing braces alone are literal. A text that is nearly a variable, such as
`"@objectid"`, is refused; as text it is written `{{ '@objectid' }}`.

In text, null is empty, booleans are `true` and `false`, decimals keep their digits and have no
exponent, dates are `2026-01-31`, moments `2026-01-31T10:00:00Z`; the items of a list stand with a
comma and a space between them (nulls are left out), an object is its key, other structures are
JSON.
""",
    "values": """\
| kind | how it is written, and what it means |
|---|---|
| null | `null`; also everything that is missing |
| boolean | `true`, `false` |
| number | `12`, `2.50`; integers are exact, decimals have DIGITS significant digits |
| text | `'…'` or `"…"`, with the escapes `\\n` `\\r` `\\t` `\\\\` `\\'` `\\"` `\\uXXXX` |
| date | a day or a moment; made by functions, or read |
| list | `[1, 'a', null]` |
| object | read only, never written |

A backslash before anything else stays as it is, so that patterns are written as usual: `'\\d+'`.
Attributes hold dates as ISO 8601 texts; all functions on dates take these, comparisons by size
don't: write `date(@object.attributes.due) < @now`.

**Null spreads quietly:** an operator or a function with a null operand or argument gives null,
except `==`, `!=`, `and`, `or`, `not`, `if`, `coalesce` and `isEmpty`.

**Only booleans decide.** `and`, `or`, `not` and `if` take booleans, and null as false; any other
value is an error, since `if @object.attributes.price` could mean several things.

**Names.** A hyphen inside a name belongs to it: `@steps.price-check.total` selects from
`price-check`, and `@variables.limit - 1` with spaces subtracts. Names with other characters are
selected with `['…']`.
""",
    "checks": """\
A workflow that is published, a template that is saved and a package that is applied are refused
with every expression that can't be read, is certain to fail (`1 / 0`, a pattern that is not RE2),
or names what isn't there. Each problem has the pointer of the text, line and column in it, and the
nearest name.

| reference | what must be there |
|---|---|
| `@object.attributes.KEY` | an attribute of the type that trigger or stream names, else of any |
| `@object.relations.KEY` | a relation type that may begin at the object |
| `@object.relations.KEY.attributes.KEY` | an attribute of the type at which it ends, else of any |
| `@object.userRelations.KEY` | a user relation type |
| `@object.parent.…` | the same, of any type |
| `@object`, `@objectId`, `@objectTypeKey` | an object: an event's own, or those of a stream |
| `@event.before`, `.after`, `.kind` | a trigger that is an event |
| `@steps.ID.NAME` | a step of that id that runs before, and an output of that name |
| `@variables.NAME` | a step that sets it |
| `@item` | a `forEach` around the step |
| `@input.…` | anything: what a run is given is known when it runs |

Texts of a template are checked where the template is saved, and again for each workflow that sends
it. What an expression reads can't be deleted. `POST /api/v1/expressions/evaluate/` tries one:
`{"expression", "objectId"?, "input"?}` answers `{"value"}`, or 422 with the place of what is wrong;
what the caller may not see is missing.
""",
}


def render() -> str:
    """The page, in Markdown."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# Expressions"
    yield ""
    yield "<!-- Written by catalog/expressions/reference.py; a test compares it. -->"
    yield ""
    yield "Expressions compute values in steps, conditions, filters and templates. They are checked"
    yield "when they are saved, read only what their variables hold, and always end."
    yield ""
    yield from ("## Where they stand", "", _PROSE["forms"])
    yield from ("## Values", "", _PROSE["values"].replace("DIGITS", str(DIGITS)))
    yield from _variables()
    yield from _operators()
    yield from _functions()
    yield from _directives()
    yield from _checks()
    yield from _limits()


def _checks() -> Iterator[str]:
    yield from ("## What is checked before", "", _PROSE["checks"])


def _variables() -> Iterator[str]:
    yield from ("## Variables", "", "| variable | what it holds |", "|---|---|")
    for root, meaning in ROOTS.items():
        yield f"| `@{root}` | {meaning} |"
    yield ""


def _operators() -> Iterator[str]:
    yield from ("## Operators", "", "From tight to loose; brackets `( )` group.", "")
    yield from ("| operators | meaning | examples |", "|---|---|---|")
    for row in OPERATORS:
        yield f"| {row.symbols} | {row.doc} | {_examples(row.examples)} |"
    yield ""


def _functions() -> Iterator[str]:
    yield from ("## Functions", "")
    for group, functions in groupby(FUNCTIONS.values(), key=lambda function: function.group):
        yield from (f"### {group}", "", "| function | meaning | examples |", "|---|---|---|")
        yield from map(_function, functions)
        yield ""


def _function(function: Function) -> str:
    result = f"Gives {function.result.phrase}."
    return f"| `{function.signature}` | {function.doc} {result} | {_examples(function.examples)} |"


def _examples(examples: tuple[Example, ...]) -> str:
    return "<br>".join(f"`{example.expression}` is `{example.value}`" for example in examples)


def _directives() -> Iterator[str]:
    yield from ("## Directives of formatDate", "")
    yield "For Saturday, 31 January 2026, ten o'clock in UTC. Names are English on every machine;"
    yield "any other directive is an error."
    yield ""
    yield from ("| directive | gives |", "|---|---|")
    moment = datetime(2026, 1, 31, 10, tzinfo=UTC)
    for directive, form in DIRECTIVES.items():
        yield f"| `{directive}` | `{form(moment)}` |"
    yield ""


def _limits() -> Iterator[str]:
    yield from ("## Limits", "", "| what | limit |", "|---|---|")
    yield f"| characters of an expression | {limits.MAX_SOURCE:,} |"
    yield f"| characters of a text with expressions in it | {limits.MAX_TEMPLATE:,} |"
    yield f"| expressions in one text | {limits.MAX_PLACES:,} |"
    yield f"| brackets, calls and operators inside each other | {limits.MAX_DEPTH} |"
    yield f"| steps of one evaluation | {limits.MAX_STEPS:,} |"
    yield f"| characters of a text | {limits.MAX_TEXT:,} |"
    yield f"| items of a list | {limits.MAX_ITEMS:,} |"
    yield f"| objects of one relation, people of one user relation | {limits.MAX_ROWS:,} |"
    yield f"| values nested in a result | {limits.MAX_VALUES:,} |"
    yield f"| characters of all texts in a result | {limits.MAX_CHARACTERS:,} |"
    yield f"| numbers | smaller than 10^40, {DIGITS} digits |"
    yield ""
    yield "Each part that is evaluated is a step. Each object or person that is read is one more,"
    yield "and each question to the database twenty; what one evaluation has read of an object, it"
    yield "does not read again."


if __name__ == "__main__":
    sys.stdout.write(render())

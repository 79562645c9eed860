"""configuration-check.md: what `check_configuration` looks for, from its registered kinds."""

from __future__ import annotations

from accounts.findings import Severity, finding_kinds
from scripts.reference.markdown import code, codes, page, table

INTRODUCTION = f"""
`python manage.py check_configuration [--json] [--as USERNAME]`, and for account admins the page
*Configuration check* (`/account/configuration/`), look through all of the configuration for what
could be saved and yet doesn't do what it should. Nothing is written. A finding is of one severity
({codes(Severity)}) and says what follows for people, where it is, and what to do. The command ends
with 1 where there is an error or a warning, and with 0 where nothing is found or only information.
"""
JSON = """
`--json` prints `{"counts": {"error", "warning", "info"}, "findings": [{"kind", "severity",
"detail", "place", "remedy", "url"}]}`. Programs may rely on `kind` and `severity`; `url` is the
address of the page on which it is mended, empty where there is none. The findings of one kind stand
together, errors first.
"""
NOTES = """
A state without a way out is a warning where objects begin in it, or where a way begins after it,
in a state that no object comes to; any other is an end, and information. Ways are those of
transitions, however many must agree to them. A transition that nobody may make is an error where
it is put to a vote, which has no electors then; where one is enough, account admins make it
still, and it is a warning. Drafts of live workflows are looked at beside their live version. A
transition that wants a type of comment that no category has stands under `unknownKey`.

Entries that `--allow-unknown-keys` let in stay in the list until they are mended in their package
or their keys come; what happens then is told in
[plan, apply and promote](../how-to/packages.md#mend-problems).
"""


def render() -> str:
    rows = [(code(one.key), one.label, one.meaning) for one in finding_kinds]
    return page(
        "The check of the configuration",
        INTRODUCTION,
        "## What is looked for",
        table(("kind", "what", "meaning"), rows),
        NOTES,
        "## As JSON",
        JSON,
    )

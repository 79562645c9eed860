"""settings.md: every variable that the settings read, and how; what each means is said here."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config import settings
from scripts.reference.markdown import code, codes, page, table

INTRODUCTION = """
Read from the environment at every start, by the server and by each command. What can't be read, or
can't work, is told with all other problems at once, and nothing starts. Lists are separated by
commas; surrounding space doesn't count; an empty variable counts as unset.
"""
PRODUCTION = """
## What makes it production

A start is production when it is bound to more than the loopback address (`serve --host`) or when
`ALLOWED_HOSTS` names a host beyond it. Then an unsafe setting is refused with its reason, cookies
travel over HTTPS only, and the demo account isn't loaded. See
[run Sluice for others](../how-to/run-in-production.md).
"""

# What each variable means, and what holds where it is unset.
MEANINGS = {
    "DATABASE_URL": (
        "The database: `postgres://USER:PASSWORD@HOST/NAME` or `sqlite:///PATH`",
        "a SQLite file in `DATA_DIR`",
    ),
    "REDIS_URL": (
        "Channel layer, cache, and task queue unless `CELERY_BROKER_URL` is set",
        "all three live in the process",
    ),
    "CELERY_BROKER_URL": ("Another task queue, for example RabbitMQ", "`REDIS_URL`"),
    "SECRET_KEY": (
        "Signs sessions and forms; 32 characters and more. Another one signs everybody out",
        "made once, in `DATA_DIR/secret_key`",
    ),
    "ENCRYPTION_KEY": (
        "Seals what nobody may read in the database; 32 characters and more",
        "made once, in `DATA_DIR/encryption_key`",
    ),
    "ALLOWED_HOSTS": ("Names under which it is reached", "this machine only"),
    "PUBLIC_URL": (
        "The address that people use: links in mails begin with it",
        "`http://127.0.0.1:PORT`",
    ),
    "TRUSTED_PROXIES": ("Whose `X-Forwarded-…` headers count", "nobody's"),
    "OUTBOUND_ALLOW": (
        "Reserved for the outgoing calls of a later version: private networks that they may reach",
        "none",
    ),
    "EMAIL_URL": (
        "Where mails go: `smtp+tls://USER:PASSWORD@HOST:587`, or a folder",
        "files in `DATA_DIR/outbox`",
    ),
    "DEFAULT_FROM_EMAIL": ("Sender of mails", "`Sluice <sluice@localhost>`"),
    "DATA_DIR": (
        "SQLite file, outbox, keys; shared by all processes of an installation",
        "`var/` beside the code",
    ),
    "LOG_FORMAT": ("Lines for people or for programs", "`console`"),
    "PORT": ("Where `serve` listens", "8000"),
}
FORMS = {
    "text": "text",
    "names": "list",
    "networks": "list of addresses or networks (`10.0.0.0/8`)",
    "port": "1 to 65535",
    "secret": "text",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable as the settings read it: by which method, with which choices."""

    name: str
    method: str
    choices: tuple[str, ...]

    @property
    def form(self) -> str:
        if self.method == "choice":
            return f"one of {codes(self.choices)}"
        if self.method == "url":
            return f"address: {codes(f'{scheme}://' for scheme in self.choices)}"
        return FORMS[self.method]


def render() -> str:
    rows = [
        (code(one.name), MEANINGS[one.name][0], one.form, MEANINGS[one.name][1])
        for one in sorted(set(variables()), key=lambda one: _place(one.name))
    ]
    return page(
        "Settings", INTRODUCTION, table(("variable", "meaning", "form", "unset"), rows), PRODUCTION
    )


def _place(name: str) -> int:
    if name not in MEANINGS:
        raise LookupError(f"Say in {__name__}.MEANINGS what {name} means.")
    return list(MEANINGS).index(name)


def variables() -> Iterator[Variable]:
    """Each variable that is read, where it is read first with its form."""
    tree = ast.parse(Path(settings.__file__).read_text(encoding="utf-8"))
    seen = set()
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and getattr(call.func.value, "id", "") == "_read"
            and call.args
            and (name := str(ast.literal_eval(call.args[0]))) not in seen
        ):
            seen.add(name)
            yield Variable(name, call.func.attr, _choices(call.func.attr, call))


def _choices(method: str, call: ast.Call) -> tuple[str, ...]:
    if method not in ("choice", "url") or len(call.args) < 2:
        return ()
    return tuple(ast.literal_eval(call.args[1]))

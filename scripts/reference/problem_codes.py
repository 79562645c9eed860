"""problem-codes.md: every `code` of a problem document, and of the problems in its `errors`."""

from __future__ import annotations

from itertools import groupby

from rest_framework import exceptions as rest

from accounts.http.forms import camel
from accounts.http.problems import CODES, SENTENCES, STATUS_OF
from catalog.expressions.errors import Code
from scripts.reference.markdown import code, codes, page, table
from scripts.reference.source_codes import Found, all_found, refusals

INTRODUCTION = """
Programs may rely on these codes; the sentences beside them are for people and may change, with `…`
for what is filled in. The form of a refusal is described in [the HTTP API](http-api.md#refusals);
the commands print the sentences of the same problems.
"""
MOST_SENTENCES = 2
# Codes whose sentences are put together at run time, or come from a library.
MEANINGS = {
    "commentMissing": "The transition is made with a comment, and there is none, or an empty one.",
    "notYetActive": "It can be declared, but has no effect in this version.",
    "unknownTransition": "The object's lifecycle has no transition of this key.",
    "unknownField": "The body has a member that this address doesn't know.",
    "weakPassword": "The password is too short, too common, or too like the user.",
}
OF_THE_FRAMEWORK = (
    (rest.NotAuthenticated, "Nobody is signed in, and no token was sent."),
    (rest.AuthenticationFailed, "The token is not valid (any more)."),
    (rest.PermissionDenied, "A session's request came without its CSRF token."),
    (rest.UnsupportedMediaType, "The body is no JSON in UTF-8."),
)


def render() -> str:
    return page(
        "Problem codes",
        INTRODUCTION,
        "## Of the whole refusal",
        table(("status", "code", "when"), _refused()),
        "## Of one problem in `errors`",
        "Each names its place in `pointer`. *Where* names the modules that tell it.",
        table(("code", "says, for example", "where"), _places()),
        "## Of an expression",
        "Stand in `errors`, with the pointer of the text and the place in it in the sentence; their"
        f" meaning is told by [expressions](expressions.md): {codes(sorted(Code))}.",
    )


def _refused() -> list[tuple[str, str, str]]:
    """By status, then code: what ours refuse with, and what the framework does."""
    rows = {(status, name): SENTENCES.get(status, "") for status, name in CODES.items()}
    for one in refusals().values():
        if (status := _status(one)) and one.code:
            rows.setdefault((status, one.code), _sentence(one.__doc__))
    for found in all_found():
        if found.refusal and (status := _status(refusals()[found.refusal])):
            said = rows.get((status, found.code)) or found.detail
            rows[status, found.code] = said or MEANINGS[found.code]
    for kind, said in OF_THE_FRAMEWORK:
        rows[kind.status_code, camel(kind.default_code)] = said
    return [(str(status), code(name), rows[status, name]) for status, name in sorted(rows)]


def _status(kind: type[Exception]) -> int | None:
    return next((status for base, status in STATUS_OF if issubclass(kind, base)), None)


def _places() -> list[tuple[str, str, str]]:
    told = sorted((one for one in all_found() if not one.refusal), key=lambda one: one.code)
    return [_place(name, list(some)) for name, some in groupby(told, key=lambda one: one.code)]


def _place(name: str, found: list[Found]) -> tuple[str, str, str]:
    sentences = dict.fromkeys(one.detail for one in found if one.detail)
    modules = dict.fromkeys(_module(one.path) for one in found)
    said = " / ".join(list(sentences)[:MOST_SENTENCES]) or MEANINGS[name]
    return code(name), said, ", ".join(modules)


def _module(path: str) -> str:
    """The first two levels of the module: enough to find it by its code."""
    return "/".join(path.removesuffix(".py").split("/")[:2])


def _sentence(text: str | None) -> str:
    return " ".join((text or "").split("\n\n", maxsplit=1)[0].split())

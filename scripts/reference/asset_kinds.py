"""asset-kinds.md: what a package's lists may hold, from the kinds that are registered."""

from __future__ import annotations

import inspect
import json

from catalog.packages.fields import Field
from catalog.packages.kinds import AssetKind, asset_kinds, in_order, list_names
from catalog.usages import Usage, usages
from scripts.reference.markdown import code, codes, page, table
from scripts.reference.source_codes import codes_in, shared_codes

INTRODUCTION = """
What the lists of a [package](packages.md) may hold. The same fields make up the bodies of the
[addresses of the schema](http-api.md#addresses-of-the-schema). Keys have the form
`[A-Za-z][A-Za-z0-9_-]{0,99}`, are case-sensitive, and unique ignoring case.

A field that is absent, or null, has its default. *Names* says what must exist under the key that
the field holds, in the package or in the account already. The codes are those of problems that only
this kind has; any kind has the [codes of form](problem-codes.md).
"""


def render() -> str:
    index = table(("list", "kinds"), [(code(name), _kinds_of(name)) for name in list_names()])
    uses = table(("use", "of", "counted"), map(_use, usages))
    kinds = sorted(in_order(), key=lambda kind: list(asset_kinds.keys()).index(kind.key))
    return page(
        "Asset kinds",
        INTRODUCTION,
        index,
        *(_section(kind) for kind in kinds),
        "## What keeps an asset",
        "An asset that another names, or that rows of these kinds need, is not deleted and doesn't "
        "leave a package (`inUse`).",
        uses,
    )


def _use(usage: Usage) -> tuple[str, str, str]:
    return code(usage.key), f"[{usage.kind}](#{usage.kind.lower()})", usage.label


def _kinds_of(name: str) -> str:
    found = [kind for kind in asset_kinds if name in kind.lists]
    return ", ".join(f"[{kind.key}](#{kind.key.lower()})" for kind in found)


def _section(kind: AssetKind) -> str:
    facts = [_sentence(inspect.getdoc(type(kind)) or ""), _identity(kind)]
    if kind.is_kept_only:
        facts.append("Checked, kept and exported; **without effect in this version**.")
    if kind.may_never_match:
        facts.append("May name unknown keys with `--allow-unknown-keys`; it never matches then.")
    rows = [_row(field) for field in kind.fields]
    heads = ("field", "type", "needed", "default", "names", "meaning")
    own = codes_in(type(kind)) - shared_codes()
    told = f"Codes of its own: {codes(sorted(own))}." if own else ""
    parts = [f"## {kind.key}", " ".join(facts), table(heads, rows), told]
    return "\n\n".join(part for part in parts if part)


def _sentence(text: str) -> str:
    return " ".join(text.split("\n\n", maxsplit=1)[0].split())


def _identity(kind: AssetKind) -> str:
    if kind.is_keyless:
        return "It has no key: its entries are a set, told apart by all that they say."
    if kind.identity_fields == ("key",):
        return ""
    return f"Told apart by {' and '.join(code(one) for one in kind.identity_fields)} together."


def _row(field: Field) -> tuple[str, ...]:
    names = f"[{field.references}](#{field.references.lower()})"
    if field.references not in asset_kinds:
        names = code(field.references)
    return (
        code(field.name),
        _type(field),
        "yes" if field.required else "",
        "" if field.default is None else code(json.dumps(field.default)),
        names,
        field.description,
    )


def _type(field: Field) -> str:
    if not field.enum:
        return field.type
    older = ", ".join(f"`{old}` = `{new}`" for old, new in field.aliases.items())
    return f"one of {codes(field.enum)}" + (f" (older words: {older})" if older else "")

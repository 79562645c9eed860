"""events.md: what the journal and an object's history record, who acts on it, and by which task."""

from __future__ import annotations

import ast

from django.conf import settings

from accounts.gates import declaration_of
from automations.triggers.event import EVENT_KINDS
from catalog.models import Change
from config.celery import app
from journal.kinds import consumers, consumers_of, sweeps
from journal.origin import VIA_KINDS
from scripts.reference.markdown import code, codes, page, table
from scripts.reference.source_codes import PACKAGES, ROOT

INTRODUCTION = """
An event is a row that is written in the transaction of what it tells of
([one event, end to end](../explanation/one-event-end-to-end.md)). It carries who did it (`actor`),
through what (`via`), which event began its chain (`root`) and how deep in the chain it stands
(`depth`), and its payload.
"""
# What each kind tells of, and the members of its payload.
MEANINGS = {
    "objectCreated": ("An object began to exist", "`snapshot`: all that it has"),
    "attributeChanged": ("Attributes of one save changed", "`changes`: by key, before and after"),
    "relationAdded": ("Relations were added", "`relations`: type and target of each"),
    "relationRemoved": ("Relations were taken away", "`relations`: type and target of each"),
    "objectDeleted": ("The object is gone", "`snapshot`: what it was"),
    "workflowStateChanged": (
        "It moved to another state",
        "`before`, `after`, `transitionKey` (null: its state left)",
    ),
    "objectMoved": ("It has another parent or board", "`before`, `after`: the two keys of each"),
    "userRelationChanged": (
        "Other people relate to it",
        "`userRelationTypeKey`; `before`, `after`: usernames",
    ),
    "commentAdded": (
        "Somebody said something about it",
        "`commentId`, `commentTypeKey`, `parentId`, `transitionKey`; never the text",
    ),
    "approvalRequested": (
        "Somebody wants a move that is put to a vote",
        "`approvalId`, `transitionKey`",
    ),
    "approvalDecided": ("Its votes came to something", "`approvalId`, `transitionKey`, `status`"),
    "approvalVoided": (
        "What a vote was bound to has changed",
        "`approvalId`, `transitionKey`, `elector`",
    ),
    "approvalReminded": ("Its deadline is near", "`approvalId`, `transitionKey`"),
    "approvalBlocked": ("Nobody is entitled to vote on it", "`approvalId`, `transitionKey`"),
    "holdersChanged": (
        "Others own, join or are in something",
        "`thing`: `workspace`, `board`, `team`; `key`",
    ),
    "assetSaved": ("An asset was made or changed by itself", "`kind`, `identity`"),
    "assetDeleted": ("An asset was deleted by itself", "`kind`, `identity`"),
    "userChanged": ("A user was changed or deleted", "`username`"),
    "packageApplied": ("A package changed something", "`packageKey`, and the counts"),
    "workflowCreated": ("A workflow was made", "`workflowKey`"),
    "workflowChanged": ("Its own fields changed", "`workflowKey`, `fields`"),
    "workflowShared": ("Its owners or members changed", "`workflowKey`"),
    "workflowDeleted": ("A workflow was deleted; its runs stay", "`workflowKey`"),
    "workflowPublished": ("A version went live", "`workflowKey`, `version`"),
    "workflowUnpublished": ("It was taken out of production", "`workflowKey`"),
    "workflowEnabled": ("Its trigger was switched on", "`workflowKey`"),
    "workflowDisabled": ("Its trigger was switched off", "`workflowKey`"),
    "draftBegun": ("A draft was begun", "`workflowKey`"),
    "draftSaved": ("A draft has another definition", "`workflowKey`"),
    "draftReverted": ("A draft ended without being published", "`workflowKey`, `definition`"),
}


def render() -> str:
    rows = [_row(kind) for kind in sorted(_recorded())]
    return page(
        "Events and history",
        INTRODUCTION,
        "## Kinds of events",
        table(("kind", "what happened", "payload", "starts workflows", "consumers"), rows),
        "## Consumers",
        "Each acts on each event of its kinds once, in batches, in the transaction that takes its "
        "mark away. A sweep, at a worker's start and every two seconds, wakes what a lost message "
        "left behind.",
        table(
            ("consumer", "kinds"),
            [(code(one.key), codes(sorted(one.kinds))) for one in consumers],
        ),
        f"Sweeps: {codes(one.key for one in sweeps)}.",
        "## Tasks",
        table(("task", "what it does"), _tasks()),
        "## An object's history",
        "`GET objects/ID/changes/` gives a row for each change; it outlives the object. `verb` is "
        f"one of {codes(Change.Verb.values)}; `via.kind` one of {codes(VIA_KINDS)}.",
        "`field` is `stateKey`, `name`, `attributes.KEY`, `relations.KEY`, `userRelations.KEY`, "
        "`transitions.KEY` of what is put to a vote, `parentKey`, `boardKey`, or empty for the "
        "object as a whole.",
    )


def _row(kind: str) -> tuple[str, ...]:
    if kind not in MEANINGS:
        raise LookupError(f"Say in {__name__}.MEANINGS what the event {kind} means.")
    acting = [one.key for one in consumers_of(kind)]
    starts = "yes" if kind in EVENT_KINDS else ""
    return code(kind), *MEANINGS[kind], starts, codes(acting)


def _tasks() -> list[tuple[str, str]]:
    app.loader.import_default_modules()
    ours = {*settings.OUR_APPS, "config"}
    found = []
    for name, task in sorted(app.tasks.items()):
        if task.__module__.partition(".")[0] in ours:
            gate = declaration_of(task) or declaration_of(task.run)
            found.append((code(name), gate.why if gate else ""))
    return found


def _recorded() -> set[str]:
    """The kinds that are recorded anywhere, or that a consumer waits for."""
    calls = (
        call
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "migrations" not in path.parts
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
    )
    written = {kind for call in calls for kind in _kinds(call)}
    return written | {kind for one in consumers for kind in one.kinds}


def _kinds(call: ast.Call) -> list[str]:
    """What `tell("kind", …)` or `Fact("kind", …)` names, one of two where the call chooses."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    if name not in ("tell", "Fact") or not call.args:
        return []
    first = call.args[0]
    options = [first.body, first.orelse] if isinstance(first, ast.IfExp) else [first]
    said = [one.value for one in options if isinstance(one, ast.Constant)]
    return [one for one in said if isinstance(one, str) and one.isidentifier()]

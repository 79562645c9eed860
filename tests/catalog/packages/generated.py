"""Generated packages: sound ones, of every shape that entries may be written in."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import strategies as st

from accounts.names import misleading_in

Document = dict[str, Any]
Entry = dict[str, Any]

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda text: misleading_in(text) is None and text.strip() != ""
)
LETTERS = st.sampled_from(string.ascii_letters)
KEYS = st.builds(
    lambda first, rest: first + rest,
    LETTERS,
    st.text(string.ascii_letters + string.digits + "_-", max_size=6),
).filter(lambda key: key.lower() not in {"bulk", "test", "compare"})

FORMS: list[Entry] = [
    {},
    {"type": "integer", "default": 5},
    {"type": "list", "itemType": "date"},
    {"type": "enum", "options": ["a", "b"], "default": "b"},
    {"type": "decimal", "unique": True},
]


def keys(least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(KEYS, min_size=least, max_size=most, unique_by=str.lower)


@st.composite
def entry(draw: st.DrawFn, key: str, optional: dict[str, st.SearchStrategy[Any]]) -> Entry:
    """An entry with this key and some of the optional fields, in any order."""
    chosen = [name for name in ("name", *optional) if draw(st.booleans())]
    fields: Entry = {"key": key}
    fields |= {name: draw(optional.get(name, NAMES)) for name in chosen}
    return {name: fields[name] for name in draw(st.permutations(list(fields)))}


@st.composite
def packages(draw: st.DrawFn) -> Document:
    """A package whose every key exists."""
    relations = draw(keys(1, 3))
    applications = draw(keys(0, 2))
    lifecycles = draw(keys(1, 2))
    types = draw(keys(1, 3))
    one_lifecycle = len(lifecycles) == 1
    states = {one: draw(keys(2, 4)) for one in lifecycles}
    document: Document = {
        "packageKey": draw(KEYS),
        "userRelationTypes": [draw(entry(one, {})) for one in relations],
        "applications": [draw(entry(one, {})) for one in applications],
        "workflows": [
            draw(entry(one, {"initStateKey": st.sampled_from(states[one])})) for one in lifecycles
        ],
        "workflowStates": [
            draw(_state(state, one, one_lifecycle)) for one in lifecycles for state in states[one]
        ],
        "objectTypes": [draw(_object_type(one, applications, lifecycles)) for one in types],
    }
    document["attributeTypes"] = draw(_attributes(types))
    document["relationTypes"] = [
        draw(
            entry(
                one,
                {
                    "sourceObjectTypeKey": st.sampled_from(types),
                    "targetObjectTypeKey": st.sampled_from(types),
                },
            )
        )
        for one in draw(keys(0, 2))
    ]
    draw(_transitions(document, states, one_lifecycle))
    document["conditions"] = draw(_conditions(document, relations, types, states))
    kept = [name for name in document if document[name] != [] or draw(st.booleans())]
    return {name: document[name] for name in draw(st.permutations(kept))}


@st.composite
def _state(draw: st.DrawFn, key: str, lifecycle: str, may_leave_out: bool) -> Entry:
    made = draw(
        entry(
            key,
            {
                "color": st.from_regex(r"\A#([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z"),
                "position": st.integers(-5, 5),
            },
        )
    )
    if not may_leave_out or draw(st.booleans()):
        made["workflowKey"] = lifecycle
    return made


@st.composite
def _object_type(
    draw: st.DrawFn, key: str, applications: list[str], lifecycles: list[str]
) -> Entry:
    optional = {"workflowKey": st.sampled_from(lifecycles)}
    if applications:
        optional["applicationKey"] = st.sampled_from(applications)
    return draw(entry(key, optional))


@st.composite
def _attributes(draw: st.DrawFn, types: list[str]) -> list[Entry]:
    made = []
    for owner in types:
        for key in draw(keys(0, 2)):
            one = draw(entry(key, {"required": st.booleans(), "filterable": st.booleans()}))
            form = draw(st.sampled_from(FORMS))
            if len(types) > 1 or draw(st.booleans()):
                one["objectTypeKey"] = owner
            made.append(one | form)
    return made


@st.composite
def _transitions(
    draw: st.DrawFn, document: Document, states: dict[str, list[str]], may_leave_out: bool
) -> None:
    lists: dict[str, list[Entry]] = {"workflowTransitionTriggers": [], "workflowTransitions": []}
    for place, (lifecycle, its_states) in enumerate(states.items()):
        nested = []
        for key in draw(keys(0, 3)):
            start, end = draw(st.permutations(its_states))[:2]
            one = draw(
                entry(
                    key,
                    {
                        "changeThresholdTypeKey": st.sampled_from(
                            ["any", "majority", "all", "one_user", "all_users_one_from_groups"]
                        ),
                        "isForceComment": st.booleans(),
                        "allowRequesterVote": st.booleans(),
                        "deadlineHours": st.integers(1, 100),
                    },
                )
            ) | {"fromStateKey": start, "toStateKey": end}
            where = draw(st.sampled_from([*lists, "nested"]))
            if where == "nested":
                nested.append(one)
                continue
            if not may_leave_out or draw(st.booleans()):
                one["workflowKey"] = lifecycle
            lists[where].append(one)
        says_so = draw(st.booleans())
        if nested or says_so:
            document["workflows"][place]["transitions"] = nested
    document.update(lists)


@st.composite
def _conditions(
    draw: st.DrawFn,
    document: Document,
    relations: list[str],
    types: list[str],
    states: dict[str, list[str]],
) -> list[Entry]:
    lifecycle_of = {one["key"]: one.get("workflowKey") for one in document["objectTypes"]}
    made = []
    for _ in range(draw(st.integers(0, 4))):
        owner = draw(st.sampled_from(types))
        one: Entry = {"objectTypeKey": owner}
        if len(types) == 1 and draw(st.booleans()):
            one = {}
        lifecycle = lifecycle_of[owner]
        if lifecycle is not None and draw(st.booleans()):
            one["workflowStateKey"] = draw(st.sampled_from(states[lifecycle]))
        if draw(st.booleans()):
            one["userRelationTypeKey"] = draw(st.sampled_from(relations))
        for name in ("editable", "visible"):
            if draw(st.booleans()):
                one[name] = draw(st.booleans())
        made.append(one)
    return made

"""A run's steps tell no value that was made of something its reader may not see."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.grants import set_holders
from automations.models import Execution, ExecutionItem
from automations.sources import sources_of
from catalog.models import AttributeType, Board, BoardColumn, GovernedObject
from catalog.services import objects
from permissions.models import Condition
from tests.cast import Cast, Client
from tests.kitchen import NOTE, SYSTEM, TELL, Kitchen, definition, published
from tests.pages import browser, queries_of
from tests.settling import settle

SECRET = "4711"
CHANGED = {"event": "attributeChanged", "attributeKey": "price"}


def note(step: str, value: str) -> dict[str, Any]:
    return {**NOTE, "id": step, "value": value}


STEPS = [
    note("plain", "{{ @object.name }}"),
    note("direct", "{{ @object.attributes.price }}"),
    {"id": "failing", "type": "changeWorkflowState", "toStateKey": "x{{ @event.after }}"},
    note("event", "{{ @event.after }}"),
    note("by_step", "{{ @steps.direct.after }}"),
    note("by_steps", "{{ @steps.by_step.after }}"),
    {**NOTE, "id": "on_it", "attributeKey": "price", "value": "{{ 4711 }}"},
    note("after_it", "{{ @steps.on_it.after }}"),
    note("written", "{{ @object.name }}"),
    {"id": "kind", "type": "changeWorkflowState", "toStateKey": "{{ @event.kind }}"},
]
OPEN = ["plain", "kind"]


@pytest.fixture
def soup(cast: Cast, kitchen: Kitchen) -> GovernedObject:
    """A soup whose price changed, and the execution that this started."""
    what = definition(*STEPS, trigger=CHANGED)
    published("prices", what, actor=cast.acting("admin"))
    made = kitchen.make("Soup")
    objects.update(made, actor=SYSTEM, attributes={"price": SECRET})
    settle()
    return made


def hide_price(how: str) -> None:
    if how == "condition":
        Condition.objects.create(attribute=AttributeType.objects.get(key="price"), is_visible=False)
        return
    board = GovernedObject.objects.get().board
    BoardColumn.objects.create(board=board, attribute_key="price", is_view_restricted=True)


def told(api: Client, who: str) -> tuple[bool, dict[str, Any]]:
    """Whether details are hidden, and the steps by id."""
    address = f"/api/v1/executions/{Execution.objects.order_by('pk')[0].pk}/"
    steps = api(who).get(f"{address}steps/").json()["results"]
    return api(who).get(address).json()["hiddenDetails"], {one["stepId"]: one for one in steps}


def page_of(cast: Cast, who: str) -> str:
    address = f"/executions/{Execution.objects.order_by('pk')[0].pk}/"
    return browser(getattr(cast, who)).get(address).content.decode()


def shown(steps: dict[str, Any]) -> list[str]:
    return [key for key, step in steps.items() if step["input"] is not None]


@pytest.mark.parametrize("how", ["condition", "column"])
def test_what_was_made_of_a_hidden_attribute_is_hidden(
    api: Client, cast: Cast, soup: GovernedObject, how: str
) -> None:
    is_hidden, steps = told(api, "viewer")
    assert (is_hidden, shown(steps)) == (False, [step["id"] for step in STEPS])
    assert SECRET in steps["failing"]["error"]["detail"]
    assert SECRET in page_of(cast, "viewer")
    hide_price(how)
    is_hidden, steps = told(api, "viewer")
    assert (is_hidden, shown(steps)) == (True, OPEN)
    assert all(
        one["output"] is one["error"] is None for key, one in steps.items() if one["input"] is None
    )
    page = page_of(cast, "viewer")
    assert SECRET not in page
    assert "Soup" in page
    is_hidden, steps = told(api, "admin")
    assert (is_hidden, shown(steps)) == (False, [step["id"] for step in STEPS])
    assert SECRET in page_of(cast, "admin")


def test_who_may_view_the_column_reads_what_was_made_of_it(
    api: Client, cast: Cast, soup: GovernedObject
) -> None:
    hide_price("column")
    set_holders(BoardColumn.objects.get(), "view", users=[cast.viewer], teams=[])
    assert told(api, "viewer")[0] is False
    assert told(api, "member")[0] is True


def test_an_event_on_any_attribute_tells_of_the_hidden_one(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    what = definition(*STEPS[2:4], trigger={"event": "attributeChanged"})
    published("changes", what, actor=cast.acting("admin"))
    objects.update(kitchen.make("Soup"), actor=SYSTEM, attributes={"price": SECRET})
    settle()
    assert shown(told(api, "viewer")[1]) == ["failing", "event"]
    hide_price("condition")
    assert shown(told(api, "viewer")[1]) == []


def test_the_event_is_hidden_with_its_own_object_whatever_the_stream(
    api: Client, cast: Cast, kitchen: Kitchen, soup: GovernedObject
) -> None:
    other = kitchen.make("Bread")
    ExecutionItem.objects.update(object_id=other.pk)
    assert told(api, "outsider")[0] is False
    hidden = Board.objects.create(key="trials", name="T", workspace=cast.lab, type="private")
    GovernedObject.objects.filter(pk=soup.pk).update(board=hidden)
    is_hidden, steps = told(api, "outsider")
    assert is_hidden
    assert shown(steps) == ["plain", "direct", "on_it", "kind"]


def test_what_relations_led_to_is_hidden_where_something_there_may_be(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    steps = [
        note("above", "{{ @object.parent.name }}"),
        note("related", "{{ @object.relations.goes_with.attributes.price }}"),
    ]
    published("lines", definition(*steps, trigger=CHANGED), actor=cast.acting("admin"))
    objects.update(kitchen.make("Soup"), actor=SYSTEM, attributes={"price": SECRET})
    settle()
    assert shown(told(api, "outsider")[1]) == ["above", "related"]
    hide_price("column")
    assert shown(told(api, "outsider")[1]) == ["above"]
    Board.objects.create(key="trials", name="T", workspace=cast.lab, type="private")
    assert shown(told(api, "outsider")[1]) == []
    assert shown(told(api, "admin")[1]) == ["above", "related"]


def test_what_cannot_be_told_is_hidden(api: Client, cast: Cast, soup: GovernedObject) -> None:
    AttributeType.objects.filter(key="price").delete()
    assert shown(told(api, "viewer")[1]) == OPEN
    item = ExecutionItem.objects.get()
    item.steps = [{**one, "stepId": f"other-{one['stepId']}"} for one in item.steps]
    item.save()
    assert shown(told(api, "viewer")[1]) == []
    Execution.objects.update(version=None)
    assert shown(told(api, "viewer")[1]) == []
    assert len(shown(told(api, "admin")[1])) == len(STEPS)


def test_a_notification_is_hidden_by_what_its_template_reads(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    kitchen.template.body = "{{ @object.attributes.price }}"
    kitchen.template.save()
    published("tell", definition(TELL, NOTE, trigger=CHANGED), actor=cast.acting("admin"))
    objects.update(kitchen.make("Soup"), actor=SYSTEM, attributes={"price": SECRET})
    settle()
    assert shown(told(api, "viewer")[1]) == ["tell", "note"]
    hide_price("condition")
    assert shown(told(api, "viewer")[1]) == ["note"]


def test_executions_of_many_versions_take_as_many_queries_as_of_one(
    cast: Cast, api: Client, kitchen: Kitchen
) -> None:
    published("first", definition(TELL, STEPS[1], trigger=CHANGED), actor=cast.acting("admin"))
    soup = kitchen.make("Soup")
    objects.update(soup, actor=SYSTEM, attributes={"price": "1"})
    settle()
    hide_price("condition")
    client = browser(cast.viewer)
    few = queries_of(lambda: client.get("/api/v1/executions/"))
    for number in range(3):
        published(
            f"more_{number}", definition(TELL, *STEPS, trigger=CHANGED), actor=cast.acting("admin")
        )
    objects.update(soup, actor=SYSTEM, attributes={"price": "2"})
    settle()
    assert Execution.objects.count() > 4
    assert queries_of(lambda: client.get("/api/v1/executions/")) == few


def test_sources_go_round_by_variables_and_into_what_is_nested() -> None:
    """Kinds that set variables and repeat steps are none of this version's: any may come."""
    found = sources_of(
        {
            "trigger": {"event": "objectCreated"},
            "steps": [
                {
                    **note("outer", "{{ @object.attributes.price }}"),
                    "steps": [note("in", "{{ @item }}")],
                },
                {"id": "strange", "type": "unheardOf"},
                note("lost", "{{ @object.nothing }}"),
                note("all", "{{ @steps }}"),
            ],
        }
    )
    keys = {step: {read.key for read in one.of_object} for step, one in found.items()}
    assert keys["in"] == {"note", "price"}
    assert keys["all"] == {"note", "price"}
    assert {step for step, one in found.items() if one.is_untold} == {"strange", "lost", "all"}

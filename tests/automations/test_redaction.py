"""A run's steps tell no value that was made of something its reader may not see."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.grants import set_holders
from automations.models import Execution, ExecutionItem
from automations.sources import sources_of
from catalog.models import AttributeType, Board, BoardColumn, GovernedObject, Relation
from catalog.provenance import MOST_OBJECTS
from catalog.services import objects
from notifications.inbox import HIDDEN_VALUES
from notifications.models import Notification
from permissions.models import Condition
from tests.api.test_expressions import relate_many
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


def forget_what_was_read() -> None:
    """As rows are that were written before it was kept what steps were made of."""
    for item in ExecutionItem.objects.all():
        item.steps = [
            {name: value for name, value in step.items() if name != "madeOf"} for step in item.steps
        ]
        item.save()


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


@pytest.mark.parametrize("is_kept", [True, False])
@pytest.mark.parametrize("how", ["condition", "column"])
def test_what_was_made_of_a_hidden_attribute_is_hidden(
    api: Client, cast: Cast, soup: GovernedObject, how: str, is_kept: bool
) -> None:
    if not is_kept:
        forget_what_was_read()
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
    assert (is_hidden, shown(steps)) == (True, [])
    forget_what_was_read()
    is_hidden, steps = told(api, "outsider")
    assert is_hidden
    assert shown(steps) == ["plain", "direct", "on_it", "kind"]


@pytest.fixture
def related(cast: Cast, kitchen: Kitchen) -> GovernedObject:
    """The bread that a soup goes with, and an execution that read of both."""
    steps = [
        note("above", "{{ @object.parent.name }}"),
        note("names", "{{ @object.relations.goes_with.name }}"),
        note("prices", "{{ @object.relations.goes_with.attributes.price }}"),
        {**NOTE, "id": "on_it", "attributeKey": "servings", "value": "{{ 4 }}"},
        {"id": "by_step", "type": "changeWorkflowState", "toStateKey": "{{ @steps.prices.after }}"},
    ]
    published("lines", definition(*steps, trigger=CHANGED), actor=cast.acting("admin"))
    bread = kitchen.make("Bread", attributes={"price": SECRET})
    soup = kitchen.make("Soup", parent=kitchen.make("Menu"))
    Relation.objects.create(type=kitchen.goes_with, source=soup, target=bread)
    objects.update(soup, actor=SYSTEM, attributes={"price": "1"})
    settle()
    return bread


ALL_RELATED = ["above", "names", "prices", "on_it", "by_step"]


def test_what_relations_led_to_is_hidden_with_what_was_read_there(
    api: Client, cast: Cast, related: GovernedObject
) -> None:
    secret = Board.objects.create(key="trials", name="T", workspace=cast.lab, type="private")
    BoardColumn.objects.create(board=secret, attribute_key="price", is_view_restricted=True)
    assert shown(told(api, "outsider")[1]) == ALL_RELATED
    GovernedObject.objects.filter(pk=related.pk).update(board=secret)
    is_hidden, steps = told(api, "outsider")
    assert (is_hidden, shown(steps)) == (True, ["above", "on_it"])
    assert SECRET not in page_of(cast, "outsider")
    assert shown(told(api, "admin")[1]) == ALL_RELATED
    assert SECRET in page_of(cast, "admin")
    GovernedObject.objects.filter(pk=related.pk).delete()
    assert shown(told(api, "outsider")[1]) == ["above", "on_it"]


def test_an_attribute_that_is_hidden_on_a_related_object_alone_is_hidden(
    api: Client, cast: Cast, related: GovernedObject
) -> None:
    board = Board.objects.create(key="breads", name="B", workspace=cast.main)
    BoardColumn.objects.create(board=board, attribute_key="price", is_view_restricted=True)
    assert shown(told(api, "viewer")[1]) == ALL_RELATED
    GovernedObject.objects.filter(pk=related.pk).update(board=board)
    assert shown(told(api, "viewer")[1]) == ["above", "names", "on_it"]


def test_of_too_many_objects_it_counts_whether_anything_is_hidden_anywhere(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    text = "{{ text(count(@object.relations.goes_with.attributes.price)) }}"
    what = definition(note("many", text), NOTE, trigger=CHANGED)
    published("many", what, actor=cast.acting("admin"))
    soup = kitchen.make("Soup")
    relate_many(kitchen, soup, MOST_OBJECTS + 1, kitchen.goes_with)
    objects.update(soup, actor=SYSTEM, attributes={"price": "1"})
    settle()
    kept = ExecutionItem.objects.get().steps
    assert kept[0]["madeOf"] == {"anywhere": ["note", "price"]}
    assert shown(told(api, "viewer")[1]) == ["many", "note"]
    board = Board.objects.create(key="breads", name="B", workspace=cast.main)
    BoardColumn.objects.create(board=board, attribute_key="price", is_view_restricted=True)
    assert shown(told(api, "viewer")[1]) == []
    assert shown(told(api, "admin")[1]) == ["many", "note"]


def test_what_relations_led_to_was_hidden_where_something_there_may_be(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    steps = [
        note("above", "{{ @object.parent.name }}"),
        note("related", "{{ @object.relations.goes_with.attributes.price }}"),
    ]
    published("lines", definition(*steps, trigger=CHANGED), actor=cast.acting("admin"))
    objects.update(kitchen.make("Soup"), actor=SYSTEM, attributes={"price": SECRET})
    settle()
    forget_what_was_read()
    assert shown(told(api, "outsider")[1]) == ["above", "related"]
    hide_price("column")
    assert shown(told(api, "outsider")[1]) == ["above"]
    Board.objects.create(key="trials", name="T", workspace=cast.lab, type="private")
    assert shown(told(api, "outsider")[1]) == []
    assert shown(told(api, "admin")[1]) == ["above", "related"]


def test_what_cannot_be_told_is_hidden(api: Client, cast: Cast, soup: GovernedObject) -> None:
    AttributeType.objects.filter(key="price").delete()
    assert shown(told(api, "viewer")[1]) == OPEN
    forget_what_was_read()
    assert shown(told(api, "viewer")[1]) == OPEN
    item = ExecutionItem.objects.get()
    item.steps = [{**one, "stepId": f"other-{one['stepId']}"} for one in item.steps]
    item.save()
    assert shown(told(api, "viewer")[1]) == []
    Execution.objects.update(version=None)
    assert shown(told(api, "viewer")[1]) == []
    assert len(shown(told(api, "admin")[1])) == len(STEPS)


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_notification_is_hidden_by_what_its_template_reads(
    api: Client, cast: Cast, kitchen: Kitchen, is_kept: bool
) -> None:
    kitchen.template.body = "{{ @object.attributes.price }}"
    kitchen.template.save()
    published("tell", definition(TELL, NOTE, trigger=CHANGED), actor=cast.acting("admin"))
    soup = kitchen.make("Soup", user_relations={kitchen.business_owner: [cast.owner]})
    objects.update(soup, actor=SYSTEM, attributes={"price": SECRET})
    settle()
    if not is_kept:
        forget_what_was_read()
    assert shown(told(api, "viewer")[1]) == ["tell", "note"]
    hide_price("condition")
    assert shown(told(api, "viewer")[1]) == ["note"]


def test_a_notification_tells_no_output_of_a_step_that_is_hidden_from_its_receiver(
    api: Client, cast: Cast, kitchen: Kitchen
) -> None:
    kitchen.template.subject = "Now {{ @steps.direct.after }}, {{ @steps.plain.after }}"
    kitchen.template.body = "{{ @steps.by_step.after }} {{ text(@steps) }}"
    kitchen.template.save()
    people = [cast.owner, cast.viewer, cast.admin]
    soup = kitchen.make("Soup", user_relations={kitchen.business_owner: people})
    board = soup.board
    column = BoardColumn.objects.create(board=board, attribute_key="price", is_view_restricted=True)
    set_holders(column, "view", users=[cast.owner], teams=[])
    direct = note("direct", "{{ text(@object.attributes.price) }}")
    by_step = note("by_step", "{{ @steps.direct.after }}")
    what = definition(STEPS[0], direct, by_step, TELL, trigger=CHANGED)
    published("tell", what, actor=cast.acting("admin"))
    objects.update(soup, actor=SYSTEM, attributes={"price": SECRET})
    settle()
    received = {one.user.username: one for one in Notification.objects.all()}
    assert {name: one.subject for name, one in received.items()} == {
        "owner": f"Now {SECRET}, Soup",
        "admin": f"Now {SECRET}, Soup",
        "viewer": "Now , Soup",
    }
    assert {name for name, one in received.items() if SECRET in one.body} == {"owner", "admin"}
    assert inbox_of(api, "owner") == f"Now {SECRET}, Soup"
    set_holders(column, "view", users=[cast.viewer], teams=[])
    assert inbox_of(api, "owner") == HIDDEN_VALUES
    assert inbox_of(api, "viewer") == "Now , Soup"
    assert inbox_of(api, "admin") == f"Now {SECRET}, Soup"


def inbox_of(api: Client, who: str) -> str:
    (entry,) = api(who).get("/api/v1/notifications/").json()["results"]
    assert (SECRET in entry["body"]) is (SECRET in entry["subject"])
    subject: str = entry["subject"]
    return subject


@pytest.mark.parametrize("is_kept", [True, False])
def test_executions_of_many_versions_take_as_many_queries_as_of_one(
    cast: Cast, api: Client, kitchen: Kitchen, is_kept: bool
) -> None:
    published("first", definition(TELL, STEPS[1], trigger=CHANGED), actor=cast.acting("admin"))
    soup = kitchen.make("Soup")
    objects.update(soup, actor=SYSTEM, attributes={"price": "1"})
    settle()
    hide_price("condition")
    if not is_kept:
        forget_what_was_read()
    client = browser(cast.viewer)
    few = queries_of(lambda: client.get("/api/v1/executions/"))
    for number in range(3):
        published(
            f"more_{number}", definition(TELL, *STEPS, trigger=CHANGED), actor=cast.acting("admin")
        )
    objects.update(soup, actor=SYSTEM, attributes={"price": "2"})
    settle()
    if not is_kept:
        forget_what_was_read()
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

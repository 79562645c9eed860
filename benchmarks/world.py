"""The world in which is measured: recipes with a lifecycle under conditions, and their people.

Every benchmark makes its own objects in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

from celery import current_app
from django.db.models import F

from accounts.actor import Actor
from accounts.models import Role, User
from accounts.services.users import create_user
from automations.models import Execution
from catalog.models import Board, GovernedObject, ObjectType, State, UserRelation, UserRelationType
from catalog.packages.applying import apply
from catalog.services.boards import default_board
from journal.models import Pending
from notifications.models import Notification

OWNER = "business_owner"
PACKAGE: dict[str, Any] = {
    "packageKey": "benchmark",
    "applications": [{"key": "kitchen", "name": "Kitchen"}],
    "objectTypes": [
        {
            "key": "recipe",
            "name": "Recipe",
            "applicationKey": "kitchen",
            "workflowKey": "recipe_lifecycle",
        }
    ],
    "attributeTypes": [
        {"key": "note", "name": "Note", "objectTypeKey": "recipe", "type": "string"},
        {"key": "servings", "name": "Servings", "objectTypeKey": "recipe", "type": "integer"},
        {"key": "price", "name": "Price", "objectTypeKey": "recipe", "type": "decimal"},
        {
            "key": "cuisine",
            "name": "Cuisine",
            "objectTypeKey": "recipe",
            "type": "enum",
            "options": ["french", "indian"],
        },
    ],
    "userRelationTypes": [{"key": OWNER, "name": "Business owner"}],
    "workflows": [{"key": "recipe_lifecycle", "name": "Recipe lifecycle", "initStateKey": "draft"}],
    "workflowStates": [
        {"key": "draft", "name": "Draft", "position": 1},
        {"key": "review", "name": "In review", "position": 2},
        {"key": "approved", "name": "Approved", "position": 3},
    ],
    "workflowTransitions": [
        {"key": "submit", "name": "Submit", "fromStateKey": "draft", "toStateKey": "review"},
        {"key": "send_back", "name": "Send back", "fromStateKey": "review", "toStateKey": "draft"},
        {"key": "approve", "name": "Approve", "fromStateKey": "review", "toStateKey": "approved"},
    ],
    "conditions": [
        {
            "objectTypeKey": "recipe",
            "userRelationTypeKey": OWNER,
            "workflowStateKey": state,
            "editable": True,
            "visible": True,
        }
        for state in ("draft", "review")
    ],
    "automations": [
        {
            "key": "note_and_tell",
            "trigger": {"event": "workflowStateChanged", "toStateKey": "review"},
            "stream": {"objectTypeKey": "recipe"},
            "actions": [
                {
                    "type": "setAttributeValue",
                    "attributeKey": "note",
                    "value": "{{ @event.before }} to {{ @event.after }}",
                },
                {
                    "type": "sendNotification",
                    "templateKey": "in_review",
                    "recipientRelationType": OWNER,
                },
            ],
        }
    ],
    "notificationTemplates": [
        {
            "key": "in_review",
            "subject": "{{ @object.name }} is in {{ @object.stateKey }}",
            "body": "<p>{{ @object.name }}: {{ @event.before }} to {{ @event.after }}</p>",
            "Module_Id": "kitchen",
            "notifyAuthor": True,
        }
    ],
}


@dataclass(frozen=True)
class World:
    """What the benchmarks have in common."""

    recipe: ObjectType
    board: Board
    states: dict[str, State]
    owner_type: UserRelationType
    member: User
    numbers: count[int]

    @classmethod
    def build(cls) -> World:
        """Makes it through the product's own services."""
        system = Actor.system()
        member = create_user(
            "bench_member", actor=system, email="member@example.org", role=Role.MEMBER
        )
        admin = create_user("bench_admin", actor=system, email="admin@example.org", role=Role.ADMIN)
        apply(PACKAGE, actor=Actor(admin))
        recipe = ObjectType.objects.get(key="recipe")
        return cls(
            recipe=recipe,
            board=default_board(recipe),
            states={one.key: one for one in State.objects.filter(lifecycle=recipe.lifecycle)},
            owner_type=UserRelationType.objects.get(key=OWNER),
            member=member,
            numbers=count(1),
        )

    @property
    def actor(self) -> Actor:
        """The member, as a request would have them: read from the database just now."""
        return Actor(User.objects.get(pk=self.member.pk), via_kind="api")

    def recipes(self, how_many: int) -> list[GovernedObject]:
        """New objects of the member's, in the first state, written without history or events."""
        made = [self.recipe_row() for _ in range(how_many)]
        GovernedObject.objects.bulk_create(made, batch_size=500)
        UserRelation.objects.bulk_create(
            [UserRelation(type=self.owner_type, object=one, user=self.member) for one in made],
            batch_size=500,
        )
        return made

    def recipe_row(self) -> GovernedObject:
        """A recipe with a number of its own, not saved yet."""
        number = next(self.numbers)
        return GovernedObject(
            object_type=self.recipe,
            board=self.board,
            key=f"recipe-{number}",
            name=f"Recipe {number}",
            state=self.states["draft"],
            attributes={"servings": number % 12 + 1, "price": f"{number % 90}.5"},
        )

    def spread(self, boards: int) -> None:
        """Puts the recipes on so many boards, each with an equal share, mixed by their age."""
        workspace = self.board.workspace
        places = [self.board]
        for number in range(1, boards):
            named = {"name": f"Spread {number}", "workspace": workspace}
            places.append(Board.objects.get_or_create(key=f"spread-{number}", defaults=named)[0])
        recipes = GovernedObject.objects.filter(object_type=self.recipe)
        for number, place in enumerate(places):
            recipes.alias(share=F("pk") % boards).filter(share=number).update(board=place)


def forget_work() -> None:
    """Takes away what waits for a worker, so that no benchmark does what another one left."""
    Pending.objects.all().delete()
    Execution.objects.all().delete()
    Notification.objects.all().delete()
    current_app.control.purge()

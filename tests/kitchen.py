"""The sample world of the tests: recipes with a lifecycle, made without packages.

recipe: draft -> review (submit), review -> approved (approve), review -> draft (send_back),
        draft -> archived by vote (retire), review -> archived with a comment (drop)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.actor import Actor
from accounts.models import User, Workspace
from catalog.models import (
    AttributeType,
    CommentType,
    CommentTypeCategory,
    GovernedObject,
    Lifecycle,
    ObjectType,
    RelationType,
    State,
    UserRelationType,
)
from catalog.services import objects
from notifications.models import Template
from workflows.authoring.services import drafts, publishing, workflows
from workflows.models import Transition, Workflow

SYSTEM = Actor.system()


@dataclass(frozen=True)
class Kitchen:
    """The schema of recipes."""

    recipe: ObjectType
    lifecycle: Lifecycle
    states: dict[str, State]
    transitions: dict[str, Transition]
    goes_with: RelationType
    business_owner: UserRelationType
    reviewer: UserRelationType
    template: Template
    comment_types: dict[str, CommentType]

    def make(self, name: str = "Soup", *, actor: Actor = SYSTEM, **fields: Any) -> GovernedObject:
        return objects.create(self.recipe, actor=actor, name=name, **fields)


def build_kitchen() -> Kitchen:
    lifecycle = Lifecycle.objects.create(key="recipe_lifecycle", name="Recipe lifecycle")
    states = {
        key: State.objects.create(lifecycle=lifecycle, key=key, name=key.title(), position=place)
        for place, key in enumerate(("draft", "review", "approved", "archived"), start=1)
    }
    recipe = ObjectType.objects.create(key="recipe", name="Recipe", lifecycle=lifecycle)
    for key, kind, extra in (
        ("note", "string", {}),
        ("servings", "integer", {"default": 4}),
        ("price", "decimal", {}),
        ("number", "integer", {"is_unique": True}),
        ("cuisine", "enum", {"options": ["french", "indian"]}),
    ):
        AttributeType.objects.create(object_type=recipe, key=key, name=key, type=kind, **extra)
    return Kitchen(
        recipe=recipe,
        lifecycle=lifecycle,
        states=states,
        transitions=_transitions(lifecycle, states),
        goes_with=RelationType.objects.create(key="goes_with", name="Goes with"),
        business_owner=UserRelationType.objects.create(key="business_owner", name="Owner"),
        reviewer=UserRelationType.objects.create(key="reviewer", name="Reviewer"),
        template=Template.objects.create(
            key="in_review",
            subject="{{ @object.name }} is in {{ @object.stateKey }}",
            body="<p>{{ @object.name }}: {{ @event.before }} to {{ @event.after }}</p>",
        ),
        comment_types=_comment_types(),
    )


def _comment_types() -> dict[str, CommentType]:
    """Reason and remark in `decision`, which all see; audit in `internal`, which isn't visible."""
    decision = CommentTypeCategory.objects.create(
        key="decision", name="Decision", default_type_key="remark"
    )
    internal = CommentTypeCategory.objects.create(key="internal", name="Internal", is_visible=False)
    return {
        key: CommentType.objects.create(category=of, key=key, name=key.title(), position=at)
        for at, (key, of) in enumerate(
            [("reason", decision), ("remark", decision), ("audit", internal)]
        )
    }


def _transitions(lifecycle: Lifecycle, states: dict[str, State]) -> dict[str, Transition]:
    moves = {
        "submit": ("draft", "review", {}),
        "approve": ("review", "approved", {}),
        "send_back": ("review", "draft", {}),
        "retire": ("draft", "archived", {"mode": "majority"}),
        "drop": ("review", "archived", {"required_comment_type_key": "reason"}),
    }
    return {
        key: Transition.objects.create(
            lifecycle=lifecycle,
            key=key,
            name=key.title(),
            from_state=states[start],
            to_state=states[end],
            **extra,
        )
        for key, (start, end, extra) in moves.items()
    }


def definition(*steps: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """A definition that reacts to recipes coming into review, unless parts say otherwise."""
    return {
        "trigger": {"event": "workflowStateChanged", "toStateKey": "review"},
        "stream": {"objectTypeKey": "recipe"},
        "steps": list(steps),
        **parts,
    }


NOTE = {"id": "note", "type": "setAttributeValue", "attributeKey": "note", "value": "seen"}
TELL = {
    "id": "tell",
    "type": "sendNotification",
    "templateKey": "in_review",
    "recipientRelationType": "business_owner",
}


def published(
    key: str, what: dict[str, Any], *, actor: Actor = SYSTEM, owners: list[User] | None = None
) -> Workflow:
    """A workflow with this definition, live and enabled."""
    main = Workspace.objects.get(key="main")
    workflow = workflows.create_workflow(key, actor=actor, workspace=main, owners=owners)
    drafts.save_draft(workflow, what, actor=actor)
    publishing.publish(workflow, actor=actor)
    return Workflow.objects.get(pk=workflow.pk)

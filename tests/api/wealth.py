"""A world that has as many rows of everything as one wants, for what must not grow with them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model

from accounts.actor import Actor
from accounts.grants import JOIN, OWN, set_holders
from accounts.models import Invitation, Team, User, Workspace
from accounts.services.tokens import create_token
from automations import engine
from automations.dispatch import CONSUMER
from automations.models import Execution, ExecutionItem
from catalog.importing import uploads
from catalog.models import (
    Application,
    AttributeType,
    Board,
    BoardColumn,
    Change,
    CommentType,
    CommentTypeCategory,
    GovernedObject,
    Import,
    ImportBadLine,
    Lifecycle,
    ObjectType,
    Relation,
    RelationType,
    State,
    UserRelation,
    UserRelationType,
)
from catalog.provenance import Provenance
from catalog.services import commenting
from catalog.services.boards import default_board
from catalog.services.columns import VIEW
from journal.clock import now
from journal.consuming import consume
from notifications.models import Notification, Template
from permissions.models import Condition
from tests.cast import Cast, make_cast, make_team, make_user
from tests.kitchen import NOTE, TELL, Kitchen, build_kitchen, definition, published
from tests.pages import browser
from workflows.authoring.services import drafts
from workflows.lifecycle import service
from workflows.lifecycle.approvals import Awaiting
from workflows.models import (
    ApprovalElector,
    ApprovalRequest,
    ApprovalVote,
    Delegation,
    Draft,
    Version,
    Workflow,
)
from workflows.voting.delegating import delegate

M = TypeVar("M", bound=Model)

A_DAY = timedelta(days=1)
UNKNOWN = {"pk": 0, "token": "unknown", "uidb64": "MA", "reference": UUID(int=0)}
"""For addresses of which the world has no sample: those that only take posts."""


@dataclass
class Wealth:
    """One sample of everything that has an address, and as many neighbours as `grow` was told."""

    cast: Cast
    kitchen: Kitchen
    sample: GovernedObject
    workflow: Workflow
    execution: Execution
    upload: Import
    parts: dict[str, dict[str, object]]
    size: int = 0
    made: list[GovernedObject] = field(default_factory=list)

    def part(self, route: str, name: str) -> str:
        """What stands in an address for one of its parameters."""
        kinds = route.removeprefix("/").removeprefix("api/v1/").split("/")
        own = self.parts["people"] if {"user-relations", "people"} & set(kinds) else {}
        held = {**UNKNOWN, **self.parts.get(kinds[0], {}), **own}
        return str(held[name])

    def grow(self, size: int) -> None:
        """Makes more of everything, until there are so many beside the samples."""
        for number in range(self.size, size):
            self._schema(number)
            self._people(number)
            self._access(number)
            self._object(number)
            self._work(number)
            self._import(number)
        self.size = size

    def _schema(self, number: int) -> None:
        key, kitchen = f"more{number}", self.kitchen
        application = Application.objects.create(key=key, name=key)
        lifecycle = Lifecycle.objects.create(key=key, name=key)
        State.objects.create(lifecycle=lifecycle, key=key, name=key)
        State.objects.create(lifecycle=kitchen.lifecycle, key=key, name=key, position=number + 9)
        ObjectType.objects.create(key=key, name=key, lifecycle=lifecycle, application=application)
        AttributeType.objects.create(
            object_type=kitchen.recipe, key=key, name=key, type="string", position=number
        )
        RelationType.objects.create(key=key, name=key)
        relation = UserRelationType.objects.create(key=key, name=key)
        Condition.objects.create(
            object_type=kitchen.recipe, user_relation_type=relation, is_editable=True
        )
        category = CommentTypeCategory.objects.create(key=key, name=key)
        CommentType.objects.create(category=category, key=key, name=key)
        Template.objects.create(key=key, subject="{{ @object.name }}", body="<p>Told.</p>")

    def _people(self, number: int) -> None:
        key = f"more{number}"
        user = make_user(key)
        make_team(f"Team::More{number}", user, self.cast.member)
        workspace = Workspace.objects.create(key=key, name=key)
        own_board = Board.objects.create(key=key, name=key, workspace=workspace)
        for thing in (workspace, own_board):
            set_holders(thing, OWN, users=[user], teams=[self.cast.teams["Team::Stewards"]])
            set_holders(thing, JOIN, users=[user, self.cast.member], teams=[])
        for board in (own_board, self.sample.board):
            column = BoardColumn.objects.create(
                board=board, attribute_key=key, is_view_restricted=True
            )
            set_holders(column, VIEW, users=[user, self.cast.member], teams=[])

    def _access(self, number: int) -> None:
        key = f"more{number}"
        Invitation.objects.create(
            email=f"{key}@example.com", invited_by=self.cast.admin, expires_at=now() + A_DAY
        )
        for user in (self.cast.member, self.cast.admin):
            create_token(user, name=key, actor=Actor(user))
            browser(user)

    def _object(self, number: int) -> None:
        key, sample = f"more{number}", self.sample
        owner, user = self.kitchen.business_owner, User.objects.get(username=key)
        made = GovernedObject.objects.create(
            object_type=self.kitchen.recipe,
            board=sample.board,
            key=key,
            name=key,
            parent=sample,
            state=self.kitchen.states["draft"],
            attributes={"note": key, key: key},
            created_by=user,
        )
        Relation.objects.create(type=self.kitchen.goes_with, source=sample, target=made)
        Relation.objects.create(type=self.kitchen.goes_with, source=made, target=sample)
        for one in (sample, made):
            UserRelation.objects.create(type=owner, object=one, user=user)
        for person in (self.cast.member, self.cast.admin):
            UserRelation.objects.create(type=owner, object=made, user=person)
        for person in (self.cast.member, user):
            kind = self.kitchen.comment_types["remark"]
            said = commenting.write(sample, key, actor=Actor(person), type=kind)
            commenting.write(sample, key, actor=Actor(self.cast.admin), parent=said)
        Change.objects.create(
            object_id=sample.pk,
            object_key=sample.key,
            actor_id=user.pk,
            actor_name=user.username,
            via_kind="api",
            verb=Change.Verb.CHANGED,
            field="attributes.note",
            before=key,
            after=key,
        )
        self._ask(made, user)
        self.made.append(made)

    def _ask(self, obj: GovernedObject, user: User) -> None:
        """Others have to vote on a move of it; they may do so for this person, too."""
        retire = self.kitchen.transitions["retire"]
        request = ApprovalRequest.objects.create(
            object=obj,
            transition=retire,
            transition_key=retire.key,
            from_state=obj.state,
            to_state_key=retire.to_state.key,
            requester=user,
            requester_name=user.username,
        )
        named = {"elector_name": user.username, "caster_name": user.username}
        ApprovalVote.objects.create(
            request=request, elector=user, caster=user, decision="approve", **named
        )
        for elector in (user, self.cast.member, self.cast.admin):
            ApprovalElector.objects.create(request=request, user=elector)
        for colleague in (self.cast.member, self.cast.admin):
            Delegation.objects.create(delegator=user, delegate=colleague)

    def _work(self, number: int) -> None:
        key, obj = f"more{number}", self.made[number]
        made_of = Provenance({obj.pk: {"note"}}).as_json()
        for user in (self.cast.member, self.cast.admin):
            Notification.objects.create(
                user=user,
                subject=key,
                body="",
                cause=key,
                object_id=obj.pk,
                made_of=made_of,
                via_kind="api",
            )
        self._workflow(key, obj)
        version = self.workflow.live_version
        assert version is not None
        Version.objects.create(
            workflow=self.workflow,
            number=number + 10,
            definition=version.definition,
            digest=key,
            published_by=self.cast.admin.username,
        )
        run = _again(self.execution, event_id=None, subject_id=obj.pk)
        for item in self.execution.items.all()[:1]:
            # Both what kept what it was made of, and what ran before that was kept.
            kept: Any = [{**step, "madeOf": made_of} for step in item.steps]
            steps: Any = kept if number % 2 else [_without_made_of(one) for one in kept]
            ExecutionItem.objects.create(
                execution=self.execution,
                position=number + 1,
                object_id=obj.pk,
                status="succeeded",
                steps=steps,
            )
            ExecutionItem.objects.create(
                execution=run, object_id=obj.pk, status="succeeded", steps=steps
            )

    def _workflow(self, key: str, obj: GovernedObject) -> None:
        """One that is live, with owners, members, a draft, and a run of its own."""
        user, team = User.objects.get(username=key), Team.objects.get(user__username=key)
        made = Workflow.objects.create(key=key, name=key, workspace=self.cast.main, created_by=user)
        set_holders(made, OWN, users=[user, self.cast.member], teams=[team])
        set_holders(made, JOIN, users=[self.cast.owner], teams=[])
        content = definition({**NOTE, "value": key})
        version = Version.objects.create(
            workflow=made,
            number=1,
            definition=content,
            digest=key,
            published_by=user.username,
            run_as=user,
        )
        made.go_live(version)
        made.save(update_fields=["status", "live_version"])
        Draft.objects.create(workflow=made, definition=content, digest=key, base_version=1)
        own = {"workflow": made, "workflow_key": key, "version": version, "run_as": user}
        _again(self.execution, event_id=None, subject_id=obj.pk, **own)

    def _import(self, number: int) -> None:
        _again(self.upload, file_name=f"more{number}.csv")
        problem = {"pointer": "/name", "code": "missing", "detail": "A name is needed here."}
        ImportBadLine.objects.create(run=self.upload, number=number + 1, problems=[problem])


def _without_made_of(step: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in step.items() if name != "madeOf"}


def _again(one: M, **changes: object) -> M:
    """Another row like this one, but for these columns."""
    columns = {
        field.attname: getattr(one, field.attname)
        for field in one._meta.concrete_fields
        if not field.primary_key and field.name not in changes
    }
    return type(one)._default_manager.create(**{**columns, **changes})


def build_wealth() -> Wealth:
    cast, kitchen = make_cast(), build_kitchen()
    workflow = published("react", definition(NOTE, TELL), actor=Actor(cast.admin))
    sample = kitchen.make("Sample", user_relations={kitchen.business_owner: [cast.member]})
    service.move(sample, "submit", actor=Actor(cast.member))
    consume(CONSUMER)
    execution = Execution.objects.get()
    assert engine.run(execution.pk)
    drafts.begin_draft(workflow, actor=Actor(cast.admin))
    both = {kitchen.business_owner: [cast.member, cast.steward]}
    target = kitchen.make("Target", user_relations=both)
    relation = Relation.objects.create(type=kitchen.goes_with, source=sample, target=target)
    condition = Condition.objects.create(
        object_type=kitchen.recipe, user_relation_type=kitchen.business_owner, is_editable=True
    )
    person = UserRelation.objects.get(object=sample, user=cast.member)
    application = Application.objects.create(key="sample", name="Sample")
    board = default_board(kitchen.recipe)
    BoardColumn.objects.create(board=board, attribute_key="price", is_view_restricted=True)
    upload = uploads.take_in(
        "recipes.csv",
        b"key,name\nbread,Bread\n",
        actor=Actor(cast.member),
        object_type=kitchen.recipe,
        board=board,
    )
    said = commenting.add(
        sample, "Salt?", actor=Actor(cast.member), type=kitchen.comment_types["remark"]
    )
    told = Notification.objects.create(
        user=cast.member, subject="Told", body="", cause="sample", via_kind="api"
    )
    keys: dict[str, object] = {
        "notification-templates": kitchen.template.key,
        "lifecycles": kitchen.lifecycle.key,
        "workflows": workflow.key,
        "applications": application.key,
        "object-types": kitchen.recipe.key,
        "attribute-types": "servings",
        "relation-types": kitchen.goes_with.key,
        "user-relation-types": kitchen.business_owner.key,
        "boards": board.key,
        "workspaces": cast.main.key,
        "comment-type-categories": "decision",
    }
    parts: dict[str, dict[str, object]] = {kind: {"key": key} for kind, key in keys.items()}
    parts["workflows"]["number"] = 1
    asked = service.move(target, "retire", actor=Actor(cast.member))
    assert isinstance(asked, Awaiting)
    delegation = delegate(cast.steward, actor=Actor(cast.member))
    parts |= {
        "approvals": {"id": asked.request.pk},
        "delegations": {"id": delegation.pk},
        "executions": {"id": execution.pk, "pk": execution.pk},
        "notifications": {"id": told.pk},
        "inbox": {"pk": told.pk},
        "imports": {"pk": upload.pk},
        "conditions": {"id": condition.pk},
        "users": {"name": cast.member.username, "pk": cast.member.pk},
        "people": {"relation": person.pk, "relation_id": person.pk},
        "teams": {"name": "Team::Admins"},
        "objects": {
            "id": sample.pk,
            "pk": sample.pk,
            "relation": relation.pk,
            "relation_id": relation.pk,
            "comment_id": said.pk,
            "comment": said.pk,
        },
    }
    return Wealth(cast, kitchen, sample, workflow, execution, upload, parts)

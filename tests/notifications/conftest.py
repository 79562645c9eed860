"""The cast and the soup that everybody is told about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from accounts.actor import Actor
from accounts.grants import JOIN, set_holders
from accounts.models import Role, Team, User, Workspace
from catalog.context import ObjectContext, Reading
from catalog.models import Board, GovernedObject, ObjectType, UserRelationType
from catalog.provenance import Provenance
from catalog.services import objects
from notifications.models import Template

CAST = ("owner", "steward", "approver", "member", "outsider")


@dataclass
class Kitchen:
    """An object type with a board for all and a private one, and people around a soup."""

    users: dict[str, User]
    recipe: ObjectType
    business_owner: UserRelationType
    reviewer: UserRelationType
    trials: Board
    soup: GovernedObject

    def user(self, name: str) -> User:
        return self.users[name]

    def assign(self, *names: str, to: GovernedObject | None = None) -> None:
        for name in names:
            self.users[name].user_relations.create(type=self.business_owner, object=to or self.soup)

    def make(self, name: str, *, board: Board | None = None) -> GovernedObject:
        return objects.create(self.recipe, actor=Actor.system(), name=name, board=board)

    def secret(self) -> GovernedObject:
        """An object on the private board, which only `member` has joined."""
        return self.make("Secret sauce", board=self.trials)

    def context(self, obj: GovernedObject | None = None) -> ObjectContext:
        return ObjectContext(
            reading=Reading(Actor.system()),
            current_username="owner",
            now=datetime(2026, 1, 2, tzinfo=UTC),
            obj=obj or self.soup,
            event={"before": "draft", "after": "review"},
            made_of=event_of(obj or self.soup),
        )

    def template(self, key: str = "told", **fields: object) -> Template:
        given = {
            "subject": "{{ @object.name }} is in review",
            "body": "<p><b>{{ @object.name }}</b> left {{ @event.before }}.</p>",
            "recipient_relation_types": ["business_owner"],
        }
        return Template.objects.create(key=key, **(given | fields))


def event_of(obj: GovernedObject, *keys: str) -> dict[str, dict[str, Provenance]]:
    """`@event` tells of these attributes of the object, or of the object alone."""
    told = Provenance({obj.pk: set(keys)})
    return {"event": {"before": told, "after": told}}


@pytest.fixture
def kitchen(db: None) -> Kitchen:
    users = {
        name: User.objects.create_user(name, email=f"{name}@e.example", password="demo")
        for name in CAST
    }
    users["admin"] = User.objects.create_user("admin", email="admin@e.example", role=Role.ADMIN)
    users["retired"] = User.objects.create_user("retired", is_active=False)
    Workspace.objects.get_or_create(key="main", defaults={"name": "Main"})
    lab = Workspace.objects.create(key="lab", name="Lab", access="private")
    trials = Board.objects.create(key="trials", name="Trials", workspace=lab, type="private")
    for thing in (lab, trials):
        set_holders(thing, JOIN, users=[users["member"]], teams=[])
    recipe = ObjectType.objects.create(key="recipe", name="Recipe")
    return Kitchen(
        users=users,
        recipe=recipe,
        business_owner=UserRelationType.objects.create(key="business_owner", name="Owner"),
        reviewer=UserRelationType.objects.create(key="reviewer", name="Reviewer"),
        trials=trials,
        soup=objects.create(recipe, actor=Actor.system(), name="Soup"),
    )


@pytest.fixture
def stewards(kitchen: Kitchen) -> Team:
    team = Team(name="Team::Stewards")
    team.save()
    for name in ("steward", "member"):
        kitchen.user(name).groups.add(team)
    return team


@pytest.fixture
def outbox(tmp_path: Path, settings: Settings) -> Path:
    """Mail goes into files, as in an installation that sets nothing."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "outbox")
    return Path(settings.EMAIL_FILE_PATH)


def closing(work: Callable[[], object]) -> Callable[[], None]:
    """For threads of a test: their connection ends with them."""

    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    return run

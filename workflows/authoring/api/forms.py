"""The bodies and answers of workflows, their drafts and their versions."""

from __future__ import annotations

from typing import Any

from rest_framework.serializers import (
    BooleanField,
    ChoiceField,
    DateTimeField,
    DictField,
    JSONField,
    ListField,
)

from accounts.http.forms import Flag, Form, Key, Names, Text, Whole
from accounts.http.schema import ProblemPlaceForm
from workflows.authoring.models import Workflow

MOST_TAGS = 50
MOST_MINUTES = 100_000
LONGEST_DESCRIPTION = 10_000


def tags(**kwargs: Any) -> ListField:
    return Names(child=Text(max_length=100), max_length=MOST_TAGS, **kwargs)


def minutes(**kwargs: Any) -> Whole:
    return Whole(min_value=0, max_value=MOST_MINUTES, allow_null=True, **kwargs)


class WorkflowForm(Form):
    """A workflow as the signed-in user sees it. Owners and members are usernames and team names."""

    key = Key()
    name = Text()
    description = Text(allow_blank=True)
    workspace_key = Key()
    type = ChoiceField(choices=Workflow.Type.choices)
    draft_mode = ChoiceField(choices=Workflow.DraftMode.choices)
    status = ChoiceField(choices=Workflow.Status.choices)
    has_unpublished_changes = BooleanField()
    live_version = Whole(allow_null=True)
    category_key = Key(allow_null=True)
    section_key = Key(allow_null=True)
    tags = tags()
    owners = Names()
    members = Names()
    time_back_minutes = minutes()
    can_edit = Flag()


class NewWorkflowForm(Form):
    """A workflow to be made, with an empty draft; without owners its maker is the owner."""

    key = Key()
    name = Text(max_length=200, required=False)
    description = Text(max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False)
    workspace_key = Text(max_length=100, required=False)
    type = ChoiceField(choices=Workflow.Type.choices, required=False)
    draft_mode = ChoiceField(choices=Workflow.DraftMode.choices, required=False)
    tags = tags(required=False)
    owners = Names(required=False)
    members = Names(required=False)
    time_back_minutes = minutes(required=False)


class WorkflowChangeForm(Form):
    """What of a workflow is to change; its key, its workspace and its status stay."""

    name = Text(max_length=200, required=False)
    description = Text(max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False)
    type = ChoiceField(choices=Workflow.Type.choices, required=False)
    draft_mode = ChoiceField(choices=Workflow.DraftMode.choices, required=False)
    tags = tags(required=False)
    owners = Names(required=False)
    members = Names(required=False)
    time_back_minutes = minutes(required=False)


class WorkflowParameters(Form):
    """How the list of workflows may be narrowed."""

    q = Text(required=False, max_length=200)
    status = ChoiceField(choices=Workflow.Status.choices, required=False)
    tag = Text(required=False, max_length=100)
    workspace = Text(required=False, max_length=100)
    owner = Text(required=False, max_length=150)


class DraftForm(Form):
    """The editable copy, the version it began from, and the room in which it is edited."""

    definition = DictField(child=JSONField(allow_null=True))
    base_version = Whole(allow_null=True)
    epoch = Text()


class DefinitionForm(Form):
    """A definition to be the draft; it may be unfinished."""

    definition = DictField(child=JSONField(allow_null=True))


class ProblemsForm(Form):
    """What keeps a draft from being published, and what has no effect yet: empty where nothing."""

    problems = ProblemPlaceForm(many=True)
    warnings = ProblemPlaceForm(many=True)


class PublishForm(Form):
    """What is said about the version that is published."""

    description = Text(max_length=LONGEST_DESCRIPTION, allow_blank=True, required=False, default="")
    tags = tags(required=False)
    time_back_minutes = minutes(required=False)
    expected_version = Whole(min_value=1, max_value=2**31 - 1, required=False)


class PublishedForm(Form):
    """The number of the version that is live now, and what of it has no effect yet."""

    version = Whole()
    warnings = ProblemPlaceForm(many=True)


class VersionForm(Form):
    """A published version."""

    number = Whole()
    description = Text(allow_blank=True)
    tags = tags()
    time_back_minutes = minutes()
    published_by = Text()
    published_at = DateTimeField()


class FullVersionForm(VersionForm):
    """A published version with its definition."""

    definition = DictField(child=JSONField(allow_null=True))

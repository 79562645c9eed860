"""The schema of governed objects: what types there are, and what their objects carry."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from accounts.keys import KeyField, unique_key
from catalog.models.lifecycles import Lifecycle


class Application(models.Model):
    """A module that groups object types; decides where a notification's link leads."""

    key = KeyField()
    name = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [unique_key("application_key_unique")]

    def __str__(self) -> str:
        return self.name


class ObjectType(models.Model):
    """A kind of governed object."""

    key = KeyField()
    name = models.CharField(max_length=200)
    application = models.ForeignKey(
        Application,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="object_types",
    )
    lifecycle = models.ForeignKey(
        Lifecycle,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="object_types",
    )

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [unique_key("object_type_key_unique")]

    def __str__(self) -> str:
        return self.name


class AttributeType(models.Model):
    """A typed attribute of an object type; a column of its boards."""

    class ValueType(models.TextChoices):
        STRING = "string"
        TEXT = "text"
        INTEGER = "integer"
        DECIMAL = "decimal"
        BOOLEAN = "boolean"
        DATE = "date"
        DATETIME = "datetime"
        ENUM = "enum"
        USER = "user"
        URL = "url"
        LIST = "list"

    object_type = models.ForeignKey(ObjectType, on_delete=models.CASCADE, related_name="attributes")
    key = KeyField()
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=10, choices=ValueType.choices)
    item_type = models.CharField(
        max_length=10,
        choices=ValueType.choices,
        blank=True,
        default="",
        help_text="What a list holds.",
    )
    is_required = models.BooleanField(default=False)
    is_unique = models.BooleanField(default=False)
    is_filterable = models.BooleanField(default=False)
    default: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    options: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    position = models.IntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "id"]
        constraints: ClassVar = [
            unique_key("attribute_key_unique", "object_type"),
            models.CheckConstraint(
                condition=models.Q(
                    type__in=[
                        "string",
                        "text",
                        "integer",
                        "decimal",
                        "boolean",
                        "date",
                        "datetime",
                        "enum",
                        "user",
                        "url",
                        "list",
                    ]
                ),
                name="attribute_type_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.object_type}: {self.name}"


class RelationType(models.Model):
    """How an object may relate to another; a missing end means any object type."""

    key = KeyField()
    name = models.CharField(max_length=200)
    source_object_type = models.ForeignKey(
        ObjectType, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    target_object_type = models.ForeignKey(
        ObjectType, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [unique_key("relation_type_key_unique")]

    def __str__(self) -> str:
        return self.name


class UserRelationType(models.Model):
    """How a person may relate to an object: its author, its steward."""

    key = KeyField()
    name = models.CharField(max_length=200)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [unique_key("user_relation_type_key_unique")]

    def __str__(self) -> str:
        return self.name

"""Packages: what was declared, so that the same JSON comes out again."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.db import models

from accounts.keys import KeyField, unique_key
from journal.clock import now


class Package(models.Model):
    """A set of assets that were applied together."""

    key = KeyField()
    name = models.CharField(max_length=200, blank=True, default="")
    header: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    applied_at = models.DateTimeField(default=now)
    applied_by = models.CharField(max_length=150)

    class Meta:
        ordering: ClassVar = ["key"]
        constraints: ClassVar = [unique_key("package_key_unique")]

    def __str__(self) -> str:
        return self.key


class PackageEntry(models.Model):
    """One entry of one list of a package, as it was written.

    `identity` names the asset within its kind (`lifecycle/state`); two packages may declare one
    asset. Where `is_kept`, the entry is all there is. It is kept as text: a JSON column would lose
    the order of its keys and the form of its numbers, and export could not give them back.
    """

    package = models.ForeignKey(Package, on_delete=models.CASCADE, related_name="entries")
    list_name = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    identity = models.CharField(max_length=800)
    text = models.TextField()
    is_kept = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["list_name", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["package", "list_name", "position"], name="package_entry_place"
            )
        ]
        indexes: ClassVar = [
            # read by plan: who else declares this asset
            models.Index(fields=["kind", "identity"], name="package_entry_of_asset")
        ]

    def __str__(self) -> str:
        return f"{self.package}: {self.kind} {self.identity}"

    @property
    def written(self) -> Any:
        """The entry as JSON."""
        return json.loads(self.text)

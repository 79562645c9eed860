"""The account: one row of settings for the whole deployment."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from accounts.models.users import Role


def roles_that_create_by_default() -> list[str]:
    return [Role.ADMIN.value, Role.MEMBER.value]


class Account(models.Model):
    """Settings of this deployment; there is exactly one row, with the id 1."""

    name = models.CharField(max_length=200, default="Sluice")
    roles_that_create_workflows: models.JSONField[list[str], list[str]] = models.JSONField(
        default=roles_that_create_by_default
    )
    most_chain_depth = models.PositiveSmallIntegerField(default=8)

    class Meta:
        verbose_name_plural = "account"
        constraints: ClassVar = [
            models.CheckConstraint(condition=models.Q(pk=1), name="account_is_one_row")
        ]

    def __str__(self) -> str:
        return self.name

"""The column that holds an object's lifecycle state, protected by django-fsm."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.query_utils import DeferredAttribute
from django_fsm import FSMFieldMixin


class _ProtectedKey(DeferredAttribute):
    """`instance.state_id`: can be read, and set once when the instance is made."""

    def __set__(self, instance: Any, value: Any) -> None:
        if self.field.attname in instance.__dict__:
            raise AttributeError("A state changes by the lifecycle's functions only.")
        instance.__dict__[self.field.attname] = value


class StateKey(FSMFieldMixin, models.ForeignKey):  # type: ignore[misc, type-arg]
    """A foreign key that django-fsm guards, where `state` is still the row and `state_id` its id.

    `django_fsm.FSMKeyField` answers the bare id for `state` and never notices a direct write, since
    it looks for the field's name among the instance's values, where only the column's name stands.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("protected", True)
        super().__init__(*args, **kwargs)

    def contribute_to_class(
        self, cls: Any, name: str, private_only: bool = False, **kwargs: Any
    ) -> None:
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        setattr(cls, self.name, ForwardManyToOneDescriptor(self))
        setattr(cls, self.attname, _ProtectedKey(self))

    def get_state(self, instance: Any) -> Any:
        return getattr(instance, self.attname)

    def set_state(self, instance: Any, state: Any) -> None:
        instance.__dict__[self.attname] = state
        instance._state.fields_cache.pop(self.name, None)

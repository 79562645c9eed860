"""The registry of rule sets. It loads no models: config names it before they are there."""

from __future__ import annotations

from typing import Any, Protocol

from journal.registry import Registry


class Ruled(Protocol):
    """What stands in it: see `permissions.rules.RuleSet`."""

    @property
    def key(self) -> str: ...

    def serving(self, verb: str, *, of_kind: bool) -> Any: ...


class Rules(Registry[Ruled]):
    """Asked by thing: its class, or a class that it extends."""

    def of(self, thing: object) -> Any:
        """The rule set of the thing's kind; None where nobody has made one."""
        kind = thing if isinstance(thing, type) else thing.__class__
        for one in kind.__mro__:
            found = self.get(f"{one.__module__}.{one.__qualname__}")
            if found is not None:
                return found
        return None

    def serving(self, verb: str, thing: object) -> Any:
        """The rule set that answers for this verb of this thing; None where there is none."""
        rule = self.of(thing)
        return rule and rule.serving(verb, of_kind=isinstance(thing, type))


rules = Rules("the rules of the gate")

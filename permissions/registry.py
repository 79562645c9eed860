"""The registry of rule sets. It loads no models: config names it before they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from journal.registry import Registry

if TYPE_CHECKING:
    from permissions.rules import RuleSet

    AnyRules = RuleSet[Any]
    AnyRegistry = Registry[AnyRules]
else:
    AnyRegistry = Registry


class Rules(AnyRegistry):
    """Asked by thing: its class, or a class that it extends."""

    def of(self, thing: object) -> AnyRules | None:
        kind = thing if isinstance(thing, type) else thing.__class__
        for one in kind.__mro__:
            found = self.get(f"{one.__module__}.{one.__qualname__}")
            if found is not None:
                return found
        return None

    def serving(self, verb: str, thing: object) -> AnyRules | None:
        """The rules that answer for this verb of this thing; None where nobody has made one."""
        rule = self.of(thing)
        return rule and rule.serving(verb, of_kind=isinstance(thing, type))


rules = Rules("the rules of the gate")

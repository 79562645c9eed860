"""The gate's rules for what people are told."""

from __future__ import annotations

from typing import Final

from notifications.models import Delivery, Notification, Template
from permissions.rules import FollowingRules, InnerSettingRules, OwnRules, RuleSet

OWN: Final = OwnRules(Notification, {"view"})


class DeliveryRules(FollowingRules):
    """Whoever was told sees how it went and has it sent again; account admins, too.

    The delivery only: the words of the notification stay its reader's own.
    """

    def __init__(self) -> None:
        super().__init__(Delivery, "notification", {"view": "view", "resend": "view"}, parent=OWN)
        self.overridden = self.verbs


RULES: Final[tuple[RuleSet[object], ...]] = (OWN, DeliveryRules(), InnerSettingRules(Template))

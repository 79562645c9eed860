"""Which of a batch of events pass a deployment's stream filter, in one query where that serves."""

from __future__ import annotations

from collections.abc import Sequence

from automations.models import Deployment
from catalog.context import ObjectContext, Reading
from accounts.actor import Actor
from catalog.filters import apply, parse_stream
from catalog.models import GovernedObject
from journal.clock import now
from journal.models import Event

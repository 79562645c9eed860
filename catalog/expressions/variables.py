"""The variables that an expression may name, with what they hold."""

from typing import Final

ROOTS: Final[dict[str, str]] = {
    "objectId": "the id of the object",
    "objectTypeKey": "the key of its object type",
    "currentUserId": "the username of who caused the run; `system` on schedules",
    "now": "the moment of the run",
    "object": "the object: `name`, `key`, `stateKey`, `stateSince`, `createdAt`, `modifiedAt`, "
    "`createdBy`, `attributes.KEY`, `relations.KEY` (a list), `userRelations.KEY` (usernames), "
    "`parent`",
    "event": "what happened: `before` and `after`",
    "input": "what the run was given",
    "steps": "the outputs of earlier steps: `steps.ID.NAME`",
    "item": "the present item of a forEach step",
    "variables": "what setVariable steps have set",
}

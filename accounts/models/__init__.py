"""Models of accounts, a module each."""

from accounts.models.account import Account
from accounts.models.answers import StoredAnswer
from accounts.models.invitations import EmailChange, Invitation
from accounts.models.mails import Mail, MailKind
from accounts.models.sessions import Session
from accounts.models.teams import Team
from accounts.models.throttles import Throttle
from accounts.models.tokens import ApiToken
from accounts.models.users import Role, User
from accounts.models.workspaces import Workspace, WorkspaceTeamGrant, WorkspaceUserGrant

__all__ = [
    "Account",
    "ApiToken",
    "EmailChange",
    "Invitation",
    "Mail",
    "MailKind",
    "Role",
    "Session",
    "StoredAnswer",
    "Team",
    "Throttle",
    "User",
    "Workspace",
    "WorkspaceTeamGrant",
    "WorkspaceUserGrant",
]

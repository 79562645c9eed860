"""Models of accounts, a module each."""

from accounts.models.account import Account
from accounts.models.answers import StoredAnswer
from accounts.models.teams import Team
from accounts.models.tokens import ApiToken
from accounts.models.users import Role, User
from accounts.models.workspaces import Workspace, WorkspaceTeamGrant, WorkspaceUserGrant

__all__ = [
    "Account",
    "ApiToken",
    "Role",
    "StoredAnswer",
    "Team",
    "User",
    "Workspace",
    "WorkspaceTeamGrant",
    "WorkspaceUserGrant",
]

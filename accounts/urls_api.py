"""The API's addresses of accounts, below `/api/v1/`."""

from __future__ import annotations

from accounts.api.me import AccountSettings, Me
from accounts.api.teams import OneTeam, Teams
from accounts.api.users import HandOver, OneUser, Users
from accounts.api.workspaces import OneWorkspace, Workspaces
from accounts.http.addresses import path

urlpatterns = [
    path("me/", Me.as_view()),
    path("account/", AccountSettings.as_view()),
    path("users/", Users.as_view()),
    path("users/<str:name>/", OneUser.as_view()),
    path("users/<str:name>/hand-over/", HandOver.as_view()),
    path("teams/", Teams.as_view()),
    path("teams/<str:name>/", OneTeam.as_view()),
    path("workspaces/", Workspaces.as_view()),
    path("workspaces/<key:key>/", OneWorkspace.as_view()),
]

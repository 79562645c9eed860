"""The addresses of the door, of one's profile, and of who is there."""

from __future__ import annotations

from django.urls import path

from accounts.views import configuration, invitations, passwords, people, profile, settings
from accounts.views.signing import SignIn, SignOut

urlpatterns = [
    path("sign-in/", SignIn.as_view(), name="sign-in"),
    path("sign-out/", SignOut.as_view(), name="sign-out"),
    path("password/forgotten/", passwords.forgotten, name="forgotten-password"),
    path(
        "password/new/<str:uidb64>/<str:token>/",
        passwords.NewPassword.as_view(),
        name="new-password",
    ),
    path("invitation/<str:token>/", invitations.accept, name="accept-invitation"),
    path("email/<str:token>/", invitations.confirm_email, name="confirm-email"),
    path("profile/", profile.show, name="profile"),
    path("profile/name/", profile.change_name, name="change-name"),
    path("profile/email/", profile.change_email, name="change-email"),
    path("profile/email/withdraw/", profile.withdraw_email, name="withdraw-email"),
    path("profile/password/", profile.change_password, name="change-password"),
    path("profile/sessions/end/", profile.end_other_sessions, name="end-other-sessions"),
    path("profile/sessions/<uuid:reference>/end/", profile.end_session, name="end-session"),
    path("profile/tokens/", profile.create_token, name="create-token"),
    path("profile/tokens/<int:pk>/revoke/", profile.revoke_token, name="revoke-token"),
    path("users/", people.show, name="users"),
    path("users/invite/", people.invite, name="invite"),
    path("users/invitations/<int:pk>/resend/", people.resend, name="resend-invitation"),
    path("users/invitations/<int:pk>/revoke/", people.revoke, name="revoke-invitation"),
    path("users/<int:pk>/", people.one, name="user"),
    path("users/<int:pk>/active/", people.activate, name="activate-user"),
    path("users/<int:pk>/sign-out/", people.sign_out, name="sign-out-user"),
    path("users/<int:pk>/password-link/", people.send_link, name="send-password-link"),
    path("users/<int:pk>/hand-over/", people.hand_over, name="hand-over"),
    path("users/<int:pk>/delete/", people.delete, name="delete-user"),
    path("account/", settings.show, name="account"),
    path("account/configuration/", configuration.show, name="configuration"),
]

"""Addresses of accounts. Those of allauth keep the names that its own code counts on, so they stand at the root."""

from allauth.account import views as account
from allauth.account.decorators import reauthentication_required
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from allauth.usersessions import views as sessions
from django.urls import path, re_path

from plein.foundation.identity import mandate_views, resident_views, team_views, views
from plein.foundation.identity.access import everyone, staff_only
from plein.foundation.identity.openid import views as openid

urlpatterns = [
    path("inloggen", resident_views.login, name="resident-login"),
    path("inloggen/met/<slug:door>", openid.go, name="openid-go"),
    path("inloggen/terug/<slug:door>", openid.back, name="openid-back"),
    path("inloggen/proef", resident_views.demo_login, name="demo-login"),
    path("namens", mandate_views.mandates, name="mandates"),
    path("namens/kiezen", mandate_views.choose, name="act-for"),
    path("namens/stoppen", mandate_views.stop, name="act-for-self"),
    path("namens/<int:pk>/beeindigen", mandate_views.end, name="end-own-mandate"),
    path("uitloggen", resident_views.logout, name="resident-logout"),
    path("uitgelogd", resident_views.left, name="resident-left"),
    path("account", views.account, name="account"),
    path("account/sleutels/<int:token_id>/intrekken", views.revoke, name="revoke-token"),
    path("account/tweede-stap-nodig", views.second_factor_needed, name="second-factor-needed"),
    path("account/medewerkers", views.staff_list, name="staff-list"),
    path("account/medewerkers/nieuw", views.staff_new, name="staff-new"),
    path("account/medewerkers/<int:pk>", views.staff_page, name="staff"),
    path("account/medewerkers/<int:pk>/rollen", views.grant, name="grant-role"),
    path("account/medewerkers/<int:pk>/rollen/<slug:role>/beeindigen", views.end_role, name="end-role"),
    path("account/medewerkers/<int:pk>/sluiten-of-openen", views.switch, name="switch-staff"),
    path("account/medewerkers/<int:pk>/wachtwoord", views.new_password, name="new-password"),
    path("account/medewerkers/<int:pk>/tweede-stap", views.reset_second_factor, name="reset-second-factor"),
    path("account/medewerkers/<int:pk>/uitloggen", views.end_sessions, name="end-sessions"),
    path("account/wachtwoord/vergeten", views.forgotten, name="forgotten"),
    path("account/medewerkers/<int:pk>/koppelen", views.link_account, name="link-staff"),
    path("account/medewerkers/<int:pk>/ontkoppelen", views.unlink_account, name="unlink-staff"),
    path("account/teams", team_views.teams, name="teams"),
    path("account/teams/<slug:key>", team_views.team, name="team"),
    path("account/teams/<slug:key>/leden", team_views.join, name="join-team"),
    path("account/teams/<slug:key>/leden/<int:pk>/weg", team_views.leave, name="leave-team"),
    path("account/partners", views.partners, name="partners"),
    path("account/partners/<slug:key>/sleutel", views.partner_token, name="partner-token"),
]

root_urlpatterns = [
    path("account/inloggen", everyone(account.login), name="account_login"),
    path("account/uitloggen", everyone(account.logout), name="account_logout"),
    path("account/gesloten", everyone(account.account_inactive), name="account_inactive"),
    path("account/aanmelden", everyone(account.signup), name="account_signup"),
    path("account/bevestigen", staff_only(account.reauthenticate), name="account_reauthenticate"),
    path("account/wachtwoord", staff_only(account.password_change), name="account_change_password"),
    path("account/wachtwoord/instellen", staff_only(account.password_set), name="account_set_password"),
    path(
        "account/wachtwoord/gekozen",
        everyone(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^account/wachtwoord/kiezen/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)$",
        everyone(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("account/tweede-stap", staff_only(mfa.index), name="mfa_index"),
    path("account/inloggen/tweede-stap", everyone(mfa.authenticate), name="mfa_authenticate"),
    path("account/bevestigen/code", staff_only(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/tweede-stap/app", staff_only(totp.activate_totp), name="mfa_activate_totp"),
    path("account/tweede-stap/app/uit", staff_only(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/tweede-stap/herstelcodes", staff_only(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/tweede-stap/herstelcodes/nieuw",
        staff_only(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/tweede-stap/herstelcodes/bestand",
        staff_only(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/tweede-stap/sleutels", staff_only(keys.list_webauthn), name="mfa_list_webauthn"),
    path("account/tweede-stap/sleutels/nieuw", staff_only(keys.add_webauthn), name="mfa_add_webauthn"),
    path("account/bevestigen/sleutel", staff_only(keys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("account/tweede-stap/sleutels/<int:pk>/weg", staff_only(keys.remove_webauthn), name="mfa_remove_webauthn"),
    path("account/tweede-stap/sleutels/<int:pk>/naam", staff_only(keys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/inloggen/sleutel", everyone(keys.login_webauthn), name="mfa_login_webauthn"),
    path(
        "account/sessies", staff_only(reauthentication_required(sessions.list_usersessions)), name="usersessions_list"
    ),
]

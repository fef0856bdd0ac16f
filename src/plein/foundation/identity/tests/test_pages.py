"""Logging in, the second step, one's own account and those of others."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from plein.foundation import clock
from plein.foundation.identity import actions
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.demo import PASSWORD, accounts, furnish_staff
from plein.foundation.identity.forms import right_shown
from plein.foundation.identity.models import ApiToken, AuditLine, Partner, Staff, Team
from plein.foundation.identity.teams import teams_of
from plein.foundation.identity.templatetags.identity import browser

pytestmark = pytest.mark.django_db
SECRET = "een lang wachtwoord 1"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def person(name: str, *roles: str) -> Staff:
    return actions.create_staff(name, password=SECRET, roles=roles, by=SYSTEM, now=clock.now())


def log_in(client: Client, name: str, password: str = SECRET):  # type: ignore[no-untyped-def]
    return client.post(reverse("account_login"), {"login": name, "password": password})


def as_admin(client: Client) -> Staff:
    furnish_staff(now=clock.now())
    log_in(client, "demo-beheerder", PASSWORD)
    return Staff.objects.get(username="demo-beheerder")


def code_for(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))


def test_staff_log_in_with_name_and_password_and_it_is_written_down(client: Client) -> None:
    staff = person("raad", "council-member")

    answer = log_in(client, "raad")

    assert answer.status_code == 302
    assert client.get(reverse("identity:account")).status_code == 200
    assert AuditLine.objects.filter(action="identity.login", subject=f"staff:{staff.pk}").count() == 1


def test_a_wrong_password_is_refused_and_written_down_without_what_was_typed(client: Client) -> None:
    staff = person("raad", "council-member")

    answer = log_in(client, "raad", "mijn echte geheim")

    assert answer.status_code == 200
    assert client.get(reverse("identity:account")).status_code == 302
    line = AuditLine.objects.get(action="identity.login-failed")
    assert line.subject == f"staff:{staff.pk}"
    assert "geheim" not in str(line.facts)


def test_guessing_passwords_stops(client: Client) -> None:
    person("raad", "council-member")

    for _ in range(6):
        log_in(client, "raad", "fout")
    log_in(client, "raad")

    assert client.get(reverse("identity:account")).status_code == 302


def test_nobody_signs_up(client: Client) -> None:
    client.post(reverse("account_signup"), {"username": "mij", "password1": SECRET, "password2": SECRET})

    assert not Staff.objects.filter(username="mij").exists()


def test_a_closed_account_does_not_come_in(client: Client) -> None:
    staff = person("raad", "council-member")
    actions.deactivate(staff, by=SYSTEM, now=clock.now())

    log_in(client, "raad")

    assert client.get(reverse("identity:account")).status_code == 302


def test_the_login_page_names_the_demo_accounts_in_the_demo_town_only(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    here = client.get(reverse("account_login")).content.decode()
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": "GM0363"}
    real = client.get(reverse("account_login")).content.decode()

    assert PASSWORD in here
    assert all(account.username in here for account in accounts())
    assert PASSWORD not in real


def test_demo_accounts_do_not_work_in_a_real_municipality(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    furnish_staff(now=clock.now())
    log_in(client, "demo-beheerder", PASSWORD)
    assert client.get(reverse("identity:staff-list")).status_code == 200

    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": "GM0363"}

    assert client.get(reverse("identity:staff-list")).status_code == 302
    log_in(client, "demo-beheerder", PASSWORD)
    assert client.get(reverse("identity:staff-list")).status_code == 302
    assert furnish_staff(now=clock.now()) == {}


def test_a_guarded_role_counts_only_after_a_second_step(client: Client, django_capture_on_commit_callbacks) -> None:  # type: ignore[no-untyped-def]
    person("bea", "administrator")
    log_in(client, "bea")

    before = client.get(reverse("identity:staff-list"))
    assert before.status_code == 302
    assert before.url == reverse("identity:second-factor-needed")
    assert client.get(before.url).status_code == 200

    client.post(reverse("account_reauthenticate"), {"password": SECRET})
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})

    assert answer.status_code == 302
    assert client.get(reverse("identity:staff-list")).status_code == 200
    assert AuditLine.objects.filter(action="identity.add-second-factor").exists()


def test_with_an_app_a_password_alone_is_not_enough(client: Client) -> None:
    bea = person("bea", "administrator")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(bea, secret)

    answer = log_in(client, "bea")

    assert answer.url == reverse("mfa_authenticate")
    assert client.get(reverse("identity:account")).status_code == 302
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    assert client.get(reverse("identity:staff-list")).status_code == 200


def test_without_a_guarded_role_no_second_step_is_asked(client: Client) -> None:
    person("raad", "council-member")
    log_in(client, "raad")

    assert client.get("/").status_code == 200


def test_a_token_is_shown_once_and_works(client: Client) -> None:
    furnish_staff(now=clock.now())
    log_in(client, "demo-analist", PASSWORD)

    shown = client.post(reverse("identity:account"), {"name": "script", "scopes": ["data.read"], "days": "30"})

    secret = re.search(r"plein_[\w-]{43}", shown.content.decode())
    assert secret is not None
    assert secret[0] not in client.get(reverse("identity:account")).content.decode()
    answer = Client().get("/", headers={"Authorization": f"Bearer {secret[0]}"})
    assert answer.status_code == 200

    client.post(reverse("identity:revoke-token", args=[ApiToken.objects.get().pk]))
    assert Client().get("/", headers={"Authorization": f"Bearer {secret[0]}"}).status_code == 401


@pytest.mark.parametrize(
    ("prefix", "title"), [("", "Data lezen die niet open is"), ("/en", "Read data that is not open")], ids=["nl", "en"]
)
def test_a_token_says_in_words_what_it_may_do_with_the_key_beside_it(client: Client, prefix: str, title: str) -> None:
    furnish_staff(now=clock.now())
    log_in(client, "demo-analist", PASSWORD)
    address = prefix + reverse("identity:account")
    with override("nl"):  # The language of the address ends with this test.
        client.post(address, {"name": "script", "scopes": ["data.read"], "days": "30"})
        page = BeautifulSoup(client.get(address).content, "html.parser")

    offered = page.find("input", {"name": "scopes", "value": "data.read"}).find_parent("label")
    granted = next(row for row in page.select("table tr") if "script" in row.text).select_one("td:has(div)")
    for shown in (offered, granted):
        assert " ".join(shown.text.split()) == f"{title} data.read"
        assert shown.find("code", class_="small").text == "data.read"


def test_a_scope_that_is_no_right_stands_as_it_is_and_is_escaped() -> None:
    assert right_shown("<b>.read") == '<code class="small soft">&lt;b&gt;.read</code>'


def test_a_right_one_does_not_have_is_not_offered(client: Client) -> None:
    furnish_staff(now=clock.now())
    log_in(client, "demo-analist", PASSWORD)

    answer = client.post(reverse("identity:account"), {"name": "x", "scopes": ["identity.manage"], "days": "30"})

    assert answer.status_code == 200
    assert not ApiToken.objects.exists()


def test_an_administrator_creates_an_account_and_its_owner_chooses_a_password(client: Client) -> None:
    as_admin(client)

    page = client.post(
        reverse("identity:staff-new"),
        {"username": "nieuw", "first_name": "Nia", "last_name": "Nieuw", "email": "", "roles": ["analyst"]},
    )
    address = re.search(r"http://localhost:8000(/account/wachtwoord/kiezen/[^<]+)", page.content.decode())
    assert address is not None

    other = Client()
    form = other.get(address[1], follow=True)
    other.post(form.redirect_chain[-1][0], {"password1": SECRET, "password2": SECRET})
    log_in(other, "nieuw")

    assert other.get(reverse("identity:account")).status_code == 200
    line = AuditLine.objects.get(
        action="identity.create-staff", subject__endswith=str(Staff.objects.get(username="nieuw").pk)
    )
    assert line.actor == f"plein:staff:{Staff.objects.get(username='demo-beheerder').pk}"


def test_an_administrator_gives_and_takes_roles(client: Client) -> None:
    as_admin(client)
    staff = person("raad")
    tomorrow = clock.local_date(clock.now()) + timedelta(days=1)

    client.post(reverse("identity:grant-role", args=[staff.pk]), {"role": "analyst", "until": str(tomorrow)})
    assert staff.grants.get().until.astimezone(clock.TOWN).date() == tomorrow + timedelta(days=1)
    client.post(reverse("identity:end-role", args=[staff.pk, "analyst"]))
    passed = client.post(reverse("identity:grant-role", args=[staff.pk]), {"role": "analyst", "until": "2020-01-01"})

    assert staff.grants.filter(until=None).count() == 0
    assert passed.status_code == 422


def test_an_administrator_closes_and_opens_an_account(client: Client) -> None:
    as_admin(client)
    staff = person("raad")

    client.post(reverse("identity:switch-staff", args=[staff.pk]))
    staff.refresh_from_db()
    assert not staff.is_active
    client.post(reverse("identity:switch-staff", args=[staff.pk]))
    staff.refresh_from_db()
    assert staff.is_active


def test_a_partner_gets_a_token(client: Client) -> None:
    as_admin(client)
    client.post(reverse("identity:partners"), {"key": "politie", "name": "Politie", "oin": ""})

    page = client.post(
        reverse("identity:partner-token", args=["politie"]), {"name": "x", "scopes": ["data.read"], "days": "30"}
    )

    assert "plein_" in page.content.decode()
    assert Partner.objects.get().tokens.count() == 1
    assert client.get(reverse("identity:partners")).status_code == 200


@pytest.mark.parametrize("name", ["staff-list", "staff-new", "partners"])
def test_others_do_not_see_accounts(client: Client, name: str) -> None:
    furnish_staff(now=clock.now())
    log_in(client, "demo-analist", PASSWORD)

    assert client.get(reverse(f"identity:{name}")).status_code == 403


def test_the_list_of_accounts_costs_the_same_for_any_number(client: Client) -> None:
    as_admin(client)
    address = reverse("identity:staff-list")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    grants_of_few = sum("rolegrant" in query["sql"] for query in few)
    for number in range(5):
        Staff.objects.create(username=f"p{number}")

    with CaptureQueriesContext(connection) as many:
        client.get(address)

    # Within the transaction of a test the grants are read for each person again (see stamps.py); outside they are kept.
    others = [sum("rolegrant" not in query["sql"] for query in seen) for seen in (few, many)]
    assert grants_of_few == len(accounts()) + 1
    assert others[0] == others[1]


PAGES = [
    "mfa_index",
    "mfa_activate_totp",
    "mfa_list_webauthn",
    "mfa_add_webauthn",
    "account_change_password",
    "account_logout",
    "usersessions_list",
    "account_reauthenticate",
]


@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_an_account_shows(client: Client, name: str) -> None:
    as_admin(client)

    answer = client.get(reverse(name), follow=True)

    assert answer.status_code == 200
    assert "frame--sheet" in answer.content.decode()


def test_recovery_codes_are_made_and_let_one_in_once(client: Client) -> None:
    bea = person("bea", "administrator")
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
    TOTP.activate(bea, secret)
    log_in(client, "bea")
    client.post(reverse("mfa_authenticate"), {"code": code_for(secret)})
    client.post(reverse("account_reauthenticate"), {"password": SECRET})
    answer = client.post(reverse("mfa_generate_recovery_codes"))
    assert answer.url == reverse("mfa_view_recovery_codes"), answer.content
    codes = Authenticator.objects.get(user=bea, type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert codes[0] in page

    for code, comes_in in ((codes[0], True), (codes[0], False)):
        cache.clear()
        other = Client()
        log_in(other, "bea")
        other.post(reverse("mfa_authenticate"), {"code": code})
        assert (other.get(reverse("identity:account")).status_code == 200) is comes_in


def test_what_goes_wrong_while_logging_in_is_said_with_u(client: Client) -> None:
    person("raad", "council-member")

    answer = log_in(client, "raad", "iets anders").content.decode()

    assert "Uw gebruikersnaam of wachtwoord klopt niet. Typ ze allebei opnieuw." in answer
    assert 'placeholder="' not in answer  # it would repeat the label


def test_what_changed_about_an_account_is_said_in_words(client: Client) -> None:
    as_admin(client)
    staff = person("raad", "council-member")

    page = client.get(reverse("identity:staff", args=[staff.pk])).content.decode()

    assert "Rol gegeven: Raadslid" in page
    assert "identity.grant-role" not in page


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
         "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
         "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1", "Safari, iPhone"),
        ("curl/8.5.0", "curl/8.5.0"),
    ],
)  # fmt: skip
def test_a_session_names_the_browser_as_people_know_it(agent: str, said: str) -> None:
    assert browser(agent) == said


def test_setting_the_app_up_asks_for_its_code_in_the_words_of_the_house(client: Client) -> None:
    as_admin(client)

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    page = client.get(reverse("mfa_activate_totp")).content.decode()

    assert "Code uit de app" in page


def test_an_administrator_makes_a_team_and_says_who_is_in_it(client: Client) -> None:
    furnish_staff(now=clock.now())
    actions.create_staff("anna", by=SYSTEM, now=clock.now())
    actions.add_partner("buur", name="Buurgemeente", by=SYSTEM, now=clock.now())
    log_in(client, "demo-beheerder", PASSWORD)
    told = {"key": "groen", "title_nl": "Groen", "title_en": "Green", "email": "", "partner": "buur", "active": "on"}

    assert client.post("/account/teams", told).url == "/account/teams/groen"
    assert client.post("/account/teams", told).status_code == 422
    assert client.post("/account/teams/groen/leden", {"username": "nobody"}).status_code == 422
    page = client.post(
        "/account/teams/groen/leden", {"username": "Anna", "is_lead": "on"}, follow=True
    ).content.decode()
    anna = Staff.objects.get(username="anna")
    assert "leidt het team" in page
    assert len(teams_of(anna.pk, now=clock.now())) == 1
    assert "1 persoon" in client.get("/account/teams").content.decode()

    client.post("/account/teams/groen", {**told, "title_nl": "Bomen", "partner": "", "key": "rood"})
    client.post(f"/account/teams/groen/leden/{anna.pk}/weg")

    team = Team.objects.get()
    assert (team.key, team.title_nl, team.partner) == ("groen", "Bomen", None)
    assert teams_of(anna.pk, now=clock.now()) == frozenset()


def test_only_an_administrator_sees_the_teams(client: Client) -> None:
    furnish_staff(now=clock.now())
    log_in(client, "demo-analist", PASSWORD)

    assert client.get("/account/teams").status_code == 403

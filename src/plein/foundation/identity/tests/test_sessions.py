"""How long a session lasts, what ends it, and which passwords are too easy here."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.test import Client

from plein.foundation import clock
from plein.foundation.identity import keyring, sealed
from plein.foundation.identity.actions import create_staff, deactivate
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.login import first_password_address
from plein.foundation.identity.models import AuditLine, Person, Staff
from plein.foundation.identity.second_factor import unseal

pytestmark = pytest.mark.django_db
PASSWORD = "vier losse woorden samen"
PAGE = "/account"


@pytest.fixture
def anna() -> Staff:
    return create_staff("anna", password=PASSWORD, roles=["council-member"], by=SYSTEM, now=clock.now())


@pytest.fixture
def log_in(anna: Staff) -> Callable[[], Client]:
    def come_in() -> Client:
        client = Client()
        client.post("/account/inloggen", {"login": "anna", "password": PASSWORD})
        return client

    return come_in


def come_in(person: str = "jan") -> Client:
    client = Client()
    client.post("/inloggen/proef", {"person": person})
    return client


def test_an_hour_of_silence_logs_staff_out(log_in: Callable[[], Client]) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        client = log_in()
        for _ in range(3):
            travel.shift(timedelta(minutes=59))
            assert client.get(PAGE).status_code == 200
        travel.shift(timedelta(minutes=60))

        assert client.get(PAGE).url == f"/account/inloggen?next={PAGE}"
        assert "_auth_user_id" not in client.session


def test_after_twelve_hours_staff_log_in_anew(log_in: Callable[[], Client]) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        client = log_in()
        for _ in range(15):
            travel.shift(timedelta(minutes=45))
            assert client.get(PAGE).status_code == 200
        travel.shift(timedelta(minutes=45))

        assert client.get(PAGE).status_code == 302


def test_a_session_of_before_the_clock_went_back_ends(log_in: Callable[[], Client]) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        client = log_in()
        travel.shift(timedelta(days=-1))

        assert client.get(PAGE).status_code == 302


def test_every_login_gives_a_new_key_of_random_bits_and_ends_the_old_session(anna: Staff) -> None:
    client = Client()
    client.get("/account/inloggen")
    client.session["x"] = 1
    session = client.session
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before

    client.post("/account/inloggen", {"login": "anna", "password": PASSWORD})

    after = client.session.session_key
    assert after != before
    assert not Session.objects.filter(session_key=before).exists()
    assert len(after) == 32, "32 of 36 signs are 165 bits"


def test_logging_out_makes_the_old_cookie_worthless(log_in: Callable[[], Client]) -> None:
    client = log_in()
    cookie = client.cookies["sessionid"].value
    client.post("/account/uitloggen")
    client.cookies["sessionid"] = cookie

    assert client.get(PAGE).status_code == 302


def test_a_closed_account_is_out_at_once(anna: Staff, log_in: Callable[[], Client]) -> None:
    client = log_in()

    deactivate(anna, by=SYSTEM, now=clock.now())

    assert client.get(PAGE).status_code == 302


def test_another_password_ends_every_other_session(log_in: Callable[[], Client]) -> None:
    here, there = log_in(), log_in()
    new = "vijf andere woorden achter elkaar"

    wrong = here.post("/account/wachtwoord", {"oldpassword": "x", "password1": new, "password2": new})
    assert wrong.status_code == 200
    here.post("/account/wachtwoord", {"oldpassword": PASSWORD, "password1": new, "password2": new})

    assert here.get(PAGE).status_code == 200
    assert there.get(PAGE).status_code == 302


def test_one_sees_ones_sessions_and_ends_them_after_confirming(log_in: Callable[[], Client]) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        here, there = log_in(), log_in()
        travel.shift(timedelta(minutes=50))
        there.get(PAGE)
        assert here.get("/account/sessies").url.startswith("/account/bevestigen")
        here.post("/account/bevestigen", {"password": PASSWORD})
        assert here.get("/account/sessies").status_code == 200

        here.post("/account/sessies")

        assert here.get(PAGE).status_code == 200
        assert there.get(PAGE).status_code == 302


@pytest.mark.parametrize("page", ["/account/tweede-stap/app", "/account/tweede-stap/sleutels/nieuw"])
def test_what_one_logs_in_with_changes_only_after_confirming(page: str, log_in: Callable[[], Client]) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        client = log_in()
        travel.shift(timedelta(minutes=30))

        assert client.get(page).url.startswith("/account/bevestigen")


def test_every_page_behind_a_login_shows_the_way_out(log_in: Callable[[], Client]) -> None:
    for client, page, way in ((log_in(), PAGE, "/account/uitloggen"), (come_in(), "/namens", "/uitloggen")):
        assert f'href="{way}"' in client.get(page).content.decode()


def test_cookies_are_out_of_reach_of_scripts_and_of_other_sites(log_in: Callable[[], Client], settings: Any) -> None:
    cookie = log_in().cookies["sessionid"]

    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    settings.SESSION_COOKIE_SECURE = True
    assert come_in().cookies["sessionid"]["secure"] is True


def test_a_resident_logs_out_on_all_devices() -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        here, there, other = come_in(), come_in(), come_in("rosa")
        travel.shift(timedelta(seconds=5))

        here.post("/uitloggen", {"everywhere": "1"})

        assert here.get("/namens").status_code == 302
        assert there.get("/namens").status_code == 302
        assert other.get("/namens").status_code == 200
        travel.shift(timedelta(seconds=5))
        assert come_in().get("/namens").status_code == 200
    assert AuditLine.objects.filter(action="identity.end-sessions").count() == 1


def _app(staff: Staff) -> Callable[[int], str]:
    """Give an account an app, and give what the app shows so many seconds from now."""
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(staff, secret)

    def shows(after_s: int) -> str:
        counter = int(clock.now().timestamp() + after_s) // 30
        return str(totp.format_hotp_value(totp.hotp_value(secret, counter)))

    return shows


def _second_step(client: Client, code: str) -> Client:
    client.post("/account/inloggen/tweede-stap", {"code": code})
    return client


def test_a_code_of_the_app_counts_once(log_in: Callable[[], Client], anna: Staff) -> None:
    code = _app(anna)(0)

    assert _second_step(log_in(), code).get(PAGE).status_code == 200
    assert _second_step(log_in(), code).get(PAGE).status_code == 302


@pytest.mark.parametrize("after_s", [-60, 60])
def test_a_code_of_the_app_is_over_within_a_minute(after_s: int, log_in: Callable[[], Client], anna: Staff) -> None:
    code = _app(anna)(after_s)

    assert _second_step(log_in(), code).get(PAGE).status_code == 302


def test_secrets_of_the_second_step_are_sealed_and_follow_the_keys(
    log_in: Callable[[], Client], anna: Staff, data_dir: Path
) -> None:
    shows = _app(anna)
    RecoveryCodes.activate(anna)
    first = keyring.ring().newest.id
    assert sealed.count_by_key()[first] == 2
    assert all(text.startswith(sealed.MARK) for one in Authenticator.objects.all() for text in _secrets(one))

    newest = keyring.add_key().id
    assert sealed.seal_again() == 2
    keyring.drop_key(first)

    assert sealed.count_by_key() == {newest: 2}
    assert _second_step(log_in(), shows(0)).get(PAGE).status_code == 200


def _secrets(one: Authenticator) -> list[str]:
    return [value for name, value in one.data.items() if name in ("secret", "seed")]


def test_recovery_codes_are_many_random_bits(anna: Staff) -> None:
    codes = RecoveryCodes.activate(anna).generate_codes()
    others = RecoveryCodes(Authenticator.objects.get(user=anna)).generate_codes()

    assert codes == others
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) >= 8 and code.isdigit() for code in codes), "eight digits are 26 bits"
    (seed,) = _secrets(Authenticator.objects.get(user=anna))
    assert len(unseal(seed)) >= 40, "160 bits"


def test_a_new_password_by_mail_leaves_the_second_step_standing(anna: Staff) -> None:
    _app(anna)
    client, new = Client(), "zes geheel nieuwe woorden op rij"
    address = first_password_address(anna).removeprefix("http://localhost:8000")
    form = client.get(address, follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})

    client.post("/account/inloggen", {"login": "anna", "password": new})

    assert client.get(PAGE).status_code == 302
    assert client.get("/account/inloggen/tweede-stap").status_code == 200


@pytest.mark.parametrize(
    "word", ["kort", "wachtwoord123", "GemeentePleinstad2026", "welkom-bij-plein", "Zomer2026!!Admin"]
)
def test_a_password_that_many_would_try_is_refused(word: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(word, Staff(username="anna"))


@pytest.mark.parametrize(
    "word", [PASSWORD, "plein zonder een enkele auto", "ééñ ß 漢字 met ruimte", "x7#" * 30, "alleenmaarkleineletters"]
)
def test_any_other_of_twelve_signs_or_more_is_fine(word: str, client: Client) -> None:
    validate_password(word, Staff(username="anna"))
    create_staff("ben", password=word, by=SYSTEM, now=clock.now())

    assert client.login(username="ben", password=word)
    assert not client.login(username="ben", password=word + "x")
    assert not client.login(username="ben", password=word.swapcase())


def test_password_fields_hide_what_is_typed_and_let_managers_fill_them() -> None:
    page = Client().get("/account/inloggen").content.decode()

    assert 'type="password"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


def test_a_person_is_never_logged_in_by_an_address_alone() -> None:
    person = Client()
    person.get("/inloggen/proef?person=jan")
    person.get("/inloggen?person=jan")

    assert "resident" not in person.session
    assert not Person.objects.exists()

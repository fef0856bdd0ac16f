"""Getting back in: a forgotten password, a lost second step, and limits on guessing that outlive a process."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from plein.foundation import clock
from plein.foundation.identity import actions, errors, login
from plein.foundation.identity.models import AuditLine, CacheEntry, Staff
from plein.foundation.identity.queries import staff_actor
from plein.foundation.identity.tests.test_pages import as_admin, log_in, person

pytestmark = pytest.mark.django_db
NEWER = "een heel ander wachtwoord 2"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


@pytest.fixture
def _mail_at_once(monkeypatch: pytest.MonkeyPatch, settings) -> None:  # type: ignore[no-untyped-def]
    """Have e-mail sent before the answer: the test looks at it right after."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    class AtOnce:
        def __init__(self, target, args, name) -> None:  # type: ignore[no-untyped-def]
            self.start = lambda: target(*args)

    monkeypatch.setattr(login.threading, "Thread", AtOnce)


def choose(address: str, secret: str) -> None:
    """Choose a password at an address, as whoever got it does."""
    other = Client()
    form = other.get(address, follow=True)
    other.post(
        form.redirect_chain[-1][0] if form.redirect_chain else address, {"password1": secret, "password2": secret}
    )


def is_in(client: Client) -> bool:
    return client.get(reverse("identity:account")).status_code == 200


@pytest.mark.usefixtures("_mail_at_once")
@pytest.mark.parametrize("who", ["raad", "RAAD@example.org"])
def test_who_forgot_the_password_gets_an_address_by_mail_that_works_once(client: Client, who: str) -> None:
    staff = person("raad", "council-member")
    Staff.objects.filter(pk=staff.pk).update(email="raad@example.org")

    answer = client.post(reverse("identity:forgotten"), {"who": who})
    address = re.search(r"http://localhost:8000(/account/wachtwoord/kiezen/\S+)", mail.outbox[0].body)
    assert address is not None
    choose(address[1], NEWER)
    choose(address[1], "nog een wachtwoord 3")

    assert answer.status_code == 200
    assert mail.outbox[0].to == ["raad@example.org"]
    log_in(client, "raad", NEWER)
    assert is_in(client)
    assert AuditLine.objects.filter(action="identity.forgot-password", subject=f"staff:{staff.pk}").count() == 1
    assert AuditLine.objects.filter(action="identity.change-password", subject=f"staff:{staff.pk}").count() == 1


@pytest.mark.usefixtures("_mail_at_once")
def test_the_answer_does_not_tell_whether_an_account_exists(client: Client) -> None:
    staff = person("raad", "council-member")
    Staff.objects.filter(pk=staff.pk).update(email="raad@example.org")
    gone = person("weg", "council-member")
    Staff.objects.filter(pk=gone.pk).update(email="weg@example.org", is_active=False)

    pages = [
        re.sub(rb'value="[^"]+"', b"", client.post(reverse("identity:forgotten"), {"who": who}).content)
        for who in ("raad@example.org", "niemand@example.org", "weg@example.org", "weg")
    ]

    assert len(set(pages)) == 1
    assert [message.to for message in mail.outbox] == [["raad@example.org"]]


@pytest.mark.usefixtures("_mail_at_once")
def test_one_mailbox_is_not_flooded(client: Client) -> None:
    staff = person("raad", "council-member")
    Staff.objects.filter(pk=staff.pk).update(email="raad@example.org")

    answers = [client.post(reverse("identity:forgotten"), {"who": "raad"}).status_code for _ in range(7)]

    assert answers == [200] * 5 + [429] * 2  # allauth's own limit: five a minute for one key
    assert len(mail.outbox) == 5


@pytest.mark.usefixtures("_mail_at_once")
def test_a_mail_server_that_is_away_is_logged_and_the_answer_stays_the_same(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    staff = person("raad", "council-member")
    Staff.objects.filter(pk=staff.pk).update(email="raad@example.org")

    def away(*_: object) -> None:
        raise ConnectionRefusedError("nobody there")

    monkeypatch.setattr(login.EmailMessage, "send", away)

    assert client.post(reverse("identity:forgotten"), {"who": "raad"}).status_code == 200
    assert "nobody there" in caplog.text
    assert "kiezen" not in caplog.text


def test_without_a_mail_server_the_page_says_whom_to_ask(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    page = client.get(reverse("identity:forgotten")).content.decode()

    assert "beheerder" in page
    assert '<input type="text"' not in page.split("<main")[1]
    assert client.post(reverse("identity:forgotten"), {"who": "x"}).status_code == 200


def with_steps(staff: Staff) -> None:
    TOTP.activate(staff, generate_totp_secret())
    RecoveryCodes.activate(staff)


def test_an_administrator_takes_a_lost_second_step_away_and_ends_every_session(client: Client) -> None:
    as_admin(client)
    staff = person("priva", "privacy-officer")
    other = Client()
    log_in(other, "priva")
    other.get(reverse("identity:account"))
    assert is_in(other)
    with_steps(staff)
    page = client.get(reverse("identity:staff", args=[staff.pk])).content.decode()
    assert reverse("identity:reset-second-factor", args=[staff.pk]) in page

    client.post(reverse("identity:reset-second-factor", args=[staff.pk]))

    assert not Authenticator.objects.filter(user=staff).exists()
    assert not is_in(other)
    assert AuditLine.objects.get(action="identity.reset-second-factor").facts["steps"] == 2
    log_in(other, "priva")
    assert other.get(reverse("processing:desk")).url.endswith(reverse("identity:second-factor-needed"))  # type: ignore[attr-defined]


def test_nobody_takes_the_own_second_step_away_as_administrator() -> None:
    staff = person("ada", "administrator")
    with pytest.raises(errors.OwnAccount):
        actions.reset_second_factor(staff, by=staff_actor(staff, now=clock.now()), now=clock.now())


def test_an_administrator_logs_somebody_out_everywhere(client: Client) -> None:
    as_admin(client)
    staff = person("raad", "council-member")
    other = Client()
    log_in(other, "raad")
    assert is_in(other)

    client.post(reverse("identity:end-sessions", args=[staff.pk]))

    assert not is_in(other)


def test_where_everyone_needs_a_second_step_a_council_member_is_asked_too(client: Client, settings) -> None:  # type: ignore[no-untyped-def]
    person("raad", "council-member")
    log_in(client, "raad")
    assert client.get("/").status_code == 200

    settings.PLEIN = {**settings.PLEIN, "SECOND_FACTOR": "everyone"}

    assert client.get("/").url.endswith(reverse("identity:second-factor-needed"))  # type: ignore[attr-defined]


def test_attempts_are_counted_in_the_database_so_that_every_process_sees_them(client: Client) -> None:
    person("raad", "council-member")
    for _ in range(6):
        log_in(client, "raad", "fout")
    log_in(client, "raad")
    assert not is_in(client)
    assert CacheEntry.objects.filter(cache_key__contains="login_failed").exists()

    CacheEntry.objects.all().delete()
    log_in(client, "raad")

    assert is_in(client)

"""Sending for real: to a mail server and an SMS provider on this machine that refuse, are busy, or fall silent."""

import dataclasses
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from plein.casework.messages.actions import delivering
from plein.casework.messages.actions.writing import Recipient, send
from plein.casework.messages.models import Dispatch
from plein.casework.messages.rules import sending
from plein.casework.messages.tests.conftest import FACTS, NOW
from plein.casework.messages.tests.servers import HANG_UP, MailServer, SmsServer, mail_server, sms_server
from plein.foundation.gate import registry
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import Person
from plein.foundation.jobs import run_due

pytestmark = pytest.mark.django_db
ANS = Recipient(name="Ans Bakker", email="ans@example.org")
OFFICER = dataclasses.replace(SYSTEM, kind="staff", key="9", roles=frozenset({"privacy-officer"}))


@pytest.fixture(autouse=True)
def _registered(db: Any) -> None:
    registry.sync(now=NOW)
    row = ProcessingActivity.objects.get(key=delivering.ACTIVITY, state="proposed")
    registry.approve(row.pk, by=OFFICER, now=NOW - timedelta(days=1))


@pytest.fixture
def mail(settings: Any) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5
        settings.DEFAULT_FROM_EMAIL = "plein@example.org"
        yield server


@pytest.fixture
def sms(settings: Any) -> Iterator[SmsServer]:
    with sms_server() as server:
        mine = {"SMS_URL": server.url, "SMS_TOKEN": "key", "SMS_ACCOUNT": "SPNL0000000", "SMS_FROM": "Pleinstad"}
        settings.PLEIN = {**settings.PLEIN, **mine}
        yield server


def write(to: Recipient = ANS, **more: Any) -> Dispatch:
    return send("report-received", to=to, **{"facts": FACTS, "by": SYSTEM, "now": NOW, **more}).dispatches.get()


def deliver(dispatch: Dispatch, *, now: datetime = NOW) -> Dispatch:
    while delivering.deliver_next(now):
        pass
    dispatch.refresh_from_db()
    return dispatch


def test_an_email_arrives_as_text_and_as_html_that_say_the_same(mail: MailServer) -> None:
    dispatch = deliver(write())

    assert (dispatch.state, dispatch.attempts, dispatch.answer) == ("sent", 1, "250 taken as 12345")
    [got] = mail.mails
    assert mail.recipients == ["ans@example.org"]
    assert got["Subject"] == "Wij hebben uw melding: Lantaarnpaal"
    assert got["From"] == "Gemeente Pleinstad <plein@example.org>"
    assert got["Message-ID"] == f"<{dispatch.uuid}@localhost>"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Content-Language"] == "nl"
    assert got["List-Unsubscribe"] is None
    text, html = (got.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for words in ("Beste Ans Bakker,", "Kerkstraat 12", FACTS["link"], "Met vriendelijke groet,"):
        assert words in text
        assert words in html
    assert '<html lang="nl"' in html
    assert "<h1>Wij hebben uw melding: Lantaarnpaal</h1>" in html


def test_lines_that_begin_with_a_point_arrive_as_they_were_written(mail: MailServer) -> None:
    deliver(write(facts={**FACTS, "place": "\n.\n..overal"}))

    assert ".overal" in mail.mails[0].get_body(("plain",)).get_content()
    assert len(mail.mails) == 1


def test_hostile_facts_stay_words(mail: MailServer) -> None:
    nasty = '<script>alert("x")</script>\r\nBcc: all@example.org'

    deliver(write(facts={**FACTS, "category": nasty}))

    [got] = mail.mails
    assert got["Bcc"] is None
    assert mail.recipients == ["ans@example.org"]
    assert "<script>" not in got.get_body(("html",)).get_content()


def test_the_log_says_whose_address_was_used(mail: MailServer, person: Person) -> None:
    from plein.foundation.gate.models import LogIntake

    deliver(write(Recipient(person=person, email="ans@example.org")))

    assert LogIntake.objects.count() == 1


@pytest.mark.parametrize(
    ("step", "answer", "state", "failure", "waits"),
    [
        ("rcpt", "550 5.1.1 <ans@example.org> unknown", "given-up", "address", None),
        ("rcpt", "450 4.2.1 try later", "waiting", "busy", 5),
        ("mail", "451 busy", "waiting", "busy", 5),
        ("mail", "550 not from you", "waiting", "sender", 15),
        ("data", "452 full", "waiting", "busy", 5),
        ("data", "554 spam", "given-up", "content", None),
        ("mail", HANG_UP, "waiting", "unreachable", 2),
        ("rcpt", HANG_UP, "waiting", "unreachable", 2),
        ("data", HANG_UP, "perhaps", "no-answer", None),
    ],
)
def test_each_answer_means_what_it_means_at_its_step(
    mail: MailServer, step: str, answer: str, state: str, failure: str, waits: int | None
) -> None:
    mail.answers[step] = answer

    dispatch = deliver(write())

    assert (dispatch.state, dispatch.failure) == (state, failure)
    assert dispatch.next_at == (NOW + timedelta(minutes=waits) if waits else None)
    assert "ans@example.org" not in dispatch.answer


def test_a_busy_server_is_tried_again_until_it_takes_the_mail(mail: MailServer) -> None:
    mail.answers["rcpt"] = "450 later"
    dispatch = deliver(write())
    assert not delivering.deliver_next(NOW + timedelta(minutes=4))
    mail.answers.clear()

    deliver(dispatch, now=NOW + timedelta(minutes=5))

    assert (dispatch.state, dispatch.attempts, len(mail.mails)) == ("sent", 2, 1)


def test_after_enough_tries_it_is_given_up(mail: MailServer) -> None:
    mail.answers["mail"] = "421 never"
    dispatch, at, tries = write(), NOW, 0
    while dispatch.state == "waiting" and tries < 20:
        dispatch = deliver(dispatch, now=at)
        at, tries = dispatch.next_at or at, tries + 1

    assert (dispatch.state, tries) == ("given-up", len(sending.WAITS["busy"]) + 1)


def test_nobody_there_is_tried_again(mail: MailServer, settings: Any) -> None:
    settings.EMAIL_PORT = 1

    assert deliver(write()).failure == "unreachable"


def test_without_a_mail_server_it_waits_and_says_so(settings: Any) -> None:
    settings.EMAIL_HOST = ""

    dispatch = deliver(write())

    assert (dispatch.state, dispatch.failure, dispatch.attempts) == ("waiting", "no-server", 0)
    late = deliver(dispatch, now=NOW + timedelta(days=8))
    assert (late.state, late.failure) == ("given-up", "too-old")


def test_without_registration_nothing_is_sent(mail: MailServer) -> None:
    registry.end(
        ProcessingActivity.objects.get(key=delivering.ACTIVITY, state="active").pk, reason="stop", by=OFFICER, now=NOW
    )

    dispatch = deliver(write())

    assert (dispatch.state, dispatch.failure) == ("waiting", "not-registered")
    assert mail.mails == []


def test_the_worker_sends_what_waits(mail: MailServer) -> None:
    dispatch = write()

    run_due(NOW)

    dispatch.refresh_from_db()
    assert dispatch.state == "sent"


def test_an_attempt_cut_off_before_the_content_goes_again_by_itself(mail: MailServer) -> None:
    dispatch = write()
    assert delivering.claim(NOW) == dispatch
    assert not delivering.deliver_next(NOW + timedelta(minutes=4))

    deliver(dispatch, now=NOW + timedelta(minutes=6))
    assert dispatch.state == "waiting"
    deliver(dispatch, now=NOW + timedelta(minutes=9))

    assert (dispatch.state, len(mail.mails)) == ("sent", 1)


def test_an_attempt_cut_off_during_the_content_is_never_repeated_by_itself(mail: MailServer) -> None:
    dispatch = write()
    delivering.claim(NOW)
    Dispatch.objects.update(phase="handed")

    for days in range(5):
        deliver(dispatch, now=NOW + timedelta(days=days, minutes=6))

    assert (dispatch.state, dispatch.failure, mail.mails) == ("perhaps", "cut-off", [])


def test_two_workers_never_take_the_same(mail: MailServer) -> None:
    write()

    assert delivering.claim(NOW) is not None
    assert delivering.claim(NOW) is None


def test_an_sms_is_taken_by_the_provider(sms: SmsServer) -> None:
    dispatch = deliver(write(Recipient(phone="06 12345678", channels=("sms",))))

    assert (dispatch.state, dispatch.provider_reference) == ("sent", "m-1")
    assert sms.taken == [
        {
            "accountReference": "SPNL0000000",
            "name": str(dispatch.uuid),
            "channel": "SMS",
            "from": "Pleinstad",
            "characterSet": "Auto",
            "messageType": "NotificationsAndReminders",
            "body": {"text": f"Wij hebben uw melding: Lantaarnpaal, Kerkstraat 12. Volg de melding: {FACTS['link']}"},
            "recipients": [{"msisdn": "+31612345678"}],
        }
    ]


@pytest.mark.parametrize(
    ("status", "state", "failure"),
    [(400, "given-up", "address"), (401, "waiting", "login"), (429, "waiting", "busy"), (503, "waiting", "busy")],
)
def test_each_status_of_the_provider_means_something(sms: SmsServer, status: int, state: str, failure: str) -> None:
    sms.status = status

    dispatch = deliver(write(Recipient(phone="06 12345678", channels=("sms",))))

    assert (dispatch.state, dispatch.failure) == (state, failure)


def test_after_a_silence_the_provider_is_asked_before_anything_is_sent_again(sms: SmsServer) -> None:
    sms.silent = True
    dispatch = deliver(write(Recipient(phone="06 12345678", channels=("sms",))))
    assert (dispatch.state, dispatch.phase, dispatch.failure) == ("sending", "handed", "no-answer")

    deliver(dispatch, now=NOW + timedelta(minutes=6))

    assert (dispatch.state, dispatch.provider_reference, len(sms.taken)) == ("sent", "m-1", 1)
    assert sms.asked == [{"requestName": [str(dispatch.uuid)], "pageSize": ["10"], "retrieveMessageBody": ["false"]}]


def test_what_the_provider_does_not_know_goes_again(sms: SmsServer) -> None:
    sms.status = 500
    dispatch = deliver(write(Recipient(phone="06 12345678", channels=("sms",))))
    assert dispatch.phase == "handed"
    sms.status = 202

    deliver(dispatch, now=NOW + timedelta(minutes=6))
    assert dispatch.state == "waiting"
    deliver(dispatch, now=NOW + timedelta(minutes=30))

    assert (dispatch.state, len(sms.taken)) == ("sent", 1)


def test_a_provider_that_cannot_be_asked_leaves_it_to_a_person_after_a_day(sms: SmsServer, settings: Any) -> None:
    sms.silent = True
    dispatch = deliver(write(Recipient(phone="06 12345678", channels=("sms",))))
    settings.PLEIN = {**settings.PLEIN, "SMS_URL": "http://127.0.0.1:1"}

    deliver(dispatch, now=NOW + timedelta(hours=1))
    assert dispatch.state == "sending"
    deliver(dispatch, now=NOW + timedelta(hours=25))

    assert (dispatch.state, len(sms.taken)) == ("perhaps", 1)


def test_a_dispatch_that_breaks_our_own_work_holds_up_no_other(
    mail: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, fine = write(Recipient(email="broken@example.org")), write()
    real = delivering.mailing.compose

    def compose(told: Any, *, to: str, **more: Any) -> Any:
        if to == "broken@example.org":
            raise RuntimeError("a mistake of ours")
        return real(told, to=to, **more)

    monkeypatch.setattr(delivering.mailing, "compose", compose)

    deliver(fine)

    broken.refresh_from_db()
    assert fine.state == "sent"
    assert (broken.state, broken.failure) == ("waiting", "broken")

"""Filing a report: what it stores, what it refuses, and how few statements that takes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plein.casework.cases.models import Rol, Zaak
from plein.foundation.events.models import Message
from plein.foundation.identity import keyring, stamps
from plein.foundation.identity.actors import ANONYMOUS, Actor
from plein.service.reports.errors import (
    DangerNotSeen,
    NoPlace,
    NothingSaid,
    OutsideTown,
    SaidBefore,
    TextTooLong,
    TooMany,
    UnknownCategory,
)
from plein.service.reports.models import Owner, Report
from plein.service.reports.queries.links import held_by
from plein.service.reports.rules.spam import OF_ONE_SENDER
from plein.service.reports.tests.conftest import LAMP_TEXT, NOW, SPOT, filed, lamp

pytestmark = pytest.mark.usefixtures("town")


def test_a_report_gets_a_case_with_its_team_and_a_promised_day() -> None:
    report = filed().report

    zaak = Zaak.objects.select_related("team").get(pk=report.zaak_id)
    assert (zaak.team.key, zaak.buurt_code, zaak.kanaal) == ("verlichting", "BU99990000", "web")
    assert report.promise_on == zaak.einddatum_gepland == date(2026, 11, 25)  # five working days after a Wednesday
    assert (report.state, report.chosen_by, report.wijk_code) == ("new", "reporter", "WK999900")


def test_the_text_is_sealed_and_the_case_says_nothing_of_it() -> None:
    report = filed(text="Bel mij op 06 12345678, de lamp is stuk.").report

    row = Report.objects.get(pk=report.pk)
    assert b"lamp" not in bytes(row.text)
    assert keyring.decrypt(row.text, about="reports.text") == "Bel mij op 06 12345678, de lamp is stuk."
    assert "12345678" not in row.public_text
    assert "12345678" not in row.zaak.omschrijving + row.zaak.toelichting


def test_contact_details_are_sealed_in_the_role_of_the_case() -> None:
    report = filed(contact={"email": "ans@example.org", "phone": ""}).report

    rol = Rol.objects.get(zaak=report.zaak)
    assert b"ans@" not in bytes(rol.contact)


def test_without_contact_details_there_is_no_role() -> None:
    assert not Rol.objects.filter(zaak=filed().report.zaak).exists()


def test_the_secret_link_opens_the_report_and_stands_nowhere() -> None:
    done = filed()

    report, follower = held_by(done.secret)

    assert (report.pk, follower) == (done.report.pk, None)
    assert done.secret not in str(list(Report.objects.filter(pk=report.pk).values()))


def test_sending_twice_gives_one_report_and_the_same_link() -> None:
    first, second = filed(draft_key="a" * 32), filed(draft_key="a" * 32)

    assert (first.is_new, second.is_new) == (True, False)
    assert (first.report.pk, first.secret) == (second.report.pk, second.secret)
    assert Zaak.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({"text": " \x00 \n"}, NothingSaid),
        ({"text": "a" * 3001}, TextTooLong),
        ({"text": "a" * 10_000_000}, TextTooLong),
        ({"category": "bestaat-niet"}, UnknownCategory),
        ({"lon": None, "lat": None}, NoPlace),
        ({"lon": 4.9, "lat": 52.37}, OutsideTown),
        ({"category": "lamp-gevaar"}, DangerNotSeen),
    ],
)
def test_what_cannot_be_filed_is_refused_and_leaves_nothing(values: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        filed(**values)

    assert (Report.objects.count(), Zaak.objects.count(), Message.objects.count()) == (0, 0, 0)


def test_a_danger_is_filed_once_somebody_said_that_they_called() -> None:
    assert filed(category="lamp-gevaar", danger_seen=True).report.zaak.priority == 1


def test_html_and_sql_are_kept_as_what_they_are() -> None:
    nasty = "<script>alert(1)</script>'; DROP TABLE reports_report; -- {{ 7*7 }}"

    report = filed(text=nasty, address=nasty, contact={"name": nasty}, answers={"how_many": nasty}).report

    assert Report.objects.get(pk=report.pk).address == nasty[:200]


def test_the_same_text_of_one_sender_at_one_place_is_refused() -> None:
    filed(origin="10.0.0.1")

    with pytest.raises(SaidBefore):
        filed(origin="10.0.0.1", text=LAMP_TEXT + "!")
    assert filed(origin="10.0.0.1", text="Overal hondenpoep op het grasveld waar kinderen spelen.").is_new


def test_one_sender_can_only_file_so_many_in_half_an_hour() -> None:
    for number in range(OF_ONE_SENDER):
        filed(
            origin="10.0.0.2", text=f"Heel iets anders {number} {number * 31} dan {number**3}", lon=5.262 + number / 900
        )

    with pytest.raises(TooMany):
        filed(origin="10.0.0.2", text="Nog iets nieuws over een boom", lat=52.5688)
    assert filed(NOW + timedelta(minutes=31), origin="10.0.0.2", text="Nog iets nieuws over een boom").is_new


def test_staff_and_machines_are_not_counted_as_spam() -> None:
    partner = Actor("partner", "app", roles=frozenset({"partner"}))

    assert filed(by=partner).is_new and filed(by=partner).is_new  # noqa: PT018 (twice the same)


def test_where_it_came_from_is_only_kept_as_a_hash() -> None:
    report = filed(origin="10.9.8.7").report

    assert len(report.origin_hash) == 32
    assert "10.9.8.7" not in str(Report.objects.filter(pk=report.pk).values())


def test_a_thing_in_the_street_gives_the_place() -> None:
    post = lamp()

    report = filed(asset=post.key, lon=None, lat=None).report

    assert (report.lon, report.lat, report.place_found, report.asset_id) == (*SPOT, "asset", post.pk)


def test_a_lamp_of_the_province_is_routed_by_its_rule() -> None:
    post = lamp(owner=Owner.objects.get(key="provincie"))

    report = filed(asset=post.key).report

    assert report.zaak.team.key == "verlichting"  # keeps an eye on it, while the province does it


def test_an_urgent_matter_in_the_evening_goes_to_who_is_on_duty() -> None:
    report = filed(NOW + timedelta(hours=9), category="boom-gevaar", danger_seen=True).report

    assert report.zaak.team.key == "meldpunt"


def _statements(**values: Any) -> list[str]:
    """File a report in a process that has seen one before, and give its statements; the transaction is the test's."""
    stamps._changing().clear()
    filed(**{**values, "text": "Eerst eentje om alles te kennen"})
    with CaptureQueriesContext(connection) as caught:
        filed(**values)
    control = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return [one["sql"] for one in caught.captured_queries if not one["sql"].startswith(control)]


def test_filing_by_a_machine_takes_at_most_five_statements() -> None:
    partner = Actor("partner", "app", roles=frozenset({"partner"}))

    assert len(_statements(by=partner)) <= 4
    assert len(_statements(by=partner, contact={"email": "ans@example.org"})) <= 5


def test_filing_by_a_resident_takes_at_most_five_statements() -> None:
    assert len(_statements(by=ANONYMOUS)) <= 5

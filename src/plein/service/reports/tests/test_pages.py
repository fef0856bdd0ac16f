"""Saying it in the browser, one question per page, without JavaScript; and everything behind the secret link."""

from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from plein.foundation import clock
from plein.foundation.geo.addresses import House, store_addresses
from plein.foundation.identity.actors import SYSTEM
from plein.service.reports.actions import handling
from plein.service.reports.models import Follower, Report
from plein.service.reports.queries.links import secret_for
from plein.service.reports.tests.conftest import NOW, SPOT, filed, lamp

pytestmark = pytest.mark.usefixtures("town")
TEXT = "Het bankje bij de vijver is kapot."


@pytest.fixture(autouse=True)
def _slow_hands() -> Any:
    with patch("plein.service.reports.views.filing.LEAST_SECONDS", 0):
        yield


def walk(client: Client, answers: dict[str, dict[str, str]], start: str = "/meldingen/nieuw") -> list[str]:
    """Answer each step that comes with what was given, and list the steps."""
    address, seen = start, []
    for _ in range(12):
        step = address.rpartition("/")[2]
        seen.append(step)
        if step not in answers:
            return seen
        answer = client.post(address, answers[step])
        assert answer.status_code == 302, (step, answer.content.decode()[:3000])
        address = answer.headers["Location"]
    raise AssertionError(seen)


BENCH = {
    "nieuw": {"text": TEXT},
    "soort": {"category": "bank-stuk"},
    "plaats": {"lon": str(SPOT[0]), "lat": str(SPOT[1])},
    "contact": {"email": "ans@example.org"},
    "controle": {},
}


def test_a_report_is_filed_in_five_pages_without_javascript(client: Client) -> None:
    seen = walk(client, BENCH)

    assert seen == ["nieuw", "soort", "plaats", "contact", "controle", "verstuurd"]
    report = Report.objects.get()
    assert (report.category.slug, report.place_found, report.source) == ("bank-stuk", "map", "web")
    page = client.get("/meldingen/verstuurd").content.decode()
    assert report.zaak.identificatie in page
    assert secret_for(report.public_key) in page


def test_sending_twice_gives_one_report(client: Client) -> None:
    walk(client, {name: BENCH[name] for name in BENCH if name != "controle"})
    session = dict(client.session)

    client.post("/meldingen/nieuw/controle")
    held = client.session
    held.update(session)
    held.save()
    client.post("/meldingen/nieuw/controle")

    assert Report.objects.count() == 1


def test_a_step_that_comes_too_early_leads_to_the_one_that_is_missing(client: Client) -> None:
    answer = client.get("/meldingen/nieuw/controle")

    assert answer.headers["Location"] == "/meldingen/nieuw/wat"


def test_going_back_shows_what_was_typed(client: Client) -> None:
    client.post("/meldingen/nieuw", {"text": TEXT})

    assert TEXT in client.get("/meldingen/nieuw").content.decode()


def test_danger_brings_the_phone_number_first_and_is_never_swallowed(client: Client) -> None:
    answer = client.post("/meldingen/nieuw", {"text": "Er is brand in de container achter de school"})

    assert answer.headers["Location"] == "/meldingen/nieuw/gevaar"
    page = client.get("/meldingen/nieuw/gevaar").content.decode()
    assert 'href="tel:112"' in page
    assert client.post("/meldingen/nieuw/gevaar", {}).status_code == 422
    assert client.get("/meldingen/nieuw/soort").headers["Location"] == "/meldingen/nieuw/gevaar"
    assert client.post("/meldingen/nieuw/gevaar", {"called": "called"}).headers["Location"] == "/meldingen/nieuw/soort"


def test_a_dangerous_kind_asks_it_too(client: Client) -> None:
    seen = walk(client, {**BENCH, "soort": {"category": "lamp-gevaar"}})

    assert seen[-1] == "gevaar"


def test_a_place_is_found_by_its_address(client: Client) -> None:
    store_addresses([House("Lindelaan", "12", *SPOT, "1901AX")], gemeente="GM9999", by=SYSTEM, now=NOW)
    walk(client, {"nieuw": BENCH["nieuw"], "soort": BENCH["soort"]})

    page = client.get("/meldingen/nieuw/plaats?zoek=lindelaan").content.decode()
    value = page.split('name="place" value="')[1].split('"')[0]
    client.post("/meldingen/nieuw/plaats", {"place": value, "spot": "bij de brug"})

    assert client.session["reports.draft"]["address"] == "Lindelaan 12 (bij de brug)"


@pytest.mark.parametrize(
    "place", [{}, {"lon": "a", "lat": "b"}, {"lon": "nan", "lat": "inf"}, {"lon": "4.9", "lat": "52"}]
)
def test_a_place_that_is_none_is_asked_again(client: Client, place: dict[str, str]) -> None:
    walk(client, {"nieuw": BENCH["nieuw"], "soort": BENCH["soort"]})

    assert client.post("/meldingen/nieuw/plaats", place).status_code == 422


def test_the_lamp_nearby_is_offered_and_extra_questions_are_asked(client: Client) -> None:
    lamp()
    answers = {
        **BENCH,
        "soort": {"category": "lamp-uit"},
        "ding": {"asset": "LM-0214"},
        "vragen": {"how_many": "one", "shown": "how_many"},
    }

    seen = walk(client, answers)

    assert seen == ["nieuw", "soort", "plaats", "ding", "vragen", "contact", "controle", "verstuurd"]
    report = Report.objects.get()
    assert (report.asset.key, report.answers) == ("LM-0214", {"how_many": "one"})


def test_a_qr_code_fills_in_the_thing_and_its_place(client: Client) -> None:
    lamp()
    client.get("/meldingen/object/LM-0214")

    seen = walk(client, {**BENCH, "soort": {"category": "lamp-uit"}, "vragen": {"how_many": "one"}})

    assert "plaats" not in seen
    assert Report.objects.get().asset.key == "LM-0214"


def test_an_open_report_nearby_is_shown_and_me_too_makes_no_second_one(client: Client) -> None:
    first = filed(category="bank-stuk", text="Plank los").report
    seen = walk(client, {name: BENCH[name] for name in ("nieuw", "soort", "plaats")})

    assert seen[-1] == "zelfde"
    assert "Plank los" in client.get("/meldingen/nieuw/zelfde").content.decode()
    address = reverse("reports:me-too", args=[first.public_key])
    told = client.post(address, {"email": "bo@example.org", "more": "Ik ook"})
    again = client.post(address, {"email": "bo@example.org", "more": "Ik ook"})

    assert told.status_code == again.status_code == 302
    assert (Report.objects.count(), Follower.objects.count()) == (1, 1)
    assert Report.objects.get().followers_count == 1
    assert "Ik ook" in client.get(told.headers["Location"]).content.decode()


def test_a_robot_that_fills_in_everything_is_refused(client: Client) -> None:
    walk(client, {name: BENCH[name] for name in BENCH if name != "controle"})

    assert client.post("/meldingen/nieuw/controle", {"website": "http://spam"}).status_code == 422
    assert not Report.objects.exists()


def test_html_is_shown_as_text_on_every_page(client: Client) -> None:
    nasty = '<script>alert("x")</script>'
    walk(client, {**BENCH, "nieuw": {"text": nasty}, "plaats": {**BENCH["plaats"], "spot": nasty}})
    report = Report.objects.get()
    pages = [
        reverse("reports:list"),
        reverse("reports:report", args=[report.public_key]),
        reverse("reports:follow", args=[secret_for(report.public_key)]),
        reverse("reports:me-too", args=[report.public_key]),
    ]

    for page in pages:
        assert nasty not in client.get(page).content.decode(), page


def test_the_link_shows_the_report_and_another_secret_shows_nothing(client: Client) -> None:
    done = filed(contact={"email": "ans@example.org"})

    page = client.get(f"/meldingen/volg/{done.secret}")

    assert page.status_code == 200
    assert "ans@example.org" in page.content.decode()
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert client.get(f"/meldingen/volg/{'0' * 64}").status_code == 404
    assert client.get(f"/meldingen/volg/{done.report.public_key}").status_code == 404


def test_a_reporter_adds_corrects_and_removes(client: Client) -> None:
    done = filed(contact={"email": "ans@example.org"})
    link = f"/meldingen/volg/{done.secret}"

    client.post(f"{link}/vertel", {"text": "Het is nu nog erger."})
    client.post(f"{link}/gegevens", {"email": "ander@example.org"})
    page = client.get(link).content.decode()
    client.post(f"{link}/gegevens", {"remove": "1"})

    assert "Het is nu nog erger." in page
    assert "ander@example.org" in page
    assert "ander@example.org" not in client.get(link).content.decode()


def test_no_opens_it_again_and_yes_closes_the_question(client: Client) -> None:
    done = filed()
    link = f"/meldingen/volg/{done.secret}"
    handling.close(done.report, "solved", by=SYSTEM, now=clock.now())
    assert 'name="solved"' in client.get(link).content.decode()

    client.post(f"{link}/opgelost", {"solved": "no", "reason": "Lamp knippert nog"})
    report = Report.objects.get()
    assert (report.closed_at, report.reopened, report.state) == (None, 1, "new")

    handling.close(report, "solved", by=SYSTEM, now=clock.now())
    client.post(f"{link}/opgelost", {"solved": "yes"})
    assert Report.objects.get().satisfied is True
    assert 'name="solved"' not in client.get(link).content.decode()


def test_a_report_is_withdrawn_by_its_reporter(client: Client) -> None:
    done = filed()

    client.post(f"/meldingen/volg/{done.secret}/intrekken")

    assert Report.objects.get().ending == "withdrawn"
    assert client.get(f"/meldingen/m/{done.report.public_key}").status_code == 404


def test_what_is_not_public_is_on_no_page(client: Client) -> None:
    hidden = filed(category="jongeren", danger_seen=True, text="Groepje bij de vijver").report

    assert client.get(f"/meldingen/m/{hidden.public_key}").status_code == 404
    assert hidden.public_key not in client.get("/meldingen/").content.decode()


def test_the_public_place_is_as_coarse_as_the_kind_says(client: Client) -> None:
    report = filed(category="parkeren-fout", address="Lindelaan 12").report

    page = client.get(f"/meldingen/m/{report.public_key}").content.decode()

    assert str(SPOT[0]) not in page
    assert "Lindelaan" not in page


def test_the_list_takes_as_many_statements_for_one_report_as_for_many(client: Client) -> None:
    client.get("/meldingen/")
    filed()
    one = _statements(client)
    for number in range(5):
        filed(text=f"Iets anders {number}", lon=SPOT[0] + number / 500)

    assert _statements(client) == one


def _statements(client: Client) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get("/meldingen/").status_code == 200
    return len(caught)

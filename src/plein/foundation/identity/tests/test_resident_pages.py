"""How residents come in, stay in and leave; and what stays hidden meanwhile."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import Client
from django.urls import path

from plein.foundation import clock
from plein.foundation.errors import NotAllowed
from plein.foundation.identity.access import Access, actor_of, everyone, resident_level, resident_only, staff_only
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.demo import PASSWORD, furnish_staff
from plein.foundation.identity.demo_residents import furnish_residents
from plein.foundation.identity.mandates import end_mandate, mandates_of
from plein.foundation.identity.models import AuditLine

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

house = import_module(settings.ROOT_URLCONF)


@resident_only
def own_page(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    return JsonResponse({"kind": actor.kind, "key": actor.key, **actor.facts})


@resident_level("high")
def certain_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("certain")


@staff_only
def desk_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("desk")


@everyone
def draft_page(request: HttpRequest) -> HttpResponse:
    if request.GET.get("typed"):
        request.session["draft"] = request.GET["typed"]
    return HttpResponse(request.session.get("draft", "nothing"))


urlpatterns = [
    path("proef/eigen", own_page),
    path("proef/zeker", certain_page),
    path("proef/bureau", desk_page),
    path("proef/concept", draft_page),
    *house.urlpatterns,
]
handler403, handler404, handler500 = house.handler403, house.handler404, house.handler500


def come_in(client: Client, person: str = "jan", **data: str) -> Any:
    return client.post("/inloggen/proef", {"person": person, **data})


def test_an_anonymous_visitor_is_asked_who_it_is_and_comes_back(client: Client) -> None:
    asked = client.get("/proef/eigen?stap=2")

    assert asked.url == "/inloggen?next=/proef/eigen%3Fstap%3D2"
    page = client.get(asked.url)
    assert 'name="next" value="/proef/eigen?stap=2"' in page.content.decode()
    assert come_in(client, next="/proef/eigen?stap=2").url == "/proef/eigen?stap=2"
    told = client.get("/proef/eigen").json()
    assert (told["kind"], told["level"]) == ("resident", "substantial")


def test_next_never_leads_to_another_site(client: Client) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)", "/\\evil.example"):
        assert come_in(client, next=elsewhere).url == "/"


def test_the_login_page_says_what_needs_no_login(client: Client) -> None:
    dutch, english = client.get("/inloggen").content.decode(), client.get("/en/inloggen").content.decode()

    assert "Bel ons of kom naar de balie" in dutch
    assert "Call us or come to the counter" in english


def test_what_was_typed_survives_the_login_under_another_session_key(client: Client) -> None:
    client.get("/proef/concept?typed=de+lamp")
    before = client.session.session_key

    come_in(client)

    assert client.session.session_key != before
    assert client.get("/proef/concept").content == b"de lamp"


def test_logging_out_throws_everything_away(client: Client) -> None:
    come_in(client)
    client.get("/proef/concept?typed=geheim")

    assert client.get("/uitloggen").status_code == 200
    assert client.post("/uitloggen").url == "/uitgelogd"

    assert client.get("/proef/eigen").status_code == 302
    assert client.get("/proef/concept").content == b"nothing"
    assert AuditLine.objects.filter(action="identity.logout").count() == 1


def test_a_page_that_needs_more_certainty_asks_to_log_in_again(client: Client) -> None:
    come_in(client)

    asked = client.get("/proef/zeker")

    assert asked.url == "/inloggen?level=high&next=/proef/zeker"
    assert "minstens niveau hoog" in client.get(asked.url).content.decode()


def test_residents_and_staff_are_refused_at_each_others_pages(client: Client) -> None:
    come_in(client)
    refused = client.get("/proef/bureau")
    assert (refused.status_code, "medewerkers van de gemeente" in refused.content.decode()) == (403, True)

    furnish_staff(now=clock.now())
    client.post("/account/inloggen", {"login": "demo-analist", "password": PASSWORD})
    refused = client.get("/proef/eigen")
    assert (refused.status_code, "voor inwoners en organisaties" in refused.content.decode()) == (403, True)


def test_one_browser_is_never_staff_and_resident_at_once(client: Client) -> None:
    furnish_staff(now=clock.now())
    come_in(client)
    client.post("/account/inloggen", {"login": "demo-analist", "password": PASSWORD})
    assert "resident" not in client.session
    assert client.get("/proef/bureau").content == b"desk"

    come_in(client)

    assert "_auth_user_id" not in client.session
    assert client.get("/proef/bureau").status_code == 403


def test_silence_logs_out_and_keeps_what_was_typed(client: Client) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        come_in(client)
        client.get("/proef/concept?typed=de+lamp")
        travel.shift(timedelta(minutes=14))
        assert client.get("/proef/eigen").status_code == 200
        travel.shift(timedelta(minutes=14))
        assert client.get("/proef/eigen").status_code == 200
        travel.shift(timedelta(minutes=15))

        assert client.get("/proef/eigen").status_code == 302
        assert "omdat er 15 minuten niets gebeurde" in client.get("/inloggen").content.decode()
        assert client.get("/proef/concept").content == b"de lamp"


def test_two_hours_is_the_longest(client: Client) -> None:
    with time_machine.travel(clock.now(), tick=False) as travel:
        come_in(client)
        for _ in range(11):
            travel.shift(timedelta(minutes=10))
            assert client.get("/proef/eigen").status_code == 200
        travel.shift(timedelta(minutes=10))

        assert client.get("/proef/eigen").status_code == 302


def test_nobody_is_invented_in_a_real_municipality(client: Client, settings: Any) -> None:
    settings.PLEIN = {**settings.PLEIN, "GEMEENTE": "GM0363"}

    assert come_in(client).status_code == 404
    assert "Jan de Boer" not in client.get("/inloggen").content.decode()
    assert furnish_residents(now=clock.now()) == {}


def test_a_child_cannot_log_in(client: Client) -> None:
    assert come_in(client, "noor").status_code == 404


def test_a_mandate_ends_on_the_page_where_one_is(client: Client) -> None:
    people = furnish_residents(now=clock.now())
    furnish_residents(now=clock.now())
    (mandate,) = mandates_of(people["sanne"], now=clock.now())
    come_in(client, "sanne")
    session = client.session
    session["resident"] = {**session["resident"], "mandate": mandate.pk}
    session.save()
    assert client.get("/proef/eigen").json()["acting_for"] == people["noor"].key

    end_mandate(mandate, by=SYSTEM, now=clock.now())

    assert "acting_for" not in client.get("/proef/eigen").json()


def test_a_mandate_of_another_does_not_count(client: Client) -> None:
    people = furnish_residents(now=clock.now())
    (mandate,) = mandates_of(people["sanne"], now=clock.now())
    come_in(client, "jan")
    session = client.session
    session["resident"] = {**session["resident"], "mandate": mandate.pk}
    session.save()

    assert "acting_for" not in client.get("/proef/eigen").json()


def test_being_logged_in_costs_one_query_for_the_session(client: Client, django_assert_num_queries: Any) -> None:
    come_in(client)

    with django_assert_num_queries(1):
        client.get("/proef/eigen")


def test_a_resident_has_no_right_of_staff_whatever_it_is() -> None:
    from plein.foundation.identity.actors import Actor, can
    from plein.foundation.identity.roles import all_rights

    actor = Actor("resident", "a" * 32)

    assert not any(can(actor, right) for right in all_rights())
    assert not Access("staff").admits(actor)
    assert not Access("resident").admits(Actor("staff", "1"))
    with pytest.raises(NotAllowed):
        create_staff("x", by=actor, now=clock.now())


def choose(client: Client, person: str) -> Any:
    people = furnish_residents(now=clock.now())
    come_in(client, person)
    mandate = mandates_of(people[person], now=clock.now())[0]
    return people, mandate, client.post("/namens/kiezen", {"mandate": mandate.pk, "next": "/over"})


def test_somebody_chooses_for_whom_to_act_and_every_page_says_so(client: Client) -> None:
    people, _, answer = choose(client, "sanne")

    assert answer.url == "/over"
    for page in ("/over", "/namens", "/en/over"):
        words = client.get(page).content.decode()
        assert ("U handelt voor <strong>Noor Visser</strong>" in words) or ("You act for <strong>Noor" in words), page
    assert client.get("/proef/eigen").json()["acting_for"] == people["noor"].key
    line = AuditLine.objects.get(action="identity.act-for")
    assert line.subject == f"person:{people['noor'].key}"

    assert client.post("/namens/stoppen", {"next": "/over"}).url == "/over"
    assert "U handelt voor" not in client.get("/over").content.decode()


def test_what_is_done_meanwhile_says_for_whom(client: Client) -> None:
    people, _, _ = choose(client, "rosa")

    client.post("/uitloggen")

    assert AuditLine.objects.get(action="identity.logout").facts == {"acting_for": people["plint"].key}


def test_a_mandate_of_somebody_else_cannot_be_chosen(client: Client) -> None:
    people = furnish_residents(now=clock.now())
    (mandate,) = mandates_of(people["sanne"], now=clock.now())
    come_in(client, "jan")

    assert client.post("/namens/kiezen", {"mandate": mandate.pk}).status_code == 404
    assert client.post(f"/namens/{mandate.pk}/beeindigen").status_code == 404
    assert client.post("/namens/kiezen", {"mandate": "x' or 1=1"}).status_code == 404


def test_when_it_ends_the_next_page_says_so_once(client: Client) -> None:
    _, mandate, _ = choose(client, "sanne")
    end_mandate(mandate, by=SYSTEM, now=clock.now())

    assert "De machtiging is beëindigd. U handelt weer voor uzelf." in client.get("/over").content.decode()
    assert "De machtiging is beëindigd" not in client.get("/over").content.decode()


def test_who_gave_a_mandate_sees_it_and_ends_it(client: Client) -> None:
    people = furnish_residents(now=clock.now())
    come_in(client, "plint")
    page = client.get("/namens").content.decode()
    (mandate,) = mandates_of(people["rosa"], now=clock.now())
    assert "Rosa Bakker" in page

    client.post(f"/namens/{mandate.pk}/beeindigen")

    assert mandates_of(people["rosa"], now=clock.now()) == []


def test_acting_for_another_costs_one_query_more(client: Client, django_assert_num_queries: Any) -> None:
    choose(client, "sanne")

    with django_assert_num_queries(2):
        client.get("/proef/eigen")


def test_staff_have_no_mandates_of_their_own(client: Client) -> None:
    furnish_staff(now=clock.now())
    client.post("/account/inloggen", {"login": "demo-balie", "password": PASSWORD})

    assert client.get("/namens").status_code == 403

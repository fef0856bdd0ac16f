"""A person's own cases: how they stand, what happened, and nothing that is not for them."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from plein.casework.cases import actions
from plein.casework.cases.models import Entry, Zaak
from plein.casework.cases.queries import timeline
from plein.casework.mine.tests.conftest import as_resident
from plein.foundation import clock
from plein.foundation.gate import intake, log
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.mandates import record_mandate
from plein.foundation.identity.models import Mandate, Person

pytestmark = pytest.mark.django_db
Felling = Callable[..., Zaak]


def page(name: str, *words: object) -> str:
    return reverse(f"mine:{name}", args=words)


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def act_for(client: Client, agent: Person, principal: Person, *, scope: tuple[str, ...] = ()) -> None:
    now = clock.now()
    Mandate.objects.filter(agent=agent, principal=principal).delete()
    until, since = now + timedelta(days=9), now - timedelta(minutes=1)
    made = record_mandate(agent, principal=principal, kind="client", scope=scope, until=until, by=SYSTEM, now=since)
    session = client.session
    session["resident"] = {**session["resident"], "mandate": made.pk}
    session.save()


def test_an_open_case_says_how_it_stands_what_comes_next_and_by_when(client: Client, felling: Felling) -> None:
    zaak = felling()
    as_resident(client, "jan")

    for seen in (text_of(client, page("home")), text_of(client, page("case", zaak.uuid))):
        assert "Eik in de voortuin" in seen
        assert "Wij hebben uw aanvraag." in seen
        assert "Wij bekijken de boom" in seen
        assert "iterlijk" in seen
    assert zaak.identificatie in text_of(client, page("cases"))


def test_what_waits_for_the_person_stands_on_top(client: Client, felling: Felling) -> None:
    felling(omschrijving="Berk")
    zaak = felling(omschrijving="Wilg")
    actions.suspend(zaak, reason="Wij missen een foto.", by=SYSTEM, now=clock.now())

    seen = text_of(as_resident(client, "jan"), page("home"))

    assert seen.index("Wacht op u") < seen.index("Wilg") < seen.index("Mijn zaken") < seen.index("Berk")
    assert "Wij wachten op u" in seen


def test_a_closed_case_stands_apart_with_its_result(client: Client, felling: Felling) -> None:
    zaak = felling()
    actions.close_zaak(zaak, "verleend", toelichting="U mag de boom kappen.", by=SYSTEM, now=clock.now())
    as_resident(client, "jan")

    assert "Eik" not in text_of(client, page("cases"))
    assert "Eik" in text_of(client, page("cases") + "?staat=afgerond")
    assert "U mag de boom kappen." in text_of(client, page("case", zaak.uuid))


def test_what_is_for_staff_or_secret_never_appears(client: Client, felling: Felling, officer: Actor) -> None:
    zaak, now = felling(), clock.now()
    actions.add_note(zaak, "Interne twijfel", by=SYSTEM, now=now)
    actions.tell(zaak, "note", "Voor u bedoeld", audience="person", by=officer, now=now)
    actions.tell(zaak, "note", "Stil spoor", audience="person", data={"secret": True}, by=officer, now=now)
    files = [("Zichtbaar", "person", 4), ("Intern stuk", "staff", 4), ("Geheim stuk", "person", 7)]
    made = [
        actions.add_document(
            zaak,
            "brief",
            content=title.encode(),
            titel=title,
            bestandsnaam=f"{title}.txt",
            formaat="text/plain",
            audience=audience,
            vertrouwelijkheid=rank,
            by=SYSTEM,
            now=now,
        )
        for title, audience, rank in files
    ]
    Entry.objects.filter(kind="document").update(audience="staff")  # the lines about them are not what is tested here
    as_resident(client, "jan")

    seen = text_of(client, page("case", zaak.uuid))

    assert "Voor u bedoeld" in seen
    assert "Zichtbaar" in seen
    for hidden in ("Interne twijfel", "Stil spoor", "Intern stuk", "Geheim stuk", officer.uri, "Priya"):
        assert hidden not in seen
    answers = [client.get(page("document", zaak.uuid, one.uuid)) for one in made]
    assert [answer.status_code for answer in answers] == [200, 404, 404]
    assert answers[0].content == b"Zichtbaar"
    assert answers[0]["Content-Disposition"] == 'attachment; filename="Zichtbaar.txt"'


@pytest.mark.parametrize("rank", [6, 7, 8])
def test_a_secret_case_does_not_exist_for_the_person_in_it(client: Client, felling: Felling, rank: int) -> None:
    zaak = felling(vertrouwelijkheid=rank)
    as_resident(client, "jan")

    for name in ("home", "cases"):
        assert "Eik" not in text_of(client, page(name))
    for name in ("case", "ask"):
        assert client.get(page(name, zaak.uuid)).status_code == 404


def test_a_case_of_a_secret_activity_does_not_exist_for_the_person_in_it(
    client: Client, felling: Felling, secret: str
) -> None:
    zaak = felling()
    type(zaak.zaaktype).objects.filter(pk=zaak.zaaktype_id).update(activity=secret)
    from plein.casework.cases.queries import types

    types._kept.forget()
    as_resident(client, "jan")

    assert "Eik" not in text_of(client, page("cases"))
    assert client.get(page("case", zaak.uuid)).status_code == 404
    types._kept.forget()


def test_nobody_sees_a_case_of_another(client: Client, felling: Felling) -> None:
    zaak = felling("fatima")
    as_resident(client, "jan")

    assert client.get(page("case", zaak.uuid)).status_code == 404
    assert client.post(page("ask", zaak.uuid), {"text": "Hoe?"}).status_code == 404
    assert "Eik" not in text_of(client, page("cases"))


def test_an_organisation_sees_its_cases(client: Client, felling: Felling) -> None:
    felling("plint", omschrijving="Terras")

    assert "Terras" in text_of(as_resident(client, "plint"), page("home"))


def test_a_question_is_seen_by_who_handles_the_case(client: Client, felling: Felling) -> None:
    zaak = felling()
    as_resident(client, "jan")

    assert client.post(page("ask", zaak.uuid), {"text": ""}).status_code == 422
    client.post(page("ask", zaak.uuid), {"text": "Wanneer komt u kijken?"})

    assert "Wanneer komt u kijken?" in text_of(client, page("case", zaak.uuid))
    asked = [line for line in timeline(zaak, "staff") if line.kind == "question"]
    assert [(line.by, line.text.nl) for line in asked] == [("resident", "Vraag: Wanneer komt u kijken?")]


def test_under_a_mandate_only_the_cases_within_its_scope_are_shown_and_written_down(
    client: Client, felling: Felling, people: dict[str, Person]
) -> None:
    zaak = felling("fatima")
    as_resident(client, "jan")

    act_for(client, people["jan"], people["fatima"], scope=("paspoort",))
    assert "Eik" not in text_of(client, page("cases"))
    assert client.get(page("case", zaak.uuid)).status_code == 404
    act_for(client, people["jan"], people["fatima"], scope=("kapvergunning",))
    assert "Eik" in text_of(client, page("case", zaak.uuid))

    code = log.code_of("person", people["fatima"].key)
    fields = [line.attributes[log.FIELDS] for line in intake.lines().filter(subject_id=code).order_by("number")]
    assert fields == [["cases", "status"], ["zaak", "timeline", "documents", "messages"]]
    Mandate.objects.update(ended_at=clock.now())
    assert client.get(page("case", zaak.uuid)).status_code == 404


def test_rooms_add_cards_and_parts_without_being_known(
    client: Client, felling: Felling, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plein.casework.mine.queries import cases
    from plein.foundation.rooms import MineCard, MinePart
    from plein.foundation.words import Text

    zaak = felling()
    asks = {"text": Text("Is het opgelost?", "Is it solved?"), "href": "/m/1", "at": clock.now(), "waits": True}
    tells = {"text": Text("Uw melding", "Your report"), "href": "/m/1", "at": None, "waits": False}
    card = MineCard(title=Text("Meldingen", "Reports"), read=lambda person, *, now: [asks, tells])
    part = MinePart(zaaktypen=["kapvergunning"], template="ui/parts/nothing.html", context=lambda *_, **__: {"x": 1})
    other = MinePart(zaaktypen=["iets"], template="no-such.html", context=lambda *_, **__: {})
    given: dict[Any, list[Any]] = {MineCard: [card], MinePart: [part, other]}
    monkeypatch.setattr(cases, "offers", lambda kind: given[kind])
    as_resident(client, "jan")

    seen = text_of(client, page("home"))

    assert (
        seen.index("Wacht op u") < seen.index("Is het opgelost?") < seen.index("Mijn zaken") < seen.index("Uw melding")
    )
    assert client.get(page("case", zaak.uuid)).status_code == 200


@pytest.mark.parametrize("count", [1, 5])
def test_pages_of_cases_cost_the_same_however_many_there_are(
    client: Client,
    felling: Felling,
    count: int,
    settled: Callable[[], None],
    django_assert_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    zaken = [felling() for _ in range(count)]
    as_resident(client, "jan")
    settled()
    addresses = [(page("home"), 5), (page("cases"), 3), (page("case", zaken[0].uuid), 6)]
    for address, _ in addresses:
        text_of(client, address)

    for (
        address,
        queries,
    ) in (
        addresses
    ):  # session, person, cases; unread messages, the card of reports; of one case its lines, documents and messages
        with django_assert_num_queries(queries):
            text_of(client, address)


def test_staff_and_visitors_do_not_come_in(client: Client, officer: Actor) -> None:
    from plein.foundation.identity.models import Staff

    assert "/inloggen" in client.get(page("home")).headers["Location"]
    client.force_login(Staff.objects.get(username="demo-privacy"))
    assert client.get(page("home")).status_code == 403

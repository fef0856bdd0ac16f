"""The desk as staff meet it: the list, a case, what is done with it, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from plein.casework.cases import actions as cases
from plein.casework.cases import queries as reading
from plein.casework.cases.models import Rol, Zaak
from plein.casework.cases.tests.conftest import NOW, TownHall
from plein.casework.desk.models import SavedFilter
from plein.foundation.gate import refusals
from plein.foundation.gate.models import LogIntake, Refusal
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import Person, Staff

LogIn = Callable[[Staff], Client]
LIST = "/werk/zaken/"


def text_of(answer: Any) -> str:
    return BeautifulSoup(answer.content, "html.parser").get_text(" ", strip=True)


def page_of(zaak: Zaak) -> str:
    return reverse("desk:case", args=[zaak.uuid])


def deed(zaak: Zaak, key: str) -> str:
    return reverse("desk:deed", args=[zaak.uuid, key])


def test_the_list_opens_at_the_work_of_the_team(hall: TownHall, log_in: LogIn) -> None:
    hall.open(team=hall.light, omschrijving="Lamp uit")
    hall.open(team=hall.green, omschrijving="Tak op de weg")

    told = text_of(log_in(hall.anna).get(LIST))

    assert "Lamp uit" in told
    assert "Tak op de weg" not in told


@pytest.mark.parametrize(
    ("view", "seen"), [("mine", ["Van Anna"]), ("free", ["Van niemand"]), ("team", ["Van Anna", "Van niemand"])]
)
def test_each_view_lists_its_own_work(hall: TownHall, log_in: LogIn, view: str, seen: list[str]) -> None:
    hall.open(team=hall.light, omschrijving="Van niemand")
    taken = hall.open(team=hall.light, omschrijving="Van Anna")
    cases.take(taken, staff=hall.anna, by=hall.actor(hall.anna), now=NOW)

    told = text_of(log_in(hall.anna).get(LIST, {"view": view}))

    assert [title for title in ("Van Anna", "Van niemand") if title in told] == seen


def test_nonsense_in_the_address_of_the_list_lists_something(hall: TownHall, log_in: LogIn) -> None:
    hall.open(team=hall.light, omschrijving="Lamp uit")
    strange = {
        "view": "x",
        "team": "9" * 30,
        "priority": "-1",
        "after": "%%%",
        "state": "½",
        "q": "\x00",
        "area": "'; --",
    }

    answer = log_in(hall.anna).get(LIST, strange)

    assert answer.status_code == 200


def test_with_scripts_only_the_list_comes(hall: TownHall, log_in: LogIn) -> None:
    hall.open(team=hall.light, omschrijving="Lamp uit")

    answer = log_in(hall.anna).get(LIST, headers={"HX-Request": "true"})

    assert answer.content.strip().startswith(b'<div id="work">')
    assert "Lamp uit" in text_of(answer)


def test_the_list_takes_as_many_queries_for_forty_cases_as_for_two(
    hall: TownHall, log_in: LogIn, settle: Callable[[], None], django_assert_max_num_queries: Any
) -> None:
    client = log_in(hall.anna)
    for _ in range(40):
        hall.open(team=hall.light)
    settle()

    # session, staff, the list in two, and on a whole page: teams, areas, saved choices, geo state, messages
    with django_assert_max_num_queries(11):
        assert client.get(LIST).status_code == 200


def test_a_case_that_is_not_ones_business_is_refused_and_kept_for_the_privacy_officer(
    hall: TownHall, log_in: LogIn
) -> None:
    zaak = hall.open(team=hall.green, omschrijving="Geheim van groen")

    answer = log_in(hall.anna).get(page_of(zaak))

    assert answer.status_code == 403
    assert "Geheim van groen" not in text_of(answer)
    refusals.take_up()
    assert Refusal.objects.filter(product=f"zaak:{zaak.uuid.hex}").count() == 1


def test_a_look_at_a_case_is_written_in_the_log(hall: TownHall, log_in: LogIn, jansen: Person) -> None:
    zaak = hall.open(team=hall.light, person=jansen)

    log_in(hall.anna).get(page_of(zaak))

    assert LogIntake.objects.count() == 1


def test_contact_details_show_only_when_asked_for(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light, contact={"name": "K. de Boer", "phone": "06 12345678"})
    client = log_in(hall.anna)

    assert "06 12345678" not in text_of(client.get(page_of(zaak)))
    assert "06 12345678" in text_of(client.get(page_of(zaak), {"contact": "yes"}))
    assert Rol.objects.get(zaak=zaak).contact is not None


@pytest.mark.parametrize(
    ("key", "said", "told"),
    [
        ("status", {"status": "bezig", "toelichting": "De monteur komt."}, "De monteur komt."),
        ("note", {"text": "Paal 12 is geel.", "audience": "staff"}, "Paal 12 is geel."),
        ("contact", {"kanaal": "phone", "direction": "in", "text": "Belde terug."}, "Belde terug."),
        ("priority", {"priority": "1"}, "urgent"),
        ("planned", {"day": "2026-11-20", "reason": "Dan komt het onderdeel."}, "20-11-2026"),
        ("suspend", {"reason": "Wij wachten op uw foto."}, "De termijn staat stil."),
        ("extend", {"reason": "Het is druk."}, "De termijn is verlengd"),
        ("correct", {"omschrijving": "Paal om", "toelichting": "Scheef"}, "aangepast"),
        ("close", {"resultaat": "opgelost", "toelichting": "De lamp is vervangen."}, "De lamp is vervangen."),
    ],
)
def test_what_is_done_with_a_case_stands_in_its_timeline(
    hall: TownHall, log_in: LogIn, key: str, said: dict[str, str], told: str
) -> None:
    zaak = hall.open(team=hall.light)
    client = log_in(hall.anna)
    assert client.get(deed(zaak, key)).status_code == 200

    answer = client.post(deed(zaak, key), {"seen": zaak.version, **said})

    assert answer.status_code == 302
    assert told in text_of(client.get(answer["Location"]))


def test_a_deed_that_asks_something_is_a_link_and_another_a_button(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light)

    page = BeautifulSoup(log_in(hall.anna).get(page_of(zaak)).content, "html.parser")

    links = {link["href"].rpartition("/")[2] for link in page.select(".desk__deeds a[href]")}
    assert {"close", "status", "note"} <= links
    assert [one["form"] for one in page.select("button[form]")] == ["deed-take"]


def test_a_case_is_taken_handed_over_and_reopened(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light)
    client = log_in(hall.anna)

    client.post(deed(zaak, "take"), {"seen": 1})
    client.post(deed(zaak, "close"), {"seen": 2, "resultaat": "opgelost", "toelichting": "Gedaan."})
    client.post(deed(zaak, "reopen"), {"seen": 3, "reason": "Hij is weer uit."})
    client.post(deed(zaak, "assign"), {"seen": 4, "team": hall.green.pk, "handler": "", "reason": "Tak ervoor."})

    zaak.refresh_from_db()
    assert (zaak.team_id, zaak.handler_id, zaak.einddatum) == (hall.green.pk, None, None)


def test_the_second_of_two_sees_what_changed_and_loses_nothing(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light)
    client = log_in(hall.anna)
    cases.set_status(zaak, "bezig", toelichting="Al onderweg.", by=SYSTEM, now=NOW)

    answer = client.post(deed(zaak, "close"), {"seen": 1, "resultaat": "opgelost", "toelichting": "Mijn lange tekst."})

    told = text_of(answer)
    assert answer.status_code == 409
    assert "Al onderweg." in told
    assert "Mijn lange tekst." in told
    seen = BeautifulSoup(answer.content, "html.parser").find("input", {"name": "seen"})
    again = {"seen": seen["value"], "resultaat": "opgelost", "toelichting": "Mijn lange tekst."}  # type: ignore[index]
    assert client.post(deed(zaak, "close"), again).status_code == 302


def test_with_scripts_a_deed_draws_the_case_anew_in_its_place(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light)

    answer = log_in(hall.anna).post(
        deed(zaak, "note"), {"seen": 1, "text": "Paal 12", "audience": "staff"}, headers={"HX-Request": "true"}
    )

    assert answer["HX-Retarget"] == "#case"
    assert b'<div id="case"' in answer.content
    assert "Paal 12" in text_of(answer)


def test_what_cannot_be_done_now_is_said_in_words(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light)

    answer = log_in(hall.anna).post(deed(zaak, "reopen"), {"seen": 1, "reason": "x"}, follow=True)

    assert "Dit kan niet met de zaak zoals zij nu is." in text_of(answer)


def test_who_may_only_read_gets_no_deeds(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.green, omschrijving="Van groen")
    hall.allow(hall.light, may="read")
    client = log_in(hall.anna)

    assert "Afronden" not in text_of(client.get(page_of(zaak)))
    assert client.post(deed(zaak, "note"), {"text": "x", "audience": "staff"}).status_code == 403


def test_many_cases_go_to_another_team_at_once_and_refusals_are_told(hall: TownHall, log_in: LogIn) -> None:
    rows = [hall.open(team=hall.light) for _ in range(3)]
    cases.close_zaak(rows[2], "opgelost", toelichting="x", by=SYSTEM, now=NOW)

    answer = log_in(hall.anna).post(
        reverse("desk:together"),
        {"zaak": [str(row.uuid) for row in rows], "what": f"team:{hall.green.pk}", "choice": "view=team"},
        follow=True,
    )

    told = text_of(answer)
    assert "Gedaan met 2 zaken." in told
    assert f"{rows[2].identificatie}: Niet gedaan" in told
    assert Zaak.objects.filter(team=hall.green).count() == 2


def test_nothing_ticked_is_said_in_words(hall: TownHall, log_in: LogIn) -> None:
    answer = log_in(hall.anna).post(reverse("desk:together"), {"what": "take"}, follow=True)

    assert "Er is niets gedaan" in text_of(answer)


def test_a_number_goes_straight_to_its_case(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light)

    answer = log_in(hall.anna).get(reverse("desk:find"), {"q": zaak.identificatie.lower()})

    assert answer["Location"] == page_of(zaak)


def test_a_saved_choice_comes_back_and_goes(hall: TownHall, log_in: LogIn) -> None:
    client = log_in(hall.anna)
    client.post(reverse("desk:save"), {"name": "Dringend licht", "choice": "view=team&priority=1", "share": "on"})
    saved = SavedFilter.objects.get()

    assert "Dringend licht" in text_of(client.get(LIST))
    assert saved.query == "view=team&priority=1"
    assert log_in(hall.bram).post(reverse("desk:forget", args=[saved.pk])).status_code == 403
    assert client.post(reverse("desk:forget", args=[saved.pk])).status_code == 302
    assert not SavedFilter.objects.exists()


def test_cases_stand_on_the_map_with_their_list(hall: TownHall, log_in: LogIn) -> None:
    hall.open(team=hall.light, omschrijving="Lamp uit", lon=4.9, lat=52.3)

    assert "Lamp uit" in text_of(log_in(hall.anna).get(reverse("desk:map")))


def test_cases_near_by_are_told(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light, lon=4.9, lat=52.3)
    hall.open(team=hall.light, omschrijving="De buurlamp", lon=4.9005, lat=52.3005)
    hall.open(team=hall.light, omschrijving="Ver weg", lon=4.95, lat=52.35)

    told = text_of(log_in(hall.anna).get(page_of(zaak)))

    assert "De buurlamp" in told
    assert "Ver weg" not in told


def test_a_document_is_downloaded_as_what_it_is_and_never_run(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light)
    made = cases.add_document(
        zaak, "foto", content=b"<script>x</script>", titel="Plaatje", bestandsnaam='a"b\n.html', formaat="text/html",
        by=SYSTEM, now=NOW,
    )  # fmt: skip

    answer = log_in(hall.anna).get(reverse("desk:document", args=[zaak.uuid, made.uuid]))

    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer.content == b"<script>x</script>"


def test_a_reference_of_nothing_is_refused_with_the_form_kept(hall: TownHall, log_in: LogIn) -> None:
    zaak = hall.open(team=hall.light)

    answer = log_in(hall.anna).post(
        deed(zaak, "relate"), {"seen": 1, "reference": "BESTAAT-NIET", "aard": "gerelateerd"}
    )

    assert answer.status_code == 422
    assert b"BESTAAT-NIET" in answer.content


def test_related_cases_show_on_both_sides(hall: TownHall, log_in: LogIn) -> None:
    zaak, other = hall.open(team=hall.light), hall.open(team=hall.light, omschrijving="De andere")
    client = log_in(hall.anna)

    client.post(deed(zaak, "relate"), {"seen": 1, "reference": other.identificatie, "aard": "gerelateerd"})

    assert "De andere" in text_of(client.get(page_of(zaak)))
    assert reading.relaties(other, actor=hall.actor(hall.anna), now=NOW)[0][1] == zaak

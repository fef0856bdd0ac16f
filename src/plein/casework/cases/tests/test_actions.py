"""Changing cases: what is written, what is told, and what is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from plein.casework.cases import actions, errors, queries
from plein.casework.cases.models import Audience, Document, Entry, Resultaat, Rol, Zaak
from plein.casework.cases.rules.references import tidied
from plein.casework.cases.tests.conftest import NOW, TownHall
from plein.foundation.errors import NotAllowed
from plein.foundation.events.models import Message
from plein.foundation.gate.models import Refusal
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM, Actor
from plein.foundation.identity.models import AuditLine, Person

LATER = NOW + timedelta(days=2)


def texts(zaak: Zaak, audience: str = "staff") -> list[str]:
    return [line.text.nl for line in queries.timeline(zaak, audience)]


def test_a_new_case_has_its_first_status_its_term_and_a_number_that_can_be_read_out(hall: TownHall) -> None:
    zaak = hall.open()
    zaak.refresh_from_db()
    assert zaak.status.key == "nieuw"
    # ten working days from Monday 2 November 2026
    assert zaak.uiterlijke_einddatum_afdoening == zaak.streefdag == date(2026, 11, 16)
    assert tidied(zaak.identificatie) == zaak.identificatie
    assert texts(zaak, "public") == ["De zaak is geopend."]
    assert [one.statustype.key for one in queries.statussen(zaak)] == ["nieuw"]


def test_opening_a_case_with_contact_takes_three_statements(
    settled: TownHall, django_assert_num_queries: Callable[..., Any]
) -> None:
    # the case, the role of who asked, and the event; see the budget of a report in issue 3, section 5
    with django_assert_num_queries(3):
        settled.open(by=ANONYMOUS, contact={"name": "J. Jansen", "email": "j@example.nl"})


def test_contact_details_are_sealed_and_can_be_opened_again(hall: TownHall) -> None:
    hall.open(contact={"name": "Josephine Jansen", "email": ""})
    rol = Rol.objects.get()
    assert b"Jansen" not in bytes(rol.contact)
    assert actions.opened_contact(rol) == {"name": "Josephine Jansen"}


def test_an_unknown_type_is_refused(hall: TownHall) -> None:
    with pytest.raises(errors.UnknownZaaktype):
        hall.open("bestaat-niet")


def test_staff_open_cases_only_with_the_right_and_leave_an_audit_line(hall: TownHall) -> None:
    zaak = hall.open(by=hall.actor(hall.anna))
    assert [line.action for line in queries.audit_trail(zaak)] == ["cases.open"]
    with pytest.raises(NotAllowed):
        hall.open(by=Actor("staff", str(hall.anna.pk)))


def test_every_change_leaves_an_audit_line_a_line_in_the_timeline_and_a_version(hall: TownHall) -> None:
    zaak = hall.open(team=hall.light)
    by = hall.actor(hall.anna)
    steps: list[Callable[[], object]] = [
        lambda: actions.set_status(zaak, "bezig", toelichting="Morgen.", by=by, now=NOW),
        lambda: actions.take(zaak, staff=hall.anna, by=by, now=NOW),
        lambda: actions.set_priority(zaak, 1, by=by, now=NOW),
        lambda: actions.set_planned(zaak, date(2026, 11, 20), by=by, now=NOW),
        lambda: actions.suspend(zaak, reason="Wij wachten op een onderdeel.", by=by, now=NOW),
        lambda: actions.resume(zaak, by=by, now=LATER),
        lambda: actions.extend(zaak, reason="Het is druk.", by=by, now=LATER),
        lambda: actions.add_note(zaak, "Paal 12.", by=by, now=LATER),
        lambda: actions.add_contactmoment(zaak, "Gebeld.", kanaal="phone", by=by, now=LATER),
        lambda: actions.correct(zaak, omschrijving="Lamp 12", buurt_code="BU01060203", by=by, now=LATER),
        lambda: actions.take_besluit(zaak, "besluit", datum=NOW.date(), ingangsdatum=NOW.date(), by=by, now=LATER),
        lambda: actions.close_zaak(zaak, "opgelost", by=by, now=LATER),
        lambda: actions.reopen_zaak(zaak, reason="Toch niet.", by=by, now=LATER),
        lambda: actions.hand_over(zaak, team=hall.green, reason="Er staat een boom voor.", by=by, now=LATER),
    ]
    for number, step in enumerate(steps, start=1):
        step()
        zaak.refresh_from_db()
        assert zaak.version == number + 1
        assert Entry.objects.filter(zaak=zaak, version=zaak.version).count() == 1
        assert len(queries.audit_trail(zaak)) == number
    assert zaak.wijk_code == "WK010602"


def test_who_asked_reads_what_concerns_them_and_no_notes_or_names_of_staff(hall: TownHall) -> None:
    zaak = hall.open(team=hall.light)
    by = hall.actor(hall.anna)
    actions.take(zaak, staff=hall.anna, by=by, now=NOW)
    actions.add_note(zaak, "Lastige melder.", by=by, now=NOW)
    actions.set_status(zaak, "bezig", by=by, now=NOW)
    assert texts(zaak, "person") == ["De zaak is geopend.", "Wij zijn ermee bezig."]
    assert {line.by_key for line in queries.timeline(zaak, "person")} == {""}
    assert str(hall.anna.pk) in {line.by_key for line in queries.timeline(zaak)}


def test_a_second_member_of_staff_sees_what_the_first_did_and_nothing_is_overwritten(hall: TownHall) -> None:
    zaak = hall.open(team=hall.light)
    seen = zaak.version
    actions.set_status(zaak, "bezig", toelichting="Ik ben er al.", by=hall.actor(hall.anna), now=NOW, seen=seen)
    with pytest.raises(errors.ChangedMeanwhile) as caught:
        actions.set_priority(Zaak.objects.get(), 3, by=hall.actor(hall.chef), now=LATER, seen=seen)
    assert [one["text"] for one in caught.value.facts["changes"]] == ["Wij zijn ermee bezig. Ik ben er al."]
    assert (caught.value.facts["by"], caught.value.facts["at"]) == ("staff", NOW.isoformat())
    assert Zaak.objects.get().priority == 2


def test_pressing_the_button_twice_does_it_once(hall: TownHall) -> None:
    zaak = hall.open(team=hall.light)
    seen, by = zaak.version, hall.actor(hall.anna)
    for _ in range(2):
        actions.set_status(zaak, "bezig", by=by, now=NOW, seen=seen)
    for _ in range(2):
        actions.close_zaak(zaak, "opgelost", by=by, now=NOW, seen=seen + 1)
    assert [one.statustype.key for one in queries.statussen(zaak)] == ["nieuw", "bezig", "klaar"]


def test_the_last_status_comes_only_with_a_result(hall: TownHall) -> None:
    zaak = hall.open()
    with pytest.raises(errors.EndNeedsResult):
        actions.set_status(zaak, "klaar", by=SYSTEM, now=NOW)
    with pytest.raises(errors.UnknownPart):
        actions.set_status(zaak, "onbekend", by=SYSTEM, now=NOW)


def test_a_closed_case_knows_when_its_file_goes(hall: TownHall) -> None:
    zaak = actions.close_zaak(hall.open(), "opgelost", toelichting="Nieuwe lamp.", by=SYSTEM, now=NOW)
    zaak.refresh_from_db()
    assert (zaak.archiefnominatie, zaak.archiefactiedatum) == ("vernietigen", date(2027, 11, 2))
    assert (zaak.status.key, zaak.einddatum) == ("klaar", date(2026, 11, 2))
    assert texts(zaak, "person")[-1] == "Afgerond: Opgelost. Nieuwe lamp."


def test_a_case_with_a_decision_counts_its_archive_term_from_when_that_holds(hall: TownHall) -> None:
    zaak = hall.open()
    actions.take_besluit(zaak, "besluit", datum=NOW.date(), ingangsdatum=date(2027, 1, 1), by=SYSTEM, now=NOW)
    actions.close_zaak(zaak, "besloten", by=SYSTEM, now=NOW)
    assert zaak.archiefactiedatum == date(2032, 1, 1)


def test_a_case_ends_after_its_parts(hall: TownHall) -> None:
    whole = hall.open()
    part = hall.open(hoofdzaak=whole)
    with pytest.raises(errors.OpenChildren):
        actions.close_zaak(whole, "opgelost", by=SYSTEM, now=NOW)
    actions.close_zaak(part, "opgelost", by=SYSTEM, now=NOW)
    actions.close_zaak(whole, "opgelost", by=SYSTEM, now=NOW)


def test_reopening_goes_on_where_it_was_and_forgets_the_archive_day(hall: TownHall) -> None:
    zaak = hall.open()
    actions.set_status(zaak, "bezig", by=SYSTEM, now=NOW)
    actions.close_zaak(zaak, "opgelost", by=SYSTEM, now=NOW)
    actions.reopen_zaak(zaak, reason="Hij doet het nog niet.", by=ANONYMOUS, now=LATER)
    zaak.refresh_from_db()
    assert (zaak.status.key, zaak.einddatum, zaak.archiefactiedatum) == ("bezig", None, None)
    assert not Resultaat.objects.exists()
    with pytest.raises(errors.NotClosed):
        actions.reopen_zaak(zaak, reason="Nog eens", by=ANONYMOUS, now=LATER)


def test_what_happens_is_announced_by_number_only(hall: TownHall) -> None:
    zaak = hall.open(contact={"name": "Jansen"}, toelichting="Bij Jansen voor de deur")
    actions.set_status(zaak, "bezig", by=SYSTEM, now=NOW)
    actions.close_zaak(zaak, "opgelost", by=SYSTEM, now=NOW)
    actions.reopen_zaak(zaak, reason="Jansen belt", by=SYSTEM, now=NOW)
    said = list(Message.objects.filter(type__startswith="nl.plein.cases.").order_by("id"))
    assert [one.type.rpartition(".")[2] for one in said] == ["opened", "status-set", "closed", "reopened"]
    assert {one.subject for one in said} == {zaak.uuid.hex}
    assert "Jansen" not in str([one.data for one in said])


def test_a_term_moves_by_the_days_that_it_stood_still_and_can_be_extended_once(hall: TownHall) -> None:
    zaak = hall.open()
    actions.suspend(zaak, reason="Wij wachten op u.", by=SYSTEM, now=NOW)
    with pytest.raises(errors.NoSuspending):
        actions.suspend(zaak, reason="Nog eens", by=SYSTEM, now=NOW)
    actions.resume(zaak, by=SYSTEM, now=NOW + timedelta(days=7))  # five working days
    assert zaak.uiterlijke_einddatum_afdoening == date(2026, 11, 23)
    actions.extend(zaak, reason="Het is veel.", by=SYSTEM, now=NOW)  # five working days more
    assert zaak.uiterlijke_einddatum_afdoening == zaak.streefdag == date(2026, 11, 30)
    with pytest.raises(errors.NoExtending):
        actions.extend(zaak, reason="Nog eens", by=SYSTEM, now=NOW)


def test_work_goes_to_somebody_in_the_team(hall: TownHall) -> None:
    zaak = hall.open(team=hall.light)
    with pytest.raises(errors.NotInTeam):
        actions.assign(zaak, team=hall.light, handler=hall.bram, by=hall.actor(hall.anna), now=NOW)


def test_a_closed_case_is_not_worked_on(hall: TownHall) -> None:
    zaak = actions.close_zaak(hall.open(), "opgelost", by=SYSTEM, now=NOW)
    with pytest.raises(errors.AlreadyClosed):
        actions.set_priority(zaak, 1, by=SYSTEM, now=NOW)
    actions.add_note(zaak, "Nagekomen.", by=SYSTEM, now=NOW)


def test_somebody_without_a_task_in_a_case_cannot_change_it_and_that_is_kept(hall: TownHall) -> None:
    zaak = hall.open(team=hall.light)
    with pytest.raises(errors.NoBusiness):
        actions.set_priority(zaak, 1, by=hall.actor(hall.bram), now=NOW)
    with pytest.raises(errors.NoSuchCase):
        actions.set_priority(zaak, 1, by=ANONYMOUS, now=NOW)
    assert not AuditLine.objects.filter(subject=queries.subject_of(zaak)).exists()


def test_a_resident_adds_to_their_own_case_and_does_not_steer_it(hall: TownHall, jansen: Person) -> None:
    zaak, other = hall.open(person=jansen), hall.open()
    by = Actor("resident", jansen.key)
    actions.add_note(zaak, "Het is de derde paal.", by=by, now=NOW)
    assert texts(zaak, "person")[-1] == "Het is de derde paal."
    with pytest.raises(errors.NotYours):
        actions.set_priority(zaak, 1, by=by, now=NOW)
    with pytest.raises(errors.NoSuchCase):
        actions.add_note(other, "Ook hier.", by=by, now=NOW)


def test_who_reports_can_correct_and_withdraw_their_contact(hall: TownHall) -> None:
    zaak = hall.open(contact={"name": "Jansen", "phone": "0612345678"})
    rol = Rol.objects.get()
    actions.change_contact(rol, {"name": "Jansen", "phone": "0687654321"}, by=ANONYMOUS, now=NOW)
    assert actions.opened_contact(Rol.objects.get())["phone"] == "0687654321"
    actions.change_contact(rol, None, by=ANONYMOUS, now=NOW)
    assert actions.opened_contact(Rol.objects.get()) == {}
    assert not any("06" in text for text in texts(zaak))


def test_a_part_in_a_case_is_given_once_and_can_end(hall: TownHall, jansen: Person) -> None:
    zaak = hall.open()
    made = [actions.add_rol(zaak, "belanghebbende", person=jansen, by=SYSTEM, now=NOW) for _ in range(2)]
    assert made[0] == made[1]
    actions.remove_rol(made[0], by=SYSTEM, now=NOW)
    assert not Rol.objects.exists()


def test_the_bytes_of_a_document_are_kept_once_per_case_and_checked_when_read(hall: TownHall) -> None:
    zaak, other = hall.open(), hall.open()
    told: dict[str, Any] = {"titel": "Foto", "bestandsnaam": "lamp.jpg", "formaat": "image/jpeg", "by": SYSTEM}
    made = [actions.add_document(zaak, "foto", content=b"beeld", now=NOW, **told) for _ in range(2)]
    actions.add_document(other, "foto", content=b"beeld", now=NOW, **told)
    assert made[0] == made[1]
    assert Document.objects.count() == 2
    assert actions.read_document(made[0]) == b"beeld"
    actions.documents.place_of(made[0].path).write_bytes(b"anders")
    with pytest.raises(errors.FileMissing):
        actions.read_document(made[0])
    with pytest.raises(errors.EmptyFile):
        actions.add_document(zaak, "foto", content=b"", now=NOW, **told)


def test_a_document_that_a_resident_sends_is_seen_by_them_and_goes_with_its_bytes(
    hall: TownHall, jansen: Person, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    zaak, by = hall.open(person=jansen), Actor("resident", jansen.key)
    told: dict[str, Any] = {"titel": "Foto", "bestandsnaam": "lamp.jpg", "formaat": "image/jpeg"}
    made = actions.add_document(zaak, "foto", content=b"beeld", by=by, now=NOW, **told)
    assert queries.documenten(zaak, Audience.PERSON) == [made]
    with django_capture_on_commit_callbacks(execute=True):
        actions.remove_document(made, reason="Iemand staat erop.", by=SYSTEM, now=NOW)
    assert not actions.documents.place_of(made.path).exists()


def test_two_cases_about_the_same_become_one_and_who_reported_second_hears_how_it_goes(hall: TownHall) -> None:
    first, second = hall.open(), hall.open(now=LATER)
    actions.add_note(first, "Van de eerste melder.", audience="person", by=SYSTEM, now=NOW)
    actions.merge_duplicate(second, into=first, resultaattype_key="dubbel", by=SYSTEM, now=LATER)
    actions.set_status(first, "bezig", by=SYSTEM, now=LATER + timedelta(hours=1))
    assert second.einddatum is not None
    assert texts(second, "person")[-1] == "Wij zijn ermee bezig."
    assert "Van de eerste melder." not in texts(second, "person")
    assert [how for how, _ in queries.relaties(first, actor=SYSTEM, now=NOW)] == ["heeft-duplicaat"]
    assert [how for how, _ in queries.relaties(second, actor=SYSTEM, now=NOW)] == ["duplicaat"]


def test_a_case_cannot_be_a_part_of_itself(hall: TownHall) -> None:
    whole = hall.open()
    part = hall.open(hoofdzaak=whole)
    with pytest.raises(errors.RelatedToItself):
        actions.set_hoofdzaak(whole, part, by=SYSTEM, now=NOW)
    with pytest.raises(errors.RelatedToItself):
        actions.relate(whole, whole, by=SYSTEM, now=NOW)


def test_a_character_that_no_database_keeps_is_left_out(hall: TownHall) -> None:
    zaak = hall.open(omschrijving="Lamp\x00 stuk", toelichting="<b>\x00'; DROP TABLE zaak")
    zaak.refresh_from_db()
    assert (zaak.omschrijving, zaak.toelichting) == ("Lamp stuk", "<b>'; DROP TABLE zaak")


def test_what_is_refused_halfway_leaves_nothing(hall: TownHall) -> None:
    zaak = hall.open()
    with pytest.raises(errors.UnknownPart):
        actions.take_besluit(zaak, "onbekend", datum=NOW.date(), ingangsdatum=NOW.date(), by=SYSTEM, now=NOW)
    zaak.refresh_from_db()
    assert zaak.version == 1
    assert not Refusal.objects.exists()


def test_ten_megabytes_of_text_are_refused_and_leave_nothing(hall: TownHall) -> None:
    with pytest.raises(errors.TextTooLong):
        hall.open(toelichting="a" * 10_000_000)
    zaak = hall.open()
    with pytest.raises(errors.TextTooLong):
        actions.add_note(zaak, "a" * 10_000_000, by=SYSTEM, now=NOW)
    assert Zaak.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_the_same_moment_one_wins_and_the_other_hears_what_happened(hall: TownHall) -> None:
    zaak, start = hall.open(team=hall.light), Barrier(2)
    steps = {
        "status": lambda row: actions.set_status(row, "bezig", by=hall.actor(hall.anna), now=NOW, seen=1),
        "priority": lambda row: actions.set_priority(row, 1, by=hall.actor(hall.chef), now=NOW, seen=1),
    }

    def save(name: str) -> object:
        row = Zaak.objects.get(pk=zaak.pk)
        start.wait(timeout=30)
        try:
            return steps[name](row)
        except errors.ChangedMeanwhile as refused:
            return refused.facts["changes"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(save, steps))
    assert sum(isinstance(one, Zaak) for one in told) == 1
    assert [len(one) for one in told if isinstance(one, list)] == [1]
    assert Zaak.objects.get(pk=zaak.pk).version == 2
    assert Entry.objects.filter(zaak=zaak).count() == 1

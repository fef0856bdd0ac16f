"""Who sees which cases, and the work list."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from plein.casework.cases import actions, errors, queries
from plein.casework.cases.models import Zaak
from plein.casework.cases.queries import Filters
from plein.casework.cases.tests.conftest import NOW, TownHall
from plein.foundation.gate import refusals
from plein.foundation.gate.models import Refusal
from plein.foundation.identity.actions import add_partner
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM, Actor
from plein.foundation.identity.models import Mandate, Person
from plein.foundation.identity.teams import put_team


def listed(actor: Actor, **filters: Any) -> list[int]:
    return [row.pk for row in queries.worklist(actor, Filters(**filters), now=NOW).rows]


def test_staff_see_the_cases_of_their_team_and_their_own_and_no_others(hall: TownHall) -> None:
    of_team, of_other, of_nobody = hall.open(team=hall.light), hall.open(team=hall.green), hall.open()
    own = hall.open("boom", team=hall.green, vertrouwelijkheid=8)
    Zaak.objects.filter(pk=own.pk).update(handler=hall.anna)
    assert hall.seen_by(hall.anna) == hall.seen_by(hall.anna, "write") == {of_team.pk, own.pk}
    assert hall.seen_by(hall.bram) == {of_other.pk}
    assert hall.seen_by(hall.chef) == {of_team.pk, of_other.pk, of_nobody.pk, own.pk}


def test_what_is_confidential_is_seen_in_a_team_only_with_a_right(hall: TownHall) -> None:
    zaak = hall.open("boom", team=hall.light)  # trees are confidential here: 5
    assert hall.seen_by(hall.anna) == set()
    hall.allow(hall.light, zaaktype="boom", max_vertrouwelijkheid=5, may="read")
    assert hall.seen_by(hall.anna) == {zaak.pk}
    assert hall.seen_by(hall.anna, "write") == set()


def test_a_right_opens_cases_of_a_type_in_an_area_up_to_a_confidentiality(hall: TownHall) -> None:
    wanted = hall.open("lamp", buurt_code="BU01060203")
    elsewhere = hall.open("lamp", buurt_code="BU01060301")
    other_type = hall.open("boom", buurt_code="BU01060203", vertrouwelijkheid=1)
    secret = hall.open("lamp", buurt_code="BU01060203", vertrouwelijkheid=5)
    hall.allow(hall.green, zaaktype="lamp", area_code="WK010602", max_vertrouwelijkheid=4)
    assert hall.seen_by(hall.bram) == {wanted.pk}
    assert hall.seen_by(hall.anna) == set()
    hall.allow(hall.light, area_code="BU01060203", max_vertrouwelijkheid=8)
    assert hall.seen_by(hall.anna) == {wanted.pk, other_type.pk, secret.pk}
    assert elsewhere.pk not in hall.seen_by(hall.anna)


def test_without_the_role_being_in_a_team_opens_nothing(hall: TownHall) -> None:
    hall.open(team=hall.light)
    assert not queries.visible_to(Actor("staff", str(hall.anna.pk)), now=NOW).exists()


def test_residents_see_their_own_cases_and_those_of_whom_they_act_for(hall: TownHall, jansen: Person) -> None:
    child = Person.objects.create(kind="resident", created_at=NOW)
    own, of_child, _ = hall.open(person=jansen), hall.open(person=child), hall.open()
    tree_of_child = hall.open("boom", person=child)
    by, acting = Actor("resident", jansen.key), Actor("resident", jansen.key, facts={"acting_for": child.key})
    assert list(queries.visible_to(by, now=NOW)) == [own]
    assert not queries.visible_to(acting, now=NOW).exists()  # saying so is not enough
    told: dict[str, Any] = {"agent": jansen, "principal": child, "kind": "parent", "source": "counter", "since": NOW}
    mandate = Mandate.objects.create(**told, until=NOW + timedelta(days=30), scope=["lamp"])
    assert list(queries.visible_to(acting, now=NOW)) == [of_child]
    mandate.scope = []
    mandate.save()
    assert set(queries.visible_to(acting, now=NOW)) == {of_child, tree_of_child}
    assert not queries.visible_to(acting, now=NOW + timedelta(days=30)).exists()


def test_a_partner_sees_the_cases_of_its_team_within_its_token(hall: TownHall) -> None:
    partner = add_partner("aannemer", name="Aannemer", by=SYSTEM, now=NOW)
    team = put_team("buiten", title_nl="Buiten", title_en="Outside", partner=partner, by=SYSTEM, now=NOW)
    zaak, _ = hall.open(team=team), hall.open(team=hall.light)
    assert list(queries.visible_to(Actor("partner", "aannemer", scopes=frozenset({"cases.read"})), now=NOW)) == [zaak]
    assert not queries.visible_to(Actor("partner", "aannemer", scopes=frozenset({"data.read"})), now=NOW).exists()


def test_nobody_sees_nothing(hall: TownHall) -> None:
    hall.open()
    assert not queries.visible_to(ANONYMOUS, now=NOW).exists()


def test_a_look_without_a_task_is_refused_and_kept_for_the_privacy_officer(hall: TownHall, jansen: Person) -> None:
    zaak = hall.open(team=hall.light)
    assert queries.zaak_for(hall.actor(hall.anna), zaak.uuid, now=NOW) == zaak
    with pytest.raises(errors.NoBusiness):
        queries.zaak_for(hall.actor(hall.bram), zaak.uuid, now=NOW)
    with pytest.raises(errors.NoSuchCase):
        queries.zaak_for(Actor("resident", jansen.key), zaak.uuid, now=NOW)
    with pytest.raises(errors.NoSuchCase):
        queries.zaak_for(hall.actor(hall.bram), "00000000-0000-4000-8000-000000000000", now=NOW)
    refusals.take_up()
    kept = Refusal.objects.order_by("id").values_list("actor", "product", "code")
    assert list(kept) == [
        (f"plein:staff:{hall.bram.pk}", f"zaak:{zaak.uuid.hex}", "no-business"),
        (f"plein:resident:{jansen.key}", f"zaak:{zaak.uuid.hex}", "no-such-case"),
    ]


def test_reading_a_case_is_one_query(settled: TownHall, django_assert_num_queries: Callable[..., Any]) -> None:
    zaak, actor = settled.open(team=settled.light), settled.actor(settled.anna)
    with django_assert_num_queries(1):
        found = queries.zaak_for(actor, zaak.uuid, now=NOW)
        assert (found.zaaktype.title.en, found.status.key, found.team.key) == ("Broken lamp", "nieuw", "licht")


def test_a_page_of_the_work_list_with_all_names_is_two_queries(
    hall: TownHall, settle: Callable[[], None], django_assert_num_queries: Callable[..., Any]
) -> None:
    for _ in range(12):
        hall.open(team=hall.light)
    hall.allow(hall.light, zaaktype="boom", may="read")
    settle()
    actor = hall.actor(hall.anna)
    for size in (2, 12):
        with django_assert_num_queries(2):
            page = queries.worklist(actor, Filters(zaaktypen=["lamp"]), now=NOW, size=size)
            assert [(row.zaaktype.identificatie, row.team.key) for row in page.rows] == [("lamp", "licht")] * size
            assert {row.status.key for row in page.rows} == {"nieuw"}
            assert {row.handler for row in page.rows} == {None}


@pytest.mark.parametrize("sort", ["urgent", "newest"])
def test_turning_pages_gives_each_case_once_in_order(hall: TownHall, sort: str) -> None:
    for number in range(23):
        hall.open(
            team=hall.light if number % 3 else None,
            vertrouwelijkheid=1,
            priority=1 + number % 3,
            now=NOW - timedelta(days=number % 5),
        )
    hall.allow(hall.light, max_vertrouwelijkheid=4)  # the same cases for a second reason
    actor, found, after = hall.actor(hall.anna), [], ""
    for _ in range(6):
        page = queries.worklist(actor, Filters(sort=sort), after=after, now=NOW, size=4)
        found += page.rows
        after = page.next
    assert after == ""
    if sort == "newest":
        expected = list(Zaak.objects.order_by("-id"))
    else:
        expected = list(Zaak.objects.order_by("priority", "streefdag", "id"))
    assert found == expected
    assert queries.count_at_most(actor, Filters(), now=NOW) == 23
    assert queries.count_at_most(actor, Filters(), now=NOW, most=10) == 10


def test_a_page_that_cannot_be_read_starts_at_the_beginning(hall: TownHall) -> None:
    zaak = hall.open(team=hall.light)
    for after in ("%%%", "W10", "bm9uc2Vucw", "WyJhIiwgImIiLCAiYyJd"):
        assert queries.worklist(hall.actor(hall.anna), Filters(), after=after, now=NOW).rows == [zaak]


def test_filters_choose_among_what_somebody_may_see(hall: TownHall) -> None:
    lamp = hall.open(team=hall.light, buurt_code="BU01060203", kanaal="phone", now=NOW - timedelta(days=60))
    urgent = hall.open(team=hall.light, priority=1, omschrijving="Vonken")
    tree = hall.open("boom", team=hall.green, vertrouwelijkheid=1)
    done = actions.close_zaak(hall.open(team=hall.light), "opgelost", by=SYSTEM, now=NOW)
    actor = hall.actor(hall.anna)
    actions.take(lamp, staff=hall.anna, by=actor, now=NOW)
    actions.set_status(urgent, "bezig", by=actor, now=NOW)
    assert listed(actor) == [urgent.pk, lamp.pk]
    assert listed(actor, overdue=True) == listed(actor, areas=["WK010602"]) == listed(actor, kanalen=["phone"])
    assert listed(actor, handlers=[hall.anna.pk]) == [lamp.pk]
    assert listed(actor, unassigned=True) == listed(actor, priorities=[1]) == listed(actor, text="vonk") == [urgent.pk]
    assert listed(actor, text=urgent.identificatie.lower()) == listed(actor, statussen=["bezig"]) == [urgent.pk]
    assert listed(actor, state="closed") == [done.pk]
    assert listed(actor, state="all") == [done.pk, urgent.pk, lamp.pk]
    assert listed(actor, since=NOW.date()) == [urgent.pk]
    assert listed(actor, zaaktypen=["boom"]) == listed(actor, teams=[hall.green.pk]) == []
    assert listed(hall.actor(hall.bram), zaaktypen=["boom"]) == [tree.pk]
    assert listed(hall.actor(hall.chef), teams=[hall.green.pk, hall.light.pk]) == [urgent.pk, lamp.pk, tree.pk]
    assert listed(ANONYMOUS) == listed(ANONYMOUS, teams=[hall.light.pk]) == []


def test_a_case_is_found_by_its_number_however_typed_and_only_by_who_may_see_it(hall: TownHall) -> None:
    zaak = hall.open(team=hall.light)
    typed = zaak.identificatie.lower().replace("-", "")
    assert queries.zaak_by_reference(hall.actor(hall.anna), typed, now=NOW) == zaak
    assert queries.zaak_by_reference(hall.actor(hall.bram), typed, now=NOW) is None

"""Residents, organisations, teams and mandates."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from plein.foundation.errors import NotAllowed
from plein.foundation.identity import audit, keyring
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM, Actor
from plein.foundation.identity.errors import MandateForSelf, MandateOver, NobodyKnown, NoBsn, NotYourMandate
from plein.foundation.identity.mandates import covers, end_mandate, mandates_of, record_mandate
from plein.foundation.identity.models import AuditLine, Mandate, Person
from plein.foundation.identity.residents import (
    organisation_by_kvk,
    person_by_bsn,
    person_by_subject,
    person_for,
    principal_for,
    pseudonym,
)
from plein.foundation.identity.teams import join_team, leave_team, put_team, teams_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
CLERK = Actor("staff", "7", roles=frozenset({"counter"}))


def made(bsn: str = "111222333") -> Person:
    person = person_by_bsn(bsn, create=True, by=SYSTEM, now=NOW)
    assert person is not None
    return person


def test_a_resident_is_found_by_number_however_it_is_typed() -> None:
    person = made()

    assert person_by_bsn("1112.22.333", by=SYSTEM, now=NOW) == person
    assert person_by_bsn("123456782", by=SYSTEM, now=NOW) is None
    with pytest.raises(NoBsn):
        person_by_bsn("111222334", create=True, by=SYSTEM, now=NOW)


def test_the_number_stands_nowhere_in_the_database_as_it_is() -> None:
    person = made()

    kept = Person.objects.filter(pk=person.pk).values().get()
    assert "111222333" not in repr(kept) + repr(person) + str(person)
    assert keyring.decrypt(kept["bsn"], about="identity.bsn") == "111222333"
    assert not AuditLine.objects.filter(subject__contains="111222333").exists()
    assert all("111222333" not in str(line.facts) for line in AuditLine.objects.all())


def test_a_number_belongs_to_one_person_and_comes_with_its_hash() -> None:
    person = made()

    for wrong in ({"bsn_hash": person.bsn_hash, "bsn": person.bsn}, {"bsn_hash": "x"}, {"kvk": "12345678"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Person.objects.create(kind="resident", created_at=NOW, **wrong)


def test_an_organisation_is_one_per_branch() -> None:
    whole = organisation_by_kvk("12345678", create=True, by=SYSTEM, now=NOW, name="De Plint")
    branch = organisation_by_kvk("12345678", "000012345678", create=True, by=SYSTEM, now=NOW)

    assert whole != branch
    assert organisation_by_kvk("12345678", create=True, by=SYSTEM, now=NOW) == whole
    assert organisation_by_kvk("87654321", by=SYSTEM, now=NOW) is None


def test_who_has_no_number_is_found_by_the_providers_own() -> None:
    first = person_by_subject("https://a", "1", kind="resident", by=SYSTEM, now=NOW)

    assert person_by_subject("https://a", "1", kind="resident", by=SYSTEM, now=NOW) == first
    assert person_by_subject("https://b", "1", kind="resident", by=SYSTEM, now=NOW) != first


def test_every_purpose_has_its_own_pseudonym() -> None:
    person, other = made(), made("123456782")

    names = {pseudonym(one, purpose) for one in (person, other) for purpose in ("reports.handle", "mine.show")}

    assert len(names) == 4
    assert pseudonym(person, "mine.show") in names
    assert not any(person.key in name for name in names)


def test_the_person_behind_an_actor() -> None:
    person, child = made(), made("123456782")
    actor = Actor("resident", person.key, facts={"acting_for": child.key})

    assert person_for(actor) == person
    assert principal_for(actor) == child
    assert principal_for(Actor("resident", person.key)) == person
    for other in (ANONYMOUS, Actor("staff", "1"), Actor("resident", "0" * 32)):
        with pytest.raises(NobodyKnown):
            person_for(other)


def test_a_team_has_members_from_and_until(django_assert_num_queries: Any) -> None:
    staff = create_staff("anna", by=SYSTEM, now=NOW)
    team = put_team("groen", title_nl="Groen", title_en="Green", by=SYSTEM, now=NOW)

    join_team(team, staff, is_lead=True, by=SYSTEM, now=NOW)

    assert teams_of(staff.pk, now=NOW) == {team.pk}
    assert teams_of(staff.pk, now=NOW - timedelta(seconds=1)) == set()
    leave_team(team, staff, by=SYSTEM, now=NOW + timedelta(days=1))
    assert teams_of(staff.pk, now=NOW) == {team.pk}
    assert teams_of(staff.pk, now=NOW + timedelta(days=1)) == set()


def test_a_closed_team_counts_for_nobody() -> None:
    staff = create_staff("anna", by=SYSTEM, now=NOW)
    team = put_team("groen", title_nl="Groen", title_en="Green", by=SYSTEM, now=NOW)
    join_team(team, staff, by=SYSTEM, now=NOW)

    put_team("groen", title_nl="Groen", title_en="Green", active=False, by=SYSTEM, now=NOW)

    assert teams_of(staff.pk, now=NOW) == set()


def test_only_who_may_manage_accounts_changes_teams() -> None:
    with pytest.raises(NotAllowed):
        put_team("groen", title_nl="Groen", title_en="Green", by=CLERK, now=NOW)


def test_a_mandate_lasts_until_its_moment() -> None:
    parent, child = made(), made("123456782")
    until = NOW + timedelta(days=10)

    mandate = record_mandate(parent, principal=child, kind="parent", until=until, scope=["a"], by=CLERK, now=NOW)

    assert mandates_of(parent, now=NOW) == [mandate]
    assert mandates_of(parent, now=until) == []
    assert mandates_of(child, now=NOW) == []
    assert (covers(mandate, "a"), covers(mandate, "b")) == (True, False)
    assert covers(Mandate(scope=[]), "b")
    line = AuditLine.objects.get(action="identity.record-mandate")
    assert (line.actor, line.subject, line.facts["agent"]) == (CLERK.uri, f"person:{child.key}", parent.key)


def test_a_mandate_is_recorded_by_the_counter_for_another_and_for_later() -> None:
    parent, child = made(), made("123456782")
    later = NOW + timedelta(days=1)

    with pytest.raises(NotAllowed):
        record_mandate(parent, principal=child, kind="parent", until=later, by=Actor("resident", parent.key), now=NOW)
    with pytest.raises(MandateForSelf):
        record_mandate(parent, principal=parent, kind="parent", until=later, by=CLERK, now=NOW)
    with pytest.raises(MandateOver):
        record_mandate(parent, principal=child, kind="parent", until=NOW, by=CLERK, now=NOW)


def test_either_of_the_two_or_the_counter_ends_a_mandate() -> None:
    parent, child, other = made(), made("123456782"), made("999990019")
    mandate = record_mandate(parent, principal=child, kind="parent", until=NOW + timedelta(days=1), by=CLERK, now=NOW)

    with pytest.raises(NotYourMandate):
        end_mandate(mandate, by=Actor("resident", other.key), now=NOW)
    end_mandate(mandate, by=Actor("resident", child.key), now=NOW)

    assert mandates_of(parent, now=NOW) == []
    end_mandate(mandate, by=CLERK, now=NOW)
    assert AuditLine.objects.filter(action="identity.end-mandate").count() == 1


def test_every_audit_line_of_who_acts_for_another_says_for_whom() -> None:
    line = audit.note("x.y", subject="s:1", by=Actor("resident", "a", facts={"acting_for": "b"}), now=NOW, z=1)

    assert line.facts == {"acting_for": "b", "z": 1}

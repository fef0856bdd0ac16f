"""The account of use: complete, in words, without names of staff, and without what is secret."""

import csv
import io
import json
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

import plein.foundation.gate.door as gate
from plein.casework.cases import queries
from plein.casework.cases.models import Zaak
from plein.casework.mine.queries import account
from plein.casework.mine.tests.conftest import as_resident, use
from plein.foundation import clock, trace
from plein.foundation.gate import log
from plein.foundation.identity.actions import add_partner
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.mandates import record_mandate
from plein.foundation.identity.models import AuditLine, Person, Staff

pytestmark = pytest.mark.django_db


def page(name: str, *words: str) -> str:
    return reverse(f"mine:{name}", args=words)


def text_of(client: Client, address: str, **asked: str) -> str:
    answer = client.get(address, asked)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def test_use_stands_per_activity_with_purpose_ground_count_and_day(client: Client, people: dict[str, Person]) -> None:
    for days in (0, 1, 40):
        use(people["jan"], days_ago=days)
    use(people["jan"], activity="mine.privacy-requests")
    use(people["fatima"])

    seen = words_of(text_of(as_resident(client, "jan"), page("account")))

    assert "4 keer gebruikt" in seen
    assert "voor 2 doelen" in seen
    assert "Zaken behandelen" in seen
    assert "3 keer" in seen
    assert "Het hoort bij onze taak voor iedereen (AVG art. 6 lid 1 e)" in seen


def test_a_period_counts_only_its_days_and_goes_along(client: Client, people: dict[str, Person]) -> None:
    for days in (0, 10, 40):
        use(people["jan"], days_ago=days)
    since = clock.local_date(clock.now() - timedelta(days=11)).isoformat()
    as_resident(client, "jan")

    seen = text_of(client, page("account"), van=since)

    assert "2 keer gebruikt" in words_of(seen)
    assert f"/mijn/gegevens/cases.handle?van={since}" in seen
    assert "2 keer" in words_of(text_of(client, page("activity", "cases.handle"), van=since))


def test_a_period_that_ends_before_it_begins_is_explained(client: Client, people: dict[str, Person]) -> None:
    seen = text_of(as_resident(client, "jan"), page("account"), van="2026-02-02", tot="2026-02-01")

    assert "Deze dag ligt voor de eerste" in words_of(seen)


def test_each_use_says_organisation_fields_and_moment_and_no_name_of_staff(
    client: Client, people: dict[str, Person], officer: Actor
) -> None:
    partner = add_partner("woonbron", name="Woonbron Pleinstad", by=SYSTEM, now=clock.now())
    use(people["jan"], activity="mine.privacy-requests", by=officer, fields=["name", "house_number"])
    use(people["jan"], activity="mine.privacy-requests", by=Actor("partner", partner.key), fields=["bsn"])
    with trace.within(
        trace.started("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", processor="https://app.nl/x")
    ):
        use(people["jan"], activity="mine.privacy-requests")

    html = text_of(as_resident(client, "jan"), page("activity", "mine.privacy-requests"))
    seen = words_of(html)

    for words in ("Naam, House number", "Woonbron Pleinstad", "Burgerservicenummer", "https://app.nl/x"):
        assert words in seen
    assert "Iemand die bij de gemeente werkt" in seen
    staff = Staff.objects.get(pk=officer.key)
    for name in (staff.last_name, staff.username, officer.uri):
        assert name not in html


def test_secret_use_is_nowhere_not_even_in_a_count(client: Client, people: dict[str, Person], secret: str) -> None:
    use(people["jan"])
    use(people["jan"], activity=secret)
    use(people["fatima"], activity=secret)
    as_resident(client, "jan")

    assert account.intake.lines().filter(activity=secret).count() == 2
    pages = [text_of(client, page("account")), text_of(client, page("activity", "cases.handle"))]
    pages += [b"".join(client.get(page("download", form))).decode() for form in ("csv", "json")]
    for seen in pages:
        assert "raude" not in seen
        assert secret not in seen
    assert "1 keer gebruikt" in words_of(pages[0])
    for address in (page("activity", secret), page("ask-about-use", secret, "vraag")):
        assert client.get(address).status_code == 404
    assert client.get(page("activity", "no.such")).status_code == 404


def test_what_was_secret_once_stays_so_in_the_account(people: dict[str, Person], secret: str, officer: Actor) -> None:
    from dataclasses import replace

    from plein.casework.mine.tests.conftest import FRAUD
    from plein.foundation.gate import registry
    from plein.foundation.gate.definitions import definition_of

    use(people["jan"], activity=secret)
    steward = Actor("staff", "0", roles=frozenset({"data-steward"}))
    row = registry.propose(definition_of(replace(FRAUD, secret=None)), by=steward, now=clock.now())
    registry.approve(row.pk, by=officer, now=clock.now())

    assert account.by_activity(account.codes_of(people["jan"]), period=account.Period()) == []


def test_uses_by_bsn_by_product_and_of_an_own_case_count_too(
    people: dict[str, Person], felling: Callable[..., Zaak], client: Client
) -> None:
    zaak, now = felling(), clock.now()
    for subjects in (gate.Subjects("BSN", ["999990019"]), gate.Subjects("case", [zaak.uuid.hex])):
        gate.note_use("cases.handle", subjects=subjects, fields=["name"], by=SYSTEM, now=now)
    other = felling("fatima")
    gate.note_use("cases.handle", subjects=gate.Subjects("case", [other.uuid.hex]), fields=["name"], by=SYSTEM, now=now)

    seen = words_of(text_of(as_resident(client, "jan"), page("account")))

    assert "2 keer gebruikt" in seen


def test_nobody_sees_the_account_of_another(client: Client, people: dict[str, Person]) -> None:
    use(people["jan"])

    seen = words_of(text_of(as_resident(client, "fatima"), page("account")))

    assert "Nog niemand gebruikte uw gegevens" in seen
    assert client.get(page("activity", "cases.handle")).status_code == 404


def test_pages_by_key_show_every_use_once(client: Client, people: dict[str, Person]) -> None:
    for _ in range(120):
        use(people["jan"])
    as_resident(client, "jan")

    found: list[str] = []
    address = page("activity", "cases.handle")
    for _ in range(3):
        html = text_of(client, address)
        found += re.findall(r"<code>([0-9a-f]{8}-[0-9a-f]{16})</code>", html)
        following = re.search(r'rel="next" href="([^"]+)"', html)
        address = page("activity", "cases.handle") + following[1].replace("&amp;", "&") if following else ""

    assert address == ""
    assert len(found) == len(set(found)) == 120


def test_the_account_can_be_taken_along(client: Client, people: dict[str, Person]) -> None:
    for days in (1, 0):
        use(people["jan"], days_ago=days)
    as_resident(client, "jan")

    table = b"".join(client.get(page("download", "csv"))).decode("utf-8-sig")
    plain = json.loads(b"".join(client.get(page("download", "json"))))

    rows = list(csv.DictReader(io.StringIO(table)))
    assert [row["gegevens"] for row in rows] == ["Naam; Telefoonnummer"] * 2
    assert [row["verwerking"] for row in plain["gebruik"]] == ["Zaken behandelen"] * 2
    assert rows[0]["moment"] > rows[1]["moment"]
    assert client.get(page("download", "xml")).status_code == 404


def test_a_question_becomes_a_case_with_a_month_for_the_privacy_officer(
    client: Client, people: dict[str, Person], officer: Actor
) -> None:
    from plein.casework.cases.rules.terms import MONTHS, Term, end_of
    from plein.casework.mine.demo import furnish
    from plein.foundation.geo.town import Town

    furnish(Town(staff={"privacy-officer": officer}), now=clock.now())
    use(people["jan"])
    as_resident(client, "jan")
    address = page("ask-about-use", "cases.handle", "bezwaar") + "?kenmerk=abc"

    assert "kenmerk" in text_of(client, address)
    assert client.post(address, {"text": ""}).status_code == 422
    answer = client.post(address, {"text": "Dit wil ik niet.", "kenmerk": "abc"})

    zaak = Zaak.objects.order_by("-id").first()
    assert zaak is not None
    assert answer.headers["Location"] == page("case", str(zaak.uuid))
    today = clock.local_date(clock.now())
    assert zaak.uiterlijke_einddatum_afdoening == zaak.einddatum_gepland == end_of(today, Term(1, MONTHS))
    assert zaak.team is not None
    assert zaak.team.key == "privacy"
    assert "Dit wil ik niet." in zaak.toelichting
    assert "cases.handle" in zaak.toelichting
    assert "Gebruik: abc" in zaak.toelichting
    assert queries.zaak_for(officer, zaak.uuid, now=clock.now()).pk == zaak.pk
    assert "Ontvangen" in text_of(client, page("case", str(zaak.uuid)))


def test_acting_for_another_shows_theirs_and_leaves_a_line(client: Client, people: dict[str, Person]) -> None:
    use(people["noor"])
    as_resident(client, "sanne")
    _act_for(client, people["sanne"], people["noor"])

    seen = words_of(text_of(client, page("account")))

    assert "U handelt voor Noor Visser" in seen
    line = account.intake.lines().get(activity="mine.show")
    assert line.subject_id == log.code_of("person", people["noor"].key)
    assert line.attributes[log.FIELDS] == ["log"]
    said = AuditLine.objects.get(action="gate.use", facts__activity="mine.show")
    assert said.actor == f"plein:resident:{people['sanne'].key}"
    assert "Mijn Plein tonen" in words_of(text_of(client, page("account")))


def test_looking_at_ones_own_is_not_a_use(client: Client, people: dict[str, Person]) -> None:
    as_resident(client, "jan")

    text_of(client, page("account"))
    text_of(client, page("home"))

    assert not account.intake.lines().exists()


def test_a_mandate_for_some_kinds_of_cases_shows_no_account(client: Client, people: dict[str, Person]) -> None:
    now = clock.now()
    record_mandate(
        people["jan"],
        principal=people["fatima"],
        kind="client",
        scope=["kapvergunning"],
        until=now + timedelta(days=9),
        by=SYSTEM,
        now=now - timedelta(minutes=1),
    )
    as_resident(client, "jan")
    _act_for(client, people["jan"], people["fatima"])

    answer = client.get(page("account"))

    assert answer.status_code == 403
    assert "volmacht" in answer.content.decode() or "machtiging" in answer.content.decode()
    assert "Gebruik van mijn gegevens" not in words_of(text_of(client, page("home")))


def _act_for(client: Client, agent: Person, principal: Person) -> None:
    """Act for somebody, as the page of mandates does it in the session."""
    from plein.foundation.identity.models import Mandate

    session = client.session
    mandate = Mandate.objects.get(agent=agent, principal=principal)
    session["resident"] = {**session["resident"], "mandate": mandate.pk}
    session.save()


@pytest.mark.parametrize("extra", [0, 30])
def test_the_account_costs_the_same_however_much_is_in_it(
    client: Client,
    people: dict[str, Person],
    extra: int,
    settled: Callable[[], None],
    django_assert_num_queries: Callable[..., AbstractContextManager[object]],
) -> None:
    for _ in range(2 + extra):
        use(people["jan"])
    as_resident(client, "jan")
    settled()
    for address in (page("account"), page("activity", "cases.handle")):
        text_of(client, address)

    # session, person, cases that the person opened, whether anything waits to be chained, and the counts
    with django_assert_num_queries(5):
        text_of(client, page("account"))
    with django_assert_num_queries(7):  # the same, whether anything waits once more, and the uses
        text_of(client, page("activity", "cases.handle"))

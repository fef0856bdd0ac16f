"""The register as everyone sees it, and the desk of the privacy officer."""

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from plein.foundation import clock
from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.gate import errors, registry, usage
from plein.foundation.gate.models import Agreement, ProcessingActivity, Refusal
from plein.foundation.geo.town import Town
from plein.foundation.identity import actions as identity
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.demo import furnish_staff
from plein.foundation.identity.models import AuditLine, Staff
from plein.foundation.identity.queries import staff_actor
from plein.foundation.ui.forms import grouped
from plein.trust.processing import actions, queries
from plein.trust.processing.demo import furnish
from plein.trust.processing.forms import NewForm, ProposeForm

pytestmark = pytest.mark.django_db
KEY = "processing.log-reading"


@pytest.fixture(autouse=True)
def _dutch() -> Iterator[None]:
    with translation.override("nl"):
        yield


def page(name: str, *args: Any) -> str:
    return reverse(f"processing:{name}", args=args)


def as_demo(client: Client, name: str) -> Staff:
    furnish_staff(now=clock.now())
    staff = Staff.objects.get(username=f"demo-{name}")
    client.force_login(staff)
    return staff


def proposed() -> ProcessingActivity:
    return ProcessingActivity.objects.get(key=KEY, state="proposed")


def texts(**changes: Any) -> dict[str, Any]:
    row = ProcessingActivity.objects.filter(key=KEY).order_by("-version")[0]
    found = {"legal_basis": "6.1.c", "law": "AVG", "assessment": "", "retention_days": 1830}
    found |= {"owner": "role:privacy-officer", "roles": ["privacy-officer"], "review_after_days": 365}
    for name in ("title", "purpose", "data", "persons", "recipients", "retention", "security"):
        for tongue in ("nl", "en"):
            found[f"{name}_{tongue}"] = (row.definition.get(name) or {}).get(tongue, "")
    return {**found, **changes}


def test_everyone_finds_what_data_is_used_for(client: Client) -> None:
    everything = client.get(page("register")).content.decode()
    some = client.get(page("register"), {"q": "rekenkamer"}).content.decode()
    nothing = client.get(page("register"), {"q": "xyzzy"})

    assert "Het register openbaar maken" in everything
    assert "Toezicht op gebruik van gegevens" in some
    assert "Het register openbaar maken" not in some
    assert nothing.status_code == 200


def test_a_proposal_is_not_public(client: Client) -> None:
    assert "Het logboek lezen" not in client.get(page("register")).content.decode()
    assert client.get(page("activity", KEY)).status_code == 404

    registry.approve(proposed().pk, by=officer(), now=clock.now())

    assert "Het logboek lezen" in client.get(page("register")).content.decode()
    assert client.get(page("activity", KEY)).status_code == 200


def officer() -> Any:
    furnish_staff(now=clock.now())
    return staff_actor(Staff.objects.get(username="demo-privacy"), now=clock.now())


def test_the_page_of_an_activity_answers_what_why_who_and_how_long(client: Client) -> None:
    registry.approve(proposed().pk, by=officer(), now=clock.now())

    dutch = client.get(page("activity", KEY)).content.decode()
    english = client.get(f"/en{page('activity', KEY)}").content.decode()

    for words in ("De wet verplicht ons ertoe", "AVG, artikel 5 lid 2", "Vijf jaar na de handeling", "bezwaar maken"):
        assert words in dutch
    for words in ("The law obliges us", "Five years after the action", "object"):
        assert words in english


def test_a_filter_keeps_what_is_about_persons(client: Client) -> None:
    registry.approve(proposed().pk, by=officer(), now=clock.now())

    found = client.get(page("register"), {"persons": "yes"}).content.decode()

    assert "Het logboek lezen" in found
    assert "Het register openbaar maken" not in found


def test_the_privacy_officer_approves_until_a_day(client: Client) -> None:
    as_demo(client, "privacy")
    row = proposed()
    assert "Het logboek lezen" in client.get(page("desk")).content.decode()
    day = clock.local_date(clock.now()) + timedelta(days=100)

    client.post(page("approve", row.pk), {"ends_on": str(day)})

    row.refresh_from_db()
    assert (row.state, row.ends_on) == ("active", day)
    assert registry.require_activity(KEY, clock.now()).pk == row.pk


@pytest.mark.parametrize("days", [0, -1, 6 * 366])
def test_an_end_in_the_past_or_too_far_is_refused_in_words(client: Client, days: int) -> None:
    as_demo(client, "privacy")
    day = clock.local_date(clock.now()) + timedelta(days=days)

    answer = client.post(page("approve", proposed().pk), {"ends_on": str(day)}, follow=True)

    assert "kies een einddatum" in answer.content.decode()
    assert proposed().state == "proposed"


def test_without_a_day_or_a_reason_the_form_comes_back(client: Client) -> None:
    as_demo(client, "privacy")

    assert client.post(page("approve", proposed().pk), {"ends_on": ""}).status_code == 422
    assert client.post(page("end", proposed().pk), {"reason": ""}).status_code == 422


@pytest.mark.parametrize("name", ["datasteward", "analist", "beheerder"])
def test_nobody_else_approves(client: Client, name: str) -> None:
    as_demo(client, name)

    answer = client.post(page("approve", proposed().pk), {"ends_on": "2027-01-01"})

    assert answer.status_code == 403
    assert proposed().state == "proposed"


def test_who_proposes_does_not_approve(client: Client) -> None:
    registry.approve(proposed().pk, by=officer(), now=clock.now())
    as_demo(client, "privacy")
    client.post(page("propose", KEY), texts(title_nl="Mijn eigen voorstel"))

    day = clock.local_date(clock.now()) + timedelta(days=100)
    answer = client.post(page("approve", proposed().pk), {"ends_on": str(day)}, follow=True)

    assert "u hebt dit zelf voorgesteld" in answer.content.decode()
    with pytest.raises(errors.FourEyes):
        registry.approve(proposed().pk, by=officer(), now=clock.now())


def test_a_proposed_version_replaces_the_active_one_only_when_approved(client: Client) -> None:
    first = registry.approve(proposed().pk, by=officer(), now=clock.now())
    as_demo(client, "datasteward")

    client.post(page("propose", KEY), texts(title_nl="Het logboek inzien"))
    assert registry.require_activity(KEY, clock.now()).pk == first.pk
    registry.approve(proposed().pk, by=officer(), now=clock.now())

    now_active = registry.require_activity(KEY, clock.now())
    first.refresh_from_db()
    assert (now_active.version, now_active.activity.title.nl) == (2, "Het logboek inzien")
    assert (first.state, first.reason) == ("ended", "followed by version 2")
    assert "Versie 1" in client.get(page("activity", KEY)).content.decode()


def test_a_proposal_says_things_in_both_languages(client: Client) -> None:
    as_demo(client, "datasteward")

    answer = client.post(page("propose", KEY), texts(recipients_nl="De politie", recipients_en=""))

    assert answer.status_code == 200
    assert "in beide talen" in answer.content.decode()
    assert ProcessingActivity.objects.filter(key=KEY).count() == 1


def test_an_ended_activity_runs_no_more(client: Client) -> None:
    row = registry.approve(proposed().pk, by=officer(), now=clock.now())
    as_demo(client, "privacy")

    client.post(page("end", row.pk), {"reason": "Niet meer nodig"})

    with pytest.raises(errors.RegistrationEnded):
        registry.require_activity(KEY, clock.now())
    assert "Niet meer nodig" in client.get(page("activity", KEY)).content.decode()


def test_a_changed_sign_waits_while_the_old_version_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from plein.foundation.words import Text
    from plein.trust.processing.apps import LOG_READING

    first = registry.approve(proposed().pk, by=officer(), now=clock.now())
    changed = replace(LOG_READING, title=Text("Anders", "Different"))
    monkeypatch.setattr(registry, "signed", lambda: [("processing", changed)])

    assert registry.sync(now=clock.now()) == 1
    assert registry.sync(now=clock.now()) == 0

    assert registry.require_activity(KEY, clock.now()).pk == first.pk
    assert proposed().activity.title.nl == "Anders"


NEW: dict[str, Any] = {
    "name": "toezicht-jeugd",
    "title_nl": "Toezicht op jeugdhulp",
    "title_en": "Oversight of youth care",
    "purpose_nl": "Nagaan of jeugdhulp op tijd komt.",
    "purpose_en": "Checking that youth care comes in time.",
    "legal_basis": "6.1.e",
    "law": "Jeugdwet, artikel 2.6",
    "data_nl": "Aantallen per dag.",
    "data_en": "Counts per day.",
    "retention_nl": "Twee jaar.",
    "retention_en": "Two years.",
    "retention_days": 730,
    "assessment": "",
    "owner": "role:data-steward",
    "roles": ["analyst"],
    "review_after_days": 90,
    "columns_processing-usage": ["day", "reads"],
}
STEP = "?step=columns&product=processing.usage"


def test_a_new_activity_is_drafted_by_the_steward_and_runs_once_the_officer_approves(
    client: Client, data_dir: Path
) -> None:
    import plein.foundation.gate.door as gate

    steward = as_demo(client, "datasteward")
    actions.publish_usage(by=SYSTEM, now=clock.now())
    analyst = staff_actor(Staff.objects.get(username="demo-analist"), now=clock.now())
    first = client.get(page("propose-new")).content.decode()
    second = client.get(page("propose-new") + STEP).content.decode()

    answer = client.post(page("propose-new") + STEP, NEW)

    assert 'value="processing.usage"' in first
    assert 'name="columns_processing-usage"' in second
    assert answer.url == page("activity", "staff.toezicht-jeugd")  # type: ignore[attr-defined]
    row = ProcessingActivity.objects.get(key="staff.toezicht-jeugd")
    assert (row.state, row.proposed_by) == ("proposed", f"plein:staff:{steward.pk}")
    asked = {"activity": row.key, "by": analyst, "now": clock.now()}
    with pytest.raises(errors.NotApproved):
        gate.read("processing.usage", **asked)
    assert Client().get(page("activity", row.key)).status_code == 404

    as_demo(client, "privacy")
    client.post(page("approve", row.pk), {"ends_on": str(clock.local_date(clock.now()) + timedelta(days=90))})

    with pytest.raises(errors.NoAgreement):  # approved; the product itself is shared, so that is asked next
        gate.read("processing.usage", **asked)
    drafted = registry.agree(
        identity.add_partner("jeugdzorg", name="Jeugdzorg", by=SYSTEM, now=clock.now()),
        product="processing.usage",
        activity=row.key,
        starts_on=clock.local_date(clock.now()),
        ends_on=clock.local_date(clock.now()) + timedelta(days=9),
        by=staff_actor(steward, now=clock.now()),
        now=clock.now(),
    )
    registry.approve_agreement(drafted.pk, by=officer(), now=clock.now())
    assert gate.read("processing.usage", **asked).column_names == ["day", "reads"]
    with pytest.raises(errors.RegistrationEnded):
        gate.read("processing.usage", **{**asked, "now": clock.now() + timedelta(days=91)})
    public = Client().get(page("activity", row.key)).content.decode()
    assert "Nagaan of jeugdhulp op tijd komt." in public
    assert "Jeugdzorg" in public
    noted = AuditLine.objects.filter(subject=f"activity:{row.key}").order_by("pk")
    assert list(noted.values_list("action", flat=True)) == ["gate.propose", "gate.approve"]


def test_a_short_name_is_used_once(client: Client) -> None:
    as_demo(client, "datasteward")
    client.post(page("propose-new") + STEP, NEW)

    again = client.post(page("propose-new") + STEP, NEW)

    assert "bestaat al als verwerking" in again.content.decode()
    assert ProcessingActivity.objects.filter(key="staff.toezicht-jeugd").count() == 1


@pytest.mark.parametrize("name", ["raadslid", "analist"])
def test_others_do_not_draft(client: Client, name: str) -> None:
    as_demo(client, name)

    assert client.get(page("propose-new")).status_code == 403
    assert client.post(page("propose-new") + STEP, NEW).status_code == 403


def test_a_new_version_can_name_other_products_and_columns(client: Client) -> None:
    as_demo(client, "datasteward")
    address = page("propose", "processing.oversight") + "?step=columns&product=processing.usage"

    answer = client.post(address, {**NEW, "columns_processing-usage": ["day"]})

    made = ProcessingActivity.objects.get(key="processing.oversight", state="proposed")
    assert answer.status_code == 302
    assert made.definition["columns"] == {"processing.usage": ["day"]}
    assert made.definition["products"] == ["processing.usage"]


@pytest.mark.parametrize("kind", [ProposeForm, NewForm])
def test_a_proposal_stands_in_groups_and_none_of_its_fields_stands_alone(kind: type[ProposeForm]) -> None:
    form = kind(products=sorted(all_contracts())[:2])

    groups = {str(legend): [one.name for one in members] for legend, members in grouped(form)}

    assert list(groups) == ["Doel", "Gegevens", "Personen", "Bewaren en beveiligen", "Wie"]
    assert len([name for name in groups["Gegevens"] if name.startswith("columns_")]) == 2
    assert sum(len(names) for names in groups.values()) == len(form.fields)


def test_an_activity_whose_last_day_has_passed_says_so(client: Client) -> None:
    row = registry.approve(proposed().pk, by=officer(), now=clock.now())
    yesterday = clock.local_date(clock.now()) - timedelta(days=1)
    ProcessingActivity.objects.filter(pk=row.pk).update(ends_on=yesterday)

    assert "De laatste dag is voorbij" in client.get(page("activity", KEY)).content.decode()


def agreement(client: Client, **changes: Any) -> Any:
    partner = identity.add_partner("rekenkamer", name="Rekenkamer", by=SYSTEM, now=clock.now())
    today = clock.local_date(clock.now())
    said = {
        "partner": partner.pk,
        "product": "processing.usage",
        "activity": "processing.oversight",
        "starts_on": str(today),
        "ends_on": str(today + timedelta(days=30)),
    }
    return client.post(page("agreements"), {**said, **changes})


def holds() -> bool:
    key = "processing.oversight"
    return registry.agreement_for("processing.usage", activity=key, by=SYSTEM, now=clock.now()) is not None


def test_an_agreement_is_drafted_approved_and_ended(client: Client) -> None:
    as_demo(client, "datasteward")
    yesterday = str(clock.local_date(clock.now()) - timedelta(days=1))

    backwards = agreement(client, ends_on=yesterday)
    agreement(client)
    made = Agreement.objects.get()
    assert backwards.status_code == 200
    assert not holds()
    assert client.post(page("approve-agreement", made.pk)).status_code == 403
    as_demo(client, "privacy")
    assert "Rekenkamer" in client.get(page("desk")).content.decode()
    client.post(page("approve-agreement", made.pk))
    assert holds()
    client.post(page("end-agreement", made.pk))

    assert not holds()
    noted = AuditLine.objects.filter(subject="product:processing.usage").order_by("pk")
    assert list(noted.values_list("action", flat=True)) == [
        "gate.agree",
        "gate.approve-agreement",
        "gate.end-agreement",
    ]
    assert "Geëindigd" in client.get(page("agreements")).content.decode()


def test_nobody_approves_the_own_agreement(client: Client) -> None:
    as_demo(client, "privacy")
    agreement(client)

    answer = client.post(page("approve-agreement", Agreement.objects.get().pk), follow=True)

    assert "zelf voorgesteld" in answer.content.decode()
    assert not holds()


def test_an_agreement_is_refused_with_a_reason_and_only_with_one(client: Client) -> None:
    as_demo(client, "datasteward")
    agreement(client)
    made = Agreement.objects.get()
    as_demo(client, "privacy")

    client.post(page("reject-agreement", made.pk), {"reason": " "})
    assert Agreement.objects.get().state == "proposed"
    client.post(page("reject-agreement", made.pk), {"reason": "Te ruim: vraag alleen de maanden."})
    client.post(page("approve-agreement", made.pk))

    assert not holds()
    assert "Te ruim" in client.get(page("agreements")).content.decode()


def test_usage_and_refusals_are_seen_by_those_who_guard(client: Client, data_dir: Path) -> None:
    import plein.foundation.gate.door as gate

    furnish(Town(staff=furnish_staff(now=clock.now())), now=clock.now())
    gate.read("processing.register", activity="processing.register", by=SYSTEM, now=clock.now())
    with pytest.raises(errors.NotRegistered):
        gate.read("processing.register", activity="no.such", by=SYSTEM, now=clock.now())
    usage.take_up()
    from plein.foundation.gate import refusals

    refusals.take_up()
    as_demo(client, "privacy")

    assert "processing.register" in client.get(page("usage")).content.decode()
    seen = client.get(page("refusals")).content.decode()
    assert "staat niet in het register" in seen
    assert Refusal.objects.count() == 1
    assert "processing.register" in client.get(page("activity", "processing.register")).content.decode()


def test_a_refused_look_at_a_case_is_shown_with_who_which_and_when(client: Client, data_dir: Path) -> None:
    import plein.foundation.gate.door as gate
    from plein.foundation.gate import refusals
    from plein.foundation.identity.actors import Actor

    as_demo(client, "privacy")
    curious = Staff.objects.get(username="demo-datasteward")
    with pytest.raises(errors.NoBusiness):
        gate.refuse_look("case:0f1e", activity="", by=Actor("staff", str(curious.pk)), now=clock.now())
    with pytest.raises(errors.NotRegistered):
        gate.read("processing.register", activity="no.such", by=SYSTEM, now=clock.now())
    refusals.take_up()

    everything = client.get(page("refusals")).content.decode()
    records = client.get(page("refusals"), {"soort": "dossiers"}).content.decode()

    for seen in (everything, records, client.get(page("desk")).content.decode()):
        assert "<code>case:0f1e</code>" in seen
        assert curious.display_name in seen
    assert "no.such" in everything
    assert "no.such" not in records


def test_the_desk_shows_whether_the_log_is_whole(client: Client) -> None:
    as_demo(client, "privacy")
    assert "Heel: geen regel" in client.get(page("desk")).content.decode()

    from plein.foundation.gate.models import LogHead

    LogHead.objects.update_or_create(pk=1, defaults={"number": 5, "hash": "x"})

    assert "Niet heel" in client.get(page("desk")).content.decode()


@pytest.mark.parametrize("name", ["desk", "usage", "refusals", "agreements"])
def test_the_desk_is_for_staff_who_guard(client: Client, name: str) -> None:
    assert client.get(page(name)).status_code == 302
    as_demo(client, "raadslid")
    assert client.get(page(name)).status_code == 403


def test_the_register_goes_along_as_csv_without_formulas(client: Client) -> None:
    registry.approve(proposed().pk, by=officer(), now=clock.now())
    ProcessingActivity.objects.filter(key=KEY).update(
        definition={**ProcessingActivity.objects.get(key=KEY).definition, "law": "=1+1"}
    )

    rows = list(csv.DictReader(io.StringIO(client.get(page("export-csv")).content.decode())))

    found = {row["key"]: row for row in rows}
    assert found["processing.register"]["title"] == "Het register openbaar maken"
    assert found[KEY]["law"] == "'=1+1"


def test_the_register_costs_one_query_for_any_number(client: Client) -> None:
    with CaptureQueriesContext(connection) as few:
        client.get(page("register"))
    for number in range(5):
        row = ProcessingActivity.objects.get(key="processing.register")
        row.pk, row.key = None, f"processing.more-{number}"
        row.save()

    with CaptureQueriesContext(connection) as many:
        client.get(page("register"))

    assert len(few) == len(many) == 1


def test_the_demo_town_is_furnished_once_and_the_same(data_dir: Path) -> None:
    now = clock.now()
    town = Town(staff=furnish_staff(now=now))

    furnish(town, now=now)
    furnish(town, now=now)

    assert Agreement.objects.count() == 1
    assert not ProcessingActivity.objects.filter(state="proposed").exists()
    decided = ProcessingActivity.objects.get(key=KEY, state="active").decided_by
    assert decided == town.actor("privacy-officer").uri


def test_search_knows_what_is_public() -> None:
    found = {document["id"]: document for document in queries.documents()}

    assert KEY not in found
    assert found["processing.register"]["url"] == "/verwerkingen/processing.register"


def test_an_activity_that_nobody_registered_has_no_page_and_no_proposal(client: Client) -> None:
    as_demo(client, "privacy")

    assert client.get(page("activity", "no.such")).status_code == 404
    assert client.get(page("propose", "no.such")).status_code == 404
    from plein.foundation.errors import NotFound

    with pytest.raises(NotFound):
        actions.propose_version("no.such", changes=texts(), by=officer(), now=clock.now())

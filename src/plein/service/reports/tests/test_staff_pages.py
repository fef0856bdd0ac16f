"""What staff see and do: the rules of routing, the report at the desk, photos, and a resident's own list."""

from datetime import timedelta

import pytest
from django.test import Client, RequestFactory
from django.urls import resolve
from django.utils import translation

from plein.casework.cases.errors import NoBusiness
from plein.foundation import clock
from plein.foundation.errors import NotAllowed
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import AuditLine, Person, Staff, Team
from plein.foundation.identity.queries import staff_actor
from plein.foundation.identity.teams import join_team
from plein.service.reports.actions import handling, rounds
from plein.service.reports.models import Report, RouteRule, Visit
from plein.service.reports.queries import mine, staff
from plein.service.reports.tests.conftest import LAMP_TEXT, NOW, filed
from plein.service.reports.views.desk import at_the_desk

pytestmark = pytest.mark.usefixtures("town")


def member(role: str, team: str = "") -> Staff:
    """Make a member of staff with a role, in a team."""
    made = create_staff(f"{role}-{team}", password=None, roles=[role], by=SYSTEM, now=NOW)
    if team:
        join_team(Team.objects.get(key=team), made, by=SYSTEM, now=NOW)
    return made


def test_the_desk_shows_the_whole_text_to_who_has_a_task_in_it() -> None:
    report = filed(text="De lamp is stuk, bel 06 12345678").report
    actor = staff_actor(member("inspector", "verlichting"), now=NOW + timedelta(seconds=1))

    shown = staff.panel(report.zaak, actor=actor, now=NOW)

    assert shown is not None
    assert shown["shown"].text == "De lamp is stuk, bel 06 12345678"
    assert shown["shown"].is_redacted


def test_who_has_no_right_sees_no_panel() -> None:
    actor = staff_actor(member("analyst"), now=NOW + timedelta(seconds=1))

    assert staff.panel(filed().report.zaak, actor=actor, now=NOW) is None


def test_a_member_of_the_team_closes_it_from_the_desk_and_another_may_not() -> None:
    report = filed(text=LAMP_TEXT).report
    deed = next(one for one in at_the_desk() if getattr(one, "key", "") == "close")
    data = {"ending": "solved", "reason": "", "planned_on": None, "owner": None}
    later = NOW + timedelta(hours=1)
    other = staff_actor(member("inspector", "groen"), now=later)
    with pytest.raises(NoBusiness):
        deed.do(report.zaak, data=data, seen=1, by=other, now=later)

    deed.do(report.zaak, data=data, seen=1, by=staff_actor(member("inspector", "verlichting"), now=later), now=later)

    assert Report.objects.get().ending == "solved"


def test_a_resident_finds_a_report_on_their_own_page_and_is_asked_whether_it_is_solved() -> None:
    report = filed().report
    person = Person.objects.create(kind="resident", name="Ans", created_at=NOW)
    from plein.casework.cases.actions import add_rol

    add_rol(report.zaak, "initiator", person=person, by=SYSTEM, now=NOW)
    handling.close(report, "solved", by=SYSTEM, now=NOW + timedelta(days=1))

    [line] = mine.lines(person, now=NOW)

    assert line["waits"]
    assert line["text"].en == "Lamp does not work: Solved. Is it solved?"


def test_rules_are_for_coordinators_only(client: Client) -> None:
    assert client.get("/meldingen/werk/regels").status_code == 302


def test_a_coordinator_makes_a_rule_that_counts_at_once() -> None:
    from plein.service.reports.actions.categories import put_rule
    from plein.service.reports.forms import RuleForm

    given = {"title": "Alles naar groen", "order": "1", "main_slug": "verlichting", "is_active": "on"}
    empty = RuleForm(given)
    form = RuleForm({**given, "to_team": str(Team.objects.get(key="groen").pk)})

    assert not empty.is_valid()
    assert form.is_valid(), form.errors
    put_rule(form.save(commit=False), by=SYSTEM, now=NOW)
    assert filed().report.zaak.team.key == "groen"  # type: ignore[union-attr]
    assert AuditLine.objects.filter(action="reports.make-rule").count() == 1
    assert RouteRule.objects.filter(title="Alles naar groen").exists()


def test_an_inspector_writes_down_a_visit_once_however_often_it_is_sent() -> None:
    report, inspector = filed().report, member("inspector", "verlichting")
    later = NOW + timedelta(hours=1)
    by = staff_actor(inspector, now=later)

    for _ in range(2):
        rounds.record(report, "solved", key="k" * 32, seen=1, staff_id=inspector.pk, by=by, now=later)

    assert Report.objects.get().ending == "solved"
    assert Visit.objects.count() == 1


def test_what_a_colleague_changed_meanwhile_is_not_overruled_by_a_visit() -> None:
    report, inspector = filed().report, member("inspector", "verlichting")
    later = NOW + timedelta(hours=1)
    by = staff_actor(inspector, now=later)
    handling.start(report, by=SYSTEM, now=later)

    visit = rounds.record(report, "no-fault", key="k" * 32, seen=1, staff_id=inspector.pk, by=by, now=later)

    assert visit.is_conflict
    assert Report.objects.get().closed_at is None
    assert report.zaak.entries.filter(text__contains="no-fault").exists()


@pytest.mark.parametrize(
    ("address", "role", "words"),
    [
        ("/meldingen/werk/ronde", "inspector", "What did you find?"),
        ("/meldingen/werk/regels", "report-coordinator", "Lampen van de provincie"),
        ("/meldingen/werk/regels/nieuw", "report-coordinator", "Save the rule"),
    ],
)
def test_pages_of_staff_open_for_their_role_and_for_nobody_else(
    rf: RequestFactory, address: str, role: str, words: str
) -> None:
    filed()
    view = resolve(address).func
    later = clock.now() + timedelta(seconds=5)
    request = rf.get(address)
    request.session = {}  # type: ignore[assignment]
    request.actor = staff_actor(member(role, "verlichting"), now=later)  # type: ignore[attr-defined]
    request.resolver_match = resolve(address)

    with translation.override("en"):
        page = view(request).content.decode()

    assert words in page
    request.actor = staff_actor(member("analyst"), now=later)  # type: ignore[attr-defined]
    with pytest.raises(NotAllowed):
        view(request)

"""Working on reports: honest endings, passing on, merging and splitting, and what everybody hears of it."""

import json
import threading
from collections.abc import Iterator
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core import mail

from plein.casework.cases.models import Resultaat
from plein.casework.messages.models import Dispatch
from plein.casework.messages.models import Message as Told
from plein.foundation.events.models import Message
from plein.foundation.events.outbox import deliver_due
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.jobs.models import JobRun
from plein.service.reports import jobs
from plein.service.reports.actions import following, handling, merging, routing
from plein.service.reports.actions.routing import NotTaken
from plein.service.reports.errors import AlreadyClosed, CannotMerge, DayNeeded, OwnerNeeded, ReasonNeeded
from plein.service.reports.models import Owner, Report, Transfer
from plein.service.reports.queries import categories
from plein.service.reports.queries.links import held_by
from plein.service.reports.tests.conftest import NOW, filed, lamp

pytestmark = pytest.mark.usefixtures("town")
LATER = NOW + timedelta(days=1)
ANS = {"email": "ans@example.org"}


def told() -> list[str]:
    """List the texts that were sent, in order."""
    return list(Told.objects.order_by("id").values_list("template__key", flat=True))


def heard(kind: str) -> list[dict[str, Any]]:
    """List what was announced of a kind."""
    return list(Message.objects.filter(type=f"nl.plein.reports.{kind}").values_list("data", flat=True))


@pytest.mark.parametrize(
    ("ending", "given", "template"),
    [
        ("solved", {"reason": "De lamp brandt weer."}, "report-solved"),
        ("no-fault", {}, "report-no-fault"),
        ("known-planned", {"planned_on": date(2026, 12, 1)}, "report-planned"),
        ("will-not", {"reason": "De boom is gezond."}, "report-not-done"),
    ],
)
def test_an_honest_ending_is_told_to_the_reporter(ending: str, given: dict[str, Any], template: str) -> None:
    report = filed(contact=ANS).report

    handling.close(report, ending, by=SYSTEM, now=LATER, **given)

    assert told() == [template]
    assert Resultaat.objects.get(zaak=report.zaak).resultaattype.key == ending
    assert heard("report-closed")[0] | {"days": 1.0, "in_time": True, "ending": ending} == heard("report-closed")[0]


@pytest.mark.parametrize(
    ("ending", "given", "refusal"),
    [
        ("will-not", {}, ReasonNeeded),
        ("known-planned", {}, DayNeeded),
        ("known-planned", {"planned_on": date(2026, 11, 1)}, DayNeeded),
        ("not-ours", {}, OwnerNeeded),
    ],
)
def test_an_ending_that_hides_something_is_refused(
    ending: str, given: dict[str, Any], refusal: type[Exception]
) -> None:
    report = filed().report

    with pytest.raises(refusal):
        handling.close(report, ending, by=SYSTEM, now=LATER, **given)
    assert Report.objects.get().closed_at is None


def test_closing_twice_the_same_way_tells_it_once() -> None:
    report = filed(contact=ANS).report

    handling.close(report, "solved", by=SYSTEM, now=LATER)
    handling.close(Report.objects.select_related("zaak", "category").get(), "solved", by=SYSTEM, now=LATER)

    assert told() == ["report-solved"]
    with pytest.raises(AlreadyClosed):
        handling.close(report, "no-fault", by=SYSTEM, now=LATER)


def test_who_left_no_address_gets_no_message_and_no_log_line_is_needed() -> None:
    handling.close(filed().report, "solved", by=SYSTEM, now=LATER)

    assert told() == []


def test_no_reopens_and_the_team_and_the_monitor_hear_it() -> None:
    report = filed(contact=ANS).report
    handling.close(report, "solved", by=SYSTEM, now=LATER)

    handling.judge(report, False, reason="Hij knippert nog", by=SYSTEM, now=LATER)

    row = Report.objects.select_related("zaak").get()
    assert (row.state, row.reopened, row.ending, row.zaak.einddatum) == ("new", 1, "", None)
    assert heard("report-reopened")[0]["by_reporter"] is True
    assert heard("report-judged")[0]["satisfied"] is False
    assert told() == ["report-solved", "report-reopened"]


def test_another_kind_brings_it_to_the_team_of_that_kind() -> None:
    report = filed().report

    handling.recategorise(report, categories.category("boom-snoeien"), by=SYSTEM, now=LATER)

    row = Report.objects.select_related("zaak__team", "category").get()
    assert (row.category.slug, row.zaak.team.key, row.chosen_by, row.zaak.priority) == (
        "boom-snoeien",
        "groen",
        "staff",
        3,
    )


# -- coming in -------------------------------------------------------------------------------------------------------


def test_what_comes_in_is_announced_and_confirmed_once() -> None:
    report = filed(contact=ANS).report

    deliver_due(NOW)
    deliver_due(NOW)

    assert [one["report"] for one in heard("report-filed")] == [report.public_key]
    assert "text" not in heard("report-filed")[0]
    assert told() == ["report-received"]
    assert Dispatch.objects.get().channel == "email"


def test_what_is_not_ours_is_passed_on_and_said_honestly() -> None:
    post = lamp(owner=Owner.objects.get(key="provincie"))
    report = filed(asset=post.key, contact=ANS).report

    deliver_due(NOW)
    run = JobRun.objects.get(job="reports.bring")
    jobs.bring.do(now=LATER, progress=lambda done, total: None, **run.arguments)

    row = Report.objects.get()
    assert (row.ending, row.given_to.key, row.transfers.get().state) == ("not-ours", "provincie", "sent")
    assert told() == ["report-received", "report-forwarded", "report-not-ours"]
    [letter] = mail.outbox
    assert letter.to == ["wegen@provincie-markerwaard.example"]
    assert "ans@example.org" not in str(letter.message())
    assert report.zaak.identificatie in letter.subject


# -- to a partner by Open311 -----------------------------------------------------------------------------------------


class Partner(BaseHTTPRequestHandler):
    """A partner's GeoReport server."""

    seen: list[dict[str, Any]] = []
    status = 200

    def do_POST(self) -> None:
        """Take a service request."""
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self.seen.append({"path": self.path, "form": form, "key": self.headers["Idempotency-Key"]})
        body = json.dumps([{"service_request_id": "P-77", "service_notice": ""}]).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Stay silent."""


@pytest.fixture
def partner() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Partner)
    Partner.seen, Partner.status = [], 200
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v2"
    server.shutdown()


def _passed_on(url: str) -> Transfer:
    owner = Owner.objects.get(key="netbedrijf-polder")
    owner.open311_url, owner.open311_jurisdiction, owner.service_codes = url, "polder.nl", {"lamp-uit": "042"}
    owner.save()
    return routing.pass_on(filed(contact=ANS, address="Lindelaan 12").report, owner, by=SYSTEM, now=NOW)


def test_a_partner_gets_it_by_open311_without_who_reported(partner: str) -> None:
    transfer = _passed_on(partner)

    routing.bring(transfer, now=LATER)
    routing.bring(Transfer.objects.select_related("report", "owner").get(), now=LATER)

    [request] = Partner.seen
    assert request["path"] == "/v2/requests.json"
    assert request["form"]["service_code"] == ["042"]
    assert request["form"]["jurisdiction_id"] == ["polder.nl"]
    assert request["form"]["lat"] == ["52.561000"]
    assert "ans@example.org" not in str(request)
    assert Transfer.objects.get().reference == "P-77"
    assert Report.objects.get().ending == "not-ours"


def test_a_partner_that_does_not_take_it_is_asked_again_and_then_a_person_hears_it(partner: str) -> None:
    transfer = _passed_on(partner)
    Partner.status = 503

    for _ in range(routing.TRIES):
        with pytest.raises(NotTaken):
            routing.bring(transfer, now=LATER)

    assert Transfer.objects.get().state == "failed"
    assert Report.objects.get().closed_at is None
    assert len({one["key"] for one in Partner.seen}) == 1
    assert transfer.report.zaak.entries.filter(kind="transfer-failed").count() == 1


def test_passing_on_twice_is_once(partner: str) -> None:
    transfer = _passed_on(partner)

    again = routing.pass_on(transfer.report, transfer.owner, by=SYSTEM, now=NOW)

    assert again.pk == transfer.pk


# -- merging and splitting -------------------------------------------------------------------------------------------


def test_after_a_merge_everybody_still_hears_how_it_ends_through_their_own_link() -> None:
    first, second = filed(contact=ANS), filed(contact={"email": "bo@example.org"}, text="Lamp is stuk")
    joined = following.follow(second.report, contact={"email": "cy@example.org"}, by=SYSTEM, now=NOW)
    Told.objects.all().delete()

    merging.merge(second.report, into=first.report, by=SYSTEM, now=LATER)
    assert sorted(told()) == ["report-merged", "report-merged"]
    handling.close(first.report, "solved", by=SYSTEM, now=LATER)

    assert told().count("report-solved") == 3
    report, _ = held_by(second.secret)
    assert report.merged_into_id == first.report.pk
    assert held_by(joined.secret)[1].pk == joined.follower.pk  # type: ignore[union-attr]
    assert Report.objects.get(pk=first.report.pk).followers_count == 2


def test_a_merge_in_a_circle_or_with_itself_is_refused() -> None:
    first, second = filed().report, filed(text="Lamp is stuk").report
    merging.merge(second, into=first, by=SYSTEM, now=LATER)

    for one, other in ((first, first), (first, second)):
        with pytest.raises(CannotMerge):
            merging.merge(one, into=other, by=SYSTEM, now=LATER)


def test_a_part_goes_to_its_own_team_and_its_reporter_hears_of_it_too() -> None:
    whole = filed(contact=ANS).report

    part = merging.split(
        whole, category=categories.category("afval-naast"), text="Zakken naast de container", by=SYSTEM, now=LATER
    )
    handling.close(part, "solved", by=SYSTEM, now=LATER)

    assert part.zaak.team.key == "afval"  # type: ignore[union-attr]
    assert part.zaak.hoofdzaak_id == whole.zaak_id
    assert told() == ["report-solved"]


def test_withdrawing_what_others_have_too_keeps_it_open_without_the_reporter() -> None:
    done = filed(contact=ANS)
    following.follow(done.report, by=SYSTEM, now=NOW)

    following.withdraw(done.report, by=SYSTEM, now=LATER)

    assert Report.objects.get().closed_at is None
    assert following.initiator_of(done.report).contact is None  # type: ignore[union-attr]

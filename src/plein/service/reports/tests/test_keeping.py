"""What is removed when, and the register of it."""

from datetime import timedelta

import pytest

from plein.casework.cases.models import Rol
from plein.foundation.identity.actors import SYSTEM
from plein.service.reports.actions import following, handling, keeping
from plein.service.reports.models import Follower, Removal, Report
from plein.service.reports.rules.keeping import BY_ENDING
from plein.service.reports.tests.conftest import NOW, filed

pytestmark = pytest.mark.usefixtures("town")


def _closed(ending: str = "solved") -> Report:
    report = filed(contact={"email": "ans@example.org"}, origin="10.0.0.1").report
    following.follow(report, contact={"email": "bo@example.org"}, by=SYSTEM, now=NOW)
    return handling.close(report, ending, reason="Daarom niet.", by=SYSTEM, now=NOW)


@pytest.mark.parametrize("ending", ["solved", "will-not"])
def test_contact_details_go_first_and_the_text_later_each_with_a_line_in_the_register(ending: str) -> None:
    report, rule = _closed(ending), BY_ENDING[ending]

    assert keeping.remove_old(now=NOW + timedelta(days=rule.contact_days - 1)) == 0
    assert keeping.remove_old(now=NOW + timedelta(days=rule.contact_days)) == 1
    assert Rol.objects.get(zaak=report.zaak).contact is None
    assert Follower.objects.get().contact is None
    assert Report.objects.get().text is not None

    assert keeping.remove_old(now=NOW + timedelta(days=rule.text_days)) == 1
    row = Report.objects.get()
    assert (row.text, row.public_text) == (None, "")
    lines = list(Removal.objects.order_by("id").values_list("reference", "what", "rule"))
    assert lines == [(report.zaak.identificatie, "contact", rule.key), (report.zaak.identificatie, "text", rule.key)]


def test_removing_again_does_nothing() -> None:
    _closed()
    keeping.remove_old(now=NOW + timedelta(days=800))

    assert keeping.remove_old(now=NOW + timedelta(days=801)) == 0


def test_what_is_open_is_kept() -> None:
    filed(contact={"email": "ans@example.org"})

    assert keeping.remove_old(now=NOW + timedelta(days=4000)) == 0


def test_traces_against_spam_go_after_days() -> None:
    filed(origin="10.0.0.1")

    assert keeping.forget_traces(now=NOW + timedelta(days=2)) == 0
    assert keeping.forget_traces(now=NOW + timedelta(days=4)) == 1
    assert (Report.objects.get().origin_hash, Report.objects.get().likeness) == ("", None)

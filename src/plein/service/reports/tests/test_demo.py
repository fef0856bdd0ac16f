"""The reports of the demo town: the same each time, in all states, and found as others would find them."""

from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest

from plein.casework.cases.models import Entry, Status, Zaak
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM
from plein.service.reports.actions.categories import set_from_file
from plein.service.reports.demo import furnish, texts, town
from plein.service.reports.models import Asset, Photo, Report
from plein.service.reports.tests.conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def months(data_dir: Path) -> None:
    """Furnish two months instead of two years."""
    place = Town(staff={})
    lay_out(place, by=SYSTEM, now=NOW)
    with patch.object(town, "DAYS", 60):
        furnish(place, now=NOW)
        furnish(place, now=NOW)


def test_every_category_has_words_and_a_course() -> None:
    slugs = {one["slug"] for one in set_from_file("pleinstad")["categories"]}

    assert set(texts.SAID) == slugs == set(town.COURSES)


def test_a_sentence_has_no_braces_left_and_english_where_there_is_any() -> None:
    rng = Town(staff={}).rng("test")

    for slug in texts.SAID:
        for _ in range(20):
            text, language = texts.sentence(rng, slug, language="en")
            assert "{" not in text
            assert language == ("en" if slug in texts.SAID_EN else "nl")


def test_fireworks_come_at_new_year_and_leaves_in_autumn() -> None:
    found = town.moments(Town(staff={}).rng("test"), now=NOW)
    fireworks = [at for at, slug in found if slug == "vuurwerkafval"]
    leaves = [at for at, slug in found if slug == "bladeren"]

    assert sum(at.month in (12, 1) for at in fireworks) > 0.5 * len(fireworks)
    assert sum(at.month in (10, 11, 12) for at in leaves) > 0.8 * len(leaves)


@pytest.mark.usefixtures("months")
def test_the_town_has_reports_in_all_states_each_with_its_case() -> None:
    rows = Report.objects.all()

    assert 150 < rows.count() < 600
    assert set(rows.values_list("state", flat=True)) == {"new", "busy", "closed"}
    assert {"solved", "no-fault", "not-ours"} <= set(rows.values_list("ending", flat=True))
    assert Zaak.objects.filter(report=None).count() == 0
    assert Zaak.objects.filter(einddatum=None).count() == rows.filter(closed_at=None).count()
    assert Status.objects.exists()
    assert Entry.objects.filter(audience="person").exists()
    assert Asset.objects.filter(kind="lamp", owner__key="provincie").exists()


@pytest.mark.usefixtures("months")
def test_texts_are_sealed_and_public_words_hold_no_phone_number() -> None:
    rows = [row for row in Report.objects.all() if "06 " in keyring.decrypt(row.text or b"", about="reports.text")]

    assert rows
    assert not any("06 " in row.public_text for row in rows)


@pytest.mark.usefixtures("months")
def test_some_open_reports_have_photos_that_may_be_shown_and_some_wait() -> None:
    assert set(Photo.objects.values_list("state", flat=True)) == {"ready", "waiting"}


@pytest.mark.usefixtures("months")
def test_nothing_happens_before_it_was_reported_or_after_now() -> None:
    assert not Report.objects.filter(reported_at__gt=NOW + timedelta(minutes=1)).exists()
    assert not any(row.closed_at < row.reported_at for row in Report.objects.exclude(closed_at=None))

"""A chart says its title, unit, source and period, and holds the same numbers twice: as a picture and as a table."""

import json
from datetime import UTC, date, datetime

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.utils.translation import override

from plein.foundation.ui import charts
from plein.foundation.ui.shapes import shape
from plein.foundation.ui.shapes.draw import SHAPES, drawn

FACTS = {"title": "Stikstofdioxide", "unit": "µg/m³", "source": "Luchtmeetnet", "period": "januari", "x_title": "Uur"}


def shown(chart: charts.Chart) -> BeautifulSoup:
    with override("nl"):
        return BeautifulSoup(Template("{% load plein %}{% chart c %}").render(Context({"c": chart})), "html.parser")


@pytest.mark.parametrize("name", SHAPES)
def test_the_kept_shapes_are_those_that_altair_draws(name: str) -> None:
    assert shape(name) == json.loads(json.dumps(drawn(name)))


def test_the_table_holds_the_numbers_of_the_picture() -> None:
    chart = charts.line([(date(2026, 1, 1), 12.5), (date(2026, 1, 2), None), (date(2026, 1, 3), 14)], **FACTS)

    page = shown(chart)
    rows = json.loads(page.template.string)["rows"]

    assert [value for _, value in rows] == [12.5, None, 14]
    assert [cell.text.strip() for cell in page.select("tbody td")] == ["12,5", "–", "14,0"]


def test_title_unit_period_and_source_are_words_on_the_page() -> None:
    words = shown(charts.bars([("Noord", 3)], **FACTS)).get_text(" ", strip=True)

    assert [fact in words for fact in ("Stikstofdioxide", "µg/m³", "januari", "Luchtmeetnet")] == [True] * 4


def test_series_stand_beside_each_other_in_the_table() -> None:
    points = [("2024", 1, "Noord"), ("2024", 2, "Zuid"), ("2025", 3, "Noord")]

    page = shown(charts.columns(points, **FACTS))

    assert [head.text.split("µ")[0].strip() for head in page.select("thead th")] == ["Uur", "Noord", "Zuid"]
    assert [[c.text.strip() for c in row.select("td")] for row in page.select("tbody tr")] == [["1", "2"], ["3", "–"]]


def test_moments_are_drawn_at_the_hour_the_clock_in_town_says() -> None:
    chart = charts.line([(datetime(2026, 7, 1, 10, tzinfo=UTC), 1.0)], **FACTS)

    assert json.loads(str(chart.drawing))["rows"][0][0] == "2026-07-01T12:00:00"  # summer time is UTC+2


def test_words_in_a_chart_cannot_break_out_of_their_place() -> None:
    chart = charts.bars([("</template><script>alert(1)</script>", 1)], **FACTS)

    page = shown(chart)

    assert page.script is None
    assert json.loads(page.template.string)["rows"][0][0] == "</template><script>alert(1)</script>"


def test_a_long_series_shows_its_last_rows_and_says_so() -> None:
    chart = charts.columns([(str(n), n) for n in range(1500)], **FACTS)

    page = shown(chart)

    assert len(page.select("tbody tr")) == charts.TABLE_ROWS
    assert "1.500" in page.select_one(".table__note").text or "1500" in page.select_one(".table__note").text


def test_charts_do_not_need_altair_to_be_shown() -> None:
    import subprocess
    import sys

    code = "import sys, plein.foundation.ui.shapes as s; s.shape('line'); sys.exit('altair' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

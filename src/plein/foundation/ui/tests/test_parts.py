"""The tag library draws what it promises, in two languages, and reads out what it shows."""

from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.safestring import mark_safe
from django.utils.translation import override

from plein.foundation.ui.figures import Figure, number
from plein.foundation.ui.tables import Column, Table
from plein.foundation.words import Text


def drawn(text: str, request: HttpRequest | None = None, **context: object) -> BeautifulSoup:
    given = Context({"request": request or RequestFactory().get("/"), **context})
    return BeautifulSoup(Template("{% load i18n plein %}" + text).render(given), "html.parser")


@pytest.mark.parametrize(
    ("value", "nl", "en"),
    [
        (None, "–", "–"),
        (float("nan"), "–", "–"),
        (0, "0", "0"),
        (12.345, "12,3", "12.3"),
        (1.234, "1,23", "1.23"),
        (1.6, "1,6", "1.6"),
        (1234567, "1.234.567", "1,234,567"),
        (Decimal("3.10"), "3,10", "3.10"),
        ("veel", "veel", "veel"),
    ],
)
def test_numbers_read_as_the_language_writes_them(value: object, nl: str, en: str) -> None:
    with override("nl"):
        assert number(value) == nl
    with override("en"):
        assert number(value) == en


def test_a_text_is_said_in_the_language_of_the_page() -> None:
    with override("en"):
        assert drawn("{{ word|said }}", word=Text("plein", "square")).text == "square"


def test_a_status_is_never_colour_alone() -> None:
    with override("nl"):
        shown = drawn('{% status "attention" %}')

    assert shown.text.strip() == "Let op"
    assert shown.svg["aria-hidden"] == "true"


def test_a_figure_shows_unit_period_source_trend_and_measure_in_words() -> None:
    one = Figure(
        title="Fijnstof",
        value=12.4,
        unit="µg/m³",
        period="2025",
        source="Luchtmeetnet",
        trend="down",
        against="Norm: 10",
        href="/tabel",
    )

    with override("nl"):
        shown = drawn("{% figure one %}", one=one)

    words = shown.get_text(" ", strip=True)
    assert [part in words for part in ("12,4", "µg/m³", "2025", "Luchtmeetnet", "Dalend", "Norm: 10")] == [True] * 6
    assert shown.a["href"] == "/tabel"


def test_stones_tell_progress_in_words_too() -> None:
    with override("nl"):
        shown = drawn('{% stones 3 5 "Stappen" %}')

    assert len(shown.select(".stones__stone--laid")) == 3
    assert "Stappen: 3 van 5" in shown.get_text(" ", strip=True)


def test_a_table_heads_its_columns_and_rows() -> None:
    points = Table(
        caption="Punten",
        columns=[Column(key="name", title="Punt", href="url"), Column(key="mean", title="Gemiddeld", numeric=True)],
        rows=[{"name": "Brug", "url": "/brug", "mean": 1.5}, {"name": "Markt", "url": "", "mean": None}],
    )

    shown = drawn("{% table points %}", points=points)

    assert shown.caption.text == "Punten"
    assert [head.text.strip() for head in shown.select("thead th[scope=col]")] == ["Punt", "Gemiddeld"]
    assert [head.text.strip() for head in shown.select("tbody th[scope=row]")] == ["Brug", "Markt"]
    assert shown.select_one("tbody a")["href"] == "/brug"


def test_numbers_under_each_other_have_as_many_decimals() -> None:
    given = Table(caption="x", columns=[Column(key="n", title="Punt"), Column(key="v", title="Waarde", numeric=True)],
                  rows=[("A", 8.0), ("B", 7.9), ("C", None)])  # fmt: skip

    with override("nl"):
        shown = drawn("{% table t %}", t=given)

    assert [cell.text.strip() for cell in shown.select("tbody td")] == ["8,0", "7,9", "–"]


def test_dutch_months_have_no_capital() -> None:
    with override("nl"):
        assert drawn('{{ day|moment:"j M Y" }}', day=date(2026, 5, 3)).text == "3 mei 2026"
        assert drawn("{{ day|moment }}", day=date(2026, 5, 3)).text == "3 mei 2026"
    with override("en"):
        assert drawn('{{ day|moment:"j M Y" }}', day=date(2026, 5, 3)).text == "3 May 2026"


def test_an_empty_table_says_what_will_come() -> None:
    empty = Table(caption="Punten", columns=[], rows=[], empty="Punten komen na de eerste meting.")

    shown = drawn("{% table t %}", t=empty)

    assert "Punten komen na de eerste meting." in shown.text
    assert shown.table is None


def test_the_pages_of_a_list_keep_the_rest_of_the_question() -> None:
    request = RequestFactory().get("/lijst?q=lucht&page=2")

    shown = drawn("{% pages page %}", request, page=Paginator(range(100), 10).get_page(2))

    assert shown.select_one("a[rel=next]")["href"] == "?q=lucht&page=3"
    assert "2" in shown.select_one("[aria-current=page]").text


class Question(forms.Form):
    name = forms.CharField(label="Naam", help_text="Zoals op de brief")
    agree = forms.BooleanField(label="Akkoord")
    way = forms.ChoiceField(label="Hoe", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect, required=False)


def test_a_refused_form_points_from_the_summary_to_the_field_and_back() -> None:
    with override("nl"):
        shown = drawn("{{ form }}", form=Question({"name": "", "agree": "on"}))

    control = shown.select_one("#id_name")
    assert shown.select_one(".problems a")["href"] == "#id_name"
    assert control["aria-invalid"] == "true"
    assert [shown.select_one(f"#{one}") is not None for one in control["aria-describedby"].split()] == [True, True]
    assert shown.select_one("label[for=id_name]").text.startswith("Naam")


def test_controls_carry_the_classes_of_the_design_system() -> None:
    shown = drawn("{{ form }}", form=Question())

    assert "utrecht-textbox" in shown.select_one("#id_name")["class"]
    assert "utrecht-checkbox" in shown.select_one("#id_agree")["class"]
    assert shown.select_one("fieldset legend").text.startswith("Hoe")


def test_words_drawn_before_as_safe_are_escaped_all_the_same() -> None:
    assert drawn("{% status 'good' word %}", word=mark_safe("<b>Fine</b>")).b is not None
    assert drawn("{% status 'good' word %}", word="<b>Fine</b>").b is None


def test_a_cell_is_escaped_whatever_it_holds() -> None:
    held = Table(
        caption="Straten",
        columns=[Column(key="name", title="Naam", href="href"), Column(key="word", title="Staat", status="kind")],
        rows=[{"name": "<i>", "href": 'a"b', "word": "<u>", "kind": "good"}, {"name": None}],
    )

    shown = drawn("{% table held %}", held=held)

    assert shown.a["href"] == 'a"b'
    assert shown.a.text == "<i>"
    assert shown.select_one("td .status span").text == "<u>"
    assert [cell.text for cell in shown.select("tbody tr:last-child > *")] == ["–", "–"]


class LongForm(forms.Form):
    fieldsets = (("Woorden", ("title", "text")), ("Data", ("columns_*",)), ("Normen", ("norm",)))
    columns_trees = forms.MultipleChoiceField(choices=[("id", "id")], widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(label="Waarvoor?", widget=forms.Textarea)
    title = forms.CharField(label="Titel")
    extra = forms.CharField(required=False)


def test_a_long_form_stands_in_groups_with_legends_and_loses_no_field() -> None:
    shown = drawn("{{ form }}", form=LongForm())

    groups = {
        one.find("legend").text: [control["name"] for control in one.select("input, textarea")]
        for one in shown.select("fieldset.fieldset")
    }
    assert groups == {"Woorden": ["title", "text"], "Data": ["columns_trees"]}
    assert [one["name"] for one in shown.select("input, textarea")][-1] == "extra"


def test_the_summary_follows_the_order_of_the_groups() -> None:
    shown = drawn("{{ form }}", form=LongForm({}))

    assert [one["href"] for one in shown.select(".problems a")][:2] == ["#id_title", "#id_text"]


class NeedyForm(forms.Form):
    name = forms.CharField(label="Naam")
    reason = forms.CharField(label="Waarom?")
    one = forms.ChoiceField(choices=[("a", "a")])
    many = forms.MultipleChoiceField(choices=[("a", "a")], widget=forms.CheckboxSelectMultiple)
    day = forms.DateField()
    count = forms.IntegerField()
    mail = forms.EmailField()
    file = forms.FileField()
    agreed = forms.BooleanField()
    own = forms.CharField(error_messages={"required": "Zeg wie u bent."})


EMPTY = {
    "name": ("Hier staat nog niets. Vul dit in.", "Nothing stands here yet. Fill this in."),
    "one": ("Er is nog niets gekozen. Kies er een.", "Nothing is chosen yet. Choose one."),
    "many": ("Er is nog niets gekozen. Kies er ten minste een.", "Nothing is chosen yet. Choose at least one."),
    "day": ("Hier staat nog geen dag. Vul een dag in.", "There is no day yet. Fill in a day."),
    "count": ("Hier staat nog geen getal. Vul een getal in.", "There is no number yet. Fill in a number."),
    "mail": ("Hier staat nog geen e-mailadres. Vul het in.", "There is no e-mail address yet. Fill it in."),
    "file": ("Er is nog geen bestand. Kies er een.", "There is no file yet. Choose one."),
    "agreed": ("Dit vakje is nog leeg. Vink het aan om verder te gaan.", "This box is still empty. Tick it to go on."),
    "own": ("Zeg wie u bent.", "Zeg wie u bent."),
}


@pytest.mark.parametrize("at", [0, 1], ids=["nl", "en"])
def test_an_empty_field_says_what_to_do_now_beside_it_and_on_top(at: int) -> None:
    with override(["nl", "en"][at]):
        shown = drawn("{{ form }}", form=NeedyForm({}))

    for name, sentences in EMPTY.items():
        assert shown.find(id=f"id_{name}_error").text.strip() == sentences[at]
        assert shown.select_one(f'.problems a[href="#id_{name}"]').text.endswith(f": {sentences[at]}")
    assert shown.select_one('.problems a[href="#id_reason"]').text == f"Waarom? {EMPTY['name'][at]}"


def test_an_error_that_is_no_emptiness_keeps_its_own_words() -> None:
    with override("nl"):
        shown = drawn("{{ form }}", form=NeedyForm({"mail": "geen adres"}))

    assert "geldig" in shown.find(id="id_mail_error").text

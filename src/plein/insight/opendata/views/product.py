"""The page of a product, and the page of its rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from plein.foundation import clock
from plein.foundation.catalogue.contracts import Contract
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.gate import door as gate
from plein.foundation.gate import registry
from plein.foundation.gate.models import Usage
from plein.foundation.geo import places as geo
from plein.foundation.identity.access import actor_of, everyone
from plein.foundation.ui.figures import Figure, moment
from plein.foundation.ui.tables import Column, Table
from plein.foundation.words import Text
from plein.insight.opendata.models import Reuse
from plein.insight.opendata.queries import pictures, products, reading
from plein.insight.opendata.queries.formats import FORMATS
from plein.insight.opendata.rules import vocabularies
from plein.insight.opendata.rules.asking import (
    OPERATORS,
    Condition,
    Field,
    Question,
    read_condition,
    read_question,
    word,
)
from plein.insight.opendata.rules.examples import example_filters, examples
from plein.insight.opendata.views.portal import owner_name

PREVIEW_ROWS = 8
PAGE_ROWS = 50
VERSIONS_SHOWN = 20
FACET_VALUES = 8
MOST_FACETS = 6
USE_DAYS = 30
MOST_DRAWN = 100


@everyone
@require_safe
def product(request: HttpRequest, key: str) -> HttpResponse:
    """Show what a product is, means and holds, and how to get it."""
    now = clock.now()
    found = products.one(key, now)
    versions = list(ProductVersion.objects.filter(product__key=key)[: VERSIONS_SHOWN + 1])
    context = {
        **_agreed(found, now),
        "versions": versions[:VERSIONS_SHOWN],
        "more_versions": len(versions) > VERSIONS_SHOWN,
        "reuses": list(Reuse.objects.filter(product=key, state="shown").order_by("-decided_at")[:12]),
        "columns": _columns_table(found.contract),
    }
    if found.contract.openness != "open":
        context["purposes"] = [
            {"title": row.activity.title, "href": f"/verwerkingen/{row.key}", "partners": partners}
            for row, partners in registry.uses_of(key, now=now)
        ]
    if found.formats:
        opened = reading.open_product(key, by=actor_of(request), now=now)
        page = opened.page(Question(limit=PREVIEW_ROWS))
        context |= {
            "preview": _table(page.rows, page.fields, found.contract, caption=_("The first rows")),
            "downloads": [(one, FORMATS[one], _download(key, one)) for one in found.formats],
            "examples": _examples(key, found.contract, page),
            "picture": _picture(opened, request.GET.get("measure", "")),
        }
    return render(request, "opendata/product.html", context)


@dataclass(frozen=True, slots=True)
class _Picture:
    """Chart and map of a product, drawn already."""

    html: str
    has_chart: bool
    has_map: bool


_drawn: dict[tuple[Any, ...], _Picture] = {}


def _picture(opened: reading.Opened, measure: str) -> _Picture | None:
    """Draw chart and map, once per version, choice and language; None when there are none."""
    if opened.kept_as is None:
        return None
    chosen = pictures.measure_of(opened, measure)
    key = (*opened.kept_as, chosen, get_language(), geo.stamp() if opened.place else "")
    if key not in _drawn:
        if len(_drawn) >= MOST_DRAWN:
            _drawn.clear()
        _drawn[key] = _draw(opened, measure)
    return _drawn[key]


def _draw(opened: reading.Opened, measure: str) -> _Picture:
    chart, drawn_map = pictures.chart(opened, measure), pictures.map_of(opened)
    context = {"chart": chart, "map": drawn_map, "measures": pictures.measures(opened, measure)}
    return _Picture(render_to_string("opendata/_picture.html", context), chart is not None, drawn_map is not None)


def _agreed(found: products.Listed, now: datetime) -> dict[str, Any]:
    """Give what was agreed about a product, ready to show."""
    agreed = found.contract
    frequency = vocabularies.frequency_of(agreed.frequency)
    return {
        "product": found,
        "contract": agreed,
        "openness_word": vocabularies.OPENNESS[agreed.openness],
        "theme": vocabularies.THEMES[vocabularies.theme_of(agreed.theme)],
        "theme_code": vocabularies.theme_of(agreed.theme),
        "licence": vocabularies.licence_of(agreed.licence, agreed.openness),
        "frequency": frequency[1] if frequency else "",
        "owner": owner_name(agreed.owner),
        "hvd": vocabularies.HVD_CATEGORIES.get(agreed.hvd),
        "figures": _figures(found, now),
        "personal_word": PERSONAL[agreed.personal],
        "api_root": f"{settings.PLEIN['BASE_URL']}/api/data/v1",
    }


PERSONAL = {
    "none": Text("Geen persoonsgegevens", "No personal data"),
    "pseudonymous": Text("Persoonsgegevens onder een pseudoniem", "Personal data under a pseudonym"),
    "personal": Text("Persoonsgegevens", "Personal data"),
}


def _figures(found: products.Listed, now: datetime) -> list[Figure]:
    """Give the key figures of a product: rows, freshness against the promise, use."""
    if not found.number:
        return []
    made = [Figure(title=_("Rows"), value=found.rows, period=_("version {n}").format(n=found.number), decimals=0)]
    made.append(_freshness(found))
    if found.formats:
        since = clock.local_date(now) - timedelta(days=USE_DAYS)
        used = Usage.objects.filter(product=found.key, activity=reading.ACTIVITY, day__gte=since)
        uses = used.aggregate(n=Sum("reads"))["n"] or 0
        made.append(Figure(title=_("Times used"), value=uses, period=_("last 30 days"), decimals=0))
    return made


def _freshness(found: products.Listed) -> Figure:
    promised = found.contract.freshness_days
    against = ""
    if promised is not None:
        against = _("Promise: at most {n} days old").format(n=f"{promised:g}")
    status = {True: "good", False: "attention", None: ""}[found.fresh]
    word_ = {True: _("As promised"), False: _("Later than promised"), None: ""}[found.fresh]
    at = found.refreshed_at or found.published_at
    day = clock.local_date(at) if at else None
    return Figure(title=_("Last refreshed"), value=_day(day), against=against, status=status, status_text=word_)


def _day(day: Any) -> str:
    return moment(day, "j M Y") if day else ""


def _download(key: str, form: str, question: Sequence[tuple[str, str]] = ()) -> str:
    query = urlencode(list(question))
    address = reverse("opendata-api:download", args=[key, form])
    return f"{address}?{query}" if query else address


def _columns_table(agreed: Contract) -> Table:
    kinds = {
        "string": _("text"),
        "integer": _("whole number"),
        "number": _("number"),
        "boolean": _("yes or no"),
        "date": _("day"),
        "timestamp": _("moment"),
    }
    rows = [
        {
            "name": column.name,
            "title": column.title,
            "description": column.description,
            "kind": kinds[column.type],
            "unit": column.unit,
            "always": _("always") if column.required else _("may be empty"),
        }
        for column in agreed.columns
    ]
    return Table(
        caption=_("The columns and what they mean"),
        hide_caption=True,
        rows=rows,
        columns=[
            Column(key="name", title=_("Column")),
            Column(key="title", title=_("Title")),
            Column(key="description", title=_("Meaning")),
            Column(key="kind", title=_("Kind")),
            Column(key="unit", title=_("Unit")),
            Column(key="always", title=_("Filled in")),
        ],
    )


def _examples(key: str, agreed: Contract, page: Any) -> Any:
    first = page.rows[0] if page.rows else ()
    root = f"{settings.PLEIN['BASE_URL']}/api/data/v1"
    return examples(root, key, example_filters(page.fields, first), sort=agreed.temporal)


# -- rows -------------------------------------------------------------------------------------------------------------


@everyone
@require_safe
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """Show rows with filters, sort and counts; every choice is a link that can be shared."""
    now = clock.now()
    found = products.one(key, now)
    number = request.GET.get("version", "")
    pinned = int(number) if number.isascii() and number.isdigit() and len(number) < 9 else None
    opened = reading.open_product(key, by=actor_of(request), now=now, number=pinned)
    if request.GET.get("addColumn"):
        return _with_added(request, opened)
    given = parse_qsl(request.META.get("QUERY_STRING", ""), max_num_fields=100)
    question = read_question(given, opened.fields, limit=PAGE_ROWS)
    page = opened.page(question)
    gate.count_use(key, activity=reading.ACTIVITY, by=actor_of(request), rows=len(page.rows))
    here = _Here(key, question, pinned)
    context = {
        **_agreed(found, now),
        "version": opened.version,
        "is_old": opened.version.number != found.number,
        "count": page.count,
        "table": _sortable(page, found.contract, here),
        "conditions": [here.chip(one, found.contract) for one in question.conditions],
        "facets": [_facet(opened, name, here) for name in _facet_columns(opened)],
        "fields": [(one.name, found.contract.column(one.name).title) for one in opened.fields.values()],
        "operators": list(_operator_words().items()),
        "kept": here.parameters(),
        "following": here.href(cursor=page.following) if page.following else "",
        "start": here.href() if question.after else "",
        "downloads": [(one, FORMATS[one], _download(key, one, here.parameters())) for one in found.formats],
        "api_href": f"{reverse('opendata-api:rows', args=[key])}?{urlencode(here.parameters())}",
    }
    return render(request, "opendata/rows.html", context)


def _with_added(request: HttpRequest, opened: reading.Opened) -> HttpResponse:
    """Add the filter that was typed to the address and go there; what makes no sense is refused with the reason."""
    operator = request.GET.get("addOperator", "eq")
    name = f"{request.GET['addColumn']}__{operator}"
    value = "true" if operator == "isnull" else request.GET.get("addValue", "")
    added = word([read_condition(name, value, opened.fields)]) if value != "" else []
    kept = [(key, one) for key, one in request.GET.items() if not key.startswith("add") and key != "cursor"]
    return HttpResponseRedirect(f"{request.path}?{urlencode([*kept, *added])}")


class _Here:
    """The question of a page of rows, as links that change one thing and keep the rest."""

    def __init__(self, key: str, question: Question, version: int | None) -> None:
        self.key, self.question, self.version = key, question, version

    def parameters(
        self, *, conditions: Sequence[Condition] | None = None, sort: str | None = None
    ) -> list[tuple[str, str]]:
        """Write the question as parameters."""
        question = self.question
        chosen = question.conditions if conditions is None else conditions
        way = ("-" if question.descending else "") + question.sort if sort is None else sort
        found = word(chosen)
        found += [("sort", way)] if way else []
        found += [("fields", ",".join(question.fields))] if question.fields else []
        return found + ([("version", str(self.version))] if self.version else [])

    def href(self, *, cursor: str = "", **changes: Any) -> str:
        """Give the address of a question with a change."""
        query = [*self.parameters(**changes), *([("cursor", cursor)] if cursor else [])]
        return f"?{urlencode(query)}"

    def without(self, condition: Condition) -> str:
        """Give the address without one condition."""
        return self.href(conditions=[one for one in self.question.conditions if one != condition])

    def toggled(self, condition: Condition) -> tuple[bool, str]:
        """Tell whether a condition holds, and give the address that changes that."""
        if condition in self.question.conditions:
            return True, self.without(condition)
        others = [one for one in self.question.conditions if (one.column, one.operator) != (condition.column, "eq")]
        return False, self.href(conditions=[*others, condition])

    def chip(self, condition: Condition, agreed: Contract) -> dict[str, Any]:
        """Show a condition in words, with the link that takes it away."""
        values = ", ".join(value for _name, value in word([condition])) if condition.operator != "isnull" else ""
        said = _operator_words()[condition.operator]
        if condition.operator == "isnull" and not condition.values[0]:
            said = _("is filled in")
        return {
            "title": agreed.column(condition.column).title,
            "operator": said,
            "value": values,
            "href": self.without(condition),
        }


def _operator_words() -> dict[str, str]:
    return {
        "eq": _("is"),
        "ne": _("is not"),
        "gte": _("at least"),
        "lte": _("at most"),
        "gt": _("more than"),
        "lt": _("less than"),
        "contains": _("contains"),
        "startswith": _("starts with"),
        "in": _("is one of (with commas)"),
        "isnull": _("is empty"),
    }


def _facet_columns(opened: reading.Opened) -> list[str]:
    """Choose columns whose values are choices: not all different, not places on earth, at most six."""
    geometry = opened.contract.geometry or {}
    keys = {geometry.get("lon"), geometry.get("lat")}
    unique = set(opened.contract.key_columns) if len(opened.contract.key_columns) == 1 else set()
    fitting = [
        one for one in opened.fields.values() if one.kind in ("text", "boolean") and one.name not in keys | unique
    ]
    return [one.name for one in fitting if _is_choice(opened, one)][:MOST_FACETS]


def _is_choice(opened: reading.Opened, field: Field) -> bool:
    """Tell whether the commonest values of a column say something: one value stands for several rows."""
    values = opened.facet(field.name, ()).values
    return len(values) > 1 and values[0][1] > 1


def _facet(opened: reading.Opened, column: str, here: _Here) -> dict[str, Any]:
    agreed = opened.contract.column(column)
    others = [one for one in here.question.conditions if one.column != column]
    found = opened.facet(column, tuple(others), size=FACET_VALUES)
    choices = []
    for value, count in found.values:
        condition = Condition(column, "isnull", (True,)) if value in (None, "") else Condition(column, "eq", (value,))
        if value == "":
            condition = Condition(column, "in", ("",))
        current, href = here.toggled(condition)
        choices.append({"label": _value_word(value), "count": count, "current": current, "href": href})
    return {"title": agreed.title, "choices": choices}


def _value_word(value: Any) -> str:
    if value is None or value == "":
        return _("(empty)")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def _sortable(page: Any, agreed: Contract, here: _Here) -> Table:
    """Give the table of a page, each heading a link that sorts by it."""
    table = _table(page.rows, page.fields, agreed, caption=_("Rows"), here=here)
    return table


def _table(
    rows: Sequence[Sequence[Any]], fields: Sequence[Field], agreed: Contract, *, caption: str, here: Any = None
) -> Table:
    columns = [_column(field, agreed, here) for field in fields]
    places = {str(one) for one in (agreed.geometry or {}).values()}
    digits = [6 if field.name in places else 2 for field in fields]
    shown = [[_shown(*one) for one in zip(row, fields, digits, strict=True)] for row in rows]
    return Table(
        caption=caption,
        hide_caption=True,
        columns=columns,
        rows=shown,
        empty=_("Nothing matches these filters. Take one away to see more."),
    )


def _column(field: Field, agreed: Contract, here: _Here | None) -> Column:
    column = agreed.column(field.name)
    numeric = field.kind in ("integer", "number")
    sort = sorted_ = ""
    if here is not None:
        down = here.question.sort == field.name and not here.question.descending
        sort = here.href(sort=f"-{field.name}" if down else field.name)
        if here.question.sort == field.name:
            sorted_ = "descending" if here.question.descending else "ascending"
    return Column(key=field.name, title=column.title, unit=column.unit, numeric=numeric, sort=sort, sorted=sorted_)


def _shown(value: Any, field: Field, digits: int) -> Any:
    """Give a value as people read it in a table; codes and years keep their digits."""
    if value is None or isinstance(value, bool):
        return _value_word(value) if value is not None else None
    if field.kind == "time":
        return moment(datetime.fromisoformat(value), "j M Y, H:i")
    if field.kind == "date":
        return moment(date.fromisoformat(value), "j M Y")
    return _number(value, digits) if field.kind == "number" else str(value)


def _number(value: float, digits: int) -> str:
    """Write a number as the page's language does, to read: the downloads have every digit.

    digits: decimals at most; small numbers get as many more as their first two digits need
    """
    size = abs(value)
    more = min(4, -math.floor(math.log10(size)) + 1 - digits) if 0 < size < 0.1 else 0
    decimals = len(f"{value:.{digits + max(0, more)}f}".rstrip("0").split(".")[1])
    return str(number_format(value, decimal_pos=decimals, use_l10n=True))


__all__ = ["OPERATORS", "product", "rows"]

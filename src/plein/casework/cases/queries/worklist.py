"""The work list: a page of cases that somebody may see, filtered and sorted, at a price that never grows.

Each reason to see cases (own work, a team, a right) is its own walk along an index that ends after one page. The walks
meet in one statement; a second one reads the rows of the page. Where filters name the teams or the handler, those are
the walks, and the right to see is checked on what they meet.
"""

import base64
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from plein.casework.cases.models import Zaak
from plein.casework.cases.queries.rights import EVERYTHING, grounds
from plein.casework.cases.queries.types import catalogus, with_types
from plein.casework.cases.rules.references import tidied
from plein.foundation.clock import local_date
from plein.foundation.identity.actors import Actor

SIZE = 100
OPEN, CLOSED, ALL = "open", "closed", "all"
SORTS = {"urgent": ("priority", "streefdag", "id"), "newest": ("-id",)}


@dataclass(frozen=True, slots=True)
class Filters:
    """What to list; empty is everything that the actor may see.

    state: "open", "closed" or "all". teams: ids; handlers: ids of staff. unassigned: nobody has it. zaaktypen and
    statussen: keys. areas: codes of wijken or buurten. kanalen, priorities. overdue: past its day. since: registered
    on or after. text: a reference number, or words of the title. sort: "urgent" (open cases: priority, then the day
    it should be done by) or "newest".
    """

    state: str = OPEN
    teams: Sequence[int] = ()
    handlers: Sequence[int] = ()
    unassigned: bool = False
    zaaktypen: Sequence[str] = ()
    statussen: Sequence[str] = ()
    areas: Sequence[str] = ()
    kanalen: Sequence[str] = ()
    priorities: Sequence[int] = ()
    overdue: bool = False
    since: date | None = None
    text: str = ""
    sort: str = "urgent"

    @property
    def order(self) -> tuple[str, ...]:
        """Give the columns to sort by; closed cases are never urgent."""
        return SORTS[self.sort if self.state == OPEN else "newest"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of cases with type, status, team and handler; next: where the following page starts, "" at the end."""

    rows: list[Zaak]
    next: str = ""


def worklist(actor: Actor, filters: Filters, *, after: str = "", now: datetime, size: int = SIZE) -> Page:
    """List a page of the cases that an actor may see; two queries.

    after: `next` of the page before; one that cannot be read starts at the beginning.
    """
    walks = _walks(actor, filters, now)
    if not walks:
        return Page([])
    start = _start(after, filters.order)
    wanted = _wanted(filters, now)
    pages = [_one_page(walk & wanted, filters.order, start, size) for walk in walks]
    ids = _meet(pages, filters.order, size + 1)
    places = {pk: place for place, pk in enumerate(ids[:size])}
    rows = Zaak.objects.filter(pk__in=places).select_related("team", "handler")
    found = sorted(with_types(rows.defer("toelichting", "handler__password")), key=lambda row: places[row.pk])
    return Page(found, _next(found[-1], filters.order) if len(ids) > size else "")


def count_at_most(actor: Actor, filters: Filters, *, now: datetime, most: int = 1_000) -> int:
    """Count the cases of a list, but stop at `most`: nobody waits for a million to be counted."""
    wanted = _wanted(filters, now)
    walks = _walks(actor, filters, now)
    if not walks:
        return 0
    pages = [_one_page(walk & wanted, filters.order, None, most - 1) for walk in walks]
    return len(_meet(pages, filters.order, most))


def _walks(actor: Actor, filters: Filters, now: datetime) -> list[Q]:
    """Give the conditions that are each walked along an index of their own."""
    seen = grounds(actor, now=now)
    if filters.handlers:
        return [Q(handler_id__in=list(filters.handlers)) & _either(seen)] if seen else []
    if filters.teams and seen:
        return [Q(team_id=team) & _either(seen) for team in filters.teams]
    return seen


def _either(seen: Iterable[Q]) -> Q:
    found = Q(pk__in=[])
    for one in seen:
        if one == EVERYTHING:
            return EVERYTHING
        found = one if found == Q(pk__in=[]) else found | one
    return found


def _wanted(filters: Filters, now: datetime) -> Q:
    """Write filters as one condition."""
    states = {OPEN: Q(einddatum__isnull=True), CLOSED: Q(einddatum__isnull=False)}
    found = states.get(filters.state, EVERYTHING)
    found &= Q(handler__isnull=True) if filters.unassigned else EVERYTHING
    found &= Q(streefdag__lt=local_date(now)) if filters.overdue else EVERYTHING
    found &= Q(registratiedatum__gte=filters.since) if filters.since else EVERYTHING
    found &= _types(filters) & _words(filters.text)
    if filters.areas:
        found &= Q(buurt_code__in=list(filters.areas)) | Q(wijk_code__in=list(filters.areas))
    for column, values in (("kanaal", filters.kanalen), ("priority", filters.priorities)):
        found &= Q(**{f"{column}__in": list(values)}) if values else EVERYTHING
    return found


def _types(filters: Filters) -> Q:
    known, found = catalogus(), EVERYTHING
    if filters.zaaktypen:
        found &= Q(zaaktype_id__in=[pk for key in filters.zaaktypen for pk in known.ids(key)])
    if filters.statussen:
        found &= Q(status_id__in=[pk for pk, one in known.statuses.items() if one.key in filters.statussen])
    return found


def _words(text: str) -> Q:
    text = text.strip()
    if not text:
        return EVERYTHING
    if reference := tidied(text):
        return Q(identificatie=reference)
    return Q(omschrijving__icontains=text) | Q(identificatie__istartswith=text)


def _one_page(condition: Q, order: Sequence[str], start: Sequence[Any] | None, size: int) -> QuerySet[Any]:
    rows = Zaak.objects.filter(condition)
    if start is not None:
        rows = rows.filter(_beyond(order, start))
    columns = [name.removeprefix("-") for name in order]
    return rows.order_by(*order).values_list(*columns)[: size + 1]


def _beyond(order: Sequence[str], start: Sequence[Any]) -> Q:
    """Write "comes after this row": the first column is bounded too, to enter the index at the right place."""
    found, same = Q(pk__in=[]), EVERYTHING
    for place, (name, value) in enumerate(zip(order, start, strict=True)):
        column, compare = name.removeprefix("-"), "lt" if name.startswith("-") else "gt"
        found = found | (same & Q(**{f"{column}__{compare}": value})) if place else Q(**{f"{column}__{compare}": value})
        same &= Q(**{column: value})
    first, compare = order[0].removeprefix("-"), "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{compare}": start[0]}) & found


def _meet(pages: Sequence[QuerySet[Any]], order: Sequence[str], size: int) -> list[int]:
    """Run all walks as one statement; gives the ids of the first rows of them together, in order."""
    texts: list[str] = []
    values: list[Any] = []
    for page in pages:
        try:
            text, params = page.query.sql_with_params()
        except EmptyResultSet:  # such as a type or status that does not exist: this walk meets nothing
            continue
        texts.append(f"SELECT * FROM ({text}) AS walk")  # noqa: S608 (made by the ORM; values go as parameters)
        values += params
    if not texts:
        return []
    columns = [name.removeprefix("-") for name in order]
    sorting = ", ".join(f"{name.removeprefix('-')}{' DESC' if name.startswith('-') else ''}" for name in order)
    union = " UNION ".join(texts)
    statement = f"SELECT {', '.join(columns)} FROM ({union}) AS met ORDER BY {sorting} LIMIT {size}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return [row[-1] for row in cursor.fetchall()]


def _next(last: Zaak, order: Sequence[str]) -> str:
    values = [getattr(last, name.removeprefix("-")) for name in order]
    plain = [value.isoformat() if isinstance(value, date) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain).encode()).decode().rstrip("=")


def _start(after: str, order: Sequence[str]) -> list[Any] | None:
    """Read where a page starts; None is at the beginning."""
    try:
        values = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
        read = [
            date.fromisoformat(value) if name == "streefdag" else int(value)
            for name, value in zip(order, values, strict=True)
        ]
    except (ValueError, TypeError):
        return None
    return read

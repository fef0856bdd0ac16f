"""What the desk shows: the choice of work, saved choices, places on the map, and everything on the page of a case."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.db.models import Q

from plein.casework.cases import queries as cases
from plein.casework.cases.actions import opened_contact
from plein.casework.cases.models import Rol, Zaak
from plein.casework.desk.models import SavedFilter
from plein.foundation.clock import local_date
from plein.foundation.gate import door as gate
from plein.foundation.gate.log import Subjects
from plein.foundation.geo.models import Area
from plein.foundation.geo.places import home
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Staff, Team, TeamMember
from plein.foundation.identity.teams import teams_of
from plein.foundation.rooms import CasePanel, offers

MINE, TEAM, FREE, EVERYTHING = "mine", "team", "free", "all"
VIEWS = (MINE, TEAM, FREE, EVERYTHING)
KEPT = ("view", "state", "type", "status", "team", "handler", "area", "priority", "overdue", "q", "sort")
NEAR_DEGREES = 0.0015  # about 150 m north-south and 100 m east-west in the Netherlands
MOST_SPOTS = 500
FIELDS = ("omschrijving", "toelichting", "tijdlijn", "documenten", "betrokkenen")
CONTACT_FIELDS = (*FIELDS, "naam", "e-mail", "telefoon", "adres")


@dataclass(frozen=True, slots=True)
class Choice:
    """A choice of work: what to list, and how the address says it."""

    view: str
    filters: cases.Filters
    query: str

    def but(self, **other: str) -> str:
        """Write the address of the same choice with something else; an empty value takes it away."""
        told = dict(part.split("=", 1) for part in self.query.split("&") if part)
        for name, value in other.items():
            told.pop(name, None)
            if value:
                told[name] = value
        return "&".join(f"{name}={value}" for name, value in told.items())


def choice_of(params: Mapping[str, str], *, actor: Actor, now: datetime) -> Choice:
    """Read a choice from an address; what cannot be read is left out."""
    given = {name: params.get(name, "").replace("\x00", "").strip()[:100] for name in KEPT}
    told = {name: value for name, value in given.items() if value}
    view = told.get("view", "")
    view = view if view in VIEWS else _first_view(actor, now)
    own = tuple(sorted(teams_of(_staff_id(actor), now=now)))
    handlers = _numbers(told.get("handler"))
    teams = _numbers(told.get("team"))
    if view == MINE:
        handlers = (_staff_id(actor),)
    elif view in (TEAM, FREE) and not teams:
        teams = own or (0,)
    filters = cases.Filters(
        state=told.get("state", "open"),
        teams=teams,
        handlers=handlers,
        unassigned=view == FREE,
        zaaktypen=_words(told.get("type")),
        statussen=_words(told.get("status")),
        areas=_words(told.get("area")),
        priorities=_numbers(told.get("priority")),
        overdue=told.get("overdue") == "yes",
        text=told.get("q", ""),
        sort=told.get("sort") if told.get("sort") in ("urgent", "newest") else "urgent",
    )
    return Choice(view, filters, urlencode(told))


def _first_view(actor: Actor, now: datetime) -> str:
    """Open at the work of the team for who has one, else at everything that may be seen."""
    return TEAM if teams_of(_staff_id(actor), now=now) else EVERYTHING


def _staff_id(actor: Actor) -> int:
    return int(actor.key) if actor.kind == "staff" and actor.key.isdigit() else 0


def _words(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _numbers(text: str | None) -> tuple[int, ...]:
    return (int(text),) if text and text.isascii() and text.isdigit() and len(text) < 10 else ()


def choices(*, now: datetime) -> dict[str, list[tuple[str, Any]]]:
    """List what can be chosen from in the filters: types, statuses, teams and areas; two queries."""
    today = local_date(now)
    types = [parts.zaaktype for parts in cases.catalogus().current(today)]
    statuses = {one.key: one for parts in cases.catalogus().current(today) for one in parts.statustypen}
    areas = Area.objects.filter(kind="wijk", gemeente_code=home()).values_list("code", "name")
    return {
        "types": [(one.identificatie, one) for one in types],
        "statuses": list(statuses.items()),
        "teams": [(str(one.pk), one) for one in Team.objects.filter(active=True).order_by("title_nl")],
        "areas": list(areas.order_by("name")),
    }


def colleagues(team_ids: tuple[int, ...] | frozenset[int], *, now: datetime) -> list[Staff]:
    """List the members of staff of some teams, by name; one query."""
    inside = TeamMember.objects.filter(team_id__in=team_ids, since__lte=now).filter(Q(until=None) | Q(until__gt=now))
    rows = Staff.objects.filter(pk__in=inside.values("staff_id"), is_active=True)
    return list(rows.order_by("first_name", "last_name", "username"))


def saved_for(actor: Actor, *, now: datetime) -> list[SavedFilter]:
    """List the saved choices of a member of staff and those shared with their teams."""
    mine = Q(staff_id=_staff_id(actor)) | Q(team_id__in=teams_of(_staff_id(actor), now=now))
    return list(SavedFilter.objects.filter(mine).order_by("name"))


def spots(actor: Actor, filters: cases.Filters, *, now: datetime) -> list[Zaak]:
    """List the first cases of a choice that have a place, for the map."""
    page = cases.worklist(actor, filters, now=now, size=MOST_SPOTS)
    return [row for row in page.rows if row.lon is not None]


def near(zaak: Zaak, *, actor: Actor, now: datetime, most: int = 8) -> list[Zaak]:
    """List open cases within about a hundred metres that the actor may see too; one query."""
    if zaak.lon is None or zaak.lat is None:
        return []
    lon, lat = (zaak.lon - NEAR_DEGREES, zaak.lon + NEAR_DEGREES), (zaak.lat - NEAR_DEGREES, zaak.lat + NEAR_DEGREES)
    rows = cases.visible_to(actor, now=now).filter(lon__range=lon, lat__range=lat, einddatum=None)
    return list(cases.with_types(rows.exclude(pk=zaak.pk).order_by("-id")[:most]))


@dataclass(frozen=True, slots=True)
class Someone:
    """Somebody in a case as the desk shows them; contact only when it was asked for."""

    rol: Rol
    name: str
    has_contact: bool
    contact: Mapping[str, str]


@transaction.atomic
def case_page(actor: Actor, uuid: Any, *, with_contact: bool = False, now: datetime) -> dict[str, Any]:
    """Read everything on the page of a case, and note its use in the processing log in the same transaction.

    Raises NoBusiness, NoSuchCase.
    """
    zaak = cases.zaak_for(actor, uuid, now=now)
    rollen = cases.rollen(zaak)
    note_look(zaak, rollen, fields=CONTACT_FIELDS if with_contact else FIELDS, by=actor, now=now)
    people = [_someone(rol, with_contact) for rol in rollen]
    timeline = list(reversed(cases.timeline(zaak)))
    return {
        "zaak": zaak,
        "people": people,
        "with_contact": with_contact,
        "timeline": timeline,
        "names": _names(timeline),
        "documents": cases.documenten(zaak),
        "related": cases.relaties(zaak, actor=actor, now=now),
        "near": near(zaak, actor=actor, now=now),
        "may_write": cases.visible_to(actor, may="write", now=now).filter(pk=zaak.pk).exists(),
        "lateness": lateness(zaak, today=local_date(now)),
        "panels": _panels(zaak, actor=actor, now=now),
        "area": Area.objects.filter(pk=zaak.buurt_code).defer("geometry").first() if zaak.buurt_code else None,
    }


def note_look(zaak: Zaak, rollen: list[Rol], *, fields: tuple[str, ...], by: Actor, now: datetime) -> None:
    """Write in the processing log that somebody looked at a case: about the persons in it, else about the case."""
    persons = sorted({rol.person.uuid.hex for rol in rollen if rol.person})
    subjects = Subjects("person", persons) if persons else Subjects("case", [zaak.uuid.hex])
    activity = cases.parts_of(zaak).zaaktype.activity
    gate.note_use(activity, subjects=subjects, fields=fields, about=f"zaak:{zaak.uuid.hex}", by=by, now=now)


def _someone(rol: Rol, with_contact: bool) -> Someone:
    name = ""
    if rol.staff:
        name = rol.staff.display_name
    elif rol.person:
        name = rol.person.name
    contact = opened_contact(rol) if with_contact and rol.contact else {}
    return Someone(rol, name, bool(rol.contact), contact)


def _names(timeline: list[Any]) -> dict[str, str]:
    """Give the names of the staff in a timeline, by key; one query."""
    keys = {int(line.by_key) for line in timeline if line.by == "staff" and line.by_key.isdigit()}
    return {str(one.pk): one.display_name for one in Staff.objects.filter(pk__in=keys)}


def lateness(zaak: Zaak, *, today: date) -> str:
    """Tell how a case stands with its day: "late", "soon" (within two days), "fine", or "" without a day or closed."""
    day = zaak.einddatum_gepland or zaak.uiterlijke_einddatum_afdoening
    if zaak.einddatum is not None or day is None:
        return ""
    if day < today:
        return "late"
    return "soon" if (day - today).days <= 2 else "fine"


def _panels(zaak: Zaak, *, actor: Actor, now: datetime) -> list[tuple[CasePanel, dict[str, Any]]]:
    found = []
    for panel in offers(CasePanel):
        if zaak.zaaktype.identificatie in panel.zaaktypen:
            context = panel.context(zaak, actor=actor, now=now)
            if context is not None:
                found.append((panel, context))
    return found

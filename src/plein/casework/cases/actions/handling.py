"""Working on a case: its status, who does it, how urgent it is, until when, and what was noted."""

from datetime import date, datetime
from typing import Any

from plein.casework.cases.actions.changing import PERSON, STAFF, changing, cleaned
from plein.casework.cases.errors import EndNeedsResult, NoExtending, NoSuspending, NotInTeam
from plein.casework.cases.events import StatusSet
from plein.casework.cases.models import Audience, Status, Zaak
from plein.casework.cases.rules.terms import DAYS, WORKING_DAYS, Term, end_of, next_working_day, working_days_between
from plein.casework.cases.rules.zgw import wijk_of
from plein.foundation.clock import local_date
from plein.foundation.events import announce
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import Staff, Team
from plein.foundation.identity.teams import teams_of
from plein.foundation.words import Text

PRIORITIES = {1: Text("urgent", "urgent"), 2: Text("gewoon", "ordinary"), 3: Text("kan wachten", "can wait")}
IN, OUT = "in", "out"


def set_status(
    zaak: Zaak, status_key: str, *, toelichting: str = "", by: Actor, now: datetime, seen: int | None = None
) -> Zaak:
    """Give a case another status; toelichting: why, in words that the persons in it may read.

    Raises EndNeedsResult, UnknownPart, and what `changing` raises.
    """

    def already(row: Zaak) -> bool:
        return row.status.key == status_key and not toelichting

    with changing(zaak, "set-status", by=by, now=now, seen=seen, done=already) as change:
        status = change.parts.status(status_key)
        if change.done:
            return zaak
        if status.is_eindstatus:
            raise EndNeedsResult()
        write_status(change.zaak, status.pk, toelichting, by=by, now=now)
        change.set(status=status)
        change.facts.update(status=status_key)
        nl, en = status.statustekst or status.omschrijving, status.statustekst_en or status.omschrijving_en
        more = f" {toelichting}" if toelichting else ""
        change.tell("status", nl + more, en + more, audience=PERSON, status=status_key)
        said = StatusSet(
            zaak.uuid.hex, change.zaak.zaaktype.identificatie, status=status_key, informeren=status.informeren, at=now
        )
        announce(said, by=by)
    return zaak


def write_status(zaak: Zaak, statustype_id: int, toelichting: str, *, by: Actor, now: datetime) -> None:
    """Keep that a case got a status."""
    told = cleaned(toelichting)
    Status.objects.create(
        zaak=zaak, statustype_id=statustype_id, datum_status_gezet=now, statustoelichting=told, gezet_door=by.uri
    )


def assign(
    zaak: Zaak,
    *,
    team: Team | None,
    handler: Staff | None = None,
    reason: str = "",
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Zaak:
    """Give a case to a team, and to somebody in it; None takes it from them.

    Raises NotInTeam, and what `changing` raises.
    """
    if team and handler and team.pk not in teams_of(handler.pk, now=now):
        raise NotInTeam(team=team.title_nl)
    whom = (team.pk if team else None, handler.pk if handler else None)
    with changing(
        zaak, "assign", by=by, now=now, seen=seen, done=lambda row: (row.team_id, row.handler_id) == whom
    ) as change:
        if change.done:
            return zaak
        change.set(team=team, handler=handler)
        change.facts.update(team=team.key if team else "", handler=handler.pk if handler else None)
        nl, en = _assigned(team, handler)
        more = f" {reason}" if reason else ""
        keys: dict[str, Any] = {"team": team.key if team else "", "handler": handler.pk if handler else None}
        change.tell("assigned", nl + more, en + more, **keys)
    zaak.team, zaak.handler = team, handler
    return zaak


def _assigned(team: Team | None, handler: Staff | None) -> tuple[str, str]:
    if handler and team:
        name = handler.display_name
        return f"Toegewezen aan {name}, {team.title_nl}.", f"Assigned to {name}, {team.title_en}."
    if handler:
        return f"Toegewezen aan {handler.display_name}.", f"Assigned to {handler.display_name}."
    if team:
        return f"Toegewezen aan team {team.title_nl}.", f"Assigned to the team {team.title_en}."
    return "Niet meer toegewezen.", "Not assigned any more."


def take(zaak: Zaak, *, staff: Staff, by: Actor, now: datetime, seen: int | None = None) -> Zaak:
    """Have a member of staff take a case that their team, or nobody, has; it stays with its team."""
    return assign(zaak, team=zaak.team, handler=staff, by=by, now=now, seen=seen)


def hand_over(
    zaak: Zaak,
    *,
    team: Team,
    reason: str,
    handler: Staff | None = None,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Zaak:
    """Give a case to another team, which has to know why."""
    return assign(zaak, team=team, handler=handler, reason=reason, by=by, now=now, seen=seen)


def set_priority(zaak: Zaak, priority: int, *, by: Actor, now: datetime, seen: int | None = None) -> Zaak:
    """Say how urgent a case is: 1 urgent, 2 ordinary, 3 can wait."""
    words = PRIORITIES[priority]
    with changing(zaak, "set-priority", by=by, now=now, seen=seen, done=lambda row: row.priority == priority) as change:
        if not change.done:
            change.set(priority=priority)
            change.facts.update(priority=priority)
            change.tell("change", f"Prioriteit: {words.nl}.", f"Priority: {words.en}.", priority=priority)
    return zaak


def set_planned(
    zaak: Zaak, day: date | None, *, reason: str = "", by: Actor, now: datetime, seen: int | None = None
) -> Zaak:
    """Promise a day on which a case will be done, or take the promise back; the persons in it see it."""
    with changing(
        zaak, "set-planned", by=by, now=now, seen=seen, done=lambda row: row.einddatum_gepland == day
    ) as change:
        if change.done:
            return zaak
        change.set(einddatum_gepland=day)
        change.facts.update(day=day.isoformat() if day else "")
        more = f" {reason}" if reason else ""
        if day:
            nl, en = (
                f"Wij verwachten dit af te ronden op {day:%d-%m-%Y}.",
                f"We expect to finish this on {day:%d-%m-%Y}.",
            )
        else:
            nl, en = "Er is geen dag meer afgesproken.", "There is no promised day any more."
        change.tell("change", nl + more, en + more, audience=PERSON, day=day.isoformat() if day else "")
    return zaak


def suspend(zaak: Zaak, *, reason: str, by: Actor, now: datetime, seen: int | None = None) -> Zaak:
    """Let the term of a case stand still (opschorting, Awb art. 4:15), with a reason that the persons in it read.

    Raises NoSuspending, and what `changing` raises.
    """
    with changing(zaak, "suspend", by=by, now=now, seen=seen) as change:
        if not change.zaak.zaaktype.opschorting_mogelijk or change.zaak.opgeschort_sinds:
            raise NoSuspending()
        change.set(opgeschort_sinds=local_date(now))
        change.tell("change", f"De termijn staat stil. {reason}", f"The term stands still. {reason}", audience=PERSON)
    return zaak


def resume(zaak: Zaak, *, reason: str = "", by: Actor, now: datetime, seen: int | None = None) -> Zaak:
    """Let the term of a case run again: its last day moves by the days that it stood still.

    Raises NoSuspending, and what `changing` raises.
    """
    with changing(zaak, "resume", by=by, now=now, seen=seen) as change:
        since = change.zaak.opgeschort_sinds
        if since is None:
            raise NoSuspending()
        latest = moved(change.zaak, since, local_date(now))
        change.set(opgeschort_sinds=None, uiterlijke_einddatum_afdoening=latest)
        more = f" {reason}" if reason else ""
        change.tell("change", f"De termijn loopt weer.{more}", f"The term runs again.{more}", audience=PERSON)
    return zaak


def moved(zaak: Zaak, since: date, until: date) -> date | None:
    """Give the last day of the term of a case after it stood still from one day until another."""
    latest = zaak.uiterlijke_einddatum_afdoening
    if latest is None:
        return None
    if zaak.zaaktype.in_werkdagen:
        return end_of(latest, Term(working_days_between(since, until), WORKING_DAYS))
    return next_working_day(latest + (until - since))


def extend(
    zaak: Zaak, *, days: int | None = None, reason: str, by: Actor, now: datetime, seen: int | None = None
) -> Zaak:
    """Extend the term of a case, once (verlenging, Awb art. 4:14); days: at most, and by itself, what its type allows.

    Raises NoExtending, and what `changing` raises.
    """
    with changing(zaak, "extend", by=by, now=now, seen=seen) as change:
        row = change.zaak
        most, latest = row.zaaktype.verlengingstermijn, row.uiterlijke_einddatum_afdoening
        wanted = days if days is not None else most
        if row.verlengd_met or not wanted or most is None or wanted > most or latest is None:
            raise NoExtending()
        end = end_of(latest, Term(wanted, WORKING_DAYS if row.zaaktype.in_werkdagen else DAYS))
        change.set(verlengd_met=wanted, uiterlijke_einddatum_afdoening=end)
        change.facts.update(days=wanted)
        nl, en = f"De termijn is verlengd tot en met {end:%d-%m-%Y}.", f"The term was extended to {end:%d-%m-%Y}."
        change.tell("change", f"{nl} {reason}", f"{en} {reason}", audience=PERSON, end=end.isoformat())
    return zaak


def add_note(
    zaak: Zaak, text: str, *, audience: str = STAFF, by: Actor, now: datetime, seen: int | None = None
) -> Zaak:
    """Add a note to a case; the persons in it may add one that they and staff see."""
    shown = Audience.PERSON if by.kind in ("resident", "organisation", "anonymous") and audience == STAFF else audience
    with changing(zaak, "add-note", by=by, now=now, seen=seen, is_open=None, persons=True) as change:
        change.tell("note", text, audience=shown)
    return zaak


def add_contactmoment(
    zaak: Zaak,
    text: str,
    *,
    kanaal: str,
    direction: str = IN,
    audience: str = STAFF,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Zaak:
    """Write down that there was contact about a case: by phone, at the desk, on paper, by e-mail."""
    with changing(zaak, "add-contactmoment", by=by, now=now, seen=seen, is_open=None) as change:
        change.facts.update(kanaal=kanaal, direction=direction)
        change.tell("contact", text, audience=audience, kanaal=kanaal, direction=direction)
    return zaak


def correct(zaak: Zaak, *, by: Actor, now: datetime, seen: int | None = None, **values: Any) -> Zaak:
    """Correct what a case says of itself: omschrijving, toelichting, vertrouwelijkheid, lon with lat, buurt_code."""
    known = {"omschrijving", "toelichting", "vertrouwelijkheid", "lon", "lat", "buurt_code"}
    if unknown := values.keys() - known:
        raise TypeError(f"correct() takes no {', '.join(sorted(unknown))}")
    values = {name: cleaned(value) if isinstance(value, str) else value for name, value in values.items()}
    if "buurt_code" in values:
        values["wijk_code"] = wijk_of(values["buurt_code"])
    with changing(
        zaak,
        "correct",
        by=by,
        now=now,
        seen=seen,
        is_open=None,
        done=lambda row: all(getattr(row, name) == value for name, value in values.items()),
    ) as change:
        if change.done:
            return zaak
        names = sorted(name for name, value in values.items() if getattr(change.zaak, name) != value)
        change.set(**values)
        change.facts.update(columns=names)
        change.tell("change", "De gegevens zijn aangepast.", "The details were changed.", columns=names)
    return zaak

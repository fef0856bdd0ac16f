"""Types of cases: made from what a room writes down, or by staff as a concept that is published from a day on."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from plein.casework.cases.errors import (
    PartTaken,
    TypeExists,
    TypeFixed,
    TypeUnsound,
    UnknownZaaktype,
    VersionsOverlap,
)
from plein.casework.cases.models import (
    Autorisatie,
    Besluittype,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Zaaktype,
)
from plein.casework.cases.queries.rights import STAMP as RIGHTS_STAMP
from plein.casework.cases.queries.types import STAMP
from plein.casework.cases.rules.specs import ResultSpec, StatusSpec, TypeSpec
from plein.casework.cases.rules.zgw import overlaps, type_faults
from plein.foundation.clock import local_date
from plein.foundation.identity import audit, stamps
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.models import Team
from plein.foundation.words import Text

LONG_AGO = date(2020, 1, 1)
MANAGE = "cases.manage"
PARTS = {
    "statussen": "statustypen",
    "resultaten": "resultaattypen",
    "rollen": "roltypen",
    "documenten": "informatieobjecttypen",
    "besluiten": "besluittypen",
}
_STATUSES = (
    StatusSpec(key="ontvangen", title=Text("Ontvangen", "Received")),
    StatusSpec(key="afgerond", title=Text("Afgerond", "Done")),
)
_RESULTS = (ResultSpec(key="afgehandeld", title=Text("Afgehandeld", "Dealt with")),)


@transaction.atomic
def ensure_zaaktype(spec: TypeSpec, *, by: Actor, now: datetime, since: date = LONG_AGO) -> Zaaktype:
    """Make the first version of a type of case, published, unless there is one: staff may have changed it since.

    since: from when it holds. For rooms that bring a type of their own: call it when the room is furnished, and before
    the first case is opened.
    """
    found = Zaaktype.objects.filter(identificatie=spec.key).order_by("-versie").first()
    if found is not None:
        return found
    row = Zaaktype.objects.create(
        identificatie=spec.key,
        versie=1,
        doel=spec.doel,
        aanleiding=spec.aanleiding,
        activity=spec.activity,
        vertrouwelijkheid=spec.vertrouwelijkheid,
        doorlooptijd=spec.doorlooptijd,
        servicenorm=spec.servicenorm,
        in_werkdagen=spec.in_werkdagen,
        verlengingstermijn=spec.verlengingstermijn,
        opschorting_mogelijk=spec.opschorting,
        selectielijst_procestype=spec.procestype,
        begin_geldigheid=min(since, local_date(now)),
        concept=False,
        **_named(spec.title),
    )
    _make_parts(row, spec)
    stamps.bump(STAMP)
    audit.note("cases.make-type", subject=f"zaaktype:{spec.key}", by=by, now=now, versie=1)
    return row


def _named(title: Text) -> dict[str, str]:
    return {"omschrijving": title.nl, "omschrijving_en": title.en}


def _make_parts(row: Zaaktype, spec: TypeSpec) -> None:
    last = len(spec.statuses)
    Statustype.objects.bulk_create(
        Statustype(
            zaaktype=row,
            key=one.key,
            volgnummer=place,
            statustekst=one.says.nl if one.says else "",
            statustekst_en=one.says.en if one.says else "",
            informeren=one.informeren,
            is_eindstatus=place == last,
            **_named(one.title),
        )
        for place, one in enumerate(spec.statuses, start=1)
    )
    Resultaattype.objects.bulk_create(
        Resultaattype(
            zaaktype=row,
            key=one.key,
            omschrijving_generiek=one.generiek,
            selectielijstklasse=one.klasse,
            archiefnominatie=one.nominatie,
            archiefactietermijn=one.months,
            afleidingswijze=one.afleidingswijze,
            procestermijn=one.procestermijn,
            **_named(one.title),
        )
        for one in spec.results
    )
    _make(Roltype, row, [({"omschrijving_generiek": one.generiek}, one) for one in spec.roles])
    documents = [
        ({"richting": one.richting, "vertrouwelijkheid": one.vertrouwelijkheid}, one) for one in spec.documents
    ]
    _make(Informatieobjecttype, row, documents)
    _make(Besluittype, row, [({"reactietermijn": one.reactietermijn}, one) for one in spec.decisions])


def _make(model: Any, row: Zaaktype, parts: list[tuple[dict[str, Any], Any]]) -> None:
    model.objects.bulk_create(model(zaaktype=row, key=one.key, **_named(one.title), **more) for more, one in parts)


@transaction.atomic
def new_type(key: str, *, title: Text, activity: str, by: Actor, now: datetime) -> Zaaktype:
    """Start a type of case as a concept, with the least that every type has.

    Raises TypeExists, NotAllowed.
    """
    require(by, MANAGE)
    if Zaaktype.objects.filter(identificatie=key).exists():
        raise TypeExists(key=key)
    told = {"identificatie": key, "versie": 1, "activity": activity, "begin_geldigheid": local_date(now)}
    row = Zaaktype.objects.create(**told, **_named(title))
    _make_parts(row, TypeSpec(key=key, title=title, activity=activity, statuses=_STATUSES, results=_RESULTS))
    return _noted(row, "make-type", by=by, now=now)


def _noted(row: Zaaktype, action: str, *, by: Actor, now: datetime, **facts: Any) -> Zaaktype:
    stamps.bump(STAMP)
    subject = f"zaaktype:{row.identificatie}"
    audit.note(f"cases.{action}", subject=subject, by=by, now=now, versie=row.versie, **facts)
    return row


@transaction.atomic
def new_version(key: str, *, by: Actor, now: datetime) -> Zaaktype:
    """Start a new version of a type as a concept, with everything of the newest one; a concept that is there stays.

    Raises UnknownZaaktype, NotAllowed.
    """
    require(by, MANAGE)
    last = Zaaktype.objects.select_for_update().filter(identificatie=key).order_by("-versie").first()
    if last is None:
        raise UnknownZaaktype(what=key, zaaktype=key)
    if last.concept:
        return last
    rows = [list(getattr(last, name).all()) for name in PARTS.values()]
    last.pk, last.versie, last.concept = None, last.versie + 1, True
    last.begin_geldigheid, last.einde_geldigheid = local_date(now), None
    last._state.adding = True
    last.save(force_insert=True)
    for parts in rows:
        for part in parts:
            part.pk, part.zaaktype = None, last
        if parts:
            type(parts[0]).objects.bulk_create(parts)
    return _noted(last, "new-version", by=by, now=now)


def _concept(row: Zaaktype) -> Zaaktype:
    """Lock a version that may still change.

    Raises TypeFixed.
    """
    found = Zaaktype.objects.select_for_update().get(pk=row.pk)
    if not found.concept:
        raise TypeFixed()
    return found


@transaction.atomic
def change_type(row: Zaaktype, *, values: Mapping[str, Any], by: Actor, now: datetime) -> Zaaktype:
    """Change what a concept says of itself; values: columns of Zaaktype.

    Raises TypeFixed, NotAllowed.
    """
    require(by, MANAGE)
    found = _concept(row)
    for name, value in values.items():
        setattr(found, name, value)
    found.save(update_fields=sorted(values))
    return _noted(found, "change-type", by=by, now=now, columns=sorted(values))


@transaction.atomic
def put_part(
    row: Zaaktype, kind: str, *, pk: int | None, values: Mapping[str, Any], by: Actor, now: datetime
) -> Zaaktype:
    """Add a part to a concept (pk None), or change one; kind: a key of PARTS.

    Raises TypeFixed, PartTaken, NotAllowed.
    """
    require(by, MANAGE)
    found = _concept(row)
    try:
        with transaction.atomic():
            if pk is None:
                getattr(found, PARTS[kind]).create(**values)
            else:
                getattr(found, PARTS[kind]).filter(pk=pk).update(**values)
    except IntegrityError as error:
        raise PartTaken(key=values.get("key", "")) from error
    return _noted(found, "change-type", by=by, now=now, part=kind)


@transaction.atomic
def drop_part(row: Zaaktype, kind: str, *, pk: int, by: Actor, now: datetime) -> Zaaktype:
    """Take a part out of a concept.

    Raises TypeFixed, NotAllowed.
    """
    require(by, MANAGE)
    found = _concept(row)
    getattr(found, PARTS[kind]).filter(pk=pk).delete()
    return _noted(found, "change-type", by=by, now=now, part=kind)


@transaction.atomic
def publish_version(row: Zaaktype, *, since: date, by: Actor, now: datetime) -> Zaaktype:
    """Have a concept hold from a day on; the version before it holds until then, and its cases keep it.

    Raises TypeFixed, TypeUnsound, VersionsOverlap, NotAllowed.
    """
    require(by, MANAGE)
    found = _concept(row)
    if faults := faults_of(found):
        raise TypeUnsound(faults=", ".join(faults), found=faults)
    others = Zaaktype.objects.filter(identificatie=found.identificatie, concept=False)
    others.filter(begin_geldigheid__lt=since).filter(Q(einde_geldigheid=None) | Q(einde_geldigheid__gt=since)).update(
        einde_geldigheid=since
    )
    if since < local_date(now) or overlaps(since, None, others.values_list("begin_geldigheid", "einde_geldigheid")):
        raise VersionsOverlap(day=since.isoformat())
    found.begin_geldigheid, found.concept = since, False
    found.save(update_fields=["begin_geldigheid", "concept"])
    return _noted(found, "publish-type", by=by, now=now, since=since.isoformat())


def faults_of(row: Zaaktype) -> list[str]:
    """List what keeps a concept from being published, as codes of rules.zgw.type_faults."""
    return type_faults(
        statuses=list(row.statustypen.values_list("volgnummer", "is_eindstatus")),
        results=list(row.resultaattypen.values_list("archiefnominatie", "afleidingswijze", "archiefactietermijn")),
        roles=list(row.roltypen.values_list("omschrijving_generiek", flat=True)),
    )


@transaction.atomic
def drop_concept(row: Zaaktype, *, by: Actor, now: datetime) -> None:
    """Throw a concept away.

    Raises TypeFixed, NotAllowed.
    """
    require(by, MANAGE)
    found = _concept(row)
    _noted(found, "drop-concept", by=by, now=now)
    found.delete()


@transaction.atomic
def grant(
    team: Team, *, zaaktype: str, area_code: str, max_vertrouwelijkheid: int, may: str, by: Actor, now: datetime
) -> Autorisatie:
    """Give a team a right on cases of a type ("" is all), in an area ("" is all), up to a confidentiality.

    The same right with another confidentiality is changed. Raises NotAllowed.
    """
    require(by, MANAGE)
    row, _ = Autorisatie.objects.update_or_create(
        team=team,
        zaaktype=zaaktype,
        area_code=area_code,
        may=may,
        defaults={"max_vertrouwelijkheid": max_vertrouwelijkheid},
    )
    stamps.bump(RIGHTS_STAMP)
    audit.note(
        "cases.grant",
        subject=f"team:{team.key}",
        by=by,
        now=now,
        zaaktype=zaaktype,
        area=area_code,
        may=may,
        most=max_vertrouwelijkheid,
    )
    return row


@transaction.atomic
def withdraw(row: Autorisatie, *, by: Actor, now: datetime) -> None:
    """Take a right from a team.

    Raises NotAllowed.
    """
    require(by, MANAGE)
    told = {"zaaktype": row.zaaktype, "area": row.area_code, "may": row.may}
    row.delete()
    stamps.bump(RIGHTS_STAMP)
    audit.note("cases.withdraw", subject=f"team:{row.team.key}", by=by, now=now, **told)

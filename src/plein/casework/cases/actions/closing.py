"""The end of a case: its result, its archive term, and going on after all."""

from datetime import date, datetime

from plein.casework.cases.actions.changing import PERSON, Change, changing, cleaned
from plein.casework.cases.actions.handling import write_status
from plein.casework.cases.errors import EndNeedsResult, OpenChildren
from plein.casework.cases.events import ZaakClosed, ZaakReopened
from plein.casework.cases.models import Besluit, Resultaat, Resultaattype, Status, Statustype, Zaak, Zaakrelatie
from plein.casework.cases.queries.types import Parts
from plein.casework.cases.rules.zgw import Facts, archiefactiedatum, brondatum
from plein.foundation.clock import local_date
from plein.foundation.events import announce
from plein.foundation.identity.actors import Actor


def close_zaak(
    zaak: Zaak,
    resultaattype_key: str,
    *,
    toelichting: str = "",
    brondatum_told: date | None = None,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Zaak:
    """End a case with a result: its last status, and the day on which its file is destroyed or carried over.

    toelichting: why, in words that the persons in it read. brondatum_told: for results whose archive term starts on
    another day that staff know. Raises OpenChildren, UnknownPart, and what `changing` raises.
    """

    def already(row: Zaak) -> bool:
        ended = Resultaat.objects.filter(zaak=row).select_related("resultaattype").first()
        return row.einddatum is not None and ended is not None and ended.resultaattype.key == resultaattype_key

    with changing(zaak, "close", by=by, now=now, seen=seen, done=already) as change:
        parts = change.parts
        result = parts.resultaat(resultaattype_key)
        if change.done:
            return zaak
        if count := change.zaak.deelzaken.filter(einddatum=None).count():
            raise OpenChildren(count=count)
        _end(change, parts, result, toelichting, told=brondatum_told)
        said = ZaakClosed(
            zaak.uuid.hex,
            parts.zaaktype.identificatie,
            resultaat=resultaattype_key,
            einddatum=local_date(now).isoformat(),
            at=now,
        )
        announce(said, by=by)
    return zaak


def _end(change: Change, parts: Parts, result: Resultaattype, toelichting: str, *, told: date | None) -> None:
    row, today = change.zaak, local_date(change.now)
    Resultaat.objects.create(zaak=row, resultaattype=result, toelichting=cleaned(toelichting))
    write_status(row, parts.end_status.pk, toelichting, by=change.by, now=change.now)
    change.set(status=parts.end_status, einddatum=today, opgeschort_sinds=None)
    change.set(archiefnominatie=result.archiefnominatie, archiefactiedatum=archive_day(row, result, told=told))
    change.facts.update(resultaat=result.key)
    more = f" {toelichting}" if toelichting else ""
    nl, en = f"Afgerond: {result.omschrijving}.{more}", f"Closed: {result.omschrijving_en}.{more}"
    change.tell("status", nl, en, audience=PERSON, status=parts.end_status.key, resultaat=result.key)


def archive_day(zaak: Zaak, result: Resultaattype, *, told: date | None = None) -> date | None:
    """Find the day on which the file of a closed case is destroyed or carried over; None while it is not known."""
    if zaak.einddatum is None:
        return None
    related: list[date | None] = []
    if result.afleidingswijze == "gerelateerde_zaak":
        related = list(Zaakrelatie.objects.filter(zaak=zaak).values_list("to__einddatum", flat=True))
    besluiten: list[tuple[date, date | None]] = []
    if result.afleidingswijze.endswith("_besluit"):
        besluiten = list(Besluit.objects.filter(zaak=zaak).values_list("ingangsdatum", "vervaldatum"))
    facts = Facts(
        einddatum=zaak.einddatum,
        hoofdzaak_einddatum=zaak.hoofdzaak.einddatum if zaak.hoofdzaak else None,
        related_ends=related,
        besluit_ingangsdata=[start for start, _ in besluiten],
        besluit_vervaldata=[end for _, end in besluiten],
        procestermijn=result.procestermijn,
        told=told,
    )
    return archiefactiedatum(brondatum(result.afleidingswijze, facts), result.archiefactietermijn)


def reopen_zaak(
    zaak: Zaak,
    *,
    reason: str,
    status_key: str | None = None,
    einddatum_gepland: date | None = None,
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Zaak:
    """Go on with a case that had ended; the persons in it may ask for that too.

    status_key: the status it gets; None is the one before it ended. The term of law stays as it was.
    Raises EndNeedsResult, and what `changing` raises.
    """
    with changing(zaak, "reopen", by=by, now=now, seen=seen, is_open=False, persons=True) as change:
        row, parts = change.zaak, change.parts
        status = parts.status(status_key) if status_key else _before_end(row, parts)
        if status.is_eindstatus:
            raise EndNeedsResult()
        ended = Resultaat.objects.filter(zaak=row).select_related("resultaattype").first()
        Resultaat.objects.filter(zaak=row).delete()
        write_status(row, status.pk, reason, by=by, now=now)
        change.set(status=status, einddatum=None, einddatum_gepland=einddatum_gepland)
        change.set(archiefnominatie="", archiefactiedatum=None)
        change.facts.update(status=status.key)
        was = ended.resultaattype.key if ended else ""
        nl, en = f"De zaak is heropend. {reason}", f"The case was reopened. {reason}"
        change.tell("reopened", nl.strip(), en.strip(), audience=PERSON, status=status.key, was=was)
        announce(ZaakReopened(zaak.uuid.hex, parts.zaaktype.identificatie, at=now), by=by)
    return zaak


def _before_end(zaak: Zaak, parts: Parts) -> Statustype:
    rows = Status.objects.filter(zaak=zaak, statustype__is_eindstatus=False).order_by("-id")
    last = rows.values_list("statustype__key", flat=True).first()
    return parts.status(last) if last else parts.first_status

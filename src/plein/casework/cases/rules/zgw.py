"""What the ZGW standard asks of types of cases and their ends.

Source: Catalogi API 1.3.1 and Zaken API 1.5.1 (VNG), RGBZ 2.0, Selectielijst gemeenten 2020.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plein.casework.cases.rules.terms import after_months

# Confidentiality from open to most secret, as the standard orders it.
VERTROUWELIJKHEDEN = (
    "openbaar",
    "beperkt_openbaar",
    "intern",
    "zaakvertrouwelijk",
    "vertrouwelijk",
    "confidentieel",
    "geheim",
    "zeer_geheim",
)
# How the day from which the archive term runs is found (brondatum archiefprocedure).
AFLEIDINGSWIJZEN = (
    "afgehandeld",
    "hoofdzaak",
    "gerelateerde_zaak",
    "ingangsdatum_besluit",
    "vervaldatum_besluit",
    "termijn",
    "ander_datumkenmerk",
)
GENERIC_ROLES = (
    "adviseur",
    "behandelaar",
    "belanghebbende",
    "beslisser",
    "initiator",
    "klantcontacter",
    "zaakcoordinator",
    "mede_initiator",
)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a case when it ends, to find its brondatum from; dates are None when there are none.

    related_ends: last days of the related cases, None for one that is open. told: the day that staff gave.
    """

    einddatum: date
    hoofdzaak_einddatum: date | None = None
    related_ends: Sequence[date | None] = ()
    besluit_ingangsdata: Sequence[date] = ()
    besluit_vervaldata: Sequence[date | None] = ()
    procestermijn: int = 0
    told: date | None = None


def brondatum(afleidingswijze: str, facts: Facts) -> date | None:
    """Find the day from which the archive term runs; None while it cannot be known yet."""
    found = {
        "afgehandeld": facts.einddatum,
        "hoofdzaak": facts.hoofdzaak_einddatum,
        "gerelateerde_zaak": _latest(facts.related_ends),
        "ingangsdatum_besluit": _latest(facts.besluit_ingangsdata),
        "vervaldatum_besluit": _latest(facts.besluit_vervaldata),
        "termijn": after_months(facts.einddatum, facts.procestermijn),
        "ander_datumkenmerk": facts.told,
    }
    return found[afleidingswijze]


def _latest(days: Iterable[date | None]) -> date | None:
    """Give the last day; None when there are none, or one of them is not known."""
    found = list(days)
    known = [day for day in found if day is not None]
    return max(known) if known and len(known) == len(found) else None


def archiefactiedatum(source: date | None, months: int | None) -> date | None:
    """Give the day on which the file is destroyed or carried over; None when that is not known yet."""
    return None if source is None or months is None else after_months(source, months)


def overlaps(begin: date, end: date | None, others: Iterable[tuple[date, date | None]]) -> bool:
    """Tell whether a validity shares a day with another one; ends are exclusive and None is for ever."""
    return any((end is None or other < end) and (last is None or begin < last) for other, last in others)


def type_faults(
    *,
    statuses: Sequence[tuple[int, bool]],
    results: Sequence[tuple[str, str, int | None]],
    roles: Sequence[str],
) -> list[str]:
    """List what keeps a type of case from being published, as words of TYPE_FAULTS.

    statuses: (volgnummer, is_eindstatus); results: (archiefnominatie, afleidingswijze, archiefactietermijn);
    roles: generic names.
    """
    ends = [number for number, is_end in statuses if is_end]
    checks: Mapping[str, bool] = {
        "one-end-status": len(ends) == 1,
        "end-status-last": not ends or ends[0] == max(number for number, _ in statuses),
        "two-statuses": len(statuses) >= 2,
        "a-result": bool(results),
        "archive-term": all(term is not None or what == "blijvend_bewaren" for what, _, term in results),
        "an-initiator": "initiator" in roles,
    }
    return [fault for fault, holds in checks.items() if not holds]


def streefdag(*planned: date | None) -> date | None:
    """Give the first of the days that a case should be done by; None when there is none."""
    return min((day for day in planned if day is not None), default=None)


def wijk_of(buurt_code: str) -> str:
    """Give the code of the wijk that a buurt lies in: CBS makes the one from the other; "" of nowhere."""
    return f"WK{buurt_code[2:8]}" if buurt_code.startswith("BU") else ""

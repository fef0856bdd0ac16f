"""What may be destroyed, what stands in the way, and what was destroyed."""

from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from plein.casework.cases.models import (
    Archiefnominatie,
    Vernietiging,
    Vernietigingslijst,
    Vernietigingsregel,
    Zaak,
    Zaakrelatie,
)
from plein.foundation.identity.actors import Actor
from plein.foundation.identity.models import AuditLine


def due(today: date) -> QuerySet[Zaak]:
    """Give the cases whose file has to go: closed, past their day, to be destroyed, and nothing in the way.

    In the way stand an open case that it is related to either way, an open whole, and parts that do not go yet.
    """
    ties = Zaakrelatie.objects.filter(
        Q(zaak=OuterRef("pk"), to__einddatum=None) | Q(to=OuterRef("pk"), zaak__einddatum=None)
    )
    goes = Q(einddatum__isnull=False, archiefnominatie=Archiefnominatie.VERNIETIGEN, archiefactiedatum__lte=today)
    staying = Zaak.objects.filter(hoofdzaak=OuterRef("pk")).exclude(goes)
    open_whole = Q(hoofdzaak__isnull=False, hoofdzaak__einddatum=None)
    return Zaak.objects.filter(goes).exclude(open_whole).filter(~Exists(ties), ~Exists(staying))


def proposable(today: date) -> QuerySet[Zaak]:
    """Give the cases that are due and on no list, or were kept until a day that has passed."""
    busy = Vernietigingsregel.objects.filter(zaak=OuterRef("pk")).exclude(kept=True, until__lte=today)
    return due(today).filter(~Exists(busy)).order_by("archiefactiedatum", "id")


def undated() -> QuerySet[Zaak]:
    """Give the closed cases whose day is not known yet, because it follows from something that was not over."""
    wanted = Zaak.objects.filter(
        einddatum__isnull=False, archiefactiedatum=None, archiefnominatie=Archiefnominatie.VERNIETIGEN
    )
    return wanted.order_by("id")


def lists() -> list[Vernietigingslijst]:
    """List the lists, newest first, with how many cases go, are kept and are gone; one query."""
    rows = Vernietigingslijst.objects.select_related("proposed_by", "decided_by")
    counted = rows.annotate(
        going=Count("regels", filter=Q(regels__kept=False), distinct=True),
        keeping=Count("regels", filter=Q(regels__kept=True), distinct=True),
        gone=Count("vernietigd", distinct=True),
    )
    return list(counted.order_by("-id")[:100])


def lines(lijst: Vernietigingslijst, *, most: int = 1_000) -> list[Vernietigingsregel]:
    """List the cases on a list with what the register will say of them; one query."""
    rows = lijst.regels.select_related("zaak", "zaak__zaaktype", "zaak__resultaat__resultaattype")
    return list(rows.order_by("zaak__archiefactiedatum", "zaak_id")[:most])


def register(*, before: int | None = None, size: int = 100) -> list[Vernietiging]:
    """List what was destroyed, newest first, a page at a time: before is the id of the last line of the page before."""
    rows = Vernietiging.objects.select_related("lijst__proposed_by", "lijst__decided_by").order_by("-id")
    return list((rows.filter(pk__lt=before) if before else rows)[:size])


def touched_by(actor: Actor, lijst: Vernietigingslijst) -> bool:
    """Tell whether somebody made choices on a list, so that somebody else has to decide on it."""
    lines = AuditLine.objects.filter(subject=subject_of_list(lijst), actor=actor.uri)
    return lines.filter(action__in=("cases.keep-from-destruction", "cases.propose-destruction")).exists()


def subject_of_list(lijst: Vernietigingslijst) -> str:
    """Name a list in audit lines."""
    return f"vernietigingslijst:{lijst.uuid.hex}"

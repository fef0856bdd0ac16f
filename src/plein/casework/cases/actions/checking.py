"""What must always hold of cases, for `plein check`."""

from django.db.models import F

from plein.casework.cases.actions.documents import place_of
from plein.casework.cases.models import Document, Resultaat, Zaak

MOST = 10


def problems() -> list[str]:
    """Say in sentences what is wrong; an empty list means all is well.

    Each document has its bytes, each case a status of its own type, each closed case a result of its type.
    """
    return [*_files(), *_statuses(), *_results()]


def _files() -> list[str]:
    rows = Document.objects.order_by("id").values_list("uuid", "path", "bestandsomvang")
    found = [f"document {uuid}" for uuid, path, size in rows.iterator() if _size(path) != size]
    return _told(found, "miss their bytes in the folder files. Put that folder back from your backup.")


def _size(path: str) -> int:
    try:
        return place_of(path).stat().st_size
    except OSError:
        return -1


def _statuses() -> list[str]:
    rows = Zaak.objects.exclude(status__zaaktype=F("zaaktype")).values_list("identificatie", flat=True)
    return _told([f"case {number}" for number in rows], "have a status of another type. Set their status again.")


def _results() -> list[str]:
    strange = Resultaat.objects.exclude(resultaattype__zaaktype=F("zaak__zaaktype"))
    lacking = Zaak.objects.filter(einddatum__isnull=False, resultaat=None)
    numbers = {*strange.values_list("zaak__identificatie", flat=True), *lacking.values_list("identificatie", flat=True)}
    said = "are closed without a result of their type. Reopen and close them again."
    return _told([f"case {number}" for number in sorted(numbers)], said)


def _told(found: list[str], what: str) -> list[str]:
    more = [f"and {len(found) - MOST} more"] if len(found) > MOST else []
    return [f"{', '.join([*found[:MOST], *more])}: {what}"] if found else []

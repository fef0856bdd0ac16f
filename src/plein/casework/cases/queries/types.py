"""The types of cases, kept per process, so that opening and listing cases reads none of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from plein.casework.cases.errors import UnknownPart, UnknownZaaktype
from plein.casework.cases.models import (
    Besluittype,
    Informatieobjecttype,
    Resultaattype,
    Roltype,
    Statustype,
    Zaak,
    Zaaktype,
)
from plein.foundation.errors import NotFound
from plein.foundation.identity.stamps import Kept

STAMP = "zaaktypen"
PARTS = ("statustypen", "resultaattypen", "roltypen", "informatieobjecttypen", "besluittypen")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parts:
    """One version of a type of case with its parts; statustypen in order. Do not change what is in it."""

    zaaktype: Zaaktype
    statustypen: tuple[Statustype, ...]
    resultaattypen: tuple[Resultaattype, ...]
    roltypen: tuple[Roltype, ...]
    informatieobjecttypen: tuple[Informatieobjecttype, ...]
    besluittypen: tuple[Besluittype, ...]

    @property
    def first_status(self) -> Statustype:
        """Give the status that a new case has."""
        return self.statustypen[0]

    @property
    def end_status(self) -> Statustype:
        """Give the status that a closed case has."""
        return next(one for one in self.statustypen if one.is_eindstatus)

    def status(self, key: str) -> Statustype:
        """Find a status; raises UnknownPart."""
        return _by_key(self.statustypen, key)

    def resultaat(self, key: str) -> Resultaattype:
        """Find a result; raises UnknownPart."""
        return _by_key(self.resultaattypen, key)

    def rol(self, key: str) -> Roltype:
        """Find a role by its key, or the first one with this generic name; raises UnknownPart."""
        generic = next((one for one in self.roltypen if one.omschrijving_generiek == key), None)
        found = next((one for one in self.roltypen if one.key == key), generic)
        if found is None:
            raise UnknownPart(what=key, part="role", key=key)
        return found

    def document(self, key: str) -> Informatieobjecttype:
        """Find a kind of document; raises UnknownPart."""
        return _by_key(self.informatieobjecttypen, key)

    def besluit(self, key: str) -> Besluittype:
        """Find a kind of decision; raises UnknownPart."""
        return _by_key(self.besluittypen, key)


def _by_key(parts: Iterable[T], key: str) -> T:
    parts = tuple(parts)
    for one in parts:
        if getattr(one, "key", None) == key:
            return one
    raise UnknownPart(what=key, part=type(parts[0])._meta.verbose_name if parts else "part", key=key)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Catalogus:
    """All types of cases."""

    by_id: dict[int, Parts]
    statuses: dict[int, Statustype]

    def versions(self, identificatie: str) -> list[Parts]:
        """List the versions of a type, oldest first."""
        return [parts for parts in self.by_id.values() if parts.zaaktype.identificatie == identificatie]

    def on(self, identificatie: str, day: date) -> Parts:
        """Find the version of a type that holds on a day.

        Raises UnknownZaaktype.
        """
        for parts in reversed(self.versions(identificatie)):
            if holds_on(parts.zaaktype, day):
                return parts
        raise UnknownZaaktype(what=identificatie, zaaktype=identificatie)

    def current(self, day: date) -> list[Parts]:
        """List the types that hold on a day, by name."""
        found = [parts for parts in self.by_id.values() if holds_on(parts.zaaktype, day)]
        return sorted(found, key=lambda parts: parts.zaaktype.omschrijving.casefold())

    def ids(self, identificatie: str) -> list[int]:
        """List the ids of all versions of a type."""
        return [parts.zaaktype.pk for parts in self.versions(identificatie)]


def holds_on(zaaktype: Zaaktype, day: date) -> bool:
    """Tell whether new cases of this version can be opened on a day."""
    ended = zaaktype.einde_geldigheid is not None and zaaktype.einde_geldigheid <= day
    return not zaaktype.concept and zaaktype.begin_geldigheid <= day and not ended


def _load() -> Catalogus:
    rows = Zaaktype.objects.prefetch_related(*PARTS).order_by("identificatie", "versie")
    by_id = {row.pk: _parts(row) for row in rows}
    return Catalogus(by_id, {one.pk: one for parts in by_id.values() for one in parts.statustypen})


def _parts(row: Zaaktype) -> Parts:
    lists: dict[str, Any] = {name: tuple(getattr(row, name).all()) for name in PARTS}
    return Parts(row, **lists)


_kept = Kept(STAMP, _load)


def catalogus() -> Catalogus:
    """Give all types of cases; no query while nothing changed."""
    return _kept.get()


def parts_of(zaak: Zaak) -> Parts:
    """Give the type of a case with its parts.

    Raises NotFound.
    """
    found = catalogus().by_id.get(zaak.zaaktype_id)
    if found is None:
        _kept.forget()
        found = catalogus().by_id.get(zaak.zaaktype_id)
    if found is None:
        raise NotFound(what=f"zaaktype {zaak.zaaktype_id}")
    return found


def with_types(rows: Iterable[Zaak]) -> Iterator[Zaak]:
    """Give cases their type and status, without asking the database."""
    known = catalogus()
    for row in rows:
        if parts := known.by_id.get(row.zaaktype_id):
            row.zaaktype = parts.zaaktype
            row.status = known.statuses[row.status_id]
        yield row

"""A person's own cases: only what they may see of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, QuerySet

from plein.casework.cases import queries as cases
from plein.casework.cases.errors import NoSuchCase
from plein.casework.cases.models import NO_DAY, Audience, Document, Rol, Statustype, Zaak
from plein.casework.cases.queries.types import with_types
from plein.casework.messages.models import Message
from plein.casework.messages.queries.inbox import Shown, shown
from plein.casework.mine.errors import NoSuchDocument
from plein.casework.mine.queries.standing import Standing
from plein.casework.mine.rules.cases import SECRET_FROM, is_shown, next_of
from plein.foundation.api.paging import page
from plein.foundation.gate.registry import secret_keys
from plein.foundation.rooms import MineCard, MinePart, offers
from plein.foundation.words import Text

PAGE = 25
MOST_CODES = 1_000


@dataclass(frozen=True, slots=True)
class MyCase:
    """A case as the person in it sees it. promised: the day we aim at, None when there is none."""

    zaak: Zaak
    stages: Sequence[Statustype]

    @property
    def title(self) -> Text:
        """Name the kind of case."""
        return self.zaak.zaaktype.title

    @property
    def status(self) -> Text:
        """Say how it stands, in the words meant for persons."""
        one = self.zaak.status
        return Text(one.statustekst or one.omschrijving, one.statustekst_en or one.omschrijving_en)

    @property
    def stage(self) -> Text:
        """Name the stage."""
        return self.zaak.status.title

    @property
    def next_step(self) -> Text | None:
        """Name the next stage; None when there is none, or when it waits for the person."""
        following = next_of(self.stages, self.zaak.status)
        return following.title if following and not self.waits else None

    @property
    def is_open(self) -> bool:
        """Tell whether it goes on."""
        return self.zaak.einddatum is None

    @property
    def waits(self) -> bool:
        """Tell whether we wait for something from the person: the term is suspended."""
        return self.is_open and self.zaak.opgeschort_sinds is not None

    @property
    def promised(self) -> date | None:
        """Give the day by which it should be done."""
        return None if self.zaak.streefdag == NO_DAY else self.zaak.streefdag

    @property
    def done(self) -> int:
        """Count the stages that are behind it."""
        here = next((place for place, one in enumerate(self.stages) if one.pk == self.zaak.status_id), 0)
        return here + 1


def _mine(rows: Any) -> list[MyCase]:
    return [MyCase(row, cases.parts_of(row).statustypen) for row in with_types(rows)]


def shown_cases(standing: Standing, *, now: datetime) -> QuerySet[Zaak]:
    """Give the cases that a person may see of themselves, or of who they act for: none that are secret."""
    secret = secret_keys()
    hidden = [pk for pk, parts in cases.catalogus().by_id.items() if parts.zaaktype.activity in secret]
    rows = cases.visible_to(standing.actor, now=now).filter(vertrouwelijkheid__lt=SECRET_FROM)
    return rows.exclude(zaaktype_id__in=hidden) if hidden else rows


def my_cases(standing: Standing, *, is_open: bool, cursor: str = "", now: datetime) -> tuple[list[MyCase], str]:
    """List the open or the closed cases, newest first, with the cursor of the next page; one query.

    Raises BadCursor.
    """
    found = page(
        shown_cases(standing, now=now).filter(einddatum__isnull=is_open), by=["-id"], cursor=cursor, limit=PAGE
    )
    return _mine(found.rows), found.next


def newest_open(standing: Standing, *, most: int = 5, now: datetime) -> list[MyCase]:
    """List the open cases that come first: those that wait for the person, then by the day promised; one query."""
    rows = shown_cases(standing, now=now).filter(einddatum=None)
    found = _mine(rows.order_by(F("opgeschort_sinds").asc(nulls_last=True), "streefdag", "-id")[: most + 1])
    return sorted(found, key=lambda one: (not one.waits, one.zaak.streefdag))


def my_case(standing: Standing, uuid: UUID, *, now: datetime) -> MyCase:
    """Read one case; one query.

    Raises NoSuchCase, also for what is secret.
    """
    found = _mine(shown_cases(standing, now=now).filter(uuid=uuid))
    if not found:
        raise NoSuchCase(what=str(uuid))
    return found[0]


def lines_of(case: MyCase) -> list[cases.Line]:
    """List what happened, newest first, as far as it was marked for the person and is not secret."""
    told = cases.timeline(case.zaak, Audience.PERSON)
    return [line for line in reversed(told) if is_shown(line.audience) and not line.data.get("secret")]


def documents_of(case: MyCase) -> list[Document]:
    """List the documents that the person may see, newest first."""
    found = cases.documenten(case.zaak, Audience.PERSON)
    return [one for one in found if is_shown(one.audience, one.vertrouwelijkheid)]


def document_of(case: MyCase, uuid: UUID) -> Document:
    """Find one document.

    Raises NoSuchDocument, also for what is not for the person.
    """
    found = next((one for one in documents_of(case) if one.uuid == uuid), None)
    if found is None:
        raise NoSuchDocument(what=str(uuid))
    return found


def messages_of(standing: Standing, case: MyCase) -> list[Shown]:
    """List what the person was told about a case, newest first; one query."""
    rows = Message.objects.filter(person=standing.person, zaak=case.zaak, in_inbox=True).order_by("-pk")
    return [shown(row) for row in rows.select_related("template", "zaak", "person")[:PAGE]]


def opened_by(standing: Standing) -> list[str]:
    """List the newest cases that the person asked for, under which they may stand in the log; one query.

    By uuid, as pages and interfaces name a case, and by number, as the letters about it do.
    """
    roles = Rol.objects.filter(person=standing.person, roltype__omschrijving_generiek="initiator").order_by("-zaak_id")
    found = roles.values_list("zaak__uuid", "zaak_id")[:MOST_CODES]
    return [name for uuid, pk in found for name in (uuid.hex, str(pk))]


def cards(standing: Standing, *, now: datetime) -> list[tuple[Text, list[dict[str, Any]]]]:
    """Gather what rooms tell a person, by title; empty cards are left out."""
    if not standing.is_whole:
        return []
    read = [(card.title, card.read(standing.person, now=now)) for card in offers(MineCard)]
    return [(title, lines) for title, lines in read if lines]


def parts(standing: Standing, case: MyCase, *, now: datetime) -> list[tuple[str, dict[str, Any]]]:
    """Gather the parts that rooms add to the page of a case, as (template, context)."""
    kind = case.zaak.zaaktype.identificatie
    wanted = [one for one in offers(MinePart) if kind in one.zaaktypen]
    made = [(one.template, one.context(case.zaak, actor=standing.actor, now=now)) for one in wanted]
    return [(template, context) for template, context in made if context is not None]

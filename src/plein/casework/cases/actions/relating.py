"""Ties between cases: parts of a whole, related ones, and duplicates."""

from datetime import datetime

from django.db import transaction

from plein.casework.cases.actions.changing import PERSON, changing
from plein.casework.cases.actions.closing import close_zaak
from plein.casework.cases.errors import RelatedToItself
from plein.casework.cases.models import Zaak, Zaakrelatie
from plein.foundation.identity.actors import Actor

AARDEN = ("gerelateerd", "vervolg", "bijdrage", "onderwerp", "duplicaat")


@transaction.atomic
def relate(
    zaak: Zaak, to: Zaak, *, aard: str = "gerelateerd", by: Actor, now: datetime, seen: int | None = None
) -> None:
    """Tie a case to another; both timelines tell it.

    Raises RelatedToItself, and what `changing` raises of either.
    """
    if zaak.pk == to.pk:
        raise RelatedToItself()
    if aard not in AARDEN:
        raise ValueError(f"{aard} is no way in which cases are related")
    with changing(zaak, "relate", by=by, now=now, seen=seen, is_open=None) as change:
        _, is_new = Zaakrelatie.objects.get_or_create(zaak=zaak, to=to, aard=aard)
        if is_new:
            change.facts.update(to=to.uuid.hex, aard=aard)
            nl, en = f"Verbonden met {to.identificatie} ({aard}).", f"Tied to {to.identificatie} ({aard})."
            change.tell("relation", nl, en, zaak=to.uuid.hex, aard=aard)
    if is_new:
        with changing(to, "relate", by=by, now=now, is_open=None) as change:
            change.facts.update(to=zaak.uuid.hex, aard=aard)
            nl, en = f"{zaak.identificatie} is verbonden ({aard}).", f"{zaak.identificatie} was tied to this ({aard})."
            change.tell("relation", nl, en, zaak=zaak.uuid.hex, aard=aard)


def unrelate(zaak: Zaak, to: Zaak, *, aard: str, by: Actor, now: datetime, seen: int | None = None) -> None:
    """Take a tie between two cases away."""
    with changing(zaak, "unrelate", by=by, now=now, seen=seen, is_open=None) as change:
        count, _ = Zaakrelatie.objects.filter(zaak=zaak, to=to, aard=aard).delete()
        if count:
            change.facts.update(to=to.uuid.hex, aard=aard)
            nl, en = f"Niet meer verbonden met {to.identificatie}.", f"Not tied to {to.identificatie} any more."
            change.tell("relation", nl, en, zaak=to.uuid.hex, aard=aard)


def set_hoofdzaak(zaak: Zaak, hoofdzaak: Zaak | None, *, by: Actor, now: datetime, seen: int | None = None) -> Zaak:
    """Make a case a part of another one, or of none.

    Raises RelatedToItself, and what `changing` raises.
    """
    above = hoofdzaak
    while above is not None:
        if above.pk == zaak.pk:
            raise RelatedToItself()
        above = above.hoofdzaak
    wanted = hoofdzaak.pk if hoofdzaak else None
    with changing(
        zaak, "set-hoofdzaak", by=by, now=now, seen=seen, done=lambda row: row.hoofdzaak_id == wanted
    ) as change:
        if change.done:
            return zaak
        change.set(hoofdzaak=hoofdzaak)
        change.facts.update(hoofdzaak=hoofdzaak.uuid.hex if hoofdzaak else "")
        if hoofdzaak:
            nl, en = f"Deel van {hoofdzaak.identificatie}.", f"Part of {hoofdzaak.identificatie}."
        else:
            nl, en = "Geen deel meer van een andere zaak.", "Not a part of another case any more."
        change.tell("relation", nl, en, zaak=hoofdzaak.uuid.hex if hoofdzaak else "")
    return zaak


@transaction.atomic
def merge_duplicate(
    zaak: Zaak,
    *,
    into: Zaak,
    resultaattype_key: str,
    toelichting: str = "",
    by: Actor,
    now: datetime,
    seen: int | None = None,
) -> Zaak:
    """End a case because another one is about the same; who follows it, hears from then on how that one goes.

    Both keep their own timeline, roles and documents: nothing of the one is shown to the persons in the other, except
    the statuses and public lines of the case that goes on (see `queries.timeline`).
    """
    relate(zaak, into, aard="duplicaat", by=by, now=now, seen=seen)
    with changing(zaak, "merge", by=by, now=now) as change:
        change.facts.update(into=into.uuid.hex)
        nl = "Dit was al bekend. Wij gaan verder in één zaak, en u hoort hier hoe het daarmee gaat."
        en = "This was known already. We go on in one case, and you hear here how that goes."
        change.tell("merged-into", nl, en, audience=PERSON, zaak=into.uuid.hex)
    return close_zaak(zaak, resultaattype_key, toelichting=toelichting, by=by, now=now)

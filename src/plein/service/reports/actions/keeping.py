"""Removes what was kept long enough, per outcome, and writes it in the register of removals."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from plein.casework.cases.models import Rol
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.service.reports.models import Addition, Follower, Photo, Removal, Report
from plein.service.reports.rules.keeping import BY_ENDING, TRACES_DAYS, Keeping

BATCH = 500


def remove_old(*, now: datetime, by: Actor = SYSTEM) -> int:
    """Remove contact details, texts and photos whose term has passed; returns how many lines the register got.

    In batches of one transaction each, so that it can be stopped at any moment and run again.
    """
    done = 0
    for ending, rule in BY_ENDING.items():
        done += _in_batches(ending, "contact", rule, now=now, by=by)
        done += _in_batches(ending, "text", rule, now=now, by=by)
    return done


def _in_batches(ending: str, what: str, rule: Keeping, *, now: datetime, by: Actor) -> int:
    days = rule.contact_days if what == "contact" else rule.text_days
    done = 0
    while rows := _due(ending, what, now - timedelta(days=days)):
        with transaction.atomic():
            REMOVERS[what]([row.pk for row in rows], [row.zaak_id for row in rows], now)
            _write_down(rows, what, rule, now=now, by=by)
        done += len(rows)
    return done


def _due(ending: str, what: str, before: datetime) -> list[Report]:
    rows = Report.objects.filter(ending=ending, closed_at__lte=before).select_related("zaak")
    if what == "contact":
        held = Rol.objects.filter(roltype__omschrijving_generiek="initiator", contact__isnull=False)
        has = Q(zaak__in=held.values("zaak")) | Q(
            pk__in=Follower.objects.filter(contact__isnull=False).values("report")
        )
        return list(rows.filter(has).order_by("pk")[:BATCH])
    return list(rows.filter(text_removed_at=None).order_by("pk")[:BATCH])


def _remove_contact(reports: list[int], zaken: list[int], now: datetime) -> None:
    Rol.objects.filter(zaak__in=zaken, roltype__omschrijving_generiek="initiator").update(contact=None)
    Follower.objects.filter(report__in=reports).update(contact=None, person=None)


def _remove_text(reports: list[int], zaken: list[int], now: datetime) -> None:
    """Remove texts, answers and photos; the bytes of photos go with the next sweep of files that nobody names."""
    Addition.objects.filter(report__in=reports).delete()
    Photo.objects.filter(report__in=reports).delete()
    Report.objects.filter(pk__in=reports).update(
        text=None, public_text="", answers={}, address="", text_removed_at=now, changed_at=now
    )


REMOVERS = {"contact": _remove_contact, "text": _remove_text}


def _write_down(rows: Iterable[Report], what: str, rule: Keeping, *, now: datetime, by: Actor) -> None:
    Removal.objects.bulk_create(
        Removal(at=now, reference=row.zaak.identificatie, what=what, rule=rule.key, by=by.uri) for row in rows
    )


def forget_traces(*, now: datetime) -> int:
    """Erase what told spam from reports, once it is some days old; returns of how many reports."""
    old = Report.objects.filter(reported_at__lt=now - timedelta(days=TRACES_DAYS))
    return old.exclude(origin_hash="", likeness=None).update(origin_hash="", likeness=None)

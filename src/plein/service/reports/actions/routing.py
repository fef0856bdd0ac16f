"""Passing a report on to whoever owns what it is about, and telling the reporter honestly whose it is."""

import secrets
from datetime import datetime
from typing import Any

import httpx
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction

from plein.casework.cases import actions as cases
from plein.foundation.errors import Refused
from plein.foundation.events import announce
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.service.reports.actions.handling import close, facts_of
from plein.service.reports.actions.telling import tell
from plein.service.reports.errors import AlreadyClosed, NothingToPassOn
from plein.service.reports.events import ReportRouted
from plein.service.reports.models import Owner, Report, Transfer
from plein.service.reports.queries.links import absolute
from plein.service.reports.rules.zaaktype import PASSED_ON

TRIES = 6
WAIT_S = 15


class NotTaken(Exception):
    """The other side did not take the report; worth another try."""


def how_for(owner: Owner) -> str:
    """Tell in which way an owner gets reports: "open311", "email", or "phone" when the reporter has to call."""
    if owner.open311_url:
        return "open311"
    return "email" if owner.email else "phone"


@transaction.atomic
def pass_on(
    report: Report, owner: Owner, *, reason: str = "", by: Actor, now: datetime, seen: int | None = None
) -> Transfer:
    """Pass a report on to its owner: the worker brings it there, and the report ends once it was taken.

    Passing it on to the same owner again gives the transfer that is there.
    Raises AlreadyClosed, NothingToPassOn.
    """
    if report.closed_at is not None:
        raise AlreadyClosed()
    if not owner.is_active:
        raise NothingToPassOn(owner=owner.name)
    known = report.transfers.filter(owner=owner).exclude(state="failed").first()
    if known is not None:
        return known
    cases.set_status(report.zaak, PASSED_ON, toelichting=reason, by=by, now=now, seen=seen)
    report.state, report.given_to, report.changed_at = PASSED_ON, owner, now
    report.save(update_fields=["state", "given_to", "changed_at"])
    how = how_for(owner)
    made = Transfer.objects.create(report=report, owner=owner, how=how, key=secrets.token_hex(16), made_at=now)
    announce(ReportRouted(**facts_of(report), team="", owner=owner.key, at=now), by=by)
    contact = " · ".join(filter(None, [owner.phone, owner.website]))
    tell(report, "report-forwarded", by=by, now=now, partner=owner.name, owner_contact=contact)
    return made


def bring(transfer: Transfer, *, now: datetime) -> None:
    """Bring a report to its owner, once; what fails is tried again by the job, and after that a person hears it.

    Raises NotTaken.
    """
    if transfer.state == "sent":
        return
    try:
        reference = SENDERS[transfer.how](transfer)
    except (NotTaken, httpx.HTTPError, OSError, Refused) as error:
        _note_failure(transfer, str(error), now=now)
        raise NotTaken(str(error)) from error
    with transaction.atomic():
        Transfer.objects.filter(pk=transfer.pk).update(state="sent", reference=reference[:100], sent_at=now, error="")
        if transfer.report.closed_at is None:
            close(transfer.report, "not-ours", owner=transfer.owner, by=SYSTEM, now=now)


def _note_failure(transfer: Transfer, error: str, *, now: datetime) -> None:
    transfer.tries += 1
    transfer.error = error[-2000:]
    transfer.state = "failed" if transfer.tries >= TRIES else "waiting"
    transfer.save(update_fields=["tries", "error", "state"])
    if transfer.state == "failed":
        name = transfer.owner.name
        text = f"Doorgeven aan {name} lukt niet. Bel of mail hen, en kies daarna hoe het verder gaat."
        text_en = f"Passing it on to {name} does not work. Call or mail them, and choose how to go on."
        cases.tell(transfer.report.zaak, "transfer-failed", text, text_en, by=SYSTEM, now=now)


def _by_open311(transfer: Transfer) -> str:
    """Post a service request (GeoReport v2); without contact details of the reporter.

    Source: Open311 GeoReport v2, POST Service Request.
    """
    owner, report = transfer.owner, transfer.report
    codes: dict[str, Any] = owner.service_codes if isinstance(owner.service_codes, dict) else {}
    form = {
        "service_code": codes.get(report.category.slug) or codes.get("") or report.category.slug,
        "lat": f"{report.lat:.6f}",
        "long": f"{report.lon:.6f}",
        "address_string": report.address,
        "description": f"{report.public_text}\n\n{_ours(report)}",
        "first_name": settings.PLEIN["ORGANISATION"],
        "email": settings.PLEIN["CONTACT_EMAIL"],
    }
    if owner.open311_jurisdiction:
        form["jurisdiction_id"] = owner.open311_jurisdiction
    if owner.open311_key:
        form["api_key"] = keyring.decrypt(owner.open311_key, about="reports.open311-key")
    answer = httpx.post(
        f"{owner.open311_url.rstrip('/')}/requests.json",
        data=form,
        headers={"Idempotency-Key": transfer.key},
        timeout=WAIT_S,
    )
    if answer.status_code not in (200, 201):
        raise NotTaken(f"{answer.status_code} {answer.text[:300]}")
    return _reference(answer)


def _reference(answer: httpx.Response) -> str:
    try:
        told = answer.json()
        first = told[0] if isinstance(told, list) else told
        return str(first.get("service_request_id") or first.get("token") or "")
    except (ValueError, IndexError, AttributeError) as error:
        raise NotTaken("the answer is no service request") from error


def _by_email(transfer: Transfer) -> str:
    """Mail it to the owner: words that may be read by others, and the place; nothing of the reporter."""
    report, owner = transfer.report, transfer.owner
    place = f"https://www.openstreetmap.org/?mlat={report.lat}&mlon={report.lon}#map=18/{report.lat}/{report.lon}"
    body = "\n".join(
        [
            f"{settings.PLEIN['ORGANISATION']} geeft u deze melding door, omdat zij over iets van u gaat.",
            "",
            f"Soort: {report.category.title_nl}",
            f"Plek: {report.address or '-'} ({report.lat}, {report.lon})",
            place,
            "",
            report.public_text,
            "",
            _ours(report),
        ]
    )
    subject = f"Melding {report.zaak.identificatie}: {report.category.title_nl}"
    headers = {"Message-ID": f"<{transfer.key}@plein>"}
    mail = EmailMessage(subject, body, to=[owner.email], headers=headers, connection=get_connection())
    mail.send()
    return transfer.key


def _ours(report: Report) -> str:
    link = absolute("report", report.public_key)
    return f"Ons kenmerk: {report.zaak.identificatie}. {link}"


def _by_phone(transfer: Transfer) -> str:
    """Nothing is sent: the reporter was told whom to call."""
    return transfer.owner.phone


SENDERS = {"open311": _by_open311, "email": _by_email, "phone": _by_phone}

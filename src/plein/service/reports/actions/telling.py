"""Tells whoever reported or follows how it goes, each in their own language and with their own secret link."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plein.casework.cases.actions import opened_contact
from plein.casework.cases.models import Rol
from plein.casework.messages.actions import Recipient, send
from plein.foundation.gate.door import Subjects, note_use
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.words import Text
from plein.service.reports.models import Follower, Report
from plein.service.reports.queries.links import follow_link

CONTACT = "reports.contact"
ACTIVITY = "reports.follow"
BY_ENDING = {
    "solved": "report-solved",
    "no-fault": "report-no-fault",
    "not-ours": "report-not-ours",
    "known-planned": "report-planned",
    "will-not": "report-not-done",
}


@dataclass(frozen=True, slots=True)
class Reached:
    """Somebody to tell, and the report or follower whose link they have."""

    recipient: Recipient
    holder: Report | Follower


def sealed(contact: Mapping[str, str]) -> bytes | None:
    """Seal the contact details of a follower; None when there are none."""
    told = {name: value for name, value in contact.items() if value}
    return keyring.encrypt(json.dumps(told, ensure_ascii=False), about=CONTACT) if told else None


def opened(follower: Follower) -> dict[str, str]:
    """Open the contact details of a follower; {} when there are none. The caller notes the use at the gate."""
    if follower.contact is None:
        return {}
    found: dict[str, str] = json.loads(keyring.decrypt(follower.contact, about=CONTACT))
    return found


def reached_by(report: Report) -> list[Reached]:
    """List everybody who hears of a report: its reporter, who follows it, and those of reports merged into it.

    Of a part of another report, they are those of the whole.
    """
    whole = _whole(report)
    return [one for each in (whole, *_merged(whole)) for one in (*_reporters(each), *_followers(each))]


def _whole(report: Report) -> Report:
    above = report.zaak.hoofdzaak_id
    found = Report.objects.select_related("zaak", "category").filter(zaak_id=above).first() if above else None
    return _whole(found) if found else report


def _merged(report: Report) -> Iterator[Report]:
    for one in Report.objects.select_related("zaak", "category").filter(merged_into=report):
        yield one
        yield from _merged(one)


def _reporters(report: Report) -> Iterator[Reached]:
    rows = Rol.objects.select_related("person").filter(
        zaak_id=report.zaak_id, roltype__omschrijving_generiek="initiator"
    )
    for rol in rows:
        told = opened_contact(rol)
        if rol.person or told:
            yield Reached(_recipient(told, person=rol.person, language=report.language), report)


def _followers(report: Report) -> Iterator[Reached]:
    for follower in report.followers.select_related("person").filter(ended_at=None):
        told = opened(follower)
        if follower.person or told:
            yield Reached(_recipient(told, person=follower.person, language=follower.language), follower)


def _recipient(told: Mapping[str, Any], *, person: Any, language: str) -> Recipient:
    return Recipient(
        person=person,
        name=str(told.get("name", "")),
        email=str(told.get("email", "")),
        phone=str(told.get("phone", "")),
        language=language,
    )


def tell(report: Report, template: str, *, by: Actor, now: datetime, **facts: Any) -> int:
    """Write a message to everybody who hears of a report; returns to how many."""
    everybody = reached_by(report)
    if not everybody:
        return 0
    whose = Subjects("case", [report.zaak.uuid.hex])
    note_use(
        ACTIVITY, subjects=whose, fields=["name", "email", "phone"], about=f"report:{report.pk}", by=SYSTEM, now=now
    )
    for one in everybody:
        tell_one(report, template, one, by=by, now=now, **facts)
    return len(everybody)


def tell_one(report: Report, template: str, one: Reached, *, by: Actor, now: datetime, **facts: Any) -> None:
    """Write a message to one of those who hear of a report."""
    zaak = one.holder.zaak if isinstance(one.holder, Report) else report.zaak
    said = {**_standard(report, one), **{name: value for name, value in facts.items() if value not in ("", None)}}
    send(template, to=one.recipient, facts=said, zaak=zaak, by=by, now=now)


def _standard(report: Report, one: Reached) -> dict[str, Any]:
    link = follow_link(one.holder, language=one.recipient.language)
    return {
        "category": report.category.title,
        "place": place_of(report),
        "link": link,
        "answer_link": f"{link}#opgelost",
    }


def place_of(report: Report) -> Text:
    """Say in words where a report is."""
    if report.address:
        return Text(report.address, report.address)
    if report.asset:
        return report.asset.title
    return Text("de plek op de kaart", "the place on the map")

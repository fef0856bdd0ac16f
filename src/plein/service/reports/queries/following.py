"""What a reporter, or somebody who follows, sees behind the secret link."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plein.casework.cases import queries as cases
from plein.casework.cases.actions import opened_contact
from plein.casework.cases.models import Rol
from plein.foundation.gate.door import Subjects, note_use
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import Actor
from plein.foundation.words import Text
from plein.service.reports.models import Addition, Follower, Photo, Report
from plein.service.reports.queries.public import ending_sentence, state_of
from plein.service.reports.rules.endings import ENDINGS

HANDLE = "reports.handle"


@dataclass(frozen=True, slots=True)
class Followed:
    """A report as its reporter (or a follower) sees it. text: their own words; contact: what they left."""

    report: Report
    main: Report
    follower: Follower | None
    text: str
    contact: dict[str, Any]
    lines: Sequence[Any]
    additions: Sequence[tuple[Addition, str]]
    photos: Sequence[Photo]
    state: Text
    sign: str
    done: str
    asks: bool
    may_add: bool


def followed(report: Report, follower: Follower | None, *, by: Actor, now: datetime) -> Followed:
    """Show a report to who holds its secret, and note that in the log in the same transaction.

    A follower sees the public words of the report and their own additions; only the reporter sees the whole text.
    """
    whose = Subjects("case", [report.zaak.uuid.hex])
    note_use(HANDLE, subjects=whose, fields=["text", "contact"], about=f"report:{report.pk}", by=by, now=now)
    main = report.merged_into or report
    state, sign = state_of(main)
    rule = ENDINGS.get(main.ending)
    return Followed(
        report=report,
        main=main,
        follower=follower,
        text=report.public_text if follower else opened_text(report.text),
        contact=_contact(report, follower),
        lines=cases.timeline(report.zaak, audience="person" if follower is None else "public"),
        additions=_additions(report, follower),
        photos=list(report.photos.all())
        if follower is None
        else [one for one in report.photos.all() if one.state == "ready"],
        state=state,
        sign=sign,
        done=ending_sentence(main),
        asks=bool(rule and rule.asks and main.satisfied is None and follower is None),
        may_add=main.closed_at is None,
    )


def _photos(report: Report, follower: Follower | None) -> list[Photo]:
    """List all photos for the reporter, and those that everybody may see for who follows."""
    return [one for one in report.photos.all() if follower is None or one.state == "ready"]


def opened_text(sealed: bytes | None) -> str:
    """Open the text of a report; "" when it was removed. The caller notes the use at the gate."""
    return keyring.decrypt(sealed, about="reports.text") if sealed else ""


def _contact(report: Report, follower: Follower | None) -> dict[str, Any]:
    if follower is not None:
        sealed = follower.contact
        found: dict[str, Any] = json.loads(keyring.decrypt(sealed, about="reports.contact")) if sealed else {}
        return found
    rol = Rol.objects.filter(zaak_id=report.zaak_id, roltype__omschrijving_generiek="initiator").first()
    return opened_contact(rol) if rol else {}


def _additions(report: Report, follower: Follower | None) -> list[tuple[Addition, str]]:
    rows = report.additions.filter(follower=follower)
    return [(row, opened_text(row.text)) for row in rows]

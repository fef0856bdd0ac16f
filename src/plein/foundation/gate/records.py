"""Personal data in single records (a case, a message, a document): shown by casework, noted here."""

from collections.abc import Sequence
from datetime import datetime
from typing import NoReturn

from plein.foundation.gate import intake, refusals
from plein.foundation.gate.errors import Barred, NoBusiness, RoleMissing
from plein.foundation.gate.log import Subjects
from plein.foundation.gate.models import ProcessingActivity
from plein.foundation.gate.registry import require_activity
from plein.foundation.identity.actors import Actor

RECORDS = "records"


def note_use(
    activity: str,
    *,
    subjects: Subjects | Sequence[Subjects],
    fields: Sequence[str],
    about: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Write in the processing log, in the transaction at hand, that an activity uses personal data; one statement.

    subjects: whom it is about, `Subjects("person", [key, ...])`, or `Subjects("case", [uuid, ...])` for who did not log
    in. fields: names of what is seen, for the account that the person gets. about: the record as `KIND:ID`, for the
    audit line. Whoever calls this decided already who may see the record; staff also need a role of the activity.
    Raises NotRegistered (and its kinds) and RoleMissing, which are kept as refusals.
    """
    try:
        registration = _admitted(activity, about=about, by=by, now=now)
    except Barred as refused:
        refusals.note(refused, product=about or RECORDS, activity=activity, by=by, now=now)
        raise
    intake.take_in(
        f"Use {about.partition(':')[0] or RECORDS}",
        activity=registration,
        subjects=[subjects] if isinstance(subjects, Subjects) else subjects,
        fields=fields,
        note=("gate.use", about),
        by=by,
        started=now,
        ended=now,
    )


def _admitted(activity: str, *, about: str, by: Actor, now: datetime) -> ProcessingActivity:
    registration = require_activity(activity, now)
    if by.kind == "staff":
        allowed = set(registration.activity.roles) or {registration.activity.owner.removeprefix("role:")}
        if not by.roles & allowed:
            raise RoleMissing(activity=activity, product=about or RECORDS, roles=", ".join(sorted(allowed)))
    return registration


def refuse_look(about: str, *, activity: str = "", by: Actor, now: datetime) -> NoReturn:
    """Refuse somebody a record that they have no business with, and keep that for the privacy officer.

    about: the record as `KIND:ID`, never a name. Raises NoBusiness, always.
    """
    refused = NoBusiness(about=about)
    refusals.note(refused, product=about, activity=activity, by=by, now=now)
    raise refused

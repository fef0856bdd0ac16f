"""Reads of the register, the log, usage, refusals and agreements."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, Min, QuerySet, Sum
from django.db.models.functions import TruncMonth

from plein.foundation.catalogue.contracts import all_contracts
from plein.foundation.clock import local_date
from plein.foundation.gate import intake
from plein.foundation.gate.chain import verify
from plein.foundation.gate.log import pseudonym
from plein.foundation.gate.models import Agreement, LogCut, LogRecord, ProcessingActivity, Refusal, Usage
from plein.foundation.gate.registry import NAMESPACE
from plein.foundation.identity.models import Staff
from plein.foundation.words import Text
from plein.trust.processing import rules

MOST = 1_000
ACTIVITY = "dpl.core.processing_activity_id"
PROCESSOR = "dpl.core.foreign_operation.processor"
SHOWN = ("active", "ended")


def register(*, wanted: str = "", states: Sequence[str] = SHOWN) -> list[ProcessingActivity]:
    """List the newest version of each activity that is in one of the states, by title in Dutch; one query."""
    newest: dict[str, ProcessingActivity] = {}
    for row in ProcessingActivity.objects.filter(state__in=states).order_by("version"):
        if row.state == "active" or row.key not in newest or newest[row.key].state != "active":
            newest[row.key] = row
    found = [row for row in newest.values() if rules.matches(row.definition, wanted)]
    return sorted(found, key=lambda row: (row.state != "active", row.definition["title"]["nl"]))


def versions_of(key: str, *, states: Sequence[str]) -> list[ProcessingActivity]:
    """List the versions of one activity, newest first."""
    return list(ProcessingActivity.objects.filter(key=key, state__in=states).order_by("-version"))


@dataclass(frozen=True, slots=True)
class DataUsed:
    """A product that an activity may use: its title, and the titles of the columns it may see."""

    key: str
    title: Text
    columns: tuple[Text, ...]
    is_all: bool
    personal: str


def data_used(row: ProcessingActivity) -> list[DataUsed]:
    """List the products an activity names, with the columns its purpose may see."""
    known = all_contracts()
    found = []
    for key in row.activity.products:
        contract = known.get(key)
        if contract is None:
            found.append(DataUsed(key, Text(key, key), (), False, "none"))
            continue
        named = row.activity.columns.get(key)
        columns = [c for c in contract.columns if (c.name in named if named is not None else c.personal == "none")]
        titles = tuple(column.title for column in columns)
        found.append(DataUsed(key, contract.title, titles, len(columns) == len(contract.columns), contract.personal))
    return found


def product_title(key: str) -> Text:
    """Give the title of a product; its key when no room has it any more."""
    contract = all_contracts().get(key)
    return contract.title if contract else Text(key, key)


def usage_by_month(*, activity: str = "", product: str = "") -> list[dict[str, Any]]:
    """Count reads and rows per month and product (or activity), newest month first."""
    rows = Usage.objects.annotate(month=TruncMonth("day"))
    rows = rows.filter(activity=activity) if activity else rows
    rows = rows.filter(product=product) if product else rows
    found = rows.values("month", "product", "activity").annotate(reads=Sum("reads"), given=Sum("rows"))
    return [{**row, "title": product_title(row["product"])} for row in found.order_by("-month", "product", "activity")]


def usage_by_product(*, since: date) -> list[dict[str, Any]]:
    """Count reads and rows per product since a day, most read first."""
    rows = Usage.objects.filter(day__gte=since).values("product")
    found = rows.annotate(reads=Sum("reads"), given=Sum("rows"), last=Max("day")).order_by("-reads", "product")
    return [{**row, "title": product_title(row["product"])} for row in found]


def agreements(*, activity: str = "", since: date | None = None) -> list[Agreement]:
    """List the agreements, drafts first, then those that end last; since: only approved ones that hold on that day."""
    rows = Agreement.objects.select_related("partner").order_by("-ends_on", "product")
    rows = rows.filter(activity=activity) if activity else rows
    rows = rows.filter(state="active", ends_on__gte=since) if since else rows
    return sorted(rows, key=lambda one: one.state != "proposed")


@dataclass(frozen=True, slots=True)
class WorkList:
    """What waits for the privacy officer: proposals, activities that end soon, and the newest refusals."""

    proposed: list[ProcessingActivity]
    ending: list[ProcessingActivity]
    refusals: list["Refused"]
    agreements: list[Agreement]


def work_list(*, now: datetime) -> WorkList:
    """Gather what waits for the privacy officer, in five queries."""
    soon = local_date(now + timedelta(days=60))
    rows = ProcessingActivity.objects
    return WorkList(
        list(rows.filter(state="proposed").order_by("proposed_at")),
        list(rows.filter(state="active", ends_on__lte=soon).order_by("ends_on")),
        with_names(refused(records_only=False)[:10]),
        list(Agreement.objects.filter(state="proposed").select_related("partner").order_by("made_at")),
    )


@dataclass(frozen=True, slots=True)
class LogState:
    """How the log stands: lines, since when, the last one, lines cut off, and what is wrong ("" is nothing)."""

    lines: int
    since: datetime | None
    last: int
    cut: int
    breaches: list[str]


def log_state() -> LogState:
    """Verify the whole chain and describe it."""
    breaches = [str(one) for one in verify()]
    ends = LogRecord.objects.aggregate(first=Min("start_ms"), last=Max("number"))
    cut = LogCut.objects.aggregate(last=Max("number"))["last"] or 0
    since = datetime.fromtimestamp(ends["first"] / 1000).astimezone() if ends["first"] else None
    return LogState(LogRecord.objects.count(), since, ends["last"] or 0, cut, breaches)


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal with who asked: the name of a member of staff, or else the actor's code."""

    refusal: Refusal
    who: str
    is_record: bool


def with_names(rows: Iterable[Refusal]) -> list[Refused]:
    """Say who was refused; one query for all names."""
    found = list(rows)
    keys = {actor.rpartition(":")[2] for actor in (one.actor for one in found) if actor.startswith("plein:staff:")}
    staff = Staff.objects.filter(pk__in=[int(key) for key in keys if key.isdigit()])
    names = {f"plein:staff:{one.pk}": one.display_name for one in staff}
    return [Refused(one, names.get(one.actor, one.actor), ":" in one.product) for one in found]


def refused(*, records_only: bool) -> QuerySet[Refusal]:
    """List what was refused, newest first; records (`KIND:ID`) are single cases, messages and documents."""
    rows = Refusal.objects.order_by("-at", "-pk")
    return rows.filter(product__contains=":") if records_only else rows


def controller() -> dict[str, Any]:
    """Describe the municipality as an entity of the register."""
    return {
        "type": "LegalEntity",
        "id": str(uuid.uuid5(NAMESPACE, settings.PLEIN["OIN"])),
        "name": settings.PLEIN["ORGANISATION"],
        "country": "NL",
    }


def exported() -> dict[str, Any]:
    """Give the public register in the shape of the Processing Activities Register API."""
    owner = UUID(controller()["id"])
    by_key: dict[str, list[ProcessingActivity]] = {}
    for row in ProcessingActivity.objects.filter(state__in=SHOWN).order_by("key", "version"):
        by_key.setdefault(row.key, []).append(row)
    return {
        "processingActivities": [_activity(rows, owner) for rows in by_key.values()],
        "entities": [controller()],
    }


def _activity(rows: list[ProcessingActivity], owner: UUID) -> dict[str, Any]:
    return {
        "id": str(rows[0].uid),
        "active": any(row.state == "active" for row in rows),
        "latestVersion": rows[-1].version,
        "versions": [
            rules.version_in_shape(
                row.definition,
                version=row.version,
                valid_from=row.decided_at.isoformat() if row.decided_at else "",
                controller=owner,
            )
            for row in rows
        ],
    }


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked of the log: at least one of trace (32 hex), activity (address) and subject; times in ms.

    processor: address of the application elsewhere that asked for the action.
    """

    trace_id: str = ""
    activity_uri: str = ""
    subject: str = ""
    subject_kind: str = ""
    processor: str = ""
    start_ms: int | None = None
    end_ms: int | None = None


def log_lines(search: Search) -> list[LogRecord]:
    """Find log lines, newest first, at most a thousand.

    subject: the code as it stands in the log, or, when its kind is given too, the identifier itself.
    """
    rows = intake.lines().filter(kind="action").order_by("-number")
    if search.trace_id:
        rows = rows.filter(trace_id=search.trace_id)
    if search.activity_uri:
        key = search.activity_uri.rstrip("/").rsplit("/", maxsplit=1)[-1]
        rows = rows.filter(activity=key, **{f"attributes__{ACTIVITY}": search.activity_uri})
    if search.processor:
        rows = rows.filter(**{f"attributes__{PROCESSOR}": search.processor})
    if search.subject:
        codes = [search.subject]
        codes += [pseudonym(search.subject_kind, search.subject)] if search.subject_kind else []
        rows = rows.filter(subject_id__in=codes)
    if search.start_ms is not None:
        rows = rows.filter(start_ms__gte=search.start_ms)
    if search.end_ms is not None:
        rows = rows.filter(end_ms__lte=search.end_ms)
    return list(rows[:MOST])


def in_shape(rows: Iterable[LogRecord]) -> list[dict[str, Any]]:
    """Write log lines as the read API's ProcessingActivity."""
    return [_line(row) for row in rows]


def _line(row: LogRecord) -> dict[str, Any]:
    made = {
        "traceId": str(UUID(row.trace_id)),
        "spanId": row.span_id,
        "status": row.status,
        "name": row.name,
        "startTime": row.start_ms,
        "endTime": row.end_ms,
        "resource": row.resource,
        "attributes": row.attributes,
    }
    return {**made, "parentSpanId": row.parent_span_id} if row.parent_span_id else made


def documents() -> list[dict[str, Any]]:
    """Give search what everyone may know of the register."""
    return [
        {
            "id": row.key,
            "url": f"/verwerkingen/{row.key}",
            "kind": "processing",
            "title_nl": row.activity.title.nl,
            "title_en": row.activity.title.en,
            "text_nl": f"{row.activity.purpose.nl} {row.activity.data.nl}",
            "text_en": f"{row.activity.purpose.en} {row.activity.data.en}",
        }
        for row in register()
    ]

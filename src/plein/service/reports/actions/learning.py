"""What is learned from reports every night: open data, figures per area, and where the same comes back."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

import plein.foundation.gate.door as gate
from plein.foundation.catalogue.checking import arrow_schema
from plein.foundation.catalogue.contracts import contract
from plein.foundation.catalogue.errors import NotPublished
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.catalogue.publishing import publish
from plein.foundation.clock import TOWN, local_date
from plein.foundation.geo import places
from plein.foundation.geo.coordinates import to_rd_many, to_wgs84_many
from plein.foundation.identity import keyring, stamps
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note
from plein.service.reports.actions.history import ACTIVITY
from plein.service.reports.errors import NoSuchCause, SayWhy
from plein.service.reports.models import Asset, Category, Cause, Report
from plein.service.reports.queries.promising import calendar
from plein.service.reports.rules import figures, recurring
from plein.service.reports.rules.figures import Seen
from plein.service.reports.rules.promise import WorkingDays
from plein.service.reports.rules.recurring import Event
from plein.service.reports.sources.history import PRODUCT

if TYPE_CHECKING:
    import pyarrow as pa

PUBLIC, FIGURES, SATISFACTION = "reports.public", "reports.figures", "reports.satisfaction"
STAMP = "reports.learned"
GONE = "gone"
BATCH = 5_000
LOOK_BACK = timedelta(days=3 * 366)  # for what comes back
SEEN_BY_ALL = "map"  # the source whose rows everyone could see already; a list is not to be spread further
KINDS = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A report as it is learned from, ours or one of before Plein: no text, no person. square_m: 0 is not public."""

    mark: str
    main: tuple[str, str]
    kind: tuple[str, str]
    seen: Seen
    lon: float | None
    lat: float | None
    wijk: str
    buurt: str
    thing: str
    square_m: int
    origin: str


_OURS = (
    "public_key",
    "category__main_slug",
    "category__main_title_nl",
    "category__slug",
    "category__title_nl",
    "reported_at",
    "closed_at",
    "ending",
    "promise_on",
    "reopened",
    "satisfied",
    "satisfied_at",
    "lon",
    "lat",
    "wijk_code",
    "buurt_code",
    "asset__key",
    "category__place_m",
    "category__is_public",
)


def ours(*, home: str, days: WorkingDays, now: datetime) -> Iterator[Learned]:
    """Walk our own reports, without the hidden ones."""
    rows = Report.objects.filter(is_hidden=False, reported_at__lt=now).order_by("pk").values_list(*_OURS)
    for row in rows.iterator(chunk_size=BATCH):
        yield _of_ours(dict(zip(_OURS, row, strict=True)), home, days)


def _of_ours(row: dict[str, Any], home: str, days: WorkingDays) -> Learned:
    reported = local_date(row["reported_at"])
    closed = local_date(row["closed_at"]) if row["closed_at"] else None
    seen = Seen(
        areas=[code for code in (home, row["wijk_code"], row["buurt_code"]) if code],
        reported=reported,
        closed=closed,
        ending=row["ending"],
        promised=row["promise_on"],
        reopened=row["reopened"],
        working_days=days.between(reported, closed) if closed else None,
        satisfied=row["satisfied"],
        judged_on=local_date(row["satisfied_at"]) if row["satisfied_at"] else None,
    )
    return Learned(
        mark=keyring.keyed_hash(PUBLIC, row["public_key"])[:16],
        main=(row["category__main_slug"], row["category__main_title_nl"]),
        kind=(row["category__slug"], row["category__title_nl"]),
        seen=seen,
        lon=row["lon"],
        lat=row["lat"],
        wijk=row["wijk_code"],
        buurt=row["buurt_code"],
        thing=row["asset__key"] or "",
        square_m=max(figures.SQUARE_M, row["category__place_m"]) if row["category__is_public"] else 0,
        origin="plein",
    )


def before(*, home: str, days: WorkingDays, by: Actor, now: datetime) -> Iterator[Learned]:
    """Walk the reports of before Plein, of our municipality."""
    try:
        table = gate.read(PRODUCT, activity=ACTIVITY, where="gemeente_code = ?", params=[home], by=by, now=now)
    except NotPublished:
        return
    for batch in table.to_batches(max_chunksize=BATCH):
        for row in batch.to_pylist():
            yield _of_before(row, home, days)


def _of_before(row: dict[str, Any], home: str, days: WorkingDays) -> Learned:
    reported, closed = row["reported_at"].astimezone(TOWN).date(), row["closed_on"]
    seen = Seen(
        areas=[code for code in (home, row["wijk_code"], row["buurt_code"]) if code],
        reported=reported,
        closed=closed,
        ending=GONE if closed else "",
        working_days=days.between(reported, closed) if closed else None,
    )
    is_place = row["lon"] is not None
    return Learned(
        mark=keyring.keyed_hash(PUBLIC, f"{row['source']} {row['report']}")[:16],
        main=(row["main_category"], row["main_title"]),
        kind=(row["category"], row["title"]),
        seen=seen,
        lon=row["lon"],
        lat=row["lat"],
        wijk=row["wijk_code"] or "",
        buurt=row["buurt_code"] or "",
        thing="",
        square_m=figures.SQUARE_M if row["source"] == SEEN_BY_ALL and is_place else 0,
        origin="before",
    )


def all_reports(*, by: Actor, now: datetime) -> Iterator[Learned]:
    """Walk all reports, those of before Plein first."""
    home, days = places.home(), calendar(now)
    yield from before(home=home, days=days, by=by, now=now)
    yield from ours(home=home, days=days, now=now)


def learn(*, by: Actor, now: datetime) -> None:
    """Publish the open data and the figures, and look where the same comes back.

    Raises NotAllowed, and what the gate refuses.
    """
    require(by, "reports.manage")
    publish_public(by=by, now=now)
    publish_figures(by=by, now=now)
    find_causes(by=by, now=now)
    stamps.bump(STAMP)


def publish_public(*, by: Actor, now: datetime) -> None:
    """Publish what everyone may see of each report: its kind, ending and about where, some days later."""
    import pyarrow as pa

    until = local_date(now) - timedelta(days=settings.PLEIN["REPORTS_DELAY_DAYS"])
    schema = arrow_schema(contract(PUBLIC))
    chosen = (one for one in all_reports(by=by, now=now) if one.square_m and one.seen.reported <= until)
    shown = (one for one in chosen if one.seen.ending != "withdrawn")
    batches = [pa.RecordBatch.from_pylist(_public(some), schema=schema) for some in _in_batches(shown)]
    table = pa.Table.from_batches(batches, schema=schema).sort_by(
        [("reported_on", "ascending"), ("report", "ascending")]
    )
    _bring(PUBLIC, table, by=by, now=now)


def _in_batches(reports: Iterable[Learned]) -> Iterator[list[Learned]]:
    some: list[Learned] = []
    for one in reports:
        some.append(one)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some


def _public(reports: Sequence[Learned]) -> list[dict[str, Any]]:
    """Write reports as rows of the open product, each in the middle of its square."""
    nowhere = float("nan")
    xs, ys = to_rd_many(
        [nowhere if one.lon is None else one.lon for one in reports],
        [nowhere if one.lat is None else one.lat for one in reports],
    )
    middles = list(figures.middles(zip(xs.tolist(), ys.tolist(), strict=True), [one.square_m for one in reports]))
    lons, lats = to_wgs84_many([x for x, _ in middles], [y for _, y in middles])
    return [_row(one, lon, lat) for one, lon, lat in zip(reports, lons.tolist(), lats.tolist(), strict=True)]


def _row(one: Learned, lon: float, lat: float) -> dict[str, Any]:
    seen, is_placed = one.seen, isfinite(lon)  # NaN: no place, or none in the country
    return {
        "report": one.mark,
        "main_category": one.main[0],
        "main_title": one.main[1],
        "category": one.kind[0],
        "title": one.kind[1],
        "reported_on": seen.reported,
        "closed_on": seen.closed,
        "ending": seen.ending or None,
        "working_days": seen.working_days,
        "in_time": seen.closed <= seen.promised if seen.closed and seen.promised else None,
        "reopened": seen.reopened if one.origin == "plein" else None,
        "lon": round(lon, 6) if is_placed else None,
        "lat": round(lat, 6) if is_placed else None,
        "wijk_code": one.wijk or None,
        "buurt_code": one.buurt or None,
        "origin": one.origin,
    }


def publish_figures(*, by: Actor, now: datetime) -> None:
    """Publish the figures per area and month, and what reporters answered per district and quarter."""
    import pyarrow as pa

    months = figures.monthly(one.seen for one in all_reports(by=by, now=now))
    rows = [
        {
            "code": month.code,
            "month": month.month,
            "kind": KINDS[month.code[:2]],
            "reported": month.reported,
            "closed": month.closed,
            "promised": month.promised,
            "in_time": month.in_time,
            "solved": month.solved,
            "at_once": month.at_once,
            "reopened": month.reopened,
            "working_days": month.working_days,
        }
        for month in months
    ]
    _bring(FIGURES, pa.Table.from_pylist(rows, schema=arrow_schema(contract(FIGURES))), by=by, now=now)
    told = figures.answers(one.seen for one in ours(home="", days=calendar(now), now=now))
    names = ("code", "quarter", "answered", "satisfied")
    said = [dict(zip(names, cell, strict=True)) for cell in told]
    _bring(SATISFACTION, pa.Table.from_pylist(said, schema=arrow_schema(contract(SATISFACTION))), by=by, now=now)


def _bring(product: str, table: "pa.Table", *, by: Actor, now: datetime) -> None:
    """Publish a table; without any row only when there is an older version that must go."""
    if table.num_rows or ProductVersion.objects.filter(product__key=product).exists():
        publish(product, table, by=by, now=now, source="reports")


@transaction.atomic
def find_causes(*, by: Actor, now: datetime) -> int:
    """Find where the same comes back, and keep it with what maintenance decided before; gives how many there are.

    A cause that is no longer found stays as long as somebody decided about it, and says since when it is gone.
    """
    since = local_date(now) - LOOK_BACK
    events = [
        event
        for one in all_reports(by=by, now=now)
        if one.seen.reported >= since and (event := _event(one)) is not None
    ]
    found = recurring.causes(events)
    titles = {row.slug: row for row in Category.objects.order_by("pk")}
    assets = {row.key: row for row in Asset.objects.filter(key__in=[cause.spot for cause in found if cause.spot])}
    keys = [_store(cause, titles.get(cause.kind), assets.get(cause.spot), now) for cause in found]
    gone = Cause.objects.exclude(key__in=keys)
    gone.filter(decision="").delete()
    gone.filter(gone_at=None).update(gone_at=now)
    return len(found)


def _event(one: Learned) -> Event | None:
    """Make an event of a report; what was merged, withdrawn or lies nowhere says nothing about a spot."""
    if one.lon is None or one.lat is None or one.seen.ending in figures.NO_WORK:
        return None
    seen = one.seen
    area = one.wijk or one.buurt[:8].replace("BU", "WK")
    return Event(one.mark, one.kind[0], one.thing, one.lon, one.lat, area, seen.reported, seen.closed, seen.ending)


def _store(cause: recurring.Cause, category: Category | None, asset: Asset | None, now: datetime) -> str:
    spot = cause.spot or f"{cause.lon:.4f},{cause.lat:.4f}"
    near = Cause.objects.filter(category=cause.kind, asset=asset) if asset else _near(cause)
    row = near.first() or Cause(key=f"{cause.kind}:{spot}"[:120], category=cause.kind)
    row.title_nl, row.title_en = (category.title_nl, category.title_en) if category else (cause.kind, "")
    row.asset, row.lon, row.lat, row.area_code = asset, cause.lon, cause.lat, cause.area
    row.episodes, row.reports, row.open = cause.episodes, cause.reports, cause.open
    row.expected, row.chance, row.endings = cause.expected, cause.chance, dict(cause.endings)
    row.first_on, row.last_on, row.found_at, row.gone_at = cause.first, cause.last, now, None
    row.save()
    return row.key


def _near(cause: recurring.Cause) -> Any:
    """Find the same spot as it was kept before: within about 20 metres, its middle moves with each report."""
    lon, lat = (cause.lon - 3e-4, cause.lon + 3e-4), (cause.lat - 2e-4, cause.lat + 2e-4)
    return Cause.objects.filter(category=cause.kind, asset=None, lon__range=lon, lat__range=lat).order_by("chance")


@transaction.atomic
def decide_cause(pk: int, decision: str, *, why: str, by: Actor, now: datetime) -> Cause:
    """Note what maintenance does about a cause: planned, done or set aside, with when or why.

    Raises NotAllowed, NoSuchCause, SayWhy.
    """
    require(by, "reports.handle")
    row = Cause.objects.select_for_update().filter(pk=pk).first()
    if row is None or decision not in dict(Cause.DECISIONS) or not decision:
        raise NoSuchCause()
    why = " ".join(why.split())[:500]
    if not why:
        raise SayWhy()
    row.decision, row.note, row.decided_at, row.decided_by = decision, why, now, by.uri
    row.save(update_fields=["decision", "note", "decided_at", "decided_by"])
    note("reports.decide-cause", subject=f"cause:{row.key}", by=by, now=now, decision=decision)
    return row

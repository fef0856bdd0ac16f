"""Compute indicators: run the formula through the gate, keep what changed with its moment, and judge every area."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery

import plein.foundation.gate.door as gate
from plein.foundation.errors import Refused
from plein.foundation.geo import places
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.stamps import bump
from plein.insight.monitor import rules
from plein.insight.monitor.models import IndicatorVersion, Run, Standing, Value

ACTIVITY = "monitor.indicators"
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a formula gave: its rows for our areas and for all municipalities, and the data versions it stood on."""

    rows: list[rules.Row]
    products: dict[str, int]


def evaluate(formula: str, *, by: Actor, now: datetime, home: str = "") -> Outcome:
    """Run a formula through the gate and read its values; changes nothing.

    Values of districts and neighbourhoods of other municipalities are left out.
    Raises FormulaRefused, and what gate and lake refuse (Barred, NotPublished, BadQuery).
    """
    products = rules.products_of(formula)
    table = gate.query(formula, products=products, activity=ACTIVITY, by=by, now=now)
    rules.check_columns(table.column_names)
    ours = _ours(table, home or places.home())
    return Outcome(rules.read_rows(ours.to_pydict()), _versions(products))


def _ours(table: Any, home: str) -> Any:
    """Keep the rows of all municipalities and of our own areas; what is no area stays, to be refused in words."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = table["area"].cast(pa.string())
    elsewhere = pc.and_(
        pc.match_substring_regex(codes, r"^(WK|BU)\w{6,8}$"),
        pc.not_equal(pc.utf8_slice_codeunits(codes, 2, 6), home[2:]),
    )
    return table.filter(pc.invert(pc.fill_null(elsewhere, False)))


def _versions(products: Sequence[str]) -> dict[str, int]:
    """Give the newest version number of each product."""
    from django.db.models import Max

    from plein.foundation.catalogue.models import ProductVersion

    found = ProductVersion.objects.filter(product__key__in=products).values_list("product__key")
    return dict(found.annotate(newest=Max("number")).order_by())


def compute(version: IndicatorVersion, *, by: Actor = SYSTEM, now: datetime) -> Run:
    """Compute one version of an indicator and keep what changed; a formula that fails leaves all values as they were.

    The failure stands in the run, in words.
    """
    try:
        outcome = evaluate(version.formula, by=by, now=now)
    except Refused as refusal:
        seen = _versions(version.products)
        return Run.objects.create(version=version, at=now, products=seen, outcome="failed", error=str(refusal))
    checksum = rules.change_checksum(outcome.rows)
    with transaction.atomic():
        last = version.runs.exclude(outcome="failed").order_by("-at", "-pk").first()
        same = last.checksum == checksum if last else not outcome.rows
        if not same:
            _keep(version, outcome.rows, now=now)
        judge_areas(version, now=now)
        bump("monitor")
        return Run.objects.create(
            version=version,
            at=now,
            products=outcome.products,
            outcome="same" if same else "changed",
            rows=len(outcome.rows),
            checksum=checksum,
        )


def _keep(version: IndicatorVersion, rows: Sequence[rules.Row], *, now: datetime) -> None:
    """Close values that are no longer so, and add those that are new."""
    old = {
        (area, grp, period): (pk, value, n)
        for pk, area, grp, period, value, n in Value.objects.filter(
            version=version, replaced_at__isnull=True
        ).values_list("pk", "area_code", "grp", "period", "value", "n")
    }
    fresh = {(row.area, row.grp, row.period): row for row in rows}
    gone = [
        pk for key, (pk, value, n) in old.items() if key not in fresh or (fresh[key].value, fresh[key].n) != (value, n)
    ]
    for start in range(0, len(gone), 500):
        Value.objects.filter(pk__in=gone[start : start + 500]).update(replaced_at=now)
    Value.objects.bulk_create(
        (
            Value(
                version=version,
                area_code=row.area,
                kind=rules.kind_of(row.area),
                grp=row.grp,
                period=row.period,
                value=row.value,
                n=row.n,
                known_at=now,
            )
            for key, row in fresh.items()
            if key not in old or (row.value, row.n) != old[key][1:]
        ),
        batch_size=BATCH,
    )


def norms_for(version: IndicatorVersion, points: Mapping[str, float]) -> dict[int, float]:
    """Give the norms of a version for one series: fixed ones, or the first value where that is the norm."""
    if version.norm_from_start:
        return rules.norms_from_start(points, years=version.norm_from_start)
    return version.norm_by_year


def judge_areas(version: IndicatorVersion, *, now: datetime) -> int:
    """Judge our municipality and all its areas by the newest values; returns how many."""
    home = places.home()
    today = rules.moment(now.strftime("%Y-%m-%d"))
    series: dict[str, dict[str, float]] = defaultdict(dict)
    found = Value.objects.filter(version=version, grp="", replaced_at__isnull=True)
    for area, period, value in found.values_list("area_code", "period", "value"):
        if area[2:6] == home[2:]:
            series[area][period] = value
    Standing.objects.filter(version=version).delete()
    made = [_standing(version, area, points, today=today, now=now) for area, points in sorted(series.items())]
    Standing.objects.bulk_create(made, batch_size=BATCH)
    return len(made)


def _standing(
    version: IndicatorVersion, area: str, points: Mapping[str, float], *, today: float, now: datetime
) -> Standing:
    judged = rules.judge(
        points,
        norms=norms_for(version, points),
        direction=version.direction,  # type: ignore[arg-type]
        today=today,
    )
    periods = sorted(points, key=rules.moment)
    before = periods[-2] if len(periods) > 1 else ""
    assert judged.latest is not None
    return Standing(
        version=version,
        area_code=area,
        kind=rules.kind_of(area),
        status=judged.status,
        reason=judged.reason,
        sure=judged.sure,
        latest_period=judged.latest_period,
        latest=judged.latest,
        before_period=before,
        before=points.get(before),
        measurements=judged.measurements,
        norm_year=judged.norm.year if judged.norm else None,
        norm=judged.norm.value if judged.norm else None,
        slope=judged.trend.slope if judged.trend else None,
        p=judged.trend.p if judged.trend else None,
        expected=judged.expected,
        expected_low=judged.expected_low,
        expected_high=judged.expected_high,
        at=now,
    )


def _stale(versions: Sequence[IndicatorVersion]) -> list[IndicatorVersion]:
    """Keep the versions that were never computed, or whose data has a newer version since (two queries)."""
    newest = Run.objects.filter(version=OuterRef("version")).order_by("-at", "-pk").values("pk")[:1]
    seen = dict(Run.objects.filter(pk=Subquery(newest)).order_by().values_list("version_id", "products"))
    current = _versions(sorted({product for version in versions for product in version.products}))
    return [
        version
        for version in versions
        if version.pk not in seen
        or seen[version.pk] != {key: current[key] for key in version.products if key in current}
    ]


def compute_all(
    *,
    by: Actor = SYSTEM,
    now: datetime,
    products: Iterable[str] | None = None,
    stale_only: bool = False,
    progress: Callable[[int, int], Any] | None = None,
) -> list[Run]:
    """Compute every published indicator and publish the values.

    products: only indicators that read one of these. stale_only: only those whose data changed since.
    """
    wanted = set(products or ())
    versions = list(IndicatorVersion.objects.filter(state="published").select_related("indicator"))
    chosen = [version for version in versions if not wanted or wanted & set(version.products)]
    if stale_only:
        chosen = _stale(chosen)
    runs = []
    for place, version in enumerate(chosen):
        runs.append(compute(version, by=by, now=now))
        if progress:
            progress(place + 1, len(chosen))
    if any(run.outcome == "changed" for run in runs):
        from plein.insight.monitor.actions.publishing import publish_values

        publish_values(by=by, now=now)
    return runs

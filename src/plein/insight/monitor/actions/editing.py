"""Change indicators: a draft, a look at its outcome, then publish. A published version is never touched again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from plein.foundation.errors import NotFound
from plein.foundation.geo import places
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note
from plein.foundation.identity.stamps import bump
from plein.insight.monitor import rules
from plein.insight.monitor.actions.computing import evaluate, norms_for
from plein.insight.monitor.errors import KeyTaken, NotAllSaid, NothingToPublish
from plein.insight.monitor.models import Goal, Indicator, IndicatorVersion

MUST_BE_SAID = ("title", "definition", "unit", "source")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a formula would give, before anything is saved."""

    rows: int
    areas: int
    products: dict[str, int]
    points: dict[str, float]
    standing: rules.Standing
    sample: list[rules.Row] = field(default_factory=list)


def preview(version: IndicatorVersion, *, by: Actor, now: datetime) -> Preview:
    """Show what an unsaved version would give for our municipality.

    Raises FormulaRefused, NotAllowed and what the gate refuses.
    """
    require(by, "monitor.edit")
    outcome = evaluate(version.formula, by=by, now=now)
    home = places.home()
    points = {row.period: row.value for row in outcome.rows if row.area == home and not row.grp}
    standing = rules.judge(
        points,
        norms=norms_for(version, points),
        direction=version.direction,  # type: ignore[arg-type]
        today=rules.moment(now.strftime("%Y-%m-%d")),
    )
    newest = sorted(outcome.rows, key=lambda row: (row.area != home, -rules.moment(row.period), row.area, row.grp))
    areas = len({row.area for row in outcome.rows})
    return Preview(len(outcome.rows), areas, outcome.products, points, standing, newest[:12])


@transaction.atomic
def save_draft(facts: Mapping[str, Any], *, indicator: Indicator, by: Actor, now: datetime) -> IndicatorVersion:
    """Keep a draft of an indicator, replacing the draft that was there.

    Raises FormulaRefused, NotAllowed.
    """
    require(by, "monitor.edit")
    products = rules.products_of(facts["formula"])
    newest = indicator.versions.exclude(state="draft").aggregate(newest=Max("number"))["newest"] or 0
    made = {**facts, "products": products, "made_by": by.uri, "made_at": now, "number": newest + 1}
    draft, _ = IndicatorVersion.objects.update_or_create(indicator=indicator, state="draft", defaults=made)
    note("monitor.draft", subject=f"indicator:{indicator.key}", by=by, now=now, version=draft.number)
    return draft


@transaction.atomic
def start_indicator(key: str, *, goal: Goal, facts: Mapping[str, Any], by: Actor, now: datetime) -> IndicatorVersion:
    """Make a new indicator with its first draft.

    Raises KeyTaken, FormulaRefused, NotAllowed.
    """
    require(by, "monitor.edit")
    if Indicator.objects.filter(key=key).exists():
        raise KeyTaken(key=key)
    order = (Indicator.objects.filter(goal=goal).aggregate(last=Max("order"))["last"] or goal.order * 10) + 1
    indicator = Indicator.objects.create(key=key, goal=goal, order=order)
    return save_draft(facts, indicator=indicator, by=by, now=now)


@transaction.atomic
def publish_indicator(key: str, *, by: Actor, now: datetime) -> IndicatorVersion:
    """Make the draft the version that counts; the one before stays readable.

    Raises NotFound, NothingToPublish, NotAllSaid, NotAllowed.
    """
    require(by, "monitor.edit")
    indicator = Indicator.objects.filter(key=key).first()
    if indicator is None:
        raise NotFound(what=key)
    draft = indicator.versions.filter(state="draft").first()
    if draft is None:
        raise NothingToPublish(key=key)
    for name in MUST_BE_SAID:
        for language in ("nl", "en"):
            if not getattr(draft, f"{name}_{language}").strip():
                raise NotAllSaid(what=f"{name} ({language})")
    indicator.versions.filter(state="published").update(state="replaced")
    draft.state, draft.published_at = "published", now
    draft.save(update_fields=["state", "published_at"])
    note("monitor.publish", subject=f"indicator:{key}", by=by, now=now, version=draft.number)
    bump("monitor")
    return draft


@transaction.atomic
def drop_draft(key: str, *, by: Actor, now: datetime) -> None:
    """Throw the draft of an indicator away; an indicator that was never published goes with it.

    Raises NotAllowed, NothingToPublish.
    """
    require(by, "monitor.edit")
    draft = IndicatorVersion.objects.filter(indicator__key=key, state="draft").first()
    if draft is None:
        raise NothingToPublish(key=key)
    draft.delete()
    note("monitor.drop-draft", subject=f"indicator:{key}", by=by, now=now)
    Indicator.objects.filter(key=key, versions__isnull=True).delete()


@transaction.atomic
def retire(key: str, *, by: Actor, now: datetime) -> None:
    """Take an indicator off the board; its pages and values stay readable.

    Raises NotFound, NotAllowed.
    """
    require(by, "monitor.edit")
    if not Indicator.objects.filter(key=key).update(retired_at=now):
        raise NotFound(what=key)
    note("monitor.retire", subject=f"indicator:{key}", by=by, now=now)
    bump("monitor")

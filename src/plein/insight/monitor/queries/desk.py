"""The analyst's list: every indicator with its version, draft and last computation."""

from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from plein.insight.monitor.models import Indicator, IndicatorVersion, Run

OUTCOMES = {"changed": "good", "same": "good", "failed": "wrong"}


def desk_rows() -> list[dict[str, Any]]:
    """List all indicators in the order of the board (three queries)."""
    newest = Run.objects.filter(version=OuterRef("version")).order_by("-at", "-pk").values("pk")[:1]
    runs = {run.version_id: run for run in Run.objects.filter(pk=Subquery(newest))}
    versions: dict[int, dict[str, IndicatorVersion]] = {}
    for version in IndicatorVersion.objects.filter(state__in=["draft", "published"]).defer("formula"):
        versions.setdefault(version.indicator_id, {})[version.state] = version
    indicators = Indicator.objects.select_related("goal__theme").order_by(
        "goal__theme__order", "goal__order", "order", "key"
    )
    return [_row(indicator, versions.get(indicator.pk, {}), runs) for indicator in indicators]


def _row(indicator: Indicator, found: dict[str, IndicatorVersion], runs: dict[int, Run]) -> dict[str, Any]:
    current, draft = found.get("published"), found.get("draft")
    shown = current or draft
    run = runs.get(current.pk) if current else None
    words = {"changed": _("New values"), "same": _("Nothing changed"), "failed": _("Failed")}
    return {
        "title": shown.title if shown else indicator.key,
        "href": reverse("monitor:edit", args=[indicator.key]),
        "theme": indicator.goal.theme.title,
        "version": current.number if current else None,
        "draft": _("Retired") if indicator.retired_at else (_("Yes") if draft else ""),
        "outcome": words[run.outcome] if run else _("Not yet"),
        "kind": OUTCOMES[run.outcome] if run else "unknown",
        "rows": run.rows if run else None,
        "error": run.error if run else "",
    }

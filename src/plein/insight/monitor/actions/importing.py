"""Bring in the set of indicators that Plein ships, once; what the municipality changed afterwards stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note
from plein.foundation.identity.stamps import bump
from plein.insight.monitor import rules
from plein.insight.monitor.models import Goal, Indicator, IndicatorVersion, Theme

SHIPPED = Path(__file__).resolve().parent.parent / "indicators"


@dataclass(frozen=True, slots=True)
class Imported:
    """How many indicators were new and how many were already there."""

    new: int
    kept: int


def shipped_files(folder: Path = SHIPPED) -> list[dict[str, Any]]:
    """Read the shipped files, one per theme, in their order."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the parser in C takes a tenth of the time
    found = (path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.yaml")))
    return [yaml.load(text, Loader=loader) for text in found]  # noqa: S506 - a safe loader either way


@transaction.atomic
def import_indicators(*, by: Actor, now: datetime, folder: Path = SHIPPED) -> Imported:
    """Make every shipped theme, goal and indicator that is not there yet; an indicator that exists is left alone.

    Raises NotAllowed, FormulaRefused.
    """
    require(by, "monitor.edit")
    known = set(Indicator.objects.values_list("key", flat=True))
    new = kept = 0
    for place, said in enumerate(shipped_files(folder)):
        theme = _theme(said["theme"], order=(place + 1) * 10)
        for rank, goal_said in enumerate(said["goals"]):
            goal = _goal(goal_said, theme=theme, order=(rank + 1) * 10)
            for number, indicator in enumerate(goal_said["indicators"]):
                if indicator["key"] in known:
                    kept += 1
                    continue
                _indicator(indicator, goal=goal, order=(rank + 1) * 100 + number, by=by, now=now)
                new += 1
    if new:
        note("monitor.import", subject="indicators", by=by, now=now, new=new)
        bump("monitor")
    return Imported(new, kept)


def _words(said: Mapping[str, Any], name: str, *, into: str = "") -> dict[str, str]:
    """Spread {nl, en} over two fields."""
    words = said.get(name) or {"nl": "", "en": ""}
    return {f"{into or name}_nl": str(words["nl"]), f"{into or name}_en": str(words["en"])}


def _theme(said: Mapping[str, Any], *, order: int) -> Theme:
    facts = {**_words(said, "title"), **_words(said, "text"), "icon": said["icon"], "order": order}
    return Theme.objects.get_or_create(key=said["key"], defaults=facts)[0]


def _goal(said: Mapping[str, Any], *, theme: Theme, order: int) -> Goal:
    facts = {**_words(said, "title"), "theme": theme, "order": order}
    return Goal.objects.get_or_create(key=said["key"], defaults=facts)[0]


def _indicator(said: Mapping[str, Any], *, goal: Goal, order: int, by: Actor, now: datetime) -> None:
    indicator = Indicator.objects.create(key=said["key"], goal=goal, leads=said.get("leads", False), order=order)
    IndicatorVersion.objects.create(
        indicator=indicator,
        number=1,
        state="published",
        **_words(said, "title"),
        **_words(said, "definition"),
        **_words(said, "unit"),
        **_words(said, "source"),
        **_words(said, "norm_source"),
        **_words(said, "group_title"),
        formula=said["formula"],
        products=rules.products_of(said["formula"]),
        decimals=said.get("decimals", 1),
        direction=said["direction"],
        norms={str(year): float(value) for year, value in (said.get("norms") or {}).items()},
        norm_from_start=list(said.get("from_start") or []),
        owner_role=said.get("owner", "role:analyst"),
        frequency=said.get("frequency", "year"),
        groups=said.get("groups") or {},
        change_nl="Eerste versie, meegeleverd met Plein.",
        change_en="First version, shipped with Plein.",
        made_by=by.uri,
        made_at=now,
        published_at=now,
    )

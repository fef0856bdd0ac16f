"""Loads a set of categories with its teams, owners, rules and standard texts."""

from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from plein.foundation.identity import stamps
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note
from plein.foundation.identity.models import Team
from plein.foundation.identity.teams import put_team
from plein.service.reports.models import Category, Owner, RouteRule, StandardText
from plein.service.reports.queries.categories import STAMP

SETS = Path(__file__).parents[1] / "sets"


def set_from_file(key: str) -> dict[str, Any]:
    """Read one of the sets that come with Plein.

    Raises FileNotFoundError.
    """
    told: dict[str, Any] = yaml.safe_load((SETS / f"{key}.yaml").read_text(encoding="utf-8"))
    return told


@transaction.atomic
def load_set(told: Mapping[str, Any], *, by: Actor, now: datetime) -> int:
    """Store a set of categories and what comes with it; what is there under the same name is changed.

    told: key, mains, categories, and perhaps owners, teams, rules and texts, as sets/pleinstad.yaml shows.
    Returns how many categories it has. Categories of the set that it no longer names go out of use.
    Raises NotAllowed.
    """
    require(by, "reports.manage")
    teams = {one["key"]: _team(one, by=by, now=now) for one in told.get("teams", ())}
    owners = {one["key"]: _owner(one) for one in told.get("owners", ())}
    made = {
        one["slug"]: _category(told, one, order=order, teams=teams, owners=owners)
        for order, one in enumerate(told["categories"])
    }
    Category.objects.filter(set_key=told["key"]).exclude(slug__in=made).update(is_active=False)
    for one in told.get("rules", ()):
        _store_rule(one, made=made, teams=teams, owners=owners)
    for one in told.get("texts", ()):
        _store_text(one)
    stamps.bump(STAMP)
    note("reports.load-set", subject=f"category-set:{told['key']}", by=by, now=now, categories=len(made))
    return len(made)


def _team(one: Mapping[str, Any], *, by: Actor, now: datetime) -> Team:
    found = Team.objects.filter(key=one["key"]).first()
    return found or put_team(one["key"], title_nl=one["nl"], title_en=one["en"], by=by, now=now)


def _owner(one: Mapping[str, Any]) -> Owner:
    fields = ("name", "email", "phone", "website", "open311_url")
    held = {field: one[field] for field in fields if field in one}
    return Owner.objects.update_or_create(key=one["key"], defaults=held)[0]


def _category(
    told: Mapping[str, Any],
    one: Mapping[str, Any],
    *,
    order: int,
    teams: Mapping[str, Team],
    owners: Mapping[str, Owner],
) -> Category:
    main, about, handling = told["mains"][one["main"]], one.get("about", {}), one.get("handling", {})
    days, counted = one.get("term", [5, "work"])
    danger = one.get("danger", {})
    held = {
        "main_slug": one["main"],
        "main_title_nl": main["nl"],
        "main_title_en": main.get("en", ""),
        "title_nl": one["nl"],
        "title_en": one.get("en", ""),
        "description_nl": about.get("nl", ""),
        "description_en": about.get("en", ""),
        "handling_nl": handling.get("nl", ""),
        "handling_en": handling.get("en", ""),
        "examples": one.get("examples", {}),
        "department": one.get("department", ""),
        "team": teams.get(one.get("team", "")),
        "owner": owners.get(one.get("owner", "")),
        "priority": one.get("priority", 2),
        "term_days": days,
        "in_working_days": counted == "work",
        "danger_nl": danger.get("nl", ""),
        "danger_en": danger.get("en", ""),
        "danger_phone": one.get("phone", ""),
        "questions": one.get("questions", []),
        "asset_kind": one.get("asset_kind", ""),
        "icon": one.get("icon", main.get("icon", "map-pin")),
        "place_m": one.get("place_m", 0),
        "is_public": one.get("is_public", True),
        "order": order,
        "is_active": True,
    }
    return Category.objects.update_or_create(set_key=told["key"], slug=one["slug"], defaults=held)[0]


def _clock(text: str | None) -> time | None:
    return time.fromisoformat(text) if text else None


def _store_rule(
    one: Mapping[str, Any], *, made: Mapping[str, Category], teams: Mapping[str, Team], owners: Mapping[str, Owner]
) -> None:
    days, counted = one.get("term", [None, "work"])
    held = {
        "order": one["order"],
        "main_slug": one.get("main", ""),
        "category": made.get(one.get("category", "")),
        "for_priority": one.get("for_priority"),
        "area_code": one.get("area", ""),
        "weekdays": one.get("weekdays", []),
        "from_time": _clock(one.get("from")),
        "until_time": _clock(one.get("until")),
        "asset_kind": one.get("asset_kind", ""),
        "asset_owner": owners.get(one.get("asset_owner", "")),
        "to_team": teams.get(one.get("team", "")),
        "to_owner": owners.get(one.get("owner", "")),
        "priority": one.get("priority"),
        "term_days": days,
        "in_working_days": counted == "work",
    }
    RouteRule.objects.update_or_create(title=one["title"], defaults=held)


def _store_text(one: Mapping[str, Any]) -> None:
    held = {
        "title_nl": one["title"]["nl"],
        "title_en": one["title"]["en"],
        "ending": one.get("ending", ""),
        "main_slug": one.get("main", ""),
        "text_nl": one["nl"],
        "text_en": one["en"],
    }
    StandardText.objects.update_or_create(key=one["key"], defaults=held)


@transaction.atomic
def put_rule(rule: RouteRule, *, by: Actor, now: datetime) -> RouteRule:
    """Store a rule of routing, new or changed; what comes in from now on follows it.

    Raises NotAllowed.
    """
    require(by, "reports.manage")
    is_new = rule.pk is None
    rule.save()
    stamps.bump(STAMP)
    action = "reports.make-rule" if is_new else "reports.change-rule"
    note(action, subject=f"route-rule:{rule.pk}", by=by, now=now, title=rule.title, active=rule.is_active)
    return rule

"""The categories and rules in use, kept per process, so that filing a report costs no query for them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from plein.foundation.identity.models import Team
from plein.foundation.identity.stamps import Kept
from plein.foundation.words import Text
from plein.service.reports.errors import UnknownCategory
from plein.service.reports.models import Category, RouteRule
from plein.service.reports.rules.routing import Rule

STAMP = "reports.categories"
TEAMS = "teams"  # bumped by identity.teams
DEMO_SET = "pleinstad"


@dataclass(frozen=True, slots=True)
class Main:
    """A group of categories."""

    slug: str
    title: Text
    categories: Sequence[Category]

    @property
    def icon(self) -> str:
        """Give the icon of the group: that of its first category."""
        return self.categories[0].icon


def set_in_use() -> str:
    """Name the set of categories in use: the setting, else that of the demo town."""
    return str(settings.PLEIN["CATEGORIES"]) or DEMO_SET


def _load() -> dict[tuple[str, str], Category]:
    rows = Category.objects.filter(is_active=True).select_related("team", "owner")
    return {(row.set_key, row.slug): row for row in rows}


def _load_rules() -> tuple[Rule, ...]:
    return tuple(_rule(row) for row in RouteRule.objects.filter(is_active=True).select_related("category"))


def _rule(row: RouteRule) -> Rule:
    return Rule(
        key=row.pk,
        title=row.title,
        main_slug=row.main_slug,
        category=row.category.slug if row.category else "",
        for_priority=row.for_priority,
        area_code=row.area_code,
        weekdays=tuple(row.weekdays),
        from_time=row.from_time,
        until_time=row.until_time,
        asset_kind=row.asset_kind,
        asset_owner=row.asset_owner_id,
        to_team=row.to_team_id,
        to_owner=row.to_owner_id,
        priority=row.priority,
        term_days=row.term_days,
        in_working_days=row.in_working_days,
    )


_kept = Kept(STAMP, _load)
_kept_rules = Kept(STAMP, _load_rules)


def categories() -> list[Category]:
    """List the categories in use, in their order."""
    key = set_in_use()
    return [category for (held, _), category in _kept.get().items() if held == key]


def mains() -> list[Main]:
    """List the groups of categories, in their order."""
    found: dict[str, list[Category]] = {}
    for category in categories():
        found.setdefault(category.main_slug, []).append(category)
    return [Main(slug, held[0].main_title, held) for slug, held in found.items()]


def category(slug: str) -> Category:
    """Give a category in use.

    Raises UnknownCategory.
    """
    found = _kept.get().get((set_in_use(), slug))
    if found is None:
        raise UnknownCategory(slug=slug[:80])
    return found


def rules() -> tuple[Rule, ...]:
    """Give the rules of routing in their order."""
    return _kept_rules.get()


def _load_teams() -> dict[int, Team]:
    return {row.pk: row for row in Team.objects.filter(active=True)}


_kept_teams = Kept(TEAMS, _load_teams)


def team(key: int | None) -> Team | None:
    """Give a team by its id; no statement."""
    return _kept_teams.get().get(key) if key else None

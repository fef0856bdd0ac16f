"""The board: themes with their one key figure, and cards of indicators."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from plein.foundation.ui.figures import Figure
from plein.insight.monitor import rules
from plein.insight.monitor.models import Goal, IndicatorVersion, Standing, Theme
from plein.insight.monitor.queries import published, saying
from plein.insight.monitor.queries.drawing import spark
from plein.insight.monitor.queries.published import Points


@dataclass(frozen=True, slots=True)
class Card:
    """An indicator as the board shows it."""

    version: IndicatorVersion
    standing: Standing | None
    points: Points
    href: str

    @property
    def kind(self) -> str:
        """Give the kind of status, for icon and colour."""
        return saying.KINDS[self.standing.status] if self.standing else "unknown"

    @property
    def word(self) -> str:
        """Name the status."""
        return saying.status_word(self.standing.status if self.standing else "unknown")

    @property
    def reason(self) -> str:
        """Say why the status is what it is."""
        return saying.reason_sentence(self.standing, self.version) if self.standing else ""

    @property
    def spark(self) -> str:
        """Give the corners of the tiny line."""
        return spark(self.points)

    @property
    def period(self) -> str:
        """Name the newest period."""
        return saying.period_word(self.standing.latest_period) if self.standing else ""

    @property
    def figure(self) -> Figure:
        """Give the figure with unit, period, source, trend and what it is measured against."""
        return figure_of(self.version, self.standing, href=self.href)


def figure_of(version: IndicatorVersion, standing: Standing | None, *, href: str = "") -> Figure:
    """Write an indicator as a figure."""
    if standing is None:
        return Figure(title=version.title, value=None, unit=version.unit, source=version.source, href=href)
    trend, good = _trend(version, standing)
    against = ""
    if standing.norm is not None:
        from django.utils.translation import gettext as _

        against = _("Norm for %(year)s: %(norm)s") % {
            "year": standing.norm_year,
            "norm": saying.amount(standing.norm, version),
        }
    return Figure(
        title=version.title,
        value=standing.latest,
        unit=version.unit,
        period=saying.period_word(standing.latest_period),
        source=version.source,
        trend=trend,
        good=good,
        against=against,
        href=href,
        decimals=version.decimals,
        status=saying.KINDS[standing.status],
        status_text=saying.status_word(standing.status),
    )


def _trend(version: IndicatorVersion, standing: Standing) -> tuple[str, bool | None]:
    """Give the direction of a clear trend and whether it is good news."""
    if standing.p is None or standing.slope is None or standing.measurements < rules.MEASUREMENTS_NEEDED:
        return "", None
    if standing.p >= rules.SIGNIFICANCE or standing.slope == 0:
        return "level", None
    word = "up" if standing.slope > 0 else "down"
    return word, word == version.direction


@dataclass(frozen=True, slots=True)
class GoalOnBoard:
    """A goal with its indicators."""

    goal: Goal
    cards: list[Card]


@dataclass(frozen=True, slots=True)
class ThemeOnBoard:
    """A theme with its leading card, its goals, and its stones of progress."""

    theme: Theme
    href: str
    lead: Card
    goals: list[GoalOnBoard]
    done: int
    known: int

    @property
    def cards(self) -> list[Card]:
        """List all cards of the theme."""
        return [card for goal in self.goals for card in goal.cards]


def cards(*, area: str = "", only: Iterable[str] | None = None) -> list[Card]:
    """Make the cards of our municipality, or of one of its areas (two queries)."""
    home = published.home()
    chosen = published.versions()
    if only is not None:
        wanted = set(only)
        chosen = {key: version for key, version in chosen.items() if key in wanted}
    standings, points = home.standings, home.points
    if area and area != home.code:
        keys = [version.pk for version in chosen.values()]
        standings, points = published.standings_of(area, keys), published.series_of(area, keys)
    elsewhere = "" if area == home.code else area
    return [
        Card(version, standings.get(version.pk), points.get(version.pk, {}), indicator_href(key, elsewhere))
        for key, version in chosen.items()
    ]


def indicator_href(key: str, elsewhere: str = "") -> str:
    """Give the address of an indicator, of our municipality or of an area elsewhere than the whole of it."""
    href = reverse("monitor:indicator", args=[key])
    return f"{href}?gebied={elsewhere}" if elsewhere else href


def board(*, area: str = "", only: Iterable[str] | None = None, status: str = "") -> list[ThemeOnBoard]:
    """Lay out the board: themes in order, without indicators of another status when one is asked for."""
    made: list[ThemeOnBoard] = []
    by_theme: dict[int, list[Card]] = {}
    for card in cards(area=area, only=only):
        by_theme.setdefault(card.version.indicator.goal.theme_id, []).append(card)
    for found in by_theme.values():
        theme = found[0].version.indicator.goal.theme
        done, known = rules.stones([card.standing.status if card.standing else "unknown" for card in found])
        shown = [card for card in found if not status or _status(card) == status]
        if shown:
            href = reverse("monitor:theme", args=[theme.key])
            made.append(ThemeOnBoard(theme, href, _lead(shown), _goals(shown), done, known))
    return made


def _status(card: Card) -> str:
    return card.standing.status if card.standing else "unknown"


def _lead(found: list[Card]) -> Card:
    """Choose the leading card: the one marked so, else the first with a value."""
    valued = [card for card in found if card.standing] or found
    return next((card for card in valued if card.version.indicator.leads), valued[0])


def _goals(found: list[Card]) -> list[GoalOnBoard]:
    goals: dict[int, GoalOnBoard] = {}
    for card in found:
        goal = card.version.indicator.goal
        goals.setdefault(goal.pk, GoalOnBoard(goal, [])).cards.append(card)
    return list(goals.values())


def counts(themes: Iterable[ThemeOnBoard]) -> dict[str, int]:
    """Count the indicators by status."""
    found = {"on_track": 0, "behind": 0, "unknown": 0}
    for theme in themes:
        for card in theme.cards:
            found[_status(card)] += 1
    return found

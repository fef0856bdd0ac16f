"""What statuses, reasons and periods are called on the page."""

from datetime import date

from django.utils import formats
from django.utils.translation import gettext as _

from plein.foundation.ui.figures import number
from plein.insight.monitor import rules
from plein.insight.monitor.models import IndicatorVersion, Standing

KINDS = {"on_track": "good", "behind": "attention", "unknown": "unknown"}


def status_word(status: str) -> str:
    """Name a status."""
    words = {"on_track": _("On track"), "behind": _("Behind"), "unknown": _("Not known yet")}
    return words[status]


def period_word(period: str) -> str:
    """Write a period as people say it: 2024, 1st quarter of 2024, March 2024, 15 March 2024."""
    if "Q" in period:
        year, quarter = period.split("-Q")
        return _("quarter %(quarter)s of %(year)s") % {"quarter": quarter, "year": year}
    parts = [int(part) for part in period.split("-")]
    if len(parts) == 1:
        return period
    form = "j F Y" if len(parts) == 3 else "F Y"
    return str(formats.date_format(date(*parts, *([1] * (3 - len(parts)))), form))


def first_day(period: str) -> date:
    """Give the day a period begins, for the time axis of a chart."""
    if "Q" in period:
        year, quarter = period.split("-Q")
        return date(int(year), int(quarter) * 3 - 2, 1)
    parts = [int(part) for part in period.split("-")]
    return date(*parts, *([1] * (3 - len(parts))))


def reason_sentence(standing: Standing, version: IndicatorVersion) -> str:
    """Say in one or two sentences why the status is what it is."""
    facts = {
        "value": _amount(standing.latest, version),
        "period": period_word(standing.latest_period),
        "norm": _amount(standing.norm, version),
        "year": standing.norm_year,
        "expected": _amount(standing.expected, version),
        "count": standing.measurements,
        "needed": rules.MEASUREMENTS_NEEDED,
        "years": int(rules.YEARS_NEEDED),
        "oldest": int(rules.OLDEST_YEARS),
    }
    words = {
        "reached": _("The norm of %(norm)s has been in force since %(year)s and is met: %(value)s in %(period)s."),
        "missed": _("The norm of %(norm)s has been in force since %(year)s and is not met: %(value)s in %(period)s."),
        "heading_there": _("If the trend continues, it will be %(expected)s in %(year)s. The norm is %(norm)s."),
        "too_slow": _("If the trend continues, it will be %(expected)s in %(year)s. That misses the norm of %(norm)s."),
        "steady_good": _(
            "There is no clear trend. At this level, %(expected)s, the norm of %(norm)s in %(year)s is met."
        ),
        "steady_short": _(
            "There is no clear trend. At this level, %(expected)s, the norm of %(norm)s in %(year)s is missed."
        ),
        "few": _("There are %(count)s measurements. A trend needs at least %(needed)s."),
        "short": _("The measurements cover less than %(years)s years. That is too short for a trend."),
        "old": _("The newest measurement, of %(period)s, is over %(oldest)s years old."),
        "no_norm": _("No norm is set, so there is nothing to compare with."),
        "no_values": _("There are no values yet."),
    }
    return words[standing.reason] % facts


def sure_sentence(standing: Standing) -> str:
    """Say how sure the status is; empty when there is nothing to be sure of."""
    if standing.sure is None:
        return ""
    if standing.reason in ("reached", "missed"):
        return _("This was measured; nothing is estimated.")
    if standing.sure:
        return _("Quite sure: the slowest and the fastest likely trend lead to the same answer.")
    return _("Not very sure: within the likely trends the answer can also be the other one.")


def _amount(value: float | None, version: IndicatorVersion) -> str:
    from plein.foundation.ui.figures import said

    if value is None:
        return "–"
    unit = said(version.unit)
    glue = "" if unit.startswith("%") else " "
    return f"{number(value, version.decimals)}{glue}{unit}"


def amount(value: float | None, version: IndicatorVersion) -> str:
    """Write a value with its unit."""
    return _amount(value, version)


def direction_word(direction: str) -> str:
    """Say which way is wanted."""
    return _("More is better") if direction == "up" else _("Less is better")


def kind_word(kind: str, *, many: bool = True) -> str:
    """Name a kind of area."""
    words = {
        "gemeente": (_("municipality"), _("municipalities")),
        "wijk": (_("district"), _("districts")),
        "buurt": (_("neighbourhood"), _("neighbourhoods")),
    }
    return words[kind][many]

"""The only place that reads the clock; everybody else is handed the time."""

from datetime import UTC, date, datetime
from time import monotonic
from zoneinfo import ZoneInfo

TOWN = ZoneInfo("Europe/Amsterdam")


def now() -> datetime:
    """Tell the time: aware, UTC."""
    return datetime.now(UTC)


def local_date(at: datetime) -> date:
    """Give the calendar day in town at a moment."""
    return at.astimezone(TOWN).date()


def ticks() -> float:
    """Give seconds that only go up, for measuring how long something took or how old a copy is."""
    return monotonic()

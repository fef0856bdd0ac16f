"""When scheduled work is due, and how long to wait before trying again. Pure: times in, times out."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from plein.foundation.clock import TOWN

FIRST_WAIT = timedelta(seconds=10)
LONGEST_WAIT = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A period, or a time of the day on the clock in town."""

    every: timedelta | None = None
    at: str = ""

    def __post_init__(self) -> None:
        if bool(self.every) == bool(self.at):
            raise ValueError("Give a schedule either every= or at=")
        if self.every and self.every <= timedelta(0):
            raise ValueError("every= must be longer than nothing")
        if self.at:
            time.fromisoformat(self.at)

    def __str__(self) -> str:
        return f"at {self.at}" if self.at else f"every {int(self.every.total_seconds()) if self.every else 0} s"

    def first(self, now: datetime) -> datetime:
        """Give the first moment: at once for a period, the next such time for a time of the day."""
        return now if self.every else self._next_clock(now)

    def next(self, last: datetime, now: datetime) -> datetime:
        """Give the first moment after now that lies on the schedule; what was missed in between is skipped."""
        if not self.every:
            return self._next_clock(now)
        missed = max(0, (now - last) // self.every)
        return last + (missed + 1) * self.every

    def _next_clock(self, after: datetime) -> datetime:
        """Give the next moment the clock in town shows `at`.

        A time that a change of the clock skips comes as much later as the clock jumped; one that comes twice counts
        the first time. So there is one moment on each calendar day.
        """
        clock = time.fromisoformat(self.at)
        day = after.astimezone(TOWN).date()
        moments = (datetime.combine(day + timedelta(days=n), clock, TOWN).astimezone(UTC) for n in range(3))
        return next(moment for moment in moments if moment > after)


def wait_after(attempts: int, *, chance: float) -> timedelta:
    """Tell how long to wait after a number of failed attempts: doubling, never all at the same time.

    attempts: from 1; chance: 0 up to 1, spreads the wait from half to the whole.
    """
    doubled: int = 2 ** min(attempts - 1, 20)
    full = min(FIRST_WAIT * doubled, LONGEST_WAIT)
    return full * (0.5 + chance / 2)

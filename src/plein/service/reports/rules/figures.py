"""Figures about reports: per area and month, and what everyone may see of one report. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

SOLVED = "solved"
NO_WORK = frozenset({"merged", "withdrawn"})  # ended without anybody doing anything
SQUARE_M = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A report as figures see it. areas: the codes it counts for; working_days: until its end; judged: None, yes or no.

    ending: "" is open.
    """

    areas: Sequence[str]
    reported: date
    closed: date | None = None
    ending: str = ""
    promised: date | None = None
    reopened: int = 0
    working_days: int | None = None
    satisfied: bool | None = None
    judged_on: date | None = None


@dataclass(slots=True)
class Month:
    """What happened in an area in a month."""

    code: str
    month: date
    reported: int = 0
    closed: int = 0
    promised: int = 0
    in_time: int = 0
    solved: int = 0
    at_once: int = 0
    reopened: int = 0
    days: list[int] = field(default_factory=list)

    @property
    def working_days(self) -> float | None:
        """Give the working days until the end, in the middle."""
        return float(median(self.days)) if self.days else None


def first_of(day: date) -> date:
    """Give the first day of its month."""
    return day.replace(day=1)


def quarter_of(day: date) -> str:
    """Name the quarter of a day, as in "2026-Q3"."""
    return f"{day.year}-Q{(day.month + 2) // 3}"


def monthly(reports: Iterable[Seen]) -> list[Month]:
    """Count reports per area and month; what was merged or withdrawn counts as reported, and as nothing else."""
    found: dict[tuple[str, date], Month] = {}

    def of(code: str, day: date) -> Month:
        key = (code, first_of(day))
        return found.setdefault(key, Month(*key))

    for one in reports:
        for code in one.areas:
            of(code, one.reported).reported += 1
            if one.closed is not None and one.ending not in NO_WORK:
                _count_closed(of(code, one.closed), one, one.closed)
    return [found[key] for key in sorted(found)]


def _count_closed(month: Month, one: Seen, closed: date) -> None:
    month.closed += 1
    month.reopened += one.reopened > 0
    if one.promised is not None:
        month.promised += 1
        month.in_time += closed <= one.promised
    if one.ending == SOLVED:
        month.solved += 1
        month.at_once += not one.reopened
    if one.working_days is not None:
        month.days.append(one.working_days)


def answers(reports: Iterable[Seen]) -> list[tuple[str, str, int, int]]:
    """Count per district and quarter how many reporters answered whether it is solved, and how many said yes."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for one in reports:
        if one.satisfied is None or one.judged_on is None:
            continue
        for code in (area for area in one.areas if area.startswith("WK")):
            cell = found[code, quarter_of(one.judged_on)]
            cell[0] += 1
            cell[1] += one.satisfied
    return [(code, quarter, asked, yes) for (code, quarter), (asked, yes) in sorted(found.items())]


def middles(places: Iterable[tuple[float, float]], sizes: Iterable[int]) -> Iterator[tuple[float, float]]:
    """Give the middle of the square that each place lies in; places and sizes in metres on a plane."""
    for (x, y), size in zip(places, sizes, strict=True):
        yield (x // size + 0.5) * size, (y // size + 0.5) * size

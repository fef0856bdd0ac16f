"""When a report will be solved: what happened to earlier ones of the same kind, said as a day that is mostly kept.

The course of a kind is a hazard per working day: which share of what was still open that morning was solved that day.
It is counted as Kaplan and Meier do, so that reports that are still open (censored) and reports that came into sight
late (left truncation) count for exactly the days on which they were seen. Few reports of a kind say little, so each
kind leans on the coarser one above it: all, main category, category, team, season of the year. How hard it leans, and
how fast old news fades, is chosen by what foretells later reports best.

The day that is promised is then corrected (conformal calibration): the course of a kind is learned without some weeks,
promises are made for those weeks, and the level is set at which four out of five are kept. Pure.

Sources: Kaplan and Meier (1958); Angelopoulos et al., Conformal Risk Control (2022), for choosing the level.
"""

import json
import struct
from base64 import b64decode, b64encode
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from typing import Any

import numpy as np

KEPT = 0.80  # share of the promises that is to be kept
HORIZON = 65  # working days, a quarter of a year: beyond it nothing is promised
LEANS = (5.0, 20.0, 60.0)  # how many reports of the coarser kind weigh as much as its own
FADES = (0.0, 365.0, 90.0)  # days after which a report counts half; 0 never
FOLDS = 5
FEWEST = 60  # reports with an outcome, under which nothing is learned
FEWEST_OF_A_KIND = 40  # to set a level of its own
WIDEST_APART = 0.15  # how far such a level may be from that of all
STEPS = 65_535
NEWS = 45.0  # days after which a kept or broken promise counts half when the level is set
LEVELS = np.round(np.arange(0.50, 0.981, 0.01), 2)
LEVEL_OF_LIKELIEST = 0.5
SEASONS = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring",
           6: "summer", 7: "summer", 8: "summer", 9: "autumn", 10: "autumn", 11: "autumn"}  # fmt: skip
BREAK = "\x1f"

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """The working days of some years, numbered: counting between two days is one subtraction."""

    first: date
    until: np.ndarray  # (n,) how many working days there were up to and with each day

    def between(self, start: date, end: date) -> int:
        """Count the working days after `start` up to and with `end`."""
        return int(self.until[self._at(end)] - self.until[self._at(start)])

    def after(self, start: date, days: int) -> date:
        """Give the working day that is so many working days after `start`; 0 is `start` itself, or the first after."""
        wanted = self.until[self._at(start)] + days
        if days == 0 and not self.is_one(start):
            wanted += 1
        elif days == 0:
            return start
        return self.first + timedelta(days=int(np.searchsorted(self.until, wanted)))

    def is_one(self, day: date) -> bool:
        """Tell whether a day is a working day."""
        return bool(self.until[self._at(day)] > self.until[self._at(day) - 1])

    def _at(self, day: date) -> int:
        return min(max((day - self.first).days, 1), len(self.until) - 1)


def working_days(is_working: Callable[[date], bool], *, first: date, last: date) -> WorkingDays:
    """Number the working days from `first` to `last`."""
    days = (last - first).days + 1
    flags = [is_working(first + timedelta(days=number)) for number in range(days)]
    return WorkingDays(first, np.cumsum(flags))


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to one report.

    path: main category, category, team ("" is unknown), season. day: on which it was made. seen_from: working days
    after which it was first in sight, -1 when from the start. lasted: working days until it was solved, or until it
    was last known to be open. solved: whether it was.
    """

    path: Path
    day: date
    seen_from: int
    lasted: int
    solved: bool


def path_of(main: str, category: str, team: str, day: date) -> Path:
    """Say by what a report is compared: kind, team and season."""
    return (main, category, team, SEASONS[day.month])


def past_of(
    path: Path, *, day: date, seen: date | None, closed: date | None, known_until: date, calendar: WorkingDays
) -> Past | None:
    """Put a report on the line of working days; None when nothing of it can be counted.

    seen: the first day on which it was in sight, None when it was followed from the start. known_until: the last day
    on which it was known to be open. A report that was found closed before it was last seen open came back: its end
    is not known.
    """
    if closed is not None and closed < known_until:
        closed = None
    end = closed or known_until
    lasted = calendar.between(day, end)
    since = -1 if seen is None else calendar.between(day, seen)
    return Past(path, day, since, lasted, closed is not None) if lasted > since else None


@dataclass(frozen=True, slots=True)
class Expected:
    """What is foretold of a kind, in working days from the day it was reported; None: no such day within the horizon.

    p50: half of them are solved by then. p80: the promise. n: reports of this kind that it stands on. path: the kind.
    """

    p50: int | None
    p80: int | None
    n: int
    path: Path


@dataclass(frozen=True, slots=True)
class Kind:
    """What was learned of a kind: how many reports, and the share solved by the end of each working day.

    course: HORIZON + 1 shares, 0 to 1, never falling.
    """

    n: int
    course: tuple[float, ...]

    def within(self, level: float, since: int) -> int | None:
        """Give the working day by which a share is solved of those that are open at the end of day `since`."""
        if since >= HORIZON:
            return None
        before = self.course[since] if since >= 0 else 0.0
        day = bisect_left(self.course, before + level * (1 - before) - 1e-9)
        return max(day, since + 1) if day <= HORIZON else None


@dataclass(frozen=True, slots=True)
class Fit:
    """What was learned: per path, and each beginning of one, its course.

    levels: per main category the level that keeps four out of five; "" is all others.
    """

    kinds: Mapping[Path, Kind]
    levels: Mapping[str, float]
    lean: float
    fade: float
    n: int
    solved: int
    first: date
    last: date

    def expect(self, path: Path, *, since: int = -1) -> Expected:
        """Give what is expected of a kind, or of the nearest coarser one that is known.

        since: the working day at the end of which it was still open; -1 is new.
        """
        known = next(path[:length] for length in range(len(path), -1, -1) if path[:length] in self.kinds)
        kind, level = self.kinds[known], self.levels.get(path[0], self.levels[""])
        return Expected(kind.within(LEVEL_OF_LIKELIEST, since), kind.within(level, since), kind.n, known)

    def to_json(self) -> bytes:
        """Write it small: courses in steps of 1/65,535."""
        kinds = {BREAK.join(path): [kind.n, _packed(kind.course)] for path, kind in self.kinds.items()}
        facts = {"lean": self.lean, "fade": self.fade, "n": self.n, "solved": self.solved}
        days = {"first": self.first.isoformat(), "last": self.last.isoformat()}
        return json.dumps({"kinds": kinds, "levels": dict(self.levels), **facts, **days}).encode()


def _packed(course: Sequence[float]) -> str:
    return b64encode(struct.pack(f"<{len(course)}H", *(round(share * STEPS) for share in course))).decode()


def _unpacked(text: str) -> tuple[float, ...]:
    content = b64decode(text)
    return tuple(step / STEPS for step in struct.unpack(f"<{len(content) // 2}H", content))


def fit_from(content: bytes) -> Fit:
    """Read back what was learned."""
    told: dict[str, Any] = json.loads(content)
    packed = told.pop("kinds").items()
    kinds = {tuple(key.split(BREAK)) if key else (): Kind(n, _unpacked(text)) for key, (n, text) in packed}
    first, last = (date.fromisoformat(told.pop(name)) for name in ("first", "last"))
    return Fit(kinds=kinds, first=first, last=last, **told)


@dataclass(frozen=True, slots=True)
class _Cases:
    """Reports as arrays, (n,) each; nodes: per depth the number of the kind of each report, -1 where it is unknown."""

    nodes: Sequence[np.ndarray]
    names: Sequence[Sequence[Path]]
    since: np.ndarray
    lasted: np.ndarray
    solved: np.ndarray
    age: np.ndarray
    week: np.ndarray

    def __len__(self) -> int:
        return len(self.lasted)


def _cases(pasts: Sequence[Past], today: date) -> _Cases:
    nodes, names = [], []
    for depth in range(len(pasts[0].path) + 1):
        known: dict[Path, int] = {}
        place = [_number(known, past.path[:depth]) for past in pasts]
        nodes.append(np.array(place))
        names.append(list(known))
    return _Cases(
        nodes,
        names,
        np.clip([past.seen_from for past in pasts], -1, HORIZON),
        np.clip([past.lasted for past in pasts], 0, HORIZON + 1),
        np.array([past.solved for past in pasts]) & (np.array([past.lasted for past in pasts]) <= HORIZON),
        np.array([(today - past.day).days for past in pasts], dtype=float),
        np.array([past.day.toordinal() // 7 for past in pasts]),
    )


def _number(known: dict[Path, int], path: Path) -> int:
    if path and not path[-1]:
        return -1
    return known.setdefault(path, len(known))


def _weights(cases: _Cases, fade: float) -> np.ndarray:
    return np.ones(len(cases)) if not fade else np.asarray(0.5 ** (cases.age / fade))


def _courses(cases: _Cases, weights: np.ndarray, lean: float) -> list[np.ndarray]:
    """Give per depth the hazards (kinds, HORIZON + 1), each kind leaning on the coarser one above it."""
    found: list[np.ndarray] = []
    above = np.full((1, HORIZON + 1), 0.02)  # before anything is known: one in fifty a day
    parents = np.zeros(len(cases), dtype=int)
    for depth, nodes in enumerate(cases.nodes):
        kinds = len(cases.names[depth])
        solved, seen = _counted(cases, nodes, weights, kinds)
        of = np.zeros(kinds, dtype=int)
        good = nodes >= 0
        of[nodes[good]] = parents[good]
        found.append((solved + lean * above[of]) / (seen + lean))
        # a kind that is unknown at this depth (no team) hands down the one above it
        above = np.concatenate([found[-1], above]) if not good.all() else found[-1]
        parents = np.where(good, nodes, kinds + parents) if not good.all() else nodes
    return found


def _counted(cases: _Cases, nodes: np.ndarray, weights: np.ndarray, kinds: int) -> tuple[np.ndarray, np.ndarray]:
    """Count per kind and working day how many were solved, and how many were in sight and open."""
    solved = np.zeros((kinds, HORIZON + 3))
    seen = np.zeros((kinds, HORIZON + 3))
    good = (nodes >= 0) & (weights > 0)
    ended = good & cases.solved
    np.add.at(solved, (nodes[ended], cases.lasted[ended]), weights[ended])
    np.add.at(seen, (nodes[good], cases.since[good] + 1), weights[good])
    np.add.at(seen, (nodes[good], cases.lasted[good] + 1), -weights[good])
    return solved[:, : HORIZON + 1], np.maximum(np.cumsum(seen, axis=1), 0)[:, : HORIZON + 1]


def _solved_by(hazards: np.ndarray) -> np.ndarray:
    """Give the share that is solved by the end of each working day."""
    return np.asarray(1 - np.cumprod(1 - np.clip(hazards, 0, 1), axis=-1))


def _finest(cases: _Cases, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give for each of the rows the depth and number of its finest kind."""
    depth = np.zeros(len(rows), dtype=int)
    node = cases.nodes[0][rows]
    for level in range(1, len(cases.nodes)):
        here = cases.nodes[level][rows]
        depth, node = np.where(here >= 0, level, depth), np.where(here >= 0, here, node)
    return depth, node


def _course_of(cases: _Cases, courses: Sequence[np.ndarray], rows: np.ndarray) -> np.ndarray:
    """Give the hazards of each of the rows, (rows, HORIZON + 1)."""
    depth, node = _finest(cases, rows)
    found = np.empty((len(rows), HORIZON + 1))
    for level, hazards in enumerate(courses):
        chosen = depth == level
        found[chosen] = hazards[node[chosen]]
    return found


def _surprise(cases: _Cases, hazards: np.ndarray, rows: np.ndarray) -> float:
    """Say how badly hazards foretold what happened, per report: minus the mean log likelihood."""
    hazards = np.clip(hazards, 1e-6, 1 - 1e-6)
    alive = np.cumsum(np.log1p(-hazards), axis=1)
    at, lasted, since = np.arange(len(rows)), np.minimum(cases.lasted[rows], HORIZON), cases.since[rows]
    ended = cases.solved[rows]
    stayed = alive[at, lasted] - np.where(since >= 0, alive[at, np.maximum(since, 0)], 0.0)
    last = np.log(hazards[at, lasted]) - np.log1p(-hazards[at, lasted])
    return float(-(stayed + np.where(ended, last, 0.0)).mean())


def _unseen(cases: _Cases, *, lean: float, fade: float) -> np.ndarray:
    """Give the hazards of each report as learned from the weeks of others: what was foretold without knowing it."""
    fold = cases.week % FOLDS
    weights = _weights(cases, fade)
    found = np.empty((len(cases), HORIZON + 1))
    for number in range(FOLDS):
        rows = np.flatnonzero(fold == number)
        if len(rows):
            courses = _courses(cases, np.where(fold == number, 0.0, weights), lean)
            found[rows] = _course_of(cases, courses, rows)
    return found


def learn(pasts: Sequence[Past], *, today: date) -> Fit | None:
    """Learn when reports are solved; None when too few have an outcome.

    today: what is known of them then.
    """
    if sum(past.solved for past in pasts) < FEWEST:
        return None
    cases = _cases(pasts, today)
    rows = np.arange(len(cases))
    tried = {pair: _unseen(cases, lean=pair[0], fade=pair[1]) for pair in product(LEANS, FADES)}
    lean, fade = min(tried, key=lambda pair: _surprise(cases, tried[pair], rows))
    levels = _levels(cases, pasts, _solved_by(tried[lean, fade]))
    kinds = _kinds(cases, _courses(cases, _weights(cases, fade), lean))
    days = [past.day for past in pasts]
    solved = int(cases.solved.sum())
    return Fit(kinds, levels, lean, fade, len(pasts), solved, min(days), max(days))


def _levels(cases: _Cases, pasts: Sequence[Past], courses: np.ndarray) -> dict[str, float]:
    """Find per main category the level at which nearest to four out of five promises were kept; "" is all others."""
    mains = np.array([past.path[0] for past in pasts])
    found = {"": _level(cases, courses, np.arange(len(cases)), LEVELS)}
    for main in sorted(set(mains)):
        rows = np.flatnonzero(mains == main)
        if cases.solved[rows].sum() >= FEWEST_OF_A_KIND:
            near = LEVELS[np.abs(LEVELS - found[""]) <= WIDEST_APART]
            found[str(main)] = _level(cases, courses, rows, near)
    return found


def _level(cases: _Cases, courses: np.ndarray, rows: np.ndarray, levels: np.ndarray) -> float:
    since, lasted, solved = cases.since[rows], cases.lasted[rows], cases.solved[rows]
    weights = 0.5 ** (cases.age[rows] / NEWS)

    def off(level: float) -> float:
        promised = _days_within(courses[rows], since, level)
        return abs(kept_share(since, lasted, solved, promised, weights) - KEPT)

    return float(min(levels, key=off))


def _days_within(courses: np.ndarray, since: np.ndarray, level: float) -> np.ndarray:
    """Give for each row the working day by which a share of those open at `since` is solved; over HORIZON: never."""
    before = np.where(since >= 0, courses[np.arange(len(courses)), np.maximum(since, 0)], 0.0)
    reached = courses >= (before + level * (1 - before) - 1e-9)[:, None]
    day = np.where(reached.any(axis=1), reached.argmax(axis=1), HORIZON + 1)
    return np.asarray(np.maximum(day, since + 1))


def kept_share(
    since: np.ndarray,
    lasted: np.ndarray,
    solved: np.ndarray,
    promised: np.ndarray,
    weights: np.ndarray | None = None,
) -> float:
    """Give the share of promises that is kept, also counting reports that are still open.

    since, lasted, promised: (n,) working days; solved: (n,) booleans; weights: (n,), None is alike. Kaplan-Meier on the
    time since the promise as a part of what was promised: a report that is open before its day says only that it was
    not solved until then. NaN without any.
    """
    if not len(lasted):
        return float("nan")
    part = (lasted - since) / np.maximum(promised - since, 1)
    weights = np.ones(len(part)) if weights is None else weights
    moments, at = np.unique(part, return_inverse=True)
    gone = np.bincount(at, weights=weights * solved)
    left = np.cumsum(np.bincount(at, weights=weights)[::-1])[::-1]
    share = (gone / left)[moments <= 1.0]
    return float(1 - np.prod(1 - share))


def _kinds(cases: _Cases, hazards: Sequence[np.ndarray]) -> dict[Path, Kind]:
    found: dict[Path, Kind] = {}
    for depth, some in enumerate(hazards):
        nodes = cases.nodes[depth]
        counts = np.bincount(nodes[nodes >= 0], minlength=len(some))
        steps = np.round(_solved_by(some) * STEPS).astype(int).tolist()
        for at, path in enumerate(cases.names[depth]):
            found[path] = Kind(int(counts[at]), tuple(step / STEPS for step in steps[at]))
    return found


@dataclass(slots=True)
class Score:
    """How promises did on reports that were held back: arrays of one length, (n,), in working days.

    since: when the promise was made. promised: HORIZON + 1 when there was no day.
    """

    since: np.ndarray
    lasted: np.ndarray
    solved: np.ndarray
    promised: np.ndarray
    likely: np.ndarray
    mains: np.ndarray

    @property
    def made(self) -> int:
        """Count the promises."""
        return len(self.lasted)

    @property
    def kept(self) -> int:
        """Count those of which it is known that they were kept."""
        return int((self.solved & (self.lasted <= self.promised)).sum())

    @property
    def broken(self) -> int:
        """Count those of which it is known that they were not."""
        return int((self.lasted > self.promised).sum())

    @property
    def unknown(self) -> int:
        """Count those that are open before their day."""
        return self.made - self.kept - self.broken

    @property
    def share(self) -> float:
        """Give the share that is kept, also counting those of which nobody knows yet."""
        return kept_share(self.since, self.lasted, self.solved, self.promised)

    @property
    def share_of_likely(self) -> float:
        """Give the share that is solved by the day of the likeliest half."""
        return kept_share(self.since, self.lasted, self.solved, self.likely)

    @property
    def median_days(self) -> float:
        """Give the promise in the middle, in working days."""
        return float(np.median(self.promised)) if self.made else float("nan")

    def of(self, main: str) -> "Score":
        """Give the score of one main category."""
        return self._of(self.mains == main)

    def _of(self, rows: np.ndarray) -> "Score":
        return Score(
            self.since[rows],
            self.lasted[rows],
            self.solved[rows],
            self.promised[rows],
            self.likely[rows],
            self.mains[rows],
        )


def score(fit: Fit, pasts: Sequence[Past]) -> Score:
    """Hold promises, made when each report came into sight, against what happened."""
    told = [fit.expect(past.path, since=past.seen_from) for past in pasts]
    return Score(
        np.array([past.seen_from for past in pasts], dtype=int),
        np.array([past.lasted for past in pasts], dtype=int),
        np.array([past.solved for past in pasts], dtype=bool),
        np.array([HORIZON + 1 if one.p80 is None else one.p80 for one in told], dtype=int),
        np.array([HORIZON + 1 if one.p50 is None else one.p50 for one in told], dtype=int),
        np.array([past.path[0] for past in pasts], dtype=str),
    )


def together(scores: Sequence[Score]) -> Score:
    """Lay scores of several rounds together."""
    names = ("since", "lasted", "solved", "promised", "likely", "mains")
    return Score(*(np.concatenate([getattr(one, name) for one in scores]) for name in names))


@dataclass(frozen=True, slots=True)
class Told:
    """A report as the record has it now; `as_known` says what was known of it on an earlier day."""

    path: Path
    day: date
    seen: date | None
    closed: date | None
    known_until: date

    def as_known(self, on: date, calendar: WorkingDays) -> Past | None:
        """Say what was known at the end of a day: None before it was in sight."""
        if (self.seen or self.day) > on:
            return None
        closed = self.closed if self.closed is not None and self.closed <= on else None
        until = min(self.known_until, on)
        return past_of(self.path, day=self.day, seen=self.seen, closed=closed, known_until=until, calendar=calendar)


@dataclass(frozen=True, slots=True)
class Round:
    """A step of looking back: learned from what was known on a day, held against what was reported from then on."""

    on: date
    until: date
    learned_from: int
    score: Score


def look_back(told: Sequence[Told], *, starts: Sequence[date], until: date, calendar: WorkingDays) -> list[Round]:
    """Learn again at each of the days from what was known then, and score the promises until the next.

    until: the day up to which outcomes are known. Rounds with too little to learn from, or to test, are left out.
    """
    rounds = []
    for start, end in zip(starts, [*starts[1:], until], strict=True):
        eve = start - timedelta(days=1)
        known = [past for one in told if one.day < start and (past := one.as_known(eve, calendar))]
        tested = [past for one in told if start <= one.day < end and (past := one.as_known(until, calendar))]
        fit = learn(known, today=start)
        if fit is not None and tested:
            rounds.append(Round(start, end, len(known), score(fit, tested)))
    return rounds

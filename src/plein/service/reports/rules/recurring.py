"""Where the same thing breaks again and again: more often than the kind, the area and how busy the spot is explain.

Reports of one kind at one spot within a fortnight of each other, or while an earlier one is open, are one episode: ten
people who see the same dark lamp are no cause. A spot is a thing (a lamp post with a number), or else a circle of 25 m.
What may be expected at a spot is the share of its area, times how busy it is with all other kinds. A spot is a cause
when its episodes would hardly ever be chance (Poisson), with at most one in twenty of the list being so by chance.
Pure.

Source: Benjamini and Hochberg (1995), for lists of many spots.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, exp, floor, hypot, radians

SPOT_M = 25.0
QUIET = timedelta(days=14)  # without a report, after which the next one is a new episode
FEWEST = 3  # episodes
BY_CHANCE = 0.05  # of the list
STEADY = 2.0  # episodes of other kinds that every spot is given, so that a quiet spot is not infinitely quiet
METRES_A_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Event:
    """A report as it matters here. kind: its category; thing: the key of the object, "" is none; ending: "" is open.

    closed: None is open.
    """

    key: str
    kind: str
    thing: str
    lon: float
    lat: float
    area: str
    day: date
    closed: date | None = None
    ending: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """A spot where something comes back.

    spot: the key of a thing, or "" for a circle around lon, lat. expected: episodes that would be usual here.
    chance: of this many or more when nothing is the matter. endings: what was done, by how often. open: reports now.
    """

    kind: str
    spot: str
    lon: float
    lat: float
    area: str
    episodes: int
    reports: int
    expected: float
    chance: float
    first: date
    last: date
    endings: Mapping[str, int]
    open: int
    keys: tuple[str, ...]

    @property
    def times(self) -> float:
        """Say how many times more often than usual."""
        return self.episodes / max(self.expected, 1e-9)


@dataclass(slots=True)
class _Spot:
    kind: str
    thing: str
    events: list[Event]

    @property
    def area(self) -> str:
        return Counter(event.area for event in self.events).most_common(1)[0][0]


def causes(events: Iterable[Event]) -> list[Cause]:
    """Find the spots where the same comes back, the least likely by chance first."""
    held = sorted(events, key=lambda event: (event.day, event.key))
    spots = [spot for kind, some in _by_kind(held).items() for spot in _spots(kind, some)]
    counted = [(spot, episodes(spot.events)) for spot in spots]
    found = [
        _judged(spot, count, expected) for (spot, count), expected in zip(counted, _expected(counted), strict=True)
    ]
    return _unlikely(found)


def _by_kind(events: Sequence[Event]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        found[event.kind].append(event)
    return found


def _spots(kind: str, events: Sequence[Event]) -> Iterator[_Spot]:
    """Gather events of a kind at the same thing, and what lies loose in circles, the fullest circle first."""
    things: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        if event.thing:
            things[event.thing].append(event)
    for thing, some in things.items():
        yield _Spot(kind, thing, some)
    yield from _circles(kind, [event for event in events if not event.thing])


def _circles(kind: str, loose: Sequence[Event]) -> Iterator[_Spot]:
    grid = _Grid(loose)
    near = {number: grid.near(event) for number, event in enumerate(loose)}
    free = set(near)
    for number in sorted(near, key=lambda one: (-len(near[one]), one)):
        if number not in free:
            continue
        members = sorted(near[number] & free)
        free -= set(members)
        yield _Spot(kind, "", [loose[member] for member in members])


class _Grid:
    """Finds what lies within SPOT_M of a point, by squares of that size."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.events = events
        self.wide = METRES_A_DEGREE * cos(radians(events[0].lat)) if events else METRES_A_DEGREE
        self.squares: dict[tuple[int, int], list[int]] = defaultdict(list)
        for number, event in enumerate(events):
            self.squares[self._square(event)].append(number)

    def _square(self, event: Event) -> tuple[int, int]:
        return floor(event.lon * self.wide / SPOT_M), floor(event.lat * METRES_A_DEGREE / SPOT_M)

    def near(self, event: Event) -> set[int]:
        column, row = self._square(event)
        around = [(column + x, row + y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        return {
            number
            for square in around
            for number in self.squares.get(square, ())
            if self._apart_m(event, self.events[number]) <= SPOT_M
        }

    def _apart_m(self, one: Event, other: Event) -> float:
        return hypot((one.lon - other.lon) * self.wide, (one.lat - other.lat) * METRES_A_DEGREE)


def episodes(events: Sequence[Event]) -> int:
    """Count how often something began anew; events: by day.

    A report while an earlier one is open, or within a fortnight of an earlier one, is about the same.
    """
    count, busy_until = 0, date.min
    for event in events:
        if event.day > busy_until:
            count += 1
        busy_until = max(busy_until, event.day + QUIET, event.closed or date.max)
    return count


def _expected(counted: Sequence[tuple[_Spot, int]]) -> list[float]:
    """Give for each spot the episodes that are usual: the mean of its kind in its area, times how busy the place is."""
    of_kind: Counter[tuple[str, str]] = Counter()
    places: dict[str, set[tuple[int, int]]] = defaultdict(set)
    here: Counter[tuple[int, int]] = Counter()
    in_area: Counter[str] = Counter()
    for spot, count in counted:
        area, square = spot.area, _square_of(spot)
        of_kind[spot.kind, area] += count
        places[area].add(square)
        here[square] += count
        in_area[area] += count
    own = Counter[tuple[str, tuple[int, int]]]()
    for spot, count in counted:
        own[spot.kind, _square_of(spot)] += count
    found = []
    for spot, _ in counted:
        area, square = spot.area, _square_of(spot)
        mean = of_kind[spot.kind, area] / len(places[area])
        others = here[square] - own[spot.kind, square]
        usual = (in_area[area] - of_kind[spot.kind, area]) / len(places[area])
        found.append(mean * (others + STEADY) / (usual + STEADY))
    return found


def _square_of(spot: _Spot) -> tuple[int, int]:
    """Name the square of twice the size of a spot that it lies in: where other kinds happen too."""
    event = spot.events[0]
    size = 2 * SPOT_M
    return (
        floor(event.lon * METRES_A_DEGREE * cos(radians(round(event.lat, 1))) / size),
        floor(event.lat * METRES_A_DEGREE / size),
    )


def chance_of(count: int, expected: float) -> float:
    """Give the chance of so many or more when so many are expected (Poisson)."""
    term, below = exp(-expected), 0.0
    for number in range(count):
        below += term
        term *= expected / (number + 1)
    if below < 1 - 1e-9:
        return 1 - below
    tail = 0.0  # small: add up what is left, so that it is no difference of nearly equal numbers
    number = count
    while term > tail * 1e-12 and term > 0:
        tail += term
        number += 1
        term *= expected / number
    return tail


def _judged(spot: _Spot, count: int, expected: float) -> Cause:
    days = [event.day for event in spot.events]
    return Cause(
        kind=spot.kind,
        spot=spot.thing,
        lon=sum(event.lon for event in spot.events) / len(spot.events),
        lat=sum(event.lat for event in spot.events) / len(spot.events),
        area=spot.area,
        episodes=count,
        reports=len(spot.events),
        expected=expected,
        chance=chance_of(count, expected),
        first=min(days),
        last=max(days),
        endings=dict(Counter(event.ending for event in spot.events if event.ending)),
        open=sum(not event.ending for event in spot.events),
        keys=tuple(event.key for event in spot.events),
    )


def _unlikely(found: Sequence[Cause]) -> list[Cause]:
    """Keep the causes, so that at most one in twenty of them is chance (Benjamini-Hochberg over all spots)."""
    ranked = sorted(found, key=lambda cause: (cause.chance, cause.kind, cause.first, cause.keys))
    last = 0
    for rank, cause in enumerate(ranked, start=1):
        if cause.chance <= BY_CHANCE * rank / len(ranked):
            last = rank
    return [cause for cause in ranked[:last] if cause.episodes >= FEWEST]

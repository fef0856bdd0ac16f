"""The years of the demo town: how often what is reported, when in the year, and how long it takes."""

import math
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from plein.foundation.clock import TOWN

DAYS = 730
PER_DAY = 5.2
HOURS = (1, 0, 0, 0, 0, 1, 3, 7, 11, 12, 11, 10, 9, 9, 9, 8, 8, 8, 8, 9, 8, 6, 4, 2)
OF_WEEKDAY = (1.25, 1.15, 1.1, 1.05, 1.0, 0.75, 0.7)


@dataclass(frozen=True, slots=True)
class Course:
    """How a category goes: its share, the month it peaks in (0 is none) with how strongly, and its median days."""

    share: float
    days: float
    peak: int = 0
    force: float = 0.0


COURSES = {
    "lamp-uit": Course(9, 3.5, 12, 0.9),
    "lamp-gevaar": Course(0.6, 0.5),
    "gat-in-weg": Course(5, 4, 2, 0.6),
    "stoep-ongelijk": Course(8, 12),
    "gladheid": Course(1.5, 0.4, 1, 1.0),
    "put-verstopt": Course(4, 4, 10, 0.4),
    "rioollucht": Course(1.5, 3, 7, 0.5),
    "sloot-vervuild": Course(1.6, 1, 8, 0.8),
    "brug-sluis": Course(0.8, 11),
    "bord-stuk": Course(3, 8),
    "stoplicht-stoort": Course(1, 0.4),
    "parkeren-fout": Course(6, 2),
    "fiets-wrak": Course(3, 16),
    "afvalbak-vol": Course(7, 1.2, 7, 0.5),
    "container-stuk": Course(6, 1.1),
    "afval-naast": Course(11, 1.4),
    "zwerfvuil": Course(5, 2.2, 6, 0.3),
    "vuurwerkafval": Course(0.4, 4, 1, 1.0),
    "gevaarlijk-afval": Course(0.6, 0.5),
    "boom-gevaar": Course(1, 0.6, 11, 0.4),
    "boom-snoeien": Course(5, 24, 6, 0.5),
    "onkruid": Course(5, 11, 7, 0.95),
    "bladeren": Course(3.5, 7, 11, 1.0),
    "plantsoen": Course(1.5, 20),
    "eikenprocessierups": Course(1.6, 4, 6, 1.0),
    "ratten": Course(3, 4, 9, 0.3),
    "dood-dier": Course(1.2, 0.5),
    "hondenpoep": Course(2, 4),
    "bank-stuk": Course(1.6, 13, 5, 0.3),
    "speeltoestel": Course(1.5, 4, 5, 0.4),
    "graffiti": Course(2, 6),
    "geluid-horeca": Course(1.5, 4, 7, 0.6),
    "jongeren": Course(1.8, 4, 7, 0.5),
    "stank-rook": Course(1, 4, 1, 0.5),
    "bouwplaats": Course(1.8, 2.5),
    "spoor": Course(0.5, 1),
    "elektriciteitskast": Course(0.6, 1),
    "overig": Course(2.5, 5),
}
ENDINGS = (("solved", 80), ("no-fault", 9), ("known-planned", 5), ("will-not", 6))
STORMS = 3  # a year


def season(course: Course, day: date) -> float:
    """Say how much busier a category is on a day than over the year."""
    if not course.peak:
        return 1.0
    months = (day.month + day.day / 30 - course.peak - 0.5 + 6) % 12 - 6
    wave = math.exp(-((months / 1.6) ** 2))
    return (1 - course.force) + course.force * 3.2 * wave


def special(slug: str, day: date, storms: frozenset[date]) -> float:
    """Say what fireworks and storms do to a day."""
    if slug == "vuurwerkafval":
        return 60.0 if (day.month, day.day) in {(12, 31), (1, 1), (1, 2), (1, 3)} else 0.15
    if slug in ("boom-gevaar", "bord-stuk", "put-verstopt") and day in storms:
        return {"boom-gevaar": 70.0, "bord-stuk": 6.0, "put-verstopt": 8.0}[slug]
    return 1.0


def storm_days(rng: random.Random, first: date) -> frozenset[date]:
    """Choose the days on which it storms: between October and March, a few a year."""
    days = [first + timedelta(days=number) for number in range(DAYS)]
    cold = [day for day in days if day.month in (10, 11, 12, 1, 2, 3)]
    return frozenset(rng.sample(cold, STORMS * DAYS // 365))


def moments(rng: random.Random, *, now: datetime) -> list[tuple[datetime, str]]:
    """Choose when what was reported in the last two years, oldest first: moments with a slug."""
    first = now.astimezone(TOWN).date() - timedelta(days=DAYS)
    storms = storm_days(rng, first)
    slugs = list(COURSES)
    whole = sum(course.share for course in COURSES.values())
    found = []
    for number in range(DAYS + 1):
        day = first + timedelta(days=number)
        growth = 0.85 + 0.3 * number / DAYS
        weights = [COURSES[s].share / whole * season(COURSES[s], day) * special(s, day, storms) for s in slugs]
        count = _poisson(rng, PER_DAY * growth * OF_WEEKDAY[day.weekday()] * sum(weights))
        for slug in rng.choices(slugs, weights, k=count):
            at = datetime.combine(day, time(rng.choices(range(24), HOURS)[0], rng.randrange(60)), TOWN)
            if at < now:
                found.append((at, slug))
    return sorted(found)


def _poisson(rng: random.Random, mean: float) -> int:
    limit, count, chance = math.exp(-min(mean, 500)), 0, rng.random()
    while chance > limit:
        count, chance = count + 1, chance * rng.random()
    return count


def days_taken(rng: random.Random, slug: str) -> float:
    """Choose how many days a report took: mostly about the median of its category, now and then much longer."""
    return max(0.05, rng.lognormvariate(math.log(1.5 * COURSES[slug].days), 0.95))

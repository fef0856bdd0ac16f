"""The promised day of reports: how many promises are kept on reports that were held back, beside a fixed term."""

import csv
import gzip
import platform
import re
import time
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
import numpy as np

from plein.casework.cases.rules.terms import is_working_day
from plein.foundation.clock import TOWN
from plein.foundation.files import read_json
from plein.service.reports.rules import promise
from plein.service.reports.rules.promise import HORIZON, Past, Round, Score, Told, WorkingDays, path_of
from plein.site.benches import Figure, leave_out

FOLDER = Path("../shared/data/nuisance")
REPORTS, TERMS = "assen_meldingen_2026-05_2026-07.csv.gz", "assen_categorieen_signalen.json"
LAST = date(2026, 7, 14)  # outcomes after it are not in the file
STARTS = [date(2026, 6, 8) + timedelta(weeks=week) for week in range(5)]
ASKED = 20_000
DEFAULT_TERM = 5


def run(folder: Path) -> list[Figure]:
    """Look back over the reports of Assen, week by week, and time what a web process does."""
    calendar = promise.working_days(is_working_day, first=date(2024, 1, 1), last=date(2028, 12, 31))
    figures = [] if not (FOLDER / REPORTS).is_file() else _of_assen(calendar)
    if not figures:
        leave_out("promises kept in Assen", f"{FOLDER / REPORTS} is not there")
    return [*figures, *_of_an_invented_town(calendar)]


def _told(path: Path) -> list[Told]:
    """Read the reports as the source does: in sight from the first picture, known until the last."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for row in rows:
        made = datetime.fromisoformat(row["created_at"]).astimezone(UTC)
        day, seen = made.astimezone(TOWN).date(), date.fromisoformat(row["first_seen"])
        until = min(date.fromisoformat(row["last_seen_open"]), LAST)
        closed = date.fromisoformat(row["resolved_date"]) if row["resolved_date"] else None
        if closed is not None and closed < until:
            closed = None
        kind = path_of(row["category_slug"], row["subcategory_slug"], "", day)
        if seen <= LAST:
            found.append(Told(kind, day, seen, closed, closed or until))
    return found


def _of_assen(calendar: WorkingDays) -> list[Figure]:
    told = _told(FOLDER / REPORTS)
    began = time.process_time()
    rounds = promise.look_back(told, starts=STARTS, until=LAST, calendar=calendar)
    seconds = time.process_time() - began
    score = promise.together([one.score for one in rounds])
    fixed = _by_term(told, calendar)
    _tell(rounds, score, fixed)
    where = (
        f"Assen, {score.made} reports of {STARTS[0]:%d %b} to {LAST:%d %b %Y}, learned each week from what was known "
        f"before; {score.kept} kept, {score.broken} broken, {score.unknown} still open (Kaplan-Meier)"
    )
    busy = f"{platform.processor() or platform.machine()}, Python {platform.python_version()}"
    return [
        Figure("promises kept", score.share, "share", "higher", where),
        Figure("solved by the likeliest day", score.share_of_likely, "share", "higher", where),
        Figure("promise in the middle", score.median_days, "working days", "lower", where),
        Figure("kept with the fixed term", fixed.share, "share", "higher", "the same reports, the term in its message"),
        Figure("processor time of the five rounds", seconds, "s", "lower", f"{len(told):,} reports, {busy}"),
    ]


def _by_term(told: Sequence[Told], calendar: WorkingDays) -> Score:
    """Hold the term that the town tells reporters today against what happened to the same reports."""
    terms = {}
    for slug, one in read_json(FOLDER / TERMS).items():
        found = re.search(r"binnen (\d+) werkdag", one["handling_message"])
        terms[slug] = int(found[1]) if found else DEFAULT_TERM
    tested = [past for one in told if STARTS[0] <= one.day < LAST and (past := one.as_known(LAST, calendar))]
    days = [max(terms.get(past.path[1], DEFAULT_TERM), past.seen_from + 1) for past in tested]
    return _scored(tested, days)


def _scored(tested: Sequence[Past], days: Sequence[int]) -> Score:
    return Score(
        np.array([past.seen_from for past in tested]),
        np.array([past.lasted for past in tested]),
        np.array([past.solved for past in tested]),
        np.array(days),
        np.array(days),
        np.array([past.path[0] for past in tested]),
    )


def _tell(rounds: Sequence[Round], score: Score, fixed: Score) -> None:
    """Print the rounds and the groups on standard error: figures alone hide where it goes wrong."""
    for one in rounds:
        found = one.score
        click.echo(f"{one.on}: learned from {one.learned_from}, {_line(found)}", err=True)
    for main in sorted(set(score.mains.tolist())):
        click.echo(f"{main}: {_line(score.of(main))}; fixed term kept {fixed.of(main).share:.1%}", err=True)


def _line(score: Score) -> str:
    return (
        f"{score.made} promised, {score.kept} kept, {score.broken} broken, {score.unknown} open: "
        f"{score.share:.1%} kept, {score.share_of_likely:.1%} by the likeliest day, "
        f"{score.median_days:g} working days in the middle"
    )


def _of_an_invented_town(calendar: WorkingDays) -> list[Figure]:
    """Time a fit of two years of five kinds by four teams, and asking it."""
    rng = np.random.default_rng(11)
    start, count = date(2024, 7, 1), 20_000
    told = []
    for number in range(count):
        kind, team = number % 25, number % 4
        day = start + timedelta(days=int(rng.integers(0, 730)))
        slow = 1.6 if day.month in (10, 11) and kind < 5 else 1.0  # leaves
        closed = calendar.after(day, int(rng.geometric(1 / (slow * (1 + kind / 2)))))
        path = path_of(f"main-{kind % 5}", f"kind-{kind}", f"team-{team}", day)
        told.append(Told(path, day, None, closed, closed))
    today = start + timedelta(days=730)
    pasts = [past for one in told if (past := one.as_known(today, calendar))]
    began = time.process_time()
    fit = promise.learn(pasts, today=today)
    fitted = time.process_time() - began
    assert fit is not None
    content = fit.to_json()
    began = time.process_time()
    promise.fit_from(content)
    read = time.process_time() - began
    began = time.process_time()
    for number in range(ASKED):
        expected = fit.expect(told[number % count].path)
        calendar.after(today, expected.p80 or HORIZON)
    asked = (time.process_time() - began) / ASKED
    where = f"invented, {count:,} reports of 25 kinds by 4 teams in two years; processor time"
    return [
        Figure("learning two years", fitted, "s", "lower", where),
        Figure("what was learned", len(content) / 1e3, "kB", "lower", where),
        Figure("reading it", read * 1e3, "ms", "lower", where),
        Figure("promising a day", asked * 1e6, "µs", "lower", where),
    ]

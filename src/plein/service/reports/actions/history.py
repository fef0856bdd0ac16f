"""Learning from reports: when they are solved."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta

import plein.foundation.gate.door as gate
from plein.foundation.catalogue.errors import NotPublished
from plein.foundation.clock import TOWN, local_date
from plein.foundation.gate.errors import TooLittleToLearn
from plein.foundation.gate.trained import Measured, Quality, Trained
from plein.foundation.geo import places
from plein.foundation.identity.actors import Actor
from plein.foundation.words import Text
from plein.service.reports.models import Report
from plein.service.reports.queries.promising import calendar
from plein.service.reports.rules import promise
from plein.service.reports.rules.promise import Told, path_of
from plein.service.reports.sources.history import PRODUCT

ACTIVITY = "reports.learn"
ROUNDS = 6  # times that looking back learns anew
HELD_BACK = 0.5  # of the time there is, at the end
NO_END = ("merged", "withdrawn")  # says nothing about how long it takes
COLUMNS = ["reported_at", "main_category", "main_title", "category", "team", "seen_from", "closed_on", "known_until"]


def past_reports(*, by: Actor, now: datetime) -> tuple[list[Told], dict[str, Text]]:
    """Read the reports of before Plein of which it is known how long they lasted, and the names of their groups."""
    try:
        table = gate.read(
            PRODUCT,
            activity=ACTIVITY,
            columns=COLUMNS,
            where="outcome <> 'unknown' AND gemeente_code = ?",
            params=[places.home()],
            by=by,
            now=now,
        )
    except NotPublished:
        return [], {}
    told, names = [], {}
    for row in table.to_pylist():
        day = row["reported_at"].astimezone(TOWN).date()
        path = path_of(row["main_category"], row["category"], row["team"] or "", day)
        told.append(Told(path, day, row["seen_from"], row["closed_on"], row["known_until"]))
        names[row["main_category"]] = Text(row["main_title"], row["main_title"])
    return told, names


def own_reports(now: datetime) -> tuple[list[Told], dict[str, Text]]:
    """Read our own reports, without their text: a report that was merged or withdrawn has no end of its own."""
    yesterday = local_date(now) - timedelta(days=1)
    rows = Report.objects.filter(is_hidden=False, reported_at__lt=now)
    fields = ("reported_at", "closed_at", "ending", "category__main_slug", "category__slug", "zaak__team__key")
    named = rows.values_list("category__main_slug", "category__main_title_nl", "category__main_title_en").distinct()
    told = []
    for reported, closed, ending, main, category, team in (
        rows.order_by("pk").values_list(*fields).iterator(chunk_size=5000)
    ):
        day = local_date(reported)
        ended = local_date(closed) if closed else None
        path = path_of(main, category, team or "", day)
        if ended is not None and ending in NO_END:
            told.append(Told(path, day, None, None, max(day, ended - timedelta(days=1))))
        else:
            told.append(Told(path, day, None, ended, ended or max(day, yesterday)))
    return told, {slug: Text(nl, en or nl) for slug, nl, en in named}


def train_promise(*, by: Actor, now: datetime, told: Callable[[str], None]) -> Trained:
    """Learn on which day reports are solved, and look back how well that would have foretold the last part of the time.

    Raises TooLittleToLearn, and what the gate refuses.
    """
    past, names = past_reports(by=by, now=now)
    own, ours = own_reports(now)
    told(f"{len(past):,} reports of before Plein and {len(own):,} of our own")
    every, days = [*past, *own], calendar(now)
    until = min(local_date(now), max((one.known_until for one in every), default=local_date(now)))
    known = [case for one in every if (case := one.as_known(until, days)) is not None]
    fit = promise.learn(known, today=until)
    if fit is None:
        raise TooLittleToLearn(examples=sum(case.solved for case in known), needed=promise.FEWEST)
    told(f"learned from {fit.n:,} reports, {fit.solved:,} solved; looking back in {ROUNDS} rounds")
    rounds = promise.look_back(every, starts=starts(every, until), until=until, calendar=days)
    learned = Text(
        f"{fit.n} meldingen van {fit.first:%d-%m-%Y} tot en met {fit.last:%d-%m-%Y}, {fit.solved} met een einde",
        f"{fit.n} reports from {fit.first:%d-%m-%Y} to {fit.last:%d-%m-%Y}, {fit.solved} with an end",
    )
    return Trained(fit.to_json(), learned, quality_of(rounds, {**names, **ours}))


def starts(told: Iterable[Told], until: date) -> list[date]:
    """Choose the days on which looking back learns anew: evenly over the last part of the time there is."""
    seen = sorted((one.seen or one.day) for one in told)
    first = seen[len(seen) // 20] if seen else until  # the few oldest say nothing about how long there is data
    span = max(ROUNDS, round((until - first).days * HELD_BACK))
    return [until - timedelta(days=span - round(span * number / ROUNDS)) for number in range(ROUNDS)]


def quality_of(rounds: Sequence[promise.Round], names: dict[str, Text]) -> Quality:
    """Write what looking back found as figures, and per group of categories."""
    if not rounds:
        nothing = Text("Nog te weinig meldingen om vooruit te kijken.", "Too few reports yet to look ahead.")
        return Quality(on=nothing, n=0, figures=())
    score = promise.together([one.score for one in rounds])
    first, last = rounds[0].on, rounds[-1].until
    on = Text(
        f"meldingen van {first:%d-%m-%Y} tot {last:%d-%m-%Y}, telkens voorspeld uit wat daarvoor bekend was",
        f"reports from {first:%d-%m-%Y} to {last:%d-%m-%Y}, each foretold from what was known before",
    )
    mains = sorted(set(score.mains.tolist()))
    return Quality(
        on=on,
        n=score.made,
        figures=_figures(score),
        part=Text("Onderwerp", "Subject"),
        columns=(
            (Text("Beloften", "Promises"), "count"),
            (Text("Gehouden", "Kept"), "share"),
            (Text("Op de helft al klaar", "Done by the likeliest day"), "share"),
            (Text("Werkdagen, middelste belofte", "Working days, promise in the middle"), "days"),
        ),
        rows=[(names.get(main, Text(main, main)), _row(score.of(main))) for main in mains],
    )


def _figures(score: promise.Score) -> list[Measured]:
    return [
        Measured(
            "kept",
            Text("Beloften die zijn gehouden", "Promises that were kept"),
            round(score.share, 4),
            "share",
            Text("Bedoeld is 80%, van 75 tot 85%.", "80% is meant, from 75 to 85%."),
        ),
        Measured(
            "by-p50",
            Text("Opgelost binnen de dagen die wij 'meestal' noemen", "Solved within the days we call 'usually'"),
            round(score.share_of_likely, 4),
            "share",
            Text("Bedoeld is de helft of meer.", "Half or more is meant."),
        ),
        Measured("promises", Text("Beloften", "Promises"), score.made, "count"),
        Measured(
            "unknown",
            Text("Waarvan de uitkomst nog niet bekend is", "Of which the outcome is not known yet"),
            score.unknown,
            "count",
        ),
    ]


def _row(score: promise.Score) -> list[float | None]:
    if score.made < FEW:
        return [float(score.made), None, None, None]
    return [float(score.made), round(score.share, 4), round(score.share_of_likely, 4), score.median_days]


FEW = 20

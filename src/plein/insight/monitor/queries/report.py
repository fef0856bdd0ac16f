"""The council's report: one content, shown as a web page and set as a PDF."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from plein.foundation.ui.figures import number, said
from plein.insight.monitor.models import Selection, Standing
from plein.insight.monitor.queries import published, saying
from plein.insight.monitor.queries.board import Card, board, counts
from plein.insight.monitor.queries.drawing import decimals_of, line_drawing, nice_ticks


@dataclass(frozen=True, slots=True)
class Entry:
    """An indicator in the report."""

    title: str
    key: str
    status: str
    kind: str
    word: str
    value: str
    period: str
    reason: str
    sure: str
    definition: str
    source: str
    norm: str
    drawing: str
    alt: str
    rows: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A theme in the report."""

    title: str
    text: str
    done: int
    known: int
    goals: list[tuple[str, list[Entry]]]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything the report says, in one language."""

    title: str
    town: str
    day: date
    language: str
    summary: str
    counts: dict[str, int]
    behind: list[Entry]
    chapters: list[Chapter]
    method: list[str]


def report(*, language: str, day: date, selection: Selection | None = None) -> Report:
    """Write the report, of all indicators or of a selection."""
    themes = board(only=selection.indicators if selection else None)
    chapters = [
        Chapter(
            said(theme.theme.title),
            said(theme.theme.text),
            theme.done,
            theme.known,
            [(said(goal.goal.title), [_entry(card) for card in goal.cards]) for goal in theme.goals],
        )
        for theme in themes
    ]
    found = counts(themes)
    entries = [entry for chapter in chapters for _goal, listed in chapter.goals for entry in listed]
    town = published.home().name
    return Report(
        title=selection.title if selection else _("Where %(town)s stands") % {"town": town},
        town=town,
        day=day,
        language=language,
        summary=summary_sentence(found),
        counts=found,
        behind=[entry for entry in entries if entry.status == "behind"],
        chapters=chapters,
        method=method_sentences(),
    )


def summary_sentence(found: dict[str, int]) -> str:
    """Say in two sentences how the indicators stand."""
    return _(
        "Of the %(total)s indicators, %(on_track)s are on track and %(behind)s are behind. "
        "Of %(unknown)s we do not know it yet."
    ) % {"total": sum(found.values()), **found}


def method_sentences() -> list[str]:
    """Explain how a status comes about, in plain words."""
    return [
        _("A norm that is already in force is compared with the newest value: met or not met."),
        _(
            "A norm in a later year is compared with where the trend leads. We draw the line that lies in the middle "
            "of all lines between two measurements (Theil-Sen). One strange year hardly moves it."
        ),
        _(
            "We only follow that line when the order of the values is hard to explain by luck: a chance under 10% in "
            "the Mann-Kendall test. Otherwise we expect the middle of the last three values to stay."
        ),
        _(
            "A trend needs at least four measurements over at least three years, and the newest may be at most five "
            "years old. Otherwise the status is: not known yet."
        ),
        _(
            "A status is quite sure when the slowest and the fastest likely trend (the 90% interval) give the same "
            "answer."
        ),
    ]


def _entry(card: Card) -> Entry:
    version, standing = card.version, card.standing
    norm = _norm(standing)
    return Entry(
        title=said(version.title),
        key=version.indicator.key,
        status=standing.status if standing else "unknown",
        kind=card.kind,
        word=card.word,
        value=saying.amount(standing.latest if standing else None, version),
        period=card.period,
        reason=card.reason or _("There are no values yet."),
        sure=saying.sure_sentence(standing) if standing else "",
        definition=said(version.definition),
        source=said(version.source),
        norm=saying.amount(norm[1], version) if norm else "",
        drawing=drawing_of(card),
        alt=_alt(card),
        rows=[(saying.period_word(period), number(value, version.decimals)) for period, value in card.points.items()],
    )


def _norm(standing: Standing | None) -> tuple[int, float] | None:
    """Give the norm of a standing: its year and its value."""
    if standing is None or standing.norm_year is None or standing.norm is None:
        return None
    return standing.norm_year, standing.norm


def drawing_of(card: Card) -> str:
    """Draw the series of a card, with its norm and where the trend leads."""
    standing = card.standing
    norm = _norm(standing)
    expected = standing.expected if standing and norm else None
    if len(card.points) < 2:
        return ""
    ends = [*card.points.values(), *([norm[1]] if norm else []), *([expected] if expected is not None else [])]
    floor = 0.0 if 0 <= min(ends) < max(ends) * 0.6 else min(ends)
    ticks = nice_ticks(floor, max(ends))
    labels = {tick: number(tick, decimals_of(ticks)) for tick in ticks}
    return line_drawing(card.points, norm=norm, expected=expected, labels=labels)


def _alt(card: Card) -> str:
    """Say in words what the drawing shows."""
    if len(card.points) < 2:
        return ""
    periods = list(card.points)
    facts = {
        "title": said(card.version.title),
        "first": saying.amount(card.points[periods[0]], card.version),
        "from": saying.period_word(periods[0]),
        "last": saying.amount(card.points[periods[-1]], card.version),
        "until": saying.period_word(periods[-1]),
    }
    words = _("Line of %(title)s: from %(first)s in %(from)s to %(last)s in %(until)s.") % facts
    return f"{words} {card.reason}".strip()

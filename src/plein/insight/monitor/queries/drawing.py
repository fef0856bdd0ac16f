"""Small drawings of a series as SVG, for pages and for the PDF alike: no script, no library, classes beside attributes.

A style sheet may recolour by class (`ink`, `line`, `norm`, `ahead`, `grid`), and where the drawing is small leave out
every other year (`label--between`); without one the attributes hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from plein.insight.monitor import rules

INK, SOFT, LINE, GRID, NORM = "#1B2730", "#4A5862", "#0B5563", "#D9D6CC", "#A8412A"


@dataclass(frozen=True, slots=True)
class Frame:
    """The drawing surface in its own units, and the room left for labels."""

    width: float = 520.0
    height: float = 170.0
    left: float = 46.0
    right: float = 10.0
    top: float = 12.0
    bottom: float = 24.0


def spark(points: Mapping[str, float], *, width: float = 96.0, height: float = 28.0) -> str:
    """Give the corner points of a tiny line, for `<polyline points>`; empty for under two values."""
    if len(points) < 2:
        return ""
    times = [rules.moment(period) for period in points]
    values = list(points.values())
    low, high = min(values), max(values)
    span, length = (high - low) or 1.0, (times[-1] - times[0]) or 1.0
    return " ".join(
        f"{3 + (time - times[0]) / length * (width - 6):.1f},{height - 3 - (value - low) / span * (height - 6):.1f}"
        for time, value in zip(times, values, strict=True)
    )


def nice_ticks(low: float, high: float, *, most: int = 4) -> list[float]:
    """Choose round numbers that span a range: steps of 1, 2 or 5 times a power of ten."""
    if high <= low:
        high = low + (abs(low) or 1.0)
    rough = (high - low) / most
    power = 10.0 ** _exponent(rough)
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    first = int(low // step)
    ticks = [round((first + place) * step, 10) for place in range(most * 3)]
    last = next(place for place, tick in enumerate(ticks) if tick >= high - step * 1e-9)
    return ticks[: last + 1]


def decimals_of(ticks: Sequence[float]) -> int:
    """Tell how many decimals the ticks of an axis need, so that all are written alike."""
    return max((len(f"{tick:.6f}".rstrip("0").split(".")[1]) for tick in ticks), default=0)


def _exponent(value: float) -> int:
    from math import floor, log10

    return floor(log10(value))


def line_drawing(
    points: Mapping[str, float],
    *,
    norm: tuple[int, float] | None = None,
    expected: float | None = None,
    labels: Mapping[float, str] | None = None,
    frame: Frame = Frame(),
    decorative: bool = True,
) -> str:
    """Draw a series with its norm and where the trend leads, as an SVG document.

    labels: words for the ticks of the value axis; without them plain numbers.
    """
    if not points:
        return ""
    periods = sorted(points, key=rules.moment)
    times = [rules.moment(period) for period in periods]
    values = [points[period] for period in periods]
    ends = [*values, *([norm[1]] if norm else []), *([expected] if expected is not None else [])]
    floor = 0.0 if 0 <= min(ends) < max(ends) * 0.6 else min(ends)
    ticks = nice_ticks(floor, max(ends))
    last_time = max(times[-1], norm[0] + 0.5 if norm else times[-1])
    scale = _Scale(times[0], last_time, ticks[0], ticks[-1], frame)
    parts = [*_grid(ticks, scale, labels or {}), *_years(periods, norm, scale)]
    if norm:
        parts += _norm(norm, scale)
    parts += _line(times, values, scale)
    if norm and expected is not None:
        parts.append(
            f'<line class="ahead" x1="{scale.x(times[-1]):.1f}" y1="{scale.y(values[-1]):.1f}" '
            f'x2="{scale.x(norm[0] + 0.5):.1f}" y2="{scale.y(expected):.1f}" stroke="{LINE}" stroke-width="2" '
            'stroke-dasharray="5 4"/>'
        )
    hidden = ' aria-hidden="true" focusable="false"' if decorative else ""
    box = f'viewBox="0 0 {frame.width:g} {frame.height:g}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="drawing" {box}{hidden}>{"".join(parts)}</svg>'


@dataclass(frozen=True, slots=True)
class _Scale:
    first: float
    last: float
    low: float
    high: float
    frame: Frame

    def x(self, time: float) -> float:
        """Place a moment."""
        room = self.frame.width - self.frame.left - self.frame.right
        share = (time - self.first) / (self.last - self.first) if self.last > self.first else 0.5
        return self.frame.left + 6 + share * (room - 12)

    def y(self, value: float) -> float:
        """Place a value."""
        room = self.frame.height - self.frame.top - self.frame.bottom
        share = (value - self.low) / (self.high - self.low) if self.high > self.low else 0.5
        return self.frame.height - self.frame.bottom - share * room


def _text(x: float, y: float, words: str, *, anchor: str = "middle", fill: str = SOFT, kind: str = "label") -> str:
    return (
        f'<text class="{kind}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" fill="{fill}" '
        f'font-family="sans-serif">{words}</text>'
    )


def _grid(ticks: Sequence[float], scale: _Scale, labels: Mapping[float, str]) -> list[str]:
    parts = []
    for tick in ticks:
        y, end = scale.y(tick), scale.frame.width - scale.frame.right
        parts.append(
            f'<line class="grid" x1="{scale.frame.left:g}" x2="{end:g}" y1="{y:.1f}" y2="{y:.1f}" stroke="{GRID}"/>'
        )
        parts.append(_text(scale.frame.left - 6, y + 4, labels.get(tick, f"{tick:g}"), anchor="end"))
    return parts


def _years(periods: Sequence[str], norm: tuple[int, float] | None, scale: _Scale) -> list[str]:
    years = {rules.moment(period): period for period in periods}
    if norm:
        years[norm[0] + 0.5] = str(norm[0])
    base, free = scale.frame.height - 7, -100.0
    shown: list[tuple[float, str, str]] = []
    wide = max(len(word) for word in years.values()) * 6.2 + 8
    last = max(years)
    for time, word in sorted(years.items()):
        x = scale.x(time)
        if x - free >= wide and (time == last or scale.x(last) - x >= wide):
            anchor = "end" if time == last and len(years) > 1 else "middle"
            shown.append((x + (6 if anchor == "end" else 0), word, anchor))
            free = x
    return [
        _text(x, base, word, anchor=anchor, kind="label label--between" if (len(shown) - at) % 2 == 0 else "label")
        for at, (x, word, anchor) in enumerate(shown)
    ]


def _norm(norm: tuple[int, float], scale: _Scale) -> list[str]:
    x, y = scale.x(norm[0] + 0.5), scale.y(norm[1])
    return [
        f'<line class="norm" x1="{scale.frame.left:g}" x2="{scale.frame.width - scale.frame.right:g}" y1="{y:.1f}" '
        f'y2="{y:.1f}" stroke="{NORM}" stroke-width="1.5" stroke-dasharray="2 3"/>',
        f'<rect class="norm-mark" x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" fill="none" '
        f'stroke="{NORM}" stroke-width="2"/>',
    ]


def _line(times: Sequence[float], values: Sequence[float], scale: _Scale) -> list[str]:
    corners = [(scale.x(time), scale.y(value)) for time, value in zip(times, values, strict=True)]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in corners)
    dots = corners if len(corners) <= 40 else corners[-1:]
    return [
        f'<polyline class="line" points="{drawn}" fill="none" stroke="{LINE}" stroke-width="2.5" '
        'stroke-linejoin="round"/>',
        *(f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{LINE}"/>' for x, y in dots),
    ]

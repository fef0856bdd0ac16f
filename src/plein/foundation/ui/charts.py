"""Charts: a title, a unit, a source, a period, and the same numbers as a table. Without JavaScript the table is shown.

    charts.line([(at, 12.4), (at, None), ...], title=..., unit=..., source=..., period=..., x_title=...)

The shape of the picture is Vega-Lite made through Altair (see shapes/); the numbers are put in here, the browser draws.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plein.foundation.clock import TOWN
from plein.foundation.ui.figures import moment, number, said
from plein.foundation.ui.shapes import shape
from plein.foundation.ui.tables import Column, Table

Point = Sequence[Any]  # (x, y) or (x, y, series)
TABLE_ROWS = 1_000
ROW_PX = 30


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A norm or limit drawn across a chart."""

    value: float
    label: Any


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A chart and everything that must be said with it. Make it with line(), columns() or bars()."""

    kind: str
    title: Any
    unit: Any
    source: Any
    period: Any
    points: Sequence[Point]
    x_title: Any
    limits: Sequence[Limit] = ()
    zero: bool = False
    decimals: int | None = None
    note: Any = ""
    download: str = ""
    open_table: bool = False
    key: str = field(default="")

    @property
    def series(self) -> list[Any]:
        """List the series in the order they first appear; empty when there is only one line of numbers."""
        return list(dict.fromkeys(point[2] for point in self.points if len(point) > 2))

    @property
    def summary(self) -> str:
        """Say in one sentence what the chart shows, for who does not see it."""
        values = [float(point[1]) for point in self.points if point[1] is not None]
        if not values:
            return _("{title}: no values.").format(title=said(self.title))
        return _("{title}, in {unit}. {n} values, from {low} to {high}. The table below holds them all.").format(
            title=said(self.title),
            unit=said(self.unit) or "-",
            n=number(len(values), 0),
            low=number(min(values), self.decimals),
            high=number(max(values), self.decimals),
        )

    @property
    def table(self) -> Table:
        """Give the numbers as a table: a row per x, a column per series."""
        rows: dict[Any, dict[str, Any]] = {}
        series = self.series
        keys = {name: f"s{at}" for at, name in enumerate(series)} or {None: "y"}
        for point in self.points:
            row = rows.setdefault(_sortable(point[0]), {"x": _in_words(point[0])})
            row[keys[point[2] if series else None]] = point[1]
        columns = [Column(key="x", title=self.x_title)]
        for name, key in keys.items():
            title = self.title if name is None else name
            columns.append(Column(key=key, title=title, unit=self.unit, numeric=True, decimals=self.decimals))
        shown = list(rows.values())[-TABLE_ROWS:]
        note = ""
        if len(rows) > len(shown):
            note = _("The last {n} of {total} rows. The download holds them all.").format(
                n=number(len(shown), 0), total=number(len(rows), 0)
            )
        return Table(caption=self.title, columns=columns, rows=shown, note=note, hide_caption=True)

    @property
    def drawing(self) -> SafeString:
        """Give what charts.js draws from, as JSON that is safe inside a <template>."""
        spec = shape(f"{self.kind}_series" if self.series else self.kind)
        if self.kind == "line" and self.zero:
            spec["layer"][0]["encoding"]["y"]["scale"]["zero"] = True
        spec["height"] = self._height()
        content = {
            "spec": spec,
            "kind": self.kind,
            "rows": [[_plotted(point[0]), point[1], *map(said, point[2:3])] for point in self.points],
            "limits": [[limit.value, said(limit.label)] for limit in self.limits],
            "unit": said(self.unit),
            "decimals": self.decimals,
            "language": (get_language() or "nl")[:2],
        }
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=float)
        return mark_safe(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S308

    def _height(self) -> int:
        if self.kind != "bars":
            return 260
        kinds = len({_sortable(point[0]) for point in self.points})
        return max(1, kinds) * (ROW_PX if not self.series else max(ROW_PX, 16 * len(self.series) + 10))


def _sortable(x: Any) -> Any:
    return said(x) if not isinstance(x, (date, datetime, int, float)) else x


def _in_words(x: Any) -> Any:
    if isinstance(x, datetime):
        return moment(x, "j M Y, H:i")
    return moment(x, "j M Y") if isinstance(x, date) else said(x)


def _plotted(x: Any) -> Any:
    """Write an x for the browser: moments as the clock in town says them, so that every visitor sees town time."""
    if isinstance(x, datetime):
        local = x.astimezone(TOWN) if x.tzinfo else x
        return local.replace(tzinfo=None).isoformat(timespec="seconds")
    if isinstance(x, date):
        return datetime.combine(x, time()).isoformat(timespec="seconds")
    return said(x)


def _made(kind: str, points: Iterable[Point], **facts: Any) -> Chart:
    return Chart(kind=kind, points=[tuple(point) for point in points], **facts)


def line(
    points: Iterable[Point], *, title: Any, unit: Any, source: Any, period: Any, x_title: Any, **more: Any
) -> Chart:
    """Chart values through time.

    points: (date or aware datetime, value or None[, series]), ascending; None leaves a gap.
    more: limits=[Limit(value=, label=)], zero=True (start at nought), decimals, note, download (address), open_table.
    """
    return _made("line", points, title=title, unit=unit, source=source, period=period, x_title=x_title, **more)


def columns(
    points: Iterable[Point], *, title: Any, unit: Any, source: Any, period: Any, x_title: Any, **more: Any
) -> Chart:
    """Chart an amount per period (year, month) as standing bars; x is what is written below, "2024"."""
    return _made("columns", points, title=title, unit=unit, source=source, period=period, x_title=x_title, **more)


def bars(
    points: Iterable[Point], *, title: Any, unit: Any, source: Any, period: Any, x_title: Any, **more: Any
) -> Chart:
    """Chart an amount per kind (neighbourhood, product) as lying bars, in the order given."""
    return _made("bars", points, title=title, unit=unit, source=source, period=period, x_title=x_title, **more)

"""Draw up the shapes in Altair. `python -m plein.foundation.ui.shapes.draw` writes them anew.

Every shape knows three data sets: `rows` (x, y and, with series, s), `limits` (y, label) and the signal `at`: the x
that the reader points at, by mouse or by arrow key. Colours, fonts and words come from the page (charts.js).
"""

import json
from typing import Any

import altair as alt

from plein.foundation.ui.shapes import FOLDER

DASHES = [[1, 0], [7, 3], [2, 3], [9, 3, 2, 3], [12, 4], [4, 2], [1, 2]]
ROWS = alt.NamedData("rows")
AT = alt.Parameter("at")


def _colour(series: bool, stroke: bool = False) -> dict[str, Any]:
    legend = alt.Legend(
        title=None,
        orient="top",
        direction="horizontal",
        symbolSize=160,
        labelLimit=240,
        symbolType="stroke" if stroke else "square",
    )
    return {"color": alt.Color("s:N", legend=legend, sort=None)} if series else {}


def _limits(vertical: bool = False) -> list[Any]:
    """Draw the norms and limits: a dashed line with its name."""
    base = alt.Chart(alt.NamedData("limits"))
    place = {"x": "y:Q"} if vertical else {"y": "y:Q"}
    rule = base.mark_rule(strokeDash=[6, 4], strokeWidth=1.5, style="limit").encode(**place)
    spot = {"x": alt.X("y:Q"), "y": alt.value(0)} if vertical else {"y": alt.Y("y:Q"), "x": alt.value("width")}
    words = base.mark_text(
        align="left" if vertical else "right",
        baseline="bottom",
        dx=4 if vertical else 0,
        dy=0 if vertical else -4,
        style="limit-label",
    ).encode(text="label:N", **spot)
    return [rule, words]


def _y(zero: bool = False) -> alt.Y:
    return alt.Y("y:Q", title=None, scale=alt.Scale(zero=zero, nice=True), axis=alt.Axis(tickCount=5))


def line(series: bool) -> Any:
    """Draw values through time."""
    base = alt.Chart(ROWS)
    x = alt.X("x:T", title=None, axis=alt.Axis(labelOverlap="greedy", tickCount=6))
    dash = {"strokeDash": alt.StrokeDash("s:N", sort=None, scale=alt.Scale(range=DASHES))} if series else {}
    lines = base.mark_line(strokeWidth=2.25, interpolate="linear", clip=True).encode(
        x=x, y=_y(), **_colour(series, stroke=True), **dash
    )
    here = base.transform_filter("time(datum.x) === at")
    rule = here.mark_rule(style="pointer").encode(x="x:T")
    dots = here.mark_point(filled=True, size=90, opacity=1).encode(
        x="x:T", y="y:Q", **({"color": alt.Color("s:N", legend=None, sort=None)} if series else {})
    )
    return alt.layer(lines, *_limits(), rule, dots)


def columns(series: bool) -> Any:
    """Draw an amount per period: standing bars."""
    base = alt.Chart(ROWS)
    x = alt.X("x:O", title=None, sort=None, axis=alt.Axis(labelAngle=0, labelOverlap=True, labelSeparation=8))
    offset = {"xOffset": alt.XOffset("s:N", sort=None)} if series else {}
    faint = alt.condition("at === null || datum.x === at", alt.value(1), alt.value(0.45))
    bars = base.mark_bar(cornerRadiusEnd=1).encode(x=x, y=_y(zero=True), opacity=faint, **offset, **_colour(series))
    return alt.layer(bars, *_limits())


def bars(series: bool) -> Any:
    """Draw an amount per kind: lying bars with their names before them."""
    base = alt.Chart(ROWS)
    y = alt.Y("x:N", title=None, sort=None, axis=alt.Axis(labelLimit=190, ticks=False, domain=False, labelPadding=8))
    x = alt.X("y:Q", title=None, scale=alt.Scale(zero=True, nice=True), axis=alt.Axis(tickCount=4))
    offset = {"yOffset": alt.YOffset("s:N", sort=None)} if series else {}
    faint = alt.condition("at === null || datum.x === at", alt.value(1), alt.value(0.45))
    lying = base.mark_bar(cornerRadiusEnd=1).encode(y=y, x=x, opacity=faint, **offset, **_colour(series))
    return alt.layer(lying, *_limits(vertical=True))


SHAPES = {
    f"{name}{'_series' if series else ''}": (draw, series)
    for name, draw in {"line": line, "columns": columns, "bars": bars}.items()
    for series in (False, True)
}


def drawn(name: str) -> dict[str, Any]:
    """Draw one shape, without the colours and sizes that Altair would add itself."""
    draw, series = SHAPES[name]
    spec: dict[str, Any] = draw(series).to_dict(validate=False)
    spec.pop("config", None)
    spec["params"] = [{"name": "at", "value": None}]
    spec["width"] = "container"
    if series and name.startswith("line"):  # One legend for colour and dashes together.
        spec["layer"][0]["encoding"]["strokeDash"]["legend"] = spec["layer"][0]["encoding"]["color"]["legend"]
    return spec


def main() -> None:
    """Write every shape as JSON."""
    for name in SHAPES:
        (FOLDER / f"{name}.json").write_text(json.dumps(drawn(name), indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

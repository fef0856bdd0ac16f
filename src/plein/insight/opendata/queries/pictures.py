"""Chart and map of a product, from what was counted when its serving copy was made. No copy yet, no picture yet."""

from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.translation import gettext as _

from plein.foundation.geo import places as geo
from plein.foundation.ui import charts, maps
from plein.insight.opendata.queries import copies
from plein.insight.opendata.queries.reading import Opened
from plein.insight.opendata.queries.stories import story_of

LEVELS = {"GM": "gemeente", "WK": "wijk", "BU": "buurt"}


def measure_of(opened: Opened, wanted: str) -> str:
    """Choose the column to draw: the one asked for, else the first that has a unit, else "" for the number of rows."""
    measures = story_of(opened.contract).measures
    if wanted == "rows":
        return ""
    return wanted if wanted in measures else (measures[0] if measures else "")


def measures(opened: Opened, wanted: str) -> list[dict[str, Any]]:
    """List what can be drawn, with its link; empty when there is nothing to choose."""
    story = story_of(opened.contract)
    chosen = measure_of(opened, wanted)
    if not story.measures or not isinstance(opened.store, copies.Copy):
        return []
    found = [{"title": opened.contract.column(name).title, "name": name} for name in story.measures]
    found.append({"title": _("Number of rows"), "name": ""})
    return [
        {**one, "current": one["name"] == chosen, "href": f"?{urlencode({'measure': one['name'] or 'rows'})}#picture"}
        for one in found
    ]


def chart(opened: Opened, wanted: str) -> charts.Chart | None:
    """Draw a product through time; None when its rows have no time."""
    story = story_of(opened.contract)
    if not story.temporal or not isinstance(opened.store, copies.Copy):
        return None
    name = measure_of(opened, wanted)
    found = opened.store.trend(name)
    if len(found) < 2:
        return None
    column = opened.contract.column(name) if name else None
    periods = {4: _("per year"), 7: _("per month"), 10: _("per day"), 13: _("per hour")}
    period = periods[len(found[0][0])]
    title = (
        _("Mean of the column {column}, {period}").format(column=column.title.said(_language()), period=period)
        if column
        else _("Number of rows, {period}").format(period=period)
    )
    return charts.line(
        [(_bucket(bucket), value) for bucket, value in found],
        title=title,
        unit=column.unit if column else _("rows"),
        source=_source(opened),
        period=f"{found[0][0][:10]} – {found[-1][0][:10]}",
        x_title=opened.contract.column(story.temporal).title,
        download=f"/api/data/v1/products/{opened.contract.key}/download/csv",
        zero=not column,
    )


def _language() -> str:
    from django.utils.translation import get_language

    return get_language() or "nl"


def _bucket(text: str) -> date | datetime:
    if len(text) == 13:
        return datetime.fromisoformat(f"{text}:00:00").replace(tzinfo=UTC)
    return date.fromisoformat((text + "-01-01")[:10])


def _source(opened: Opened) -> Any:
    return opened.contract.source if opened.contract.source.nl else settings.PLEIN["ORGANISATION"]


def map_of(opened: Opened) -> maps.Map | None:
    """Draw a product on the map; None when its rows have no place."""
    if opened.place is None or not isinstance(opened.store, copies.Copy):
        return None
    return _points(opened, opened.store) if opened.place.lon else _areas(opened, opened.store)


def _points(opened: Opened, copy: copies.Copy) -> maps.Map | None:
    spots = copy.spots()
    if not spots:
        return None
    together = sum(spot[2] for spot in spots) > len(spots)
    return maps.points(
        [
            maps.Spot(
                id=str(place), lon=lon, lat=lat, name=label or f"{lat:.4f}, {lon:.4f}", value=rows if together else None
            )
            for place, (lon, lat, rows, label) in enumerate(spots)
        ],
        title=_("Where the rows are"),
        unit=_("rows") if together else "",
        source=_source(opened),
        period=_("version {n}").format(n=opened.version.number),
        decimals=0,
        list_title=_("Places"),
        **_whole(copy, spots),
    )


def _whole(copy: copies.Copy, spots: Any) -> dict[str, Any]:
    """Say that near places were taken together, when they were."""
    return {"note": _("Places that lie close are taken together.")} if len(spots) >= copies.MOST_SPOTS // 4 else {}


def _areas(opened: Opened, copy: copies.Copy) -> maps.Map | None:
    """Draw the areas of our own municipality at the finest level that the rows have."""
    home = geo.home()
    own = {area.code for kind in LEVELS.values() for area in geo.areas(kind, home)}
    name = measure_of(opened, "")
    found = {code: value for code, value in copy.per_area(name) if code in own}
    level = next((prefix for prefix in ("BU", "WK") if sum(code.startswith(prefix) for code in found) > 1), "")
    if not level:
        return None
    column = opened.contract.column(name) if name else None
    return maps.areas(
        {code: value for code, value in found.items() if code.startswith(level)},
        title=column.title if column else _("Number of rows"),
        unit=column.unit if column else _("rows"),
        source=_source(opened),
        period=_("mean of all rows") if column else _("version {n}").format(n=opened.version.number),
        level=LEVELS[level],
        gemeente=home,
    )

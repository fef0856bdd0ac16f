"""Maps: what is seen also stands in a list beside. Without JavaScript the list is the map.

maps.areas({"BU03630000": 12.4, ...}, title=..., unit=..., source=..., period=...)      a value per neighbourhood
maps.points([Spot(...), ...], title=..., unit=..., source=..., period=...)              values at places
maps.tiles("/kaart/tegels/{z}/{x}/{y}.mvt", ..., breaks=[...])                          very many places
"""

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from plein.foundation.geo import places
from plein.foundation.ui.figures import number, said
from plein.foundation.ui.tables import Column, Table

STEPS = 5
NONE = "none"
PDOK = "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{z}/{x}/{y}.png"


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A place on a map. value: a number, the word of its kind, or None; label: what is said beside its name."""

    id: str
    lon: float
    lat: float
    name: Any
    value: Any = None
    label: Any = ""
    href: str = ""


@dataclass(frozen=True)
class Step:
    """A class in the legend: the token of its colour ("amount-3") and its words."""

    token: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Item:
    """A line in the list beside the map."""

    id: str
    name: str
    value: Any
    step: str
    label: str = ""
    href: str = ""


@dataclass(frozen=True, kw_only=True)
class Map:
    """A map and everything that must be said with it. Make it with areas(), points() or tiles()."""

    title: Any
    unit: Any
    source: Any
    period: Any
    legend: Sequence[Step]
    items: Sequence[Item]
    drawing: Mapping[str, Any]
    decimals: int | None = None
    list_title: Any = ""
    name_title: Any = ""
    note: Any = ""
    key: str = field(default="")

    @property
    def json(self) -> SafeString:
        """Give what maps.js draws from, safe inside a <template>."""
        text = json.dumps({**self.drawing, **_ground()}, ensure_ascii=False, separators=(",", ":"), default=float)
        return mark_safe(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S308

    @property
    def summary(self) -> str:
        """Say in one sentence what the map shows."""
        unit = said(self.unit)
        what = f"{said(self.title)}, {unit}" if unit else said(self.title)
        return _("Map: {what}. The list beside it holds the same.").format(what=what)

    @property
    def table(self) -> Table:
        """Give what is on the map as a table."""
        worded = any(isinstance(item.value, str) for item in self.items)
        rows = [{"name": item.name, "href": item.href, "value": item.value, "label": item.label} for item in self.items]
        columns = [
            Column(key="name", title=self.name_title or _("Place"), href="href"),
            Column(
                key="value",
                title=_("Kind") if worded else _("Value"),
                unit=self.unit,
                numeric=not worded,
                decimals=self.decimals,
            ),
        ]
        if any(item.label for item in self.items):
            columns.append(Column(key="label", title=_("Explanation")))
        empty = _("There is nothing on this map yet.")
        return Table(caption=self.list_title or self.title, columns=columns, rows=rows, empty=empty)


def _ground() -> dict[str, Any]:
    """Describe what lies under every map: our own water, roads and neighbourhoods, or PDOK's map."""
    return {
        "worker": static("vendor/maplibre-gl-worker.js"),
        "areas": reverse("geo:areas", kwargs={"kind": "buurt"}),
        "background": reverse("geo:background"),
        "pdok": PDOK if settings.PLEIN["BASE_MAP"] == "pdok" else "",
        "language": (get_language() or "nl")[:2],
        "words": {
            "title": _("Move with the arrow keys, zoom with plus and minus."),
            "zoomIn": _("Zoom in"),
            "zoomOut": _("Zoom out"),
            "close": _("Close"),
        },
    }


def _tidy(value: float, spread: float) -> float:
    """Round a class border to what a reader can use, given the spread of the values."""
    if spread <= 0:
        return value
    return round(value, -math.floor(math.log10(spread / STEPS)))


def breaks_for(values: Iterable[float], steps: int = STEPS) -> list[float]:
    """Choose borders so that about as many values fall in each class; fewer where values are alike."""
    ordered = sorted(values)
    if not ordered:
        return []
    spread = ordered[-1] - ordered[0]
    cuts = [ordered[min(len(ordered) - 1, round(len(ordered) * at / steps))] for at in range(1, steps)]
    tidy = sorted({_tidy(cut, spread) for cut in cuts})
    return [cut for cut in tidy if ordered[0] < cut <= ordered[-1]]


def _token(scale: str, at: int, classes: int) -> str:
    """Spread the classes over the five tokens of a scale."""
    place = 1 + round(at * (STEPS - 1) / max(1, classes - 1)) if classes > 1 else 3
    return f"{scale}-{place}"


def _step_of(value: Any, breaks: Sequence[float], scale: str) -> str:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return NONE
    at = sum(value >= cut for cut in breaks)
    return _token(scale, at, len(breaks) + 1)


def _legend(breaks: Sequence[float], scale: str, decimals: int | None, some_without: bool) -> list[Step]:
    classes = len(breaks) + 1
    steps = []
    for at in range(classes):
        low = number(breaks[at - 1], decimals) if at else ""
        high = number(breaks[at], decimals) if at < len(breaks) else ""
        if low and high:
            words = _("{low} to {high}").format(low=low, high=high)
        elif high:
            words = _("under {high}").format(high=high)
        else:
            words = _("{low} or more").format(low=low) if low else _("all values")
        steps.append(Step(_token(scale, at, classes), words))
    return [*steps, Step(NONE, _("no value"))] if some_without else steps


def _present(values: Iterable[Any]) -> list[float]:
    return [float(value) for value in values if value is not None and not math.isnan(float(value))]


def areas(
    values: Mapping[str, float | None],
    *,
    title: Any,
    unit: Any,
    source: Any,
    period: Any,
    level: str = "buurt",
    gemeente: str | None = None,
    scale: str = "amount",
    breaks: Sequence[float] | None = None,
    decimals: int | None = None,
    href: Callable[[str], str] | None = None,
    **more: Any,
) -> Map:
    """Map a value per area (buurt, wijk or gemeente), in five classes.

    values: by CBS code; None is no value. scale: "amount" (little to much) or "better" (worse to better).
    breaks: borders between classes, ascending; None chooses them. href: gives the page of an area.
    """
    names = places.names(list(values))
    cuts = list(breaks) if breaks is not None else breaks_for(_present(values.values()))
    steps = {code: _step_of(value, cuts, scale) for code, value in values.items()}
    items = [
        Item(id=code, name=names.get(code, code), value=value, step=steps[code], href=href(code) if href else "")
        for code, value in values.items()
    ]
    ordered = sorted(items, key=lambda item: (item.value is None, -(item.value or 0), item.name))
    query = f"?gemeente={gemeente}" if gemeente else ""
    drawing = {
        "kind": "areas",
        "shapes": reverse("geo:areas", kwargs={"kind": level}) + query,
        "fill": {
            item.id: [item.step, f"{number(item.value, decimals)} {said(unit)}".strip(), item.href] for item in items
        },
    }
    legend = _legend(cuts, scale, decimals, any(step == NONE for step in steps.values()))
    facts = {"title": title, "unit": unit, "source": source, "period": period, "decimals": decimals}
    return Map(**facts, legend=legend, items=ordered, drawing=drawing, name_title=_("Neighbourhood"), **more)


def points(
    spots: Iterable[Spot],
    *,
    title: Any,
    unit: Any,
    source: Any,
    period: Any,
    scale: str = "amount",
    breaks: Sequence[float] | None = None,
    kinds: Mapping[str, Any] | None = None,
    decimals: int | None = None,
    clustered: bool | None = None,
    **more: Any,
) -> Map:
    """Map places, coloured and sized by value, or coloured by kind.

    kinds: words by kind, in the order of the legend, when `Spot.value` names a kind instead of a number.
    clustered: gather places that lie close; None does so from 300 on.
    """
    held = list(spots)
    if kinds is None:
        cuts = list(breaks) if breaks is not None else breaks_for(_present(spot.value for spot in held))
        steps = [_step_of(spot.value, cuts, scale) for spot in held]
        legend = _legend(cuts, scale, decimals, NONE in steps) if _present(s.value for s in held) else []
    else:
        tokens = {kind: f"kind-{1 + at % 7}" for at, kind in enumerate(kinds)}
        steps = [tokens.get(spot.value, NONE) for spot in held]
        legend = [Step(token, said(kinds[kind])) for kind, token in tokens.items()]
    items = [
        Item(
            id=spot.id,
            name=said(spot.name),
            value=said(kinds.get(spot.value, spot.value)) if kinds else spot.value,
            step=step,
            label=said(spot.label),
            href=spot.href,
        )
        for spot, step in zip(held, steps, strict=True)
    ]
    drawing = {
        "kind": "points",
        "clustered": len(held) >= 300 if clustered is None else clustered,
        "spots": [
            [
                spot.id,
                round(spot.lon, 6),
                round(spot.lat, 6),
                item.step,
                item.name,
                _spot_words(item, unit, decimals),
                spot.href,
            ]
            for spot, item in zip(held, items, strict=True)
        ],
    }
    facts = {"title": title, "unit": unit, "source": source, "period": period, "decimals": decimals}
    return Map(**facts, legend=legend, items=items, drawing=drawing, **more)


def _spot_words(item: Item, unit: Any, decimals: int | None) -> str:
    value = item.value if isinstance(item.value, str) else f"{number(item.value, decimals)} {said(unit)}".strip()
    shown = "" if item.value is None and not said(unit) else value
    return " · ".join(filter(None, [shown, item.label]))


def tiles(
    address: str,
    *,
    layer: str,
    title: Any,
    unit: Any,
    source: Any,
    period: Any,
    breaks: Sequence[float],
    items: Sequence[Item] = (),
    scale: str = "amount",
    decimals: int | None = None,
    zooms: tuple[int, int] = (0, 14),
    **more: Any,
) -> Map:
    """Map very many places from vector tiles whose features carry `value`, `name`, `label` and `href`.

    address: with {z}, {x} and {y}; layer: its name inside the tiles; a feature with `count` stands for several places.
    """
    classes = len(breaks) + 1
    drawing = {
        "kind": "tiles",
        "tiles": address,
        "layer": layer,
        "zooms": list(zooms),
        "breaks": list(breaks),
        "steps": [_token(scale, at, classes) for at in range(classes)],
    }
    facts = {"title": title, "unit": unit, "source": source, "period": period, "decimals": decimals}
    return Map(**facts, legend=_legend(breaks, scale, decimals, False), items=items, drawing=drawing, **more)

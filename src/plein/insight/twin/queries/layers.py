"""The layers of the map: what rooms offer, and every open data product that has points."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.urls import NoReverseMatch, reverse

import plein.foundation.gate.door as gate
from plein.foundation import clock
from plein.foundation.catalogue import products
from plein.foundation.catalogue.contracts import Contract, all_contracts
from plein.foundation.errors import Refused
from plein.foundation.identity.actors import ANONYMOUS
from plein.foundation.rooms import AreaCard, MapLayer, offers
from plein.foundation.words import Text
from plein.insight.twin.errors import NoLayer
from plein.insight.twin.rules import Floats

ACTIVITY = "twin.map"
FRESH = timedelta(seconds=60)
KEPT = 48
MOST_MOMENTS = 1000
NAMING = ("name", "naam", "title", "street", "straat", "address", "adres", "place", "kind", "type")
MOST_POINTS = 500_000
PRODUCT = "bron."  # how the keys of layers of data products start

_kept: OrderedDict[Hashable, tuple[datetime, Any]] = OrderedDict()


def remembered(key: Hashable, make: Callable[[], Any], *, now: datetime) -> Any:
    """Give what was made at most a minute ago for this key, or make it."""
    known = _kept.get(key)
    if known is None or not now - FRESH < known[0] <= now:
        known = _kept[key] = (now, make())
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    _kept.move_to_end(key)
    return known[1]


def forget() -> None:
    """Forget what was remembered, in this process."""
    _kept.clear()


def is_open(keys: Sequence[str]) -> bool:
    """Tell whether everyone may see all these products."""
    contracts = all_contracts()
    return all(key in contracts and contracts[key].openness == "open" for key in keys)


def layers(now: datetime) -> list[MapLayer]:
    """List the layers everyone may see: what rooms offer first, then the registers that no room's layer shows."""
    offered = [layer for layer in offers(MapLayer) if is_open(layer.products)]
    taken = {key for layer in offered for key in layer.products[:1]}
    return [*offered, *(layer for layer in product_layers(now) if layer.products[0] not in taken)]


def layer(key: str, now: datetime) -> MapLayer:
    """Give one layer that everyone may see.

    Raises NoLayer.
    """
    for one in layers(now):
        if one.key == key:
            return one
    raise NoLayer(layer=key)


def cards() -> list[AreaCard]:
    """List what rooms can tell everyone about a neighbourhood."""
    return [card for card in offers(AreaCard) if is_open(card.products)]


def moments(one: MapLayer, now: datetime) -> list[date]:
    """List the days a layer can show, ascending; none when its data is not there."""
    if one.moments is None:
        return []
    try:
        return list(remembered((one.key, "moments"), one.moments, now=now))[-MOST_MOMENTS:]
    except Refused:
        return []


def values(one: MapLayer, *, level: str, at: date, now: datetime) -> dict[str, float | None]:
    """Give the value of each area on a layer; nothing when its data is not there."""
    if one.values is None:
        return {}
    try:
        found: dict[str, float | None] = remembered(
            (one.key, "values", level, at), partial(one.values, level, at), now=now
        )
    except Refused:
        return {}
    return found


def product_layers(now: datetime) -> list[MapLayer]:
    """Make a layer of every open, published register of places, with the days of its versions to stop at.

    A product that says when (`temporal`) holds series, often of several kinds: its room knows what to show of it.
    """
    held = remembered("products", products.currents, now=now)
    return [
        _product_layer(contract)
        for key, contract in all_contracts().items()
        if key in held and contract.openness == "open" and _is_register(contract)
    ]


def _is_register(contract: Contract) -> bool:
    return (contract.geometry or {}).get("kind") == "point" and not contract.temporal


def _product_layer(contract: Contract) -> MapLayer:
    value = _value_column(contract)
    return MapLayer(
        key=f"{PRODUCT}{contract.key}",
        title=contract.title,
        kind="points",
        unit=contract.column(value).unit if value else "",
        source=contract.source if contract.source.nl else contract.title,
        points=partial(_product_points, contract),
        moments=partial(_product_moments, contract),
        products=[contract.key],
        order=500,
    )


def _place_columns(contract: Contract) -> tuple[str, str]:
    geometry = contract.geometry or {}
    return str(geometry["lon"]), str(geometry["lat"])


def _value_column(contract: Contract) -> str:
    """Choose the number to colour points by: the first that is neither a place nor part of a key; "" is none."""
    left_out = {*_place_columns(contract), *contract.key_columns}
    numbers = (column for column in contract.columns if column.type in ("number", "integer"))
    return next((column.name for column in numbers if column.name not in left_out), "")


def _name_column(contract: Contract) -> str:
    """Choose the text that names a point; "" is none."""
    texts = [column.name for column in contract.columns if column.type == "string"]
    for word in NAMING:
        for name in texts:
            if word in name.split("_"):
                return name
    return next((name for name in texts if name in contract.key_columns), "")


def _product_moments(contract: Contract) -> list[date]:
    return sorted({clock.local_date(version.published_at) for version in products.versions(contract.key)})


def end_of(day: date) -> datetime:
    """Give the last moment of a day in town."""
    return datetime.combine(day, time.max, tzinfo=clock.TOWN).astimezone(UTC)


def _product_points(contract: Contract, at: date) -> Any:
    """Read a product as points: id, lon, lat, name, value."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lon, lat = _place_columns(contract)
    value, name = _value_column(contract), _name_column(contract)
    keys = list(contract.key_columns) or [lon, lat]
    wanted = list(dict.fromkeys([*keys, lon, lat, *([value] if value else []), *([name] if name else [])]))
    table = _read(contract, wanted, at)
    texts = [pc.fill_null(pc.cast(table[key], "string"), "") for key in keys]
    count = table.num_rows
    return pa.table(
        {
            "id": pc.binary_join_element_wise(*texts, "~") if len(texts) > 1 else texts[0],
            "lon": table[lon],
            "lat": table[lat],
            "name": table[name] if name else pa.nulls(count, pa.string()),
            "value": pc.cast(table[value], "float64") if value else pa.nulls(count, pa.float64()),
        }
    )


def _read(contract: Contract, columns: list[str], at: date, where: str = "", params: Sequence[Any] = ()) -> Any:
    lon, lat = _place_columns(contract)
    conditions = [f'"{lon}" IS NOT NULL AND "{lat}" IS NOT NULL', *([where] if where else [])]
    return gate.read(
        contract.key,
        activity=ACTIVITY,
        by=ANONYMOUS,
        columns=columns,
        where=" AND ".join(conditions),
        params=params,
        as_of=end_of(at),
        now=clock.now(),
    )


def facts(one: MapLayer, *, point: str, at: date) -> list[tuple[Text, Any, str]]:
    """Give all that an open product says about one point: title, value, unit."""
    if not one.key.startswith(PRODUCT):
        return []
    contract = all_contracts()[one.products[0]]
    keys = list(contract.key_columns) or list(_place_columns(contract))
    parts = point.split("~")
    if len(parts) != len(keys):
        return []
    where = " AND ".join(f'CAST("{key}" AS VARCHAR) = ?' for key in keys)
    rows = _read(contract, list(contract.names), at, where, parts).slice(0, 1).to_pylist()
    if not rows:
        return []
    return [(column.title, rows[0][column.name], column.unit) for column in contract.columns]


def portal_page(one: MapLayer) -> str:
    """Give the address of the product behind a layer in the portal; "" when there is none."""
    if not one.products:
        return ""
    try:
        return reverse("opendata:product", args=[one.products[0]])
    except NoReverseMatch:
        return ""


def bounds(lons: Floats, lats: Floats) -> tuple[float, float, float, float] | None:
    """Give west, south, east, north of points; None without points."""
    if not len(lons):
        return None
    return float(lons.min()), float(lats.min()), float(lons.max()), float(lats.max())

"""Where it is: by address, neighbourhood, thing, photo, or a point on the map."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from plein.foundation.geo import addresses, places
from plein.foundation.geo.addresses import nearest, plain
from plein.foundation.geo.models import Address
from plein.foundation.ui import maps
from plein.foundation.words import Text
from plein.service.reports.errors import NoPlace, OutsideTown
from plein.service.reports.models import Asset

FOUND = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """A place to choose; value: what the form sends for it; how: in which way it was found."""

    value: str
    name: str
    lon: float
    lat: float
    how: str
    kind: str = ""
    asset: str = ""


def spots_for(words: str, *, photos: Sequence[tuple[float, float]] = ()) -> list[Spot]:
    """List places that fit what was typed, those that photos told first; at most three queries."""
    found = [
        Spot(f"point:photo:{lon:.6f},{lat:.6f}", name_of(lon, lat), lon, lat, "photo", _("Where your photo was taken"))
        for lon, lat in dict.fromkeys(photos)
        if places.buurt_at(lon, lat)
    ]
    return [*found, *_by_words(words)] if words.strip() else found


def _by_words(words: str) -> list[Spot]:
    wanted = plain(words)
    houses = [
        Spot(f"address:{row.pk}", str(row), row.lon, row.lat, "address", _area(row.buurt_code))
        for row in addresses.search(words, gemeente=places.home(), limit=FOUND)
    ]
    things = [
        Spot(f"asset:{row.key}", row.title_nl, row.lon, row.lat, "asset", _("Thing in the street"), row.key)
        for row in Asset.objects.filter(key__iexact=words.strip()[:60], is_active=True)
    ]
    areas = [
        Spot(f"area:{row.code}", row.name, row.lon, row.lat, "area", _("Neighbourhood: say where exactly below"))
        for row in places.areas("buurt", places.home())
        if len(wanted) >= 3 and wanted in plain(row.name)
    ]
    return [*things, *houses, *areas]


def _area(code: str) -> str:
    return places.names([code]).get(code, "")


def name_of(lon: float, lat: float) -> str:
    """Name a place after the nearest house; "" when none is near."""
    house = nearest(lon, lat)
    return f"{house.street} {house.number}" if house else ""


def spot_of(data: Mapping[str, Any]) -> Spot:
    """Read the place that a form sends: one of the places offered, or a point.

    Raises NoPlace, OutsideTown.
    """
    value = str(data.get("place", ""))
    kind, _colon, key = value.partition(":")
    spot = OFFERED[kind](key) if kind in OFFERED else _point(data)
    if spot is None:
        raise NoPlace()
    if not places.buurt_at(spot.lon, spot.lat):
        raise OutsideTown(town=settings.PLEIN["ORGANISATION"])
    return spot


def _point(data: Mapping[str, Any]) -> Spot | None:
    how = "position" if data.get("how") == "position" else "map"
    return _at(f"{data.get('lon', '')},{data.get('lat', '')}", how)


def _at(text: str, how: str) -> Spot | None:
    try:
        lon, lat = (float(part.replace(",", ".")) for part in text.split(",", 1))
    except ValueError:
        return None
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        return None
    return Spot("", "", round(lon, 6), round(lat, 6), how)


def _offered_point(key: str) -> Spot | None:
    how, _colon, text = key.partition(":")
    return _at(text, "photo" if how == "photo" else "map")


def _offered_address(key: str) -> Spot | None:
    row = Address.objects.filter(pk=key).first() if key.isascii() and key.isdigit() else None
    return Spot("", str(row), row.lon, row.lat, "address") if row else None


def _offered_asset(key: str) -> Spot | None:
    row = Asset.objects.filter(key=key, is_active=True).first()
    return Spot("", row.title_nl, row.lon, row.lat, "asset", asset=row.key) if row else None


def _offered_area(key: str) -> Spot | None:
    row = next((area for area in places.areas("buurt", places.home()) if area.code == key), None)
    return Spot("", row.name, row.lon, row.lat, "area") if row else None


OFFERED = {"point": _offered_point, "address": _offered_address, "asset": _offered_asset, "area": _offered_area}


def pick_map(lon: float | None, lat: float | None) -> maps.Map:
    """Give the map on which a place is pointed out, with the place chosen before."""
    here = (
        [maps.Spot(id="here", lon=lon, lat=lat, name=Text("Hier", "Here"))]
        if lon is not None and lat is not None
        else []
    )
    return maps.points(
        here,
        title=Text("Wijs de plek aan", "Point out the place"),
        unit="",
        source=Text("Kaart van de gemeente", "Map of the municipality"),
        period="",
        key="place-map",
    )

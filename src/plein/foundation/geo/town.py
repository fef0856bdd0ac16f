"""The demo town: Pleinstad, an invented municipality in the Markerwaard, the polder that was planned and never made.

Everything follows from a seed: the same seed gives the same town on every machine.
"""

import random
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import numpy as np
import shapely

from plein.foundation.geo.actions import Border, settle, store_areas, store_features
from plein.foundation.geo.addresses import House, store_addresses
from plein.foundation.geo.models import GeoState
from plein.foundation.geo.places import DEMO_NAME, DEMO_TOWN
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.identity.demo import furnish_staff
from plein.foundation.identity.demo_residents import furnish_residents
from plein.foundation.rooms import rooms

SEED = 1901
CENTRE = (5.27, 52.56)
YEAR = 2024

# Wijk, buurt, and where the middle of the buurt lies from the town's centre, in kilometres east and north.
_PLAN = (
    ("Centrum", "Oude Markt", 0.0, 0.2),
    ("Centrum", "Havenkwartier", 1.1, -0.5),
    ("Centrum", "Stationsbuurt", -1.2, -0.3),
    ("Centrum", "Nieuwe Gracht", 0.2, -1.3),
    ("Noord", "Molenwijk", -1.4, 1.5),
    ("Noord", "Lindehof", 0.3, 1.8),
    ("Noord", "Vogelweide", 1.9, 1.5),
    ("Noord", "Polderrand", 0.4, 3.4),
    ("Zuid", "Rivierenbuurt", -1.6, -2.2),
    ("Zuid", "Zuiderpark", 0.1, -3.0),
    ("Zuid", "De Weerd", 1.9, -2.3),
    ("Zuid", "Fabrieksterrein", 3.3, -0.4),
)
_WIJKEN = ("Centrum", "Noord", "Zuid")
# What the streets of each buurt are called after, and what a street can be.
_STREETS = {
    "Oude Markt": "Bakkers Brouwers Kuipers Smeden Wevers Linnen Zout Boter",
    "Havenkwartier": "Anker Baken Boei Haring Kiel Loods Mast Zeil",
    "Stationsbuurt": "Wissel Perron Seinhuis Locomotief Conducteurs Rails Spoor Sein",
    "Nieuwe Gracht": "Raadhuis Schepenen Burgemeesters Klooster Kapel Notaris Dijkgraaf Heemraad",
    "Molenwijk": "Wieken Maalsteen Molenaars Korenmolen Oliemolen Zeskant Standerd Meel",
    "Lindehof": "Linden Beuken Eiken Esdoorn Kastanje Meidoorn Vlier Wilgen",
    "Vogelweide": "Merel Zwaluwen Leeuwerik Kievit Reiger Spreeuwen Grutto Lepelaar",
    "Polderrand": "Sloot Kavel Dijk Riet Klaver Tarwe Vlas Koolzaad",
    "Rivierenbuurt": "Maas Waal Lek Linge Vecht Amstel Dommel Berkel",
    "Zuiderpark": "Rozen Tulpen Violen Lavendel Narcissen Asters Dahlia Iris",
    "De Weerd": "Weide Oever Uiterwaard Veerman Kade Griend Kribben Zomerdijk",
    "Fabrieksterrein": "Ketel Stoom Turbine Metaal Textiel Papier Glas Steen",
}
_KINDS = ("straat", "laan", "weg", "hof", "pad", "plein", "kade", "singel")
_HOUSES = 14
# The municipalities around: code, name, and between which compass degrees (clockwise from the north) they lie.
_NEIGHBOURS = (
    ("GM9901", "Dijkhuizen", 300, 60),
    ("GM9902", "Veenrade", 60, 190),
    ("GM9903", "Zandmeer", 190, 300),
)
_NEIGHBOURS_KM = 9.5
_KM_LAT = 1 / 111.2
_KM_LON = 1 / (111.2 * float(np.cos(np.radians(CENTRE[1]))))


@dataclass(frozen=True, slots=True)
class TownArea:
    """A buurt, wijk or the gemeente of the demo town; shape: shapely Polygon, WGS84."""

    code: str
    kind: str
    name: str
    parent_code: str
    shape: Any
    lon: float
    lat: float


def at(east_km: float, north_km: float) -> tuple[float, float]:
    """Give the (lon, lat) that lies so many kilometres from the town's centre."""
    return CENTRE[0] + east_km * _KM_LON, CENTRE[1] + north_km * _KM_LAT


def _line(*corners: tuple[float, float]) -> Any:
    """Draw a soft line through points in kilometres from the centre."""
    rough = shapely.LineString([at(*corner) for corner in corners])
    for _ in range(3):
        points = shapely.get_coordinates(rough)
        cut = np.concatenate([points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75], axis=1)
        rough = shapely.LineString(np.vstack([points[:1], cut.reshape(-1, 2), points[-1:]]))
    return rough


@dataclass
class Town:
    """What rooms furnish: the areas of Pleinstad, its randomness by name, and its staff by role.

    areas: the 12 buurten. staff: an actor per role key that the demo has an account for.
    """

    seed: int = SEED
    staff: dict[str, Actor] = field(default_factory=dict)
    code: str = DEMO_TOWN
    name: str = DEMO_NAME
    centre: tuple[float, float] = CENTRE
    system: Actor = SYSTEM

    def rng(self, name: str) -> random.Random:
        """Give randomness of one's own, the same each time for this seed and name."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 (a plausible town, no secret)

    def numbers(self, name: str) -> np.random.Generator:
        """Give numpy randomness of one's own, the same each time for this seed and name."""
        return np.random.default_rng([self.seed, zlib.crc32(name.encode())])

    def actor(self, role: str) -> Actor:
        """Give the staff member with a role, or the system where the demo has none."""
        return self.staff.get(role, self.system)

    @cached_property
    def _outline(self) -> Any:
        rng = self.rng("outline")
        ring = []
        for step in range(72):
            turn = 2 * np.pi * step / 72
            reach = 4.3 + 0.35 * np.sin(3 * turn + 0.6) + 0.25 * np.sin(5 * turn) + rng.uniform(-0.06, 0.06)
            ring.append(at(float(reach * np.cos(turn)), float(reach * 1.05 * np.sin(turn))))
        return shapely.Polygon(ring)

    @cached_property
    def areas(self) -> list[TownArea]:
        """List the 12 buurten: Voronoi cells around their middles, within the outline of the town."""
        middles = [shapely.Point(at(east, north)) for _, _, east, north in _PLAN]
        cells = shapely.get_parts(
            shapely.voronoi_polygons(shapely.MultiPoint(middles), extend_to=self._outline.buffer(0.1))
        )
        tree = shapely.STRtree(cells)
        found = []
        counts = dict.fromkeys(_WIJKEN, 0)
        for (wijk, name, _, _), middle in zip(_PLAN, middles, strict=True):
            shape = shapely.intersection(cells[tree.query(middle, predicate="intersects")[0]], self._outline)
            shape = shapely.set_precision(shape, 1e-6)
            inside = shape.representative_point()
            wijk_code = f"WK9999{_WIJKEN.index(wijk):02d}"
            code = f"BU9999{_WIJKEN.index(wijk):02d}{counts[wijk]:02d}"
            counts[wijk] += 1
            found.append(TownArea(code, "buurt", name, wijk_code, shape, round(inside.x, 6), round(inside.y, 6)))
        return found

    @cached_property
    def wijken(self) -> list[TownArea]:
        """List the three wijken, each the union of its buurten."""
        found = []
        for number, name in enumerate(_WIJKEN):
            code = f"WK9999{number:02d}"
            shape = shapely.union_all([area.shape for area in self.areas if area.parent_code == code])
            inside = shape.representative_point()
            found.append(TownArea(code, "wijk", name, self.code, shape, round(inside.x, 6), round(inside.y, 6)))
        return found

    @cached_property
    def gemeente(self) -> TownArea:
        """Give the whole municipality."""
        shape = shapely.union_all([area.shape for area in self.areas])
        return TownArea(self.code, "gemeente", self.name, "", shape, *self.centre)

    @cached_property
    def neighbours(self) -> list[TownArea]:
        """List the municipalities around the town, which touch it and each other: there to compare with."""
        found = []
        for code, name, start, end in _NEIGHBOURS:
            turns = np.radians(np.linspace(start, end + 360 * (end < start), 48))
            reach = _NEIGHBOURS_KM + 0.4 * np.sin(4 * turns) + 0.25 * np.sin(7 * turns)
            rim = [at(float(r * np.sin(turn)), float(r * np.cos(turn))) for r, turn in zip(reach, turns, strict=True)]
            shape = shapely.difference(shapely.Polygon([at(0, 0), *rim]), self.gemeente.shape)
            shape = shapely.set_precision(shape, 1e-6)
            inside = shape.representative_point()
            found.append(TownArea(code, "gemeente", name, "", shape, round(inside.x, 6), round(inside.y, 6)))
        return found

    @cached_property
    def background(self) -> list[tuple[str, str, Any]]:
        """Draw the river, the canal, the roads, the railway and the park: (kind, name, shapely geometry)."""
        lines = [
            ("water", "De Weerd", _line((-5, -1.6), (-2.4, -1.0), (-0.6, -2.1), (1.0, -1.4), (3.0, -1.5), (5, -2.6))),
            ("water", "Nieuwe Gracht", _line((0.7, -1.5), (0.7, -0.4), (0.9, 0.8), (0.5, 2.5), (1.2, 4.9))),
            ("road", "Ringweg Noord", _line((-4.8, 0.4), (-2.6, 0.8), (-1.0, 0.9), (1.2, 0.7), (2.8, 0.6), (4.9, 0.9))),
            (
                "road",
                "Stationsweg",
                _line((-4.6, -0.6), (-2.0, -0.5), (-0.4, 0.0), (0.6, 0.1), (2.2, -0.6), (4.7, -0.3)),
            ),
            ("road", "Polderweg", _line((-0.4, 0.0), (-0.5, 1.2), (-0.3, 2.6), (-0.6, 4.9))),
            ("road", "Zuiderlaan", _line((-0.4, 0.0), (-0.5, -1.4), (-0.7, -2.6), (-0.4, -4.9))),
        ]
        town = self._outline
        clipped = [(kind, name, shapely.intersection(line, town)) for kind, name, line in lines]
        park = shapely.Point(at(0.5, -3.1)).buffer(0.006)
        return [*clipped, ("park", "Zuiderpark", shapely.intersection(park, self.areas[9].shape))]

    @cached_property
    def houses(self) -> list[House]:
        """Lay streets through the buurten, eight in each, with houses along them."""
        return [house for area in self.areas for house in self._houses_in(area)]

    def _houses_in(self, area: TownArea) -> list[House]:
        rng = self.rng(f"houses/{area.code}")
        middles = self.points_in(area, len(_KINDS), name="streets")
        shapely.prepare(area.shape)
        found = []
        for place, (name, middle) in enumerate(zip(_STREETS[area.name].split(), middles, strict=True)):
            turn, street = rng.uniform(0, np.pi), f"{name}{_KINDS[(place + len(area.name)) % len(_KINDS)]}"
            for at_house in range(_HOUSES):
                along, side = 0.022 * (at_house - _HOUSES / 2), 0.008 * (1 if at_house % 2 else -1)
                east = along * np.cos(turn) - side * np.sin(turn)
                north = along * np.sin(turn) + side * np.cos(turn)
                lon, lat = round(middle[0] + east * _KM_LON, 6), round(middle[1] + north * _KM_LAT, 6)
                if shapely.contains_xy(area.shape, lon, lat):
                    postcode = f"19{int(area.code[-4:-2]) + 1}{int(area.code[-2:])}{'ABCDEFGH'[place]}X"
                    found.append(House(street, str(at_house + 1), float(lon), float(lat), postcode, area.code))
        return found

    def points_in(self, area: TownArea, count: int, *, name: str) -> list[tuple[float, float]]:
        """Scatter points (lon, lat) inside an area, the same each time for this name."""
        rng = self.rng(f"points/{name}/{area.code}")
        west, south, east, north = area.shape.bounds
        shapely.prepare(area.shape)
        found: list[tuple[float, float]] = []
        while len(found) < count:
            lon, lat = round(rng.uniform(west, east), 6), round(rng.uniform(south, north), 6)
            if shapely.contains_xy(area.shape, lon, lat):
                found.append((lon, lat))
        return found


def _borders(gemeente: str, areas: list[TownArea]) -> list[Border]:
    return [
        Border(
            code=area.code,
            kind=area.kind,
            name=area.name,
            gemeente_code=gemeente,
            year=YEAR,
            geometry=area.shape,
            parent_code=area.parent_code,
        )
        for area in areas
    ]


def lay_out(town: Town, *, by: Actor, now: datetime) -> None:
    """Store the areas of the demo town, its neighbours and its map background, and make it ours unless another is."""
    for areas in ([town.gemeente], town.wijken, town.areas):
        store_areas(_borders(town.code, areas), kind=areas[0].kind, gemeente=town.code, by=by, now=now)
    for other in town.neighbours:
        store_areas(_borders(other.code, [other]), kind=other.kind, gemeente=other.code, by=by, now=now)
    store_features(town.background, gemeente=town.code, by=by, now=now)
    store_addresses(town.houses, gemeente=town.code, by=by, now=now)
    if not GeoState.objects.filter(pk=1).exclude(home_code="").exists():
        settle(town.code, by=by, now=now)


def furnish_town(now: datetime, *, staff: Mapping[str, Actor] | None = None, told: Any = None) -> Town:
    """Furnish the demo town: its areas, then what each room brings, in the order of the rooms.

    Doing it again changes nothing. told: called with each room's label before it starts, for a progress bar.
    """
    town = Town(staff=dict(staff or furnish_staff(now=now)))
    furnish_residents(now=now)
    lay_out(town, by=SYSTEM, now=now)
    for room in rooms():
        furnish = room.furnish()
        if furnish is not None:
            if told is not None:
                told(room.label)
            furnish(town, now=now)
    return town

"""H3 cells: the spatial key that means the same in SQL, in the lake and on the map. Pure."""

from collections.abc import Iterable

import h3


def cell(lon: float, lat: float, resolution: int) -> str:
    """Name the H3 cell that holds a WGS84 point.

    resolution: 0 (continents) to 15 (half a metre); 9 is a street block (about 0.1 km2).
    Raises ValueError for a resolution or point that does not exist.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError(f"{lon}, {lat} is not a point on earth")
    return str(h3.latlng_to_cell(lat, lon, resolution))


def cells(lons: Iterable[float], lats: Iterable[float], resolution: int) -> list[str]:
    """Name the H3 cell of each point, in order."""
    named = h3.latlng_to_cell
    return [named(lat, lon, resolution) for lon, lat in zip(lons, lats, strict=True)]


def centre(code: str) -> tuple[float, float]:
    """Give the middle (lon, lat) of a cell."""
    lat, lon = h3.cell_to_latlng(code)
    return float(lon), float(lat)


def outline(code: str) -> list[tuple[float, float]]:
    """Give the border of a cell as a closed ring of (lon, lat)."""
    ring = [(float(lon), float(lat)) for lat, lon in h3.cell_to_boundary(code)]
    return [*ring, ring[0]]


def parent(code: str, resolution: int) -> str:
    """Name the larger cell, at a lower resolution, that a cell belongs to."""
    return str(h3.cell_to_parent(code, resolution))

"""Places in a photo, marked by hand: two corners make a box. Pure."""

from collections.abc import Sequence

MOST = 40
LEAST = 0.005  # part of the whole


def is_box(box: Sequence[float]) -> bool:
    """Tell whether [x, y, width, height] lies inside the photo, as parts of the whole."""
    if len(box) != 4:
        return False
    x, y, width, height = box
    inside = 0 <= x <= 1 and 0 <= y <= 1 and x + width <= 1.0001 and y + height <= 1.0001
    return inside and width >= LEAST and height >= LEAST


def box_of(one: tuple[float, float], other: tuple[float, float]) -> list[float] | None:
    """Give the box between two opposite corners, as parts of the whole; None when it is too small to mean anything."""
    left, right = sorted((min(max(one[0], 0.0), 1.0), min(max(other[0], 0.0), 1.0)))
    top, bottom = sorted((min(max(one[1], 0.0), 1.0), min(max(other[1], 0.0), 1.0)))
    box = [round(left, 4), round(top, 4), round(right - left, 4), round(bottom - top, 4)]
    return box if is_box(box) else None

"""H3 cells."""

import pytest
import shapely

from plein.foundation.geo import cells


def test_a_point_lies_in_its_cell_and_the_cell_in_its_parent() -> None:
    code = cells.cell(4.9, 52.37, 9)

    assert shapely.Polygon(cells.outline(code)).contains(shapely.Point(4.9, 52.37))
    assert cells.parent(code, 7) == cells.cell(*cells.centre(code), 7)


def test_the_published_example_gives_the_published_cell() -> None:
    # h3geo.org, "Quickstart": latLngToCell(37.7752702151959, -122.418307270836, 9) is 8928308280fffff.
    assert cells.cell(-122.418307270836, 37.7752702151959, 9) == "8928308280fffff"


def test_many_points_give_the_same_as_one_by_one() -> None:
    assert cells.cells([4.9, 6.5], [52.37, 53.2], 8) == [cells.cell(4.9, 52.37, 8), cells.cell(6.5, 53.2, 8)]


def test_a_point_off_the_earth_is_refused() -> None:
    with pytest.raises(ValueError, match="not a point on earth"):
        cells.cell(4.9, 152.0, 9)

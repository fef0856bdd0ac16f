"""RD and WGS84, against points whose both coordinates are published."""

import sys

import numpy as np
import pytest

from plein.foundation.geo import coordinates
from plein.foundation.geo.errors import OutsideTheNetherlands

# F.H. Schreutelkamp and G.L. Strang van Hees, "Benaderingsformules voor de transformatie tussen RD- en WGS84-
# kaartcoördinaten" (2001): the origin of RD, the Onze Lieve Vrouwetoren in Amersfoort, in both systems.
AMERSFOORT_RD = (155_000.0, 463_000.0)
AMERSFOORT = (5.38720621, 52.15517440)


def test_the_tower_of_amersfoort_is_the_origin_of_rd() -> None:
    assert coordinates.to_rd(*AMERSFOORT) == pytest.approx(AMERSFOORT_RD, abs=1.0)
    assert coordinates.to_wgs84(*AMERSFOORT_RD) == pytest.approx(AMERSFOORT, abs=1e-5)


def test_there_and_back_ends_where_it_began() -> None:
    generator = np.random.default_rng(7)
    lons, lats = generator.uniform(3.4, 7.1, 500), generator.uniform(50.8, 53.4, 500)

    back = coordinates.to_wgs84_many(*coordinates.to_rd_many(lons, lats))

    assert np.allclose(back[0], lons, atol=1e-7)
    assert np.allclose(back[1], lats, atol=1e-7)


def test_one_point_and_many_points_give_the_same() -> None:
    x, y = coordinates.to_rd_many([4.9, 6.5], [52.37, 53.2])

    assert (x[1], y[1]) == pytest.approx(coordinates.to_rd(6.5, 53.2))


@pytest.mark.parametrize("point", [(52.37, 4.9), (0.0, 0.0), (float("nan"), 52.0)])
def test_a_point_outside_the_netherlands_is_refused(point: tuple[float, float]) -> None:
    with pytest.raises(OutsideTheNetherlands):
        coordinates.to_rd(*point)


def test_many_points_answer_nan_outside_the_netherlands() -> None:
    x, y = coordinates.to_rd_many([4.9, 52.37], [52.37, 4.9])

    assert np.isfinite([x[0], y[0]]).all()
    assert np.isnan([x[1], y[1]]).all()


def test_coordinates_need_no_django() -> None:
    import subprocess

    code = "import sys, plein.foundation.geo.coordinates as c; c.to_rd(4.9, 52.3); sys.exit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

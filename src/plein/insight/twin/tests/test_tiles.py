"""Vector tiles and values: what the map draws with scripts."""

import gzip
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
from django.test import Client

from plein.foundation.geo.town import Town
from plein.insight.twin import rules
from plein.insight.twin.queries import layers, points
from plein.insight.twin.tests.conftest import NOW, lamp_table

pytestmark = pytest.mark.django_db

DAY = NOW.date().isoformat()


def tile(client: Client, address: str) -> dict[str, Any]:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:500]
    assert answer["Content-Type"] == "application/vnd.mapbox-vector-tile"
    decoded: dict[str, Any] = mapbox_vector_tile.decode(gzip.decompress(answer.content))
    return decoded


def test_near_by_each_point_is_drawn_with_what_a_click_needs(client: Client, offered: list[Any]) -> None:
    column, row = rules.tile_of(5.26, 52.55, 14)

    decoded = tile(client, f"/kaart/tegels/town.air/2025-01-01/14/{column}/{row}")

    facts = [feature["properties"] for feature in decoded["points"]["features"]]
    assert {"point": "s1", "name": "Oude Markt", "value": 12.5} in facts
    assert {"point": "s2", "name": "Haven <b>"} in facts, "without a value, on the same tile"


def test_from_afar_many_points_are_joined_in_cells_that_count_them_all(client: Client, lamp_layer: str) -> None:
    decoded = tile(client, f"/kaart/tegels/{lamp_layer}/{DAY}/8/131/84")

    features = decoded["cells"]["features"]
    assert sum(feature["properties"]["count"] for feature in features) == 100_000
    assert {feature["geometry"]["type"] for feature in features} == {"Polygon"}
    assert len(features) < 1000
    means = [feature["properties"]["value"] for feature in features if feature["properties"]["count"] > 500]
    assert all(abs(mean - 55) < 8 for mean in means), "20, 40, 60 and 100 W are as frequent: 55 on average"


def test_every_point_is_on_exactly_one_tile(lamp_layer: str, offered: list[Any]) -> None:
    held = points.from_table(lamp_table(20_000).rename_columns(["id", "name", "lon", "lat", "value"]))
    size = 2**15
    columns, rows = np.floor(held.x * size).astype(int), np.floor(held.y * size).astype(int)
    column, row = int(np.median(columns)), int(np.median(rows))

    decoded = mapbox_vector_tile.decode(gzip.decompress(held.tile(15, column, row).packed))

    inside = [
        feature["properties"]["point"]
        for feature in decoded["points"]["features"]
        if all(0 <= place < rules.EXTENT for place in feature["geometry"]["coordinates"])
    ]
    expected = [held.ids[at] for at in np.flatnonzero((columns == column) & (rows == row))]
    assert abs(len(inside) - len(expected)) <= 1, "a point on the very edge may round to the other side"
    assert set(inside) <= set(expected) | set(inside[:1])


def test_a_tile_without_points_is_empty(client: Client, offered: list[Any]) -> None:
    assert tile(client, "/kaart/tegels/town.air/2025-01-01/14/0/0")["points"]["features"] == []


def test_a_tile_that_was_fetched_before_is_not_sent_again(client: Client, lamp_layer: str) -> None:
    address = f"/kaart/tegels/{lamp_layer}/{DAY}/8/131/84"
    first = client.get(address)

    again = client.get(address, headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]


@pytest.mark.parametrize(
    "address",
    [
        "town.air/2025-01-01/2/4/0",
        "town.air/2025-01-01/19/0/0",
        "town.air/2020-01-01/0/0/0",
        "town.air/2025-99-99/0/0/0",
        "town.green/2025-01-01/0/0/0",
        "nothing/2025-01-01/0/0/0",
    ],
)
def test_a_tile_that_does_not_exist_is_refused(client: Client, offered: list[Any], address: str) -> None:
    assert client.get(f"/kaart/tegels/{address}").status_code == 404


def test_values_of_areas_are_small_and_have_shapes_elsewhere(client: Client, offered: list[Any], town: Town) -> None:
    address = "/kaart/waarden/town.green/2025-01-01/buurt.json"

    answer = client.get(address)

    told = answer.json()
    assert told["unit"] == "%"
    assert told["values"] == {area.code: number + 5 for number, area in enumerate(town.areas) if number}
    assert len(answer.content) < 1000
    assert client.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304


def test_points_are_read_once_a_minute_and_anew_after_that(offered: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace
    from datetime import timedelta

    read: list[object] = []
    air = offered[1]
    counted = replace(air, points=lambda at: (read.append(at), air.points(at))[1])

    for seconds in (0, 30, 59, 61):
        points.points(counted, at=NOW.date(), now=NOW + timedelta(seconds=seconds))

    assert len(read) == 2


def test_a_layer_whose_room_refuses_is_empty_and_breaks_nothing(offered: list[Any]) -> None:
    from dataclasses import replace

    from plein.foundation.catalogue.errors import NotPublished

    def refuse(*_: object) -> Any:
        raise NotPublished(product="town.air")

    air, green = replace(offered[1], points=refuse, moments=refuse), replace(offered[0], values=refuse)

    assert layers.moments(air, NOW) == []
    assert len(points.points(air, at=NOW.date(), now=NOW)) == 0
    assert layers.values(green, level="buurt", at=NOW.date(), now=NOW) == {}


def test_places_that_do_not_exist_are_left_out() -> None:
    import pyarrow as pa

    held = points.from_table(
        pa.table({"id": ["a", "b", "c", "d"], "lon": [5.1, None, 500.0, 5.2], "lat": [52.1, 52.1, 52.1, float("nan")]})
    )

    assert held.ids == ["a"]

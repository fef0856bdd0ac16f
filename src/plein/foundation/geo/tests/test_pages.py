"""Areas as GeoJSON for maps."""

import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest
import shapely
from django.test import Client
from django.urls import reverse

from plein.foundation.geo.actions import Border, store_areas
from plein.foundation.geo.town import Town, lay_out
from plein.foundation.identity.actors import SYSTEM

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    town = Town()
    lay_out(town, by=SYSTEM, now=NOW)
    return town


def test_the_map_gets_all_buurten_of_our_town_with_their_names(client: Client, town: Town) -> None:
    answer = client.get(reverse("geo:areas", args=["buurt"]))

    features = answer.json()["features"]
    assert answer["Content-Type"] == "application/geo+json"
    assert {feature["properties"]["name"] for feature in features} == {area.name for area in town.areas}
    assert features[0]["id"] == features[0]["properties"]["code"] == "BU99990000"


def test_far_out_a_border_has_fewer_points_and_neighbours_still_touch(client: Client, town: Town) -> None:
    near = client.get(reverse("geo:areas", args=["buurt"]), {"zoom": "14"}).json()
    far = client.get(reverse("geo:areas", args=["buurt"]), {"zoom": "7"}).json()

    def points(document: Any) -> int:
        return sum(
            len(shapely.get_coordinates(shapely.from_geojson(json.dumps(f["geometry"])))) for f in document["features"]
        )

    shapes = [shapely.from_geojson(json.dumps(f["geometry"])) for f in far["features"]]
    assert points(far) < points(near) * 0.75
    assert shapely.union_all(shapes).area == pytest.approx(sum(shape.area for shape in shapes), rel=1e-3)


def test_what_a_browser_has_is_not_sent_again_until_areas_change(client: Client, town: Town) -> None:
    address = reverse("geo:areas", args=["wijk"])
    first = client.get(address)

    assert client.get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    store_areas(
        [Border("WK999909", "wijk", "Nieuw", "GM9999", 2024, shapely.box(5.2, 52.5, 5.21, 52.51))],
        kind="wijk",
        gemeente="GM9999",
        by=SYSTEM,
        now=NOW,
    )
    again = client.get(address, headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 200
    assert again["ETag"] != first["ETag"]


def test_it_is_packed_for_whoever_understands_that(client: Client, town: Town) -> None:
    address = reverse("geo:areas", args=["gemeente"])

    packed = client.get(address, headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == client.get(address).content
    assert packed["ETag"] != client.get(address)["ETag"]


def test_a_second_look_costs_two_queries(client: Client, town: Town, django_assert_num_queries: Any) -> None:
    client.get(reverse("geo:areas", args=["buurt"]))

    with django_assert_num_queries(2):  # whose town this is, and whether anything changed
        client.get(reverse("geo:areas", args=["buurt"]))


def test_the_background_has_the_river_and_the_roads(client: Client, town: Town) -> None:
    features = client.get(reverse("geo:background")).json()["features"]

    assert {feature["properties"]["kind"] for feature in features} == {"water", "road", "park"}


def test_a_kind_of_area_that_does_not_exist_is_not_found(client: Client, db: None) -> None:
    assert client.get("/gebieden/straat.geojson").status_code == 404


def test_a_gemeente_without_areas_gives_an_empty_map(client: Client, town: Town) -> None:
    assert client.get(reverse("geo:areas", args=["buurt"]), {"gemeente": "GM0001"}).json()["features"] == []

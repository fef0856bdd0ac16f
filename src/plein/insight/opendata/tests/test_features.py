"""OGC API Features: the answers fit the standard's own schemas, and somebody else's client can read them."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
import referencing
import yaml
from django.test import Client
from referencing.jsonschema import DRAFT7

from plein.foundation.geo.models import Area
from plein.insight.opendata.rules import places
from plein.insight.opendata.rules.asking import Field
from plein.insight.opendata.tests.conftest import ROWS

pytestmark = pytest.mark.django_db
BASE = "/api/features/v1"
SQUARE = {"type": "Polygon", "coordinates": [[[4.0, 52.0], [4.1, 52.0], [4.1, 52.1], [4.0, 52.1], [4.0, 52.0]]]}
FAR = {"type": "Polygon", "coordinates": [[[6.0, 53.0], [6.1, 53.0], [6.1, 53.1], [6.0, 53.1], [6.0, 53.0]]]}


@pytest.fixture
def areas(db: None) -> None:
    for code, geometry in (("BU99990101", SQUARE), ("BU99990102", FAR)):
        Area.objects.create(
            code=code,
            kind="buurt",
            name=code,
            gemeente_code="GM9999",
            year=2026,
            geometry=json.dumps(geometry),
            lon=4.05,
            lat=52.05,
            area_km2=1,
        )


def get(client: Client, address: str) -> Any:
    answer = client.get(address if address.startswith("http") else f"{BASE}{address}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def check(body: Any, name: str, shared: Path) -> None:
    """Hold an answer against a schema of the standard; schemas refer to each other by file name."""
    folder = shared / "standards" / "ogc-api-features" / "schemas"

    def retrieve(address: str) -> referencing.Resource[Any]:
        content = yaml.safe_load((folder / address.rsplit("/", 1)[-1]).read_text(encoding="utf-8"))
        return referencing.Resource(_plain(content), DRAFT7)

    registry: Any = referencing.Registry(retrieve=retrieve)  # type: ignore[call-arg]
    jsonschema.Draft7Validator({"$ref": f"http://schemas.example/{name}"}, registry=registry).validate(body)


def _plain(node: Any) -> Any:
    """Say `type: null` (YAML's null) and OpenAPI's `nullable` as JSON Schema does."""
    if isinstance(node, list):
        return [_plain(one) for one in node]
    if not isinstance(node, dict):
        return node
    made = {key: "null" if key == "type" and value is None else _plain(value) for key, value in node.items()}
    if made.pop("nullable", False):
        made["type"] = [made["type"], "null"]
    return made


@pytest.mark.conformance
@pytest.mark.parametrize(
    ("address", "schema"),
    [
        ("", "landingPage.yaml"),
        ("/conformance", "confClasses.yaml"),
        ("/collections", "collections.yaml"),
        ("/collections/waste.fills", "collection.yaml"),
        ("/collections/waste.fills/items?limit=3", "featureCollectionGeoJSON.yaml"),
        ("/collections/town.counts/items", "featureCollectionGeoJSON.yaml"),
    ],
)
def test_every_answer_fits_the_schema_of_the_standard(
    client: Client, town: Path, areas: None, shared: Path, address: str, schema: str
) -> None:
    check(get(client, address), schema, shared)


@pytest.mark.conformance
def test_one_feature_fits_the_schema_of_the_standard(client: Client, town: Path, shared: Path) -> None:
    feature = get(client, "/collections/waste.fills/items?limit=1")["features"][0]

    check(get(client, f"/collections/waste.fills/items/{quote(feature['id'])}"), "featureGeoJSON.yaml", shared)


@pytest.mark.conformance
@pytest.mark.django_db(transaction=True)
def test_a_client_that_others_wrote_reads_a_collection(live_server: Any, town: Path, settings: Any) -> None:
    from owslib.ogcapi.features import Features

    settings.PLEIN = {**settings.PLEIN, "BASE_URL": live_server.url}
    reader = Features(f"{live_server.url}{BASE}")

    assert "waste.fills" in reader.feature_collections()
    assert reader.collection("waste.fills")["extent"]["spatial"]["bbox"] == [[4.7, 52.3, 4.73, 52.33]]
    found = reader.collection_items("waste.fills", bbox=[4.695, 52.295, 4.705, 52.305], limit=5)
    assert found["numberMatched"] == ROWS / 4  # one of four containers lies in the box
    assert found["numberReturned"] == 5
    first = reader.collection_item("waste.fills", quote(found["features"][0]["id"], safe=""))
    assert first["geometry"]["coordinates"] == [4.7, 52.3]


def test_a_box_chooses_points(client: Client, town: Path) -> None:
    assert get(client, "/collections/waste.fills/items?bbox=4.705,52.305,4.715,52.315")["numberMatched"] == 30


def test_a_box_chooses_areas_that_it_touches(client: Client, town: Path, areas: None) -> None:
    found = get(client, "/collections/town.counts/items?bbox=4.05,52.05,4.06,52.06")

    assert [feature["properties"]["buurt"] for feature in found["features"]] == ["BU99990101"]
    assert found["features"][0]["geometry"] == SQUARE


@pytest.mark.parametrize(
    ("when", "count"),
    [
        ("2026-01-01T05:00:00Z", 1),
        ("2026-01-01T05:00:00Z/2026-01-01T07:00:00Z", 3),
        ("../2026-01-01T01:00:00Z", 2),
        ("2026-01-05T22:00:00Z/..", 2),  # 120 hours from 1 January end at 5 January 23:00
        ("2026-01-02", 24),
    ],
)
def test_a_moment_or_period_chooses_rows(client: Client, town: Path, when: str, count: int) -> None:
    assert get(client, f"/collections/waste.fills/items?datetime={when}")["numberMatched"] == count


def test_pages_follow_by_the_link_next(client: Client, town: Path) -> None:
    seen: list[str] = []
    address = "/collections/waste.fills/items?limit=50&kind=paper"
    while address:
        page = get(client, address)
        seen += [feature["id"] for feature in page["features"]]
        address = next((link["href"] for link in page["links"] if link["rel"] == "next"), "")

    assert len(seen) == len(set(seen)) == 80


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/collections/waste.fills/items?bbox=1,2,3", 400),
        ("/collections/waste.fills/items?bbox=1,9,3,2", 400),
        ("/collections/waste.fills/items?bbox=a,b,c,d", 400),
        ("/collections/waste.fills/items?datetime=once", 400),
        ("/collections/waste.fills/items?datetime=../..", 400),
        ("/collections/waste.fills/items?limit=0", 400),
        ("/collections/waste.fills/items?colour=red", 400),
        ("/collections/waste.fills/items?f=html", 400),
        ("/collections?colour=red", 400),
        ("/collections/waste.fills/items/nonsense", 404),
        ("/collections/help.debts", 404),
        ("/collections/help.debts/items", 404),
        ("/collections/no.such/items", 404),
    ],
)
def test_bad_questions_are_refused_as_the_standard_asks(client: Client, town: Path, address: str, status: int) -> None:
    answer = client.get(f"{BASE}{address}")

    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_limit_above_ours_is_brought_down(client: Client, town: Path) -> None:
    assert get(client, "/collections/waste.fills/items?limit=999999")["numberReturned"] == ROWS


@pytest.mark.parametrize("values", [("a", 1), ("a~b", 2), ("50%", 3), ("x/y~%7E", 4)])
def test_the_name_of_a_feature_reads_back_as_its_key(values: tuple[str, int]) -> None:
    keys = [Field("name", "text"), Field("number", "integer")]

    found = places.read_feature_id(places.feature_id(values), keys)

    assert found is not None
    assert tuple(condition.values[0] for condition in found) == values


def test_a_box_over_the_180th_meridian_has_two_sides(client: Client, town: Path) -> None:
    assert get(client, "/collections/waste.fills/items?bbox=170,-10,-170,60")["numberMatched"] == 0
    assert get(client, "/collections/waste.fills/items?bbox=4.715,-10,-170,60")["numberMatched"] == 60

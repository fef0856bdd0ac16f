"""The catalogue conforms to DCAT-AP-NL 3.0, as judged by the shapes of those who made the standard."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from rdflib import DCAT, RDF, Graph, URIRef

from plein.insight.opendata.queries import dcat
from plein.insight.opendata.queries.products import Listed
from plein.insight.opendata.tests.conftest import COUNTS, DEBTS, FILLS

AT = datetime(2026, 1, 5, tzinfo=UTC)
PUBLISHER = dcat.Publisher("https://data.example.nl", "Gemeente Voorbeeld", "GM0363", "data@example.nl")
PRODUCTS = [Listed(FILLS, 3, 1, 10, 100, AT, AT), Listed(COUNTS, 1, 1, 10, 100, AT, AT), Listed(DEBTS)]
NL = [
    "dcat-ap-nl-SHACL.ttl",
    "dcat-ap-nl-SHACL-aanbevolen.ttl",
    "dcat-ap-nl-SHACL-klassebereik.ttl",
    "dcat-ap-nl-SHACL-klassebereik-codelijsten.ttl",
]


def verdict(graph: Graph, shapes: Path) -> tuple[bool, str]:
    from pyshacl import validate

    conforms, _report, text = validate(graph, shacl_graph=str(shapes))
    return conforms, text


@pytest.mark.conformance
@pytest.mark.parametrize("shapes", NL)
@pytest.mark.parametrize("release", ["3.0.0", "3.0.1-working"])
def test_the_catalogue_conforms_to_the_dutch_profile(shared: Path, release: str, shapes: str) -> None:
    conforms, text = verdict(dcat.graph(PRODUCTS, PUBLISHER), shared / "standards" / "dcat-ap-nl" / release / shapes)

    assert conforms, text


@pytest.mark.conformance
def test_high_value_datasets_conform_to_their_own_shapes(shared: Path) -> None:
    valued = [product for product in PRODUCTS if product.contract.hvd]

    conforms, text = verdict(
        dcat.graph(valued, PUBLISHER), shared / "standards" / "dcat-ap-nl" / "eu" / "dcat-ap-hvd-3.0.0-SHACL.ttl"
    )

    assert valued
    assert conforms, text


@pytest.mark.conformance
def test_the_shapes_find_a_catalogue_that_lacks_something(shared: Path) -> None:
    graph = dcat.graph(PRODUCTS, PUBLISHER)
    graph.remove((None, DCAT.theme, None))

    conforms, text = verdict(graph, shared / "standards" / "dcat-ap-nl" / "3.0.0" / NL[0])

    assert not conforms
    assert "theme" in text


@pytest.mark.django_db
@pytest.mark.parametrize(("notation", "parser"), [("ttl", "turtle"), ("jsonld", "json-ld"), ("rdf", "xml")])
def test_each_notation_says_the_same(client: Client, town: Path, notation: str, parser: str) -> None:
    answer = client.get(f"/data/catalogus.{notation}")

    graph = Graph().parse(data=answer.content, format=parser)
    datasets = {str(dataset) for dataset in graph.subjects(RDF.type, DCAT.Dataset)}
    assert {one.rsplit("/data/")[1] for one in datasets} >= {
        "waste.fills/#dataset",
        "town.counts/#dataset",
        "help.debts/#dataset",
    }
    closed = next(URIRef(one) for one in datasets if "help.debts" in one)
    assert list(graph.objects(closed, DCAT.distribution)) == []


@pytest.mark.django_db
def test_only_high_value_datasets_can_be_asked_for(client: Client, town: Path) -> None:
    graph = Graph().parse(data=client.get("/data/catalogus.ttl?hvd").content, format="turtle")

    datasets = list(graph.subjects(RDF.type, DCAT.Dataset))
    assert datasets
    assert all(list(graph.objects(one, URIRef("http://data.europa.eu/r5r/hvdCategory"))) for one in datasets)


@pytest.mark.django_db
def test_the_catalogue_is_sent_once_to_a_reader_that_comes_back(client: Client, town: Path) -> None:
    first: Any = client.get("/data/catalogus.ttl")

    again: Any = client.get("/data/catalogus.ttl", headers={"If-None-Match": first.headers["ETag"]})

    assert again.status_code == 304

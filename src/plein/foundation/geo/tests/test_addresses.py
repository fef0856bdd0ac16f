"""Finding a place by its address, and naming a place after the nearest house."""

from datetime import UTC, datetime

import pytest

from plein.foundation.errors import NotAllowed
from plein.foundation.geo.addresses import House, metres, nearest, search, store_addresses
from plein.foundation.geo.models import Address
from plein.foundation.geo.town import Town
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUSES = [
    House("Lindelaan", "1", 5.27, 52.56, "1901AX"),
    House("Lindelaan", "12", 5.271, 52.56, "1901AX"),
    House("Café-plein", "3", 5.28, 52.56, "1902BX"),
]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _houses() -> None:
    store_addresses(HOUSES, gemeente="GM0001", by=SYSTEM, now=NOW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Lindelaan", ["Lindelaan 1", "Lindelaan 12"]),
        ("lindelaan 12", ["Lindelaan 12"]),
        ("1901 ax 12", ["Lindelaan 12"]),
        ("1901AX", ["Lindelaan 1", "Lindelaan 12"]),
        ("cafe plein", ["Café-plein 3"]),
        ("li", []),
        ("'; DROP TABLE", []),
    ],
)
def test_an_address_is_found_as_people_type_it(text: str, expected: list[str]) -> None:
    assert [str(row) for row in search(text, gemeente="GM0001")] == expected


def test_a_place_is_named_after_the_nearest_house() -> None:
    assert str(nearest(5.2709, 52.5601)) == "Lindelaan 12"
    assert nearest(5.9, 52.9) is None


def test_a_degree_of_latitude_is_111_km() -> None:
    assert metres(5.0, 52.0, 5.0, 53.0) == pytest.approx(111_200)
    assert metres(5.0, 60.0, 6.0, 60.0) == pytest.approx(55_600, rel=0.001)


def test_storing_the_same_addresses_again_keeps_them() -> None:
    before = list(Address.objects.order_by("id").values_list("id", flat=True))

    store_addresses(HOUSES, gemeente="GM0001", by=SYSTEM, now=NOW)

    assert list(Address.objects.order_by("id").values_list("id", flat=True)) == before


def test_not_just_anybody_changes_addresses() -> None:
    with pytest.raises(NotAllowed):
        store_addresses([], gemeente="GM0001", by=ANONYMOUS, now=NOW)


def test_the_demo_town_has_houses_in_every_buurt_and_no_two_with_one_address() -> None:
    town = Town(staff={})

    houses = town.houses

    assert {house.buurt_code for house in houses} == {area.code for area in town.areas}
    assert len({(house.street, house.number) for house in houses}) == len(houses)
    assert houses == Town(staff={}).houses

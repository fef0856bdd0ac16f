"""The pages: what everyone sees, and what only the owner of the sensors does."""

from datetime import date, timedelta

import numpy as np
import pytest
from django.test import Client
from django.utils import translation

from plein.city.sensing import actions
from plein.city.sensing.models import Ailment, Alert, DayMean, Station, Stream
from plein.city.sensing.sources import registering
from plein.city.sensing.tests.ground import NOW
from plein.city.sensing.tests.test_actions import AS, hours, plain, stream
from plein.foundation.identity.actions import create_staff
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations.times import to_us


@pytest.fixture
def measured(ground: None) -> Station:
    """Give a point with two days of readings, of which the last is doubtful, beside one without a place."""
    values = plain(48)
    values[40] = 560.0
    one, lost = stream("dam-1"), stream("lost", lon=0.0, lat=0.0)
    registering.keep({one: (hours(48), values), lost: (hours(48), plain(48))}, **AS)
    registering.remember_last()
    actions.publish_all(**AS)
    return one.station


@pytest.fixture
def manager(client: Client, ground: None) -> Client:
    """Log the sensor manager in."""
    client.force_login(create_staff("sam", roles=["sensor-manager"], demo=True, by=SYSTEM, now=NOW - timedelta(days=9)))
    return client


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content[:500]
    return answer.content.decode()


def test_the_map_has_a_list_beside_it_and_names_the_points_without_a_place(client: Client, measured: Station) -> None:
    shown = page(client, "/meten/?wat=pm10")

    assert "Sensor dam-1" in shown
    assert "Meetpunten zonder geldige plek" in shown
    assert "gemiddeld" in shown or "laag" in shown  # the class in words


def test_a_map_without_readings_says_what_will_be_here(client: Client, ground: None) -> None:
    assert "Nog geen metingen" in page(client, "/meten/")


@pytest.mark.parametrize("period", ["day", "week", "all", "nonsense"])
def test_a_point_tells_what_is_measured_why_on_what_ground_by_whom_and_how_long_it_is_kept(
    client: Client, measured: Station, period: str
) -> None:
    shown = page(client, f"/meten/{measured.pk}/?periode={period}")

    for words in ("Omgevingswet, artikel 20.1", "6.1.e", "Gemeente", "Metingen blijven bewaard", "Weten hoe schoon"):
        assert words in shown
    assert "Nee. Er worden geen persoonsgegevens verwerkt." in shown
    assert "<table" in shown


def test_the_download_holds_every_reading_with_the_reason_of_its_flags(client: Client, measured: Station) -> None:
    answer = client.get(f"/meten/{measured.pk}/pm10.csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()

    assert lines[0] == "time,result,unit,flags"
    assert len(lines) == 49
    assert "sudden spike" in lines[41]
    assert client.get(f"/meten/{measured.pk}/no2.csv").status_code == 404


def test_a_point_that_does_not_exist_is_not_found(client: Client, ground: None) -> None:
    assert client.get("/meten/999/").status_code == 404


def test_alerts_name_the_sensors_that_agreed(client: Client, ground: None) -> None:
    ones = [stream("dam-1"), stream("dam-2", lon=4.9)]
    registering.keep({one: (hours(30), plain(30, 80.0)) for one in ones}, **AS)
    actions.watch(**AS)

    shown = page(client, "/meten/waarschuwingen/")

    assert "Sensor dam-1" in shown
    assert "Sensor dam-2" in shown
    assert "Amsterdam" in shown


def test_a_year_is_held_against_the_norms_and_says_when_there_is_too_little_data(
    client: Client, ground: None, django_assert_max_num_queries: object
) -> None:
    one = stream("dam-1", "o3").station
    Stream.objects.update(first_us=1, last_us=to_us(NOW))
    first = date(2023, 1, 1)
    DayMean.objects.bulk_create(
        DayMean(stream=one.streams.get(), day=first + timedelta(days=n), hours=24, mean=60.0, highest_8h=101.0 + n % 2)
        for n in range(500)
    )

    with django_assert_max_num_queries(20):
        newest = page(client, f"/meten/{one.pk}/?wat=o3")
    whole = page(client, f"/meten/{one.pk}/?wat=o3&jaar=2023")

    assert "Vergeleken met de normen: 2024" in newest
    assert "135 dagen erboven" in newest  # over 100 µg/m³ on each of the 135 days of 2024
    assert "Te weinig gegevens" in newest
    assert "365 dagen erboven" in whole
    assert "mag 18 dagen per jaar hoger zijn" in whole
    assert "gegevens van 100% van het jaar; nodig is 85%" in whole
    assert "Binnen de norm" in whole
    assert "Boven de norm" in whole
    assert "Vergeleken met de normen: 2024" in page(client, f"/meten/{one.pk}/?wat=o3&jaar=nonsense")


def test_the_limit_values_name_their_source(client: Client, ground: None) -> None:
    shown = page(client, "/meten/normen/")

    assert "2024/2881, annex I, section 2, point B" in shown
    assert "Iedereen informeren" in shown
    assert "WHO global air quality guidelines 2021" in shown


def test_the_owner_sees_sick_sensors_and_writes_down_what_was_done(manager: Client) -> None:
    broken = np.full(48, 17.0)
    registering.keep({stream("sick"): (hours(48), broken)}, **AS)
    registering.remember_last()
    actions.look_after(now=NOW)
    ailment = Ailment.objects.get()

    assert "Steeds dezelfde waarde" in page(manager, "/meten/zorg/")
    manager.post(f"/meten/zorg/{ailment.pk}/", {"note": "Filter vervangen"})

    assert "Filter vervangen" in page(manager, "/meten/zorg/")


def test_an_empty_note_is_refused_in_words(manager: Client) -> None:
    registering.keep({stream("sick"): (hours(48), np.full(48, 17.0))}, **AS)
    registering.remember_last()
    actions.look_after(now=NOW)

    answer = manager.post(f"/meten/zorg/{Ailment.objects.get().pk}/", {"note": ""}, follow=True)

    assert "Er is niets bewaard" in answer.content.decode()


def test_a_point_is_registered_or_refused_with_the_reason(manager: Client) -> None:
    told = {"code": "dam-9", "name": "Dam", "kind": "own", "owner": "Gemeente", "lon": "4,893", "lat": "52,373"}
    told |= {"quantity": "noise", "sensor": "Munisense", "activity": "sensing.nothing"}

    refused = manager.post("/meten/registreren/", told)
    assert refused.status_code == 422
    assert "sensing.nothing" in refused.content.decode()
    assert not Station.objects.exists()

    done = manager.post("/meten/registreren/", {**told, "activity": ""})
    assert done.status_code == 302
    assert Station.objects.get().theme == "noise"


@pytest.mark.parametrize("address", ["/meten/zorg/", "/meten/registreren/"])
def test_only_the_owner_comes_here(client: Client, ground: None, address: str) -> None:
    assert client.get(address).status_code == 302
    client.force_login(create_staff("bert", roles=["analyst"], by=SYSTEM, now=NOW - timedelta(days=9)))
    assert client.get(address).status_code == 403


def test_lists_cost_the_same_however_long_they_are(
    client: Client, ground: None, django_assert_max_num_queries: object
) -> None:
    for number in range(12):
        stream(f"kit-{number}", lon=4.8 + number / 100)
        Alert.objects.create(
            quantity="pm10", hours=24, limit=50, highest=60, lon=4.9, lat=52.3, raised_at=NOW, seen_at=NOW, ended_at=NOW
        )
    client.get("/meten/")
    with translation.override("nl"):
        for address in ("/meten/?wat=pm10", "/meten/waarschuwingen/"):
            with django_assert_max_num_queries(10):
                client.get(address)

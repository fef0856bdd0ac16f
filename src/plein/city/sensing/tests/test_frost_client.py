"""The client that others use, frost_sta_client, against a live server, with all entity types."""

import frost_sta_client as fsc
import pytest
from frost_sta_client.service.auth_handler import AuthHandler

POINT = {"type": "Point", "coordinates": [4.9, 52.37]}
pytestmark = [pytest.mark.conformance, pytest.mark.django_db(transaction=True)]


class Token(AuthHandler):
    """Sends a bearer token where the client sends a password."""

    def __init__(self, secret):
        super().__init__("", "")
        self.secret = secret

    def add_auth_header(self):
        def signed(request):
            request.headers["Authorization"] = f"Bearer {self.secret}"
            return request

        return signed


@pytest.fixture
def service(live_server, sensors, secret):
    return fsc.SensorThingsService(f"{live_server.url}/api/sensorthings/v1.1", auth_handler=Token(secret))


def test_the_frost_client_works_with_every_type_of_entity(service):
    place = fsc.Location(name="Dam", description="Square", encoding_type="application/geo+json", location=POINT)
    thing = fsc.Thing(name="Lantern", description="A lantern", properties={"poles": 2}, locations=[place])
    service.create(thing)
    sensor = fsc.Sensor(name="SDS", description="d", encoding_type="application/pdf", metadata="http://example.org")
    seen = fsc.ObservedProperty(name="PM2.5", definition="http://example.org/pm25", description="dust")
    service.create(sensor)
    service.create(seen)
    unit = fsc.UnitOfMeasurement(name="microgram", symbol="µg/m³", definition="ucum:ug/m3")
    stream = fsc.Datastream(
        name="PM2.5",
        description="dust",
        observation_type="http://example.org/om",
        unit_of_measurement=unit,
        properties={"activity": "test.measure"},
    )
    stream.thing, stream.sensor, stream.observed_property = thing, sensor, seen
    service.create(stream)
    feature = fsc.FeatureOfInterest(
        "Air", "The air", "application/geo+json", {"type": "Point", "coordinates": [4.9, 52.3]}
    )
    service.create(feature)
    reading = fsc.Observation(
        phenomenon_time="2026-11-22T10:00:00Z", result=7.5, datastream=stream, feature_of_interest=feature
    )
    service.create(reading)
    past = fsc.HistoricalLocation(time="2020-01-01T00:00:00Z", locations=[service.locations().query().list().get(0)])
    past.thing = thing
    service.create(past)

    assert service.things().find(thing.id).properties == {"poles": 2}
    assert service.observations().find(reading.id).result == 7.5
    assert [one.result for one in service.datastreams().find(stream.id).get_observations().query().list()] == [7.5]
    for kind in ("things", "locations", "historical_locations", "sensors", "observed_properties", "datastreams"):
        assert len(getattr(service, kind)().query().list().entities) >= 1
    assert service.features_of_interest().query().filter("name eq 'Air'").count().list().count == 1


def test_the_frost_client_sends_data_arrays_and_pages_through_them(service, sensors, thing, datastream):
    sensors.create("Things", thing(Datastreams=[datastream()]))
    stream = service.datastreams().query().list().get(0)
    rows = fsc.model.ext.data_array_value.DataArrayValue()
    kinds = fsc.model.ext.data_array_value.DataArrayValue.Property
    rows.datastream = stream
    rows.components = {kinds.PHENOMENON_TIME, kinds.RESULT}
    for minute in range(25):
        rows.add_observation(fsc.Observation(phenomenon_time=f"2026-11-22T10:{minute:02}:00Z", result=float(minute)))
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(rows)

    made = service.observations().create(document)
    found = service.observations().query().top(10).orderby("phenomenonTime", "ASC").list()

    assert len(made) == 25
    assert [one.result for one in found] == [float(minute) for minute in range(25)]


def test_the_frost_client_changes_and_deletes(service, sensors, thing):
    sensors.create("Things", thing())
    lantern = service.things().query().filter("name eq 'Lantern'").list().get(0)

    lantern.name = "Lamp"
    service.update(lantern)
    service.patch(lantern, [{"op": "replace", "path": "/description", "value": "patched"}])
    again = service.things().find(lantern.id)
    service.delete(again)

    assert (again.name, again.description) == ("Lamp", "patched")
    assert service.things().query().list().entities == []

"""Black-box tests for the requirement classes of OGC 18-088: sensing, create-update-delete, filtering, data array."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from plein.foundation import clock
from plein.foundation.observations import sealing
from plein.foundation.observations.models import Datastream, Observation

ROOT = "/api/sensorthings/v1.1"
START = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
SQUARE = "geography'POLYGON((4 52,5 52,5 53,4 53,4 52))'"
ELSEWHERE = "geography'POLYGON((5 52,6 52,6 53,5 53,5 52))'"


def said(at):
    return at.isoformat().replace("+00:00", "Z")


def readings(*results, first=START):
    return [{"phenomenonTime": said(first + timedelta(hours=n)), "result": result} for n, result in enumerate(results)]


def path_of(entity):
    link = entity if isinstance(entity, str) else entity["@iot.selfLink"]
    return link.partition("/v1.1/")[2]


def seal():
    sealing.seal(now=clock.now(), after_days=0)


@pytest.fixture
def street(sensors, thing, datastream):
    """A lantern that measures dust and noise, and a kiosk that measures nothing."""
    streams = [
        datastream("PM2.5", Observations=readings(1, 2, 3, 4)),
        datastream("Noise", Observations=readings(50.5, 60)),
    ]
    sensors.create("Things", thing("Lantern", properties={"owner": "town", "poles": 2}, Datastreams=streams))
    sensors.create("Things", {"name": "Kiosk", "description": "o'clock"})
    return sensors


def test_the_root_lists_all_sets_and_what_is_conformed_to(sensors):
    root = sensors.get("")

    assert len(root["value"]) == 8
    assert any("data-array" in name for name in root["serverSettings"]["conformance"])


def test_every_link_of_every_entity_leads_somewhere(street):
    for row in street.get("")["value"]:
        for entity in street.get(row["name"])["value"]:
            assert street.get(path_of(entity))["@iot.id"] == entity["@iot.id"]
            for link in (link for name, link in entity.items() if name.endswith("navigationLink")):
                street.get(path_of(link))


def test_a_deep_insert_makes_everything_and_the_history(street):
    query = {"filter": "name eq 'Lantern'", "expand": "Locations,HistoricalLocations,Datastreams"}

    lantern = street.get("Things", **query)["value"][0]

    assert [row["name"] for row in lantern["Locations"]] == ["Dam"]
    assert len(lantern["HistoricalLocations"]) == 1
    assert [row["name"] for row in lantern["Datastreams"]] == ["PM2.5", "Noise"]
    dust = lantern["Datastreams"][0]
    assert dust["unitOfMeasurement"]["symbol"] == "µg/m³"
    assert dust["phenomenonTime"] == "2026-03-01T10:00:00Z/2026-03-01T13:00:00Z"
    assert dust["properties"]["activity"] == "test.measure"


def test_an_observation_is_about_where_the_thing_stands(street):
    row = street.get("Observations", top="1", expand="FeatureOfInterest,Datastream/Thing")["value"][0]

    assert row["FeatureOfInterest"]["feature"]["coordinates"] == [4.9, 52.37]
    assert row["Datastream"]["Thing"]["name"] == "Lantern"
    feature = row["FeatureOfInterest"]["@iot.id"]
    assert len(street.get(f"FeaturesOfInterest({feature})/Observations")["value"]) == 6


@pytest.mark.parametrize(
    ("filter", "names"),
    [
        ("name eq 'Lantern'", ["Lantern"]),
        ("name ne 'Lantern'", ["Kiosk"]),
        ("not (name eq 'Lantern')", ["Kiosk"]),
        ("substringof('ant', name)", ["Lantern"]),
        ("contains(name, 'osk')", ["Kiosk"]),
        ("startswith(name, 'Ki') or endswith(name, 'tern')", ["Lantern", "Kiosk"]),
        ("description eq 'o''clock'", ["Kiosk"]),
        ("length(name) eq 5", ["Kiosk"]),
        ("indexof(name, 'n') eq 2", ["Lantern"]),
        ("substring(name, 3) eq 'tern'", ["Lantern"]),
        ("substring(name, 1, 3) eq 'ios'", ["Kiosk"]),
        ("tolower(name) eq 'kiosk' and toupper(name) eq 'KIOSK'", ["Kiosk"]),
        ("trim(concat(name, '  ')) eq 'Kiosk'", ["Kiosk"]),
        ("properties/owner eq 'town'", ["Lantern"]),
        ("properties/poles gt 1", ["Lantern"]),
        ("properties/poles add 1 eq 3", ["Lantern"]),
        ("properties/owner eq null", ["Kiosk"]),
        ("Datastreams/name eq 'Noise'", ["Lantern"]),
        ("Datastreams/ObservedProperty/name eq 'PM2.5'", ["Lantern"]),
        ("Datastreams/phenomenonTime lt 2026-03-02T00:00:00Z", ["Lantern"]),
        ("during(Datastreams/phenomenonTime, 2026-02-01T00:00:00Z/2026-04-01T00:00:00Z)", ["Lantern"]),
        (f"st_within(Locations/location, {SQUARE})", ["Lantern"]),
        (f"st_within(Locations/location, {ELSEWHERE})", []),
        (f"st_disjoint(Locations/location, {ELSEWHERE})", ["Lantern"]),
        (f"st_contains({SQUARE}, Locations/location)", ["Lantern"]),
        (f"geo.intersects(Locations/location, {SQUARE}) and geo.length(Locations/location) eq 0", ["Lantern"]),
        (f"st_relate(Locations/location, {SQUARE}, 'T*F**F***')", ["Lantern"]),
        ("geo.distance(Locations/location, geography'POINT(4.9 52.38)') lt 0.02", ["Lantern"]),
        ("HistoricalLocations/time lt now()", ["Lantern"]),
        ("year(HistoricalLocations/time) ge 2026", ["Lantern"]),
        ("id gt 0 and name eq 'Kiosk'", ["Kiosk"]),
    ],
)
def test_things_are_found_by(street, filter, names):
    assert street.names("Things", filter=filter) == names


@pytest.mark.parametrize("sealed", [False, True], ids=["in the window", "sealed"])
@pytest.mark.parametrize(
    ("filter", "results"),
    [
        ("result gt 2", [3, 4, 50.5, 60]),
        ("result mod 2 eq 0 and Datastream/name eq 'PM2.5'", [2, 4]),
        ("(result add 1) mul 2 eq 4 or result div 2 eq 2", [1, 4]),
        ("result sub 1 le 0", [1]),
        ("-result le -60", [60]),
        ("floor(result) eq 50 or ceiling(result) eq 60", [50.5, 60]),
        ("round(result) eq 60", [60]),
        ("phenomenonTime ge 2026-03-01T12:00:00Z", [3, 4]),
        ("phenomenonTime gt 2026-03-01T10:30:00+01:00 and phenomenonTime lt 2026-03-01T11:00:00Z", [1, 50.5]),
        ("hour(phenomenonTime) eq 11 and minute(phenomenonTime) eq 0 and second(phenomenonTime) eq 0", [2, 60]),
        ("month(phenomenonTime) eq 3 and day(phenomenonTime) eq 1 and result gt 4", [50.5, 60]),
        ("date(phenomenonTime) eq 2026-03-01 and time(phenomenonTime) lt 11:00:00", [1, 50.5]),
        ("phenomenonTime add duration'PT1H' eq 2026-03-01T12:00:00Z", [2, 60]),
        ("phenomenonTime sub duration'P1D' lt 2026-02-28T11:00:00Z", [1, 50.5]),
        ("before(phenomenonTime, 2026-03-01T11:00:00Z/2026-03-01T12:00:00Z)", [1, 50.5]),
        ("during(phenomenonTime, 2026-03-01T11:00:00Z/2026-03-01T12:00:00Z)", [2, 3, 60]),
        ("fractionalseconds(phenomenonTime) eq 0 and totaloffsetminutes(phenomenonTime) eq 0 and result lt 2", [1]),
        ("phenomenonTime lt maxdatetime() and phenomenonTime gt mindatetime() and result lt 2", [1]),
        ("Datastream/Thing/name eq 'Lantern' and result lt 3", [1, 2]),
        ("Datastream/properties/height_m eq 4 and result eq 60", [60]),
        (f"st_within(FeatureOfInterest/feature, {SQUARE}) and result lt 2", [1]),
        ("resultTime eq null and result lt 2", [1]),
        ("result div 0 eq 1", []),
    ],
)
def test_observations_are_found_by(street, filter, results, sealed):
    if sealed:
        seal()
        assert not Observation.objects.exists()

    assert street.results("Observations", filter=filter) == results


@pytest.mark.parametrize("kept", ["in the window", "sealed", "half of it sealed"])
def test_entities_are_found_by_their_observations_wherever_those_are(sensors, thing, datastream, kept):
    dust = datastream("PM2.5", Observations=readings(1, 2, 3, 4), properties={"activity": "test.measure", "limit": 3})
    sensors.create("Things", thing("Lantern", Datastreams=[dust]))
    if kept == "half of it sealed":
        seal()
    noise = datastream("Noise", Observations=readings(50.5, 60), properties={"activity": "test.measure", "limit": 99})
    sensors.create("Things", thing("Kiosk", Datastreams=[noise]))
    if kept == "sealed":
        seal()
        assert not Observation.objects.exists()

    for path, filter, names in [
        ("Datastreams", "Observations/result gt 5", ["Noise"]),
        ("Datastreams", "Observations/result lt 2 or Observations/result gt 59", ["PM2.5", "Noise"]),
        ("Datastreams", "not (Observations/result gt 5)", ["PM2.5"]),
        ("Datastreams", "Observations/phenomenonTime ge 2026-03-01T13:00:00Z", ["PM2.5"]),
        # Both about one observation: 60 was measured at 11 o'clock.
        ("Datastreams", "Observations/result eq 60 and Observations/phenomenonTime lt 2026-03-01T11:00:00Z", []),
        ("Datastreams", "Observations/result eq 60 and Observations/phenomenonTime eq 2026-03-01T11:00:00Z", ["Noise"]),
        ("Datastreams", "Observations/result gt properties/limit", ["PM2.5"]),
        ("Datastreams", "hour(Observations/phenomenonTime) eq 13 and name eq 'PM2.5'", ["PM2.5"]),
        ("Datastreams", f"st_within(Observations/FeatureOfInterest/feature, {SQUARE})", ["PM2.5", "Noise"]),
        ("Things", "Datastreams/Observations/phenomenonTime gt 2026-03-01T11:30:00Z", ["Lantern"]),
        ("Things", "Datastreams/Observations/result gt 5 and Datastreams/name eq 'PM2.5'", []),
        ("Things", "Datastreams/Observations/result gt 5 and name eq 'Kiosk'", ["Kiosk"]),
        ("Things", "Datastreams/Observations/result gt 5 and Datastreams/Sensor/name eq 'SDS011'", ["Kiosk"]),
        ("Sensors", "Datastreams/Observations/result eq 60", ["SDS011"]),
        ("Locations", "Things/Datastreams/Observations/result eq 60 and Things/name eq 'Kiosk'", ["Dam"]),
        ("FeaturesOfInterest", "Observations/result eq 60", ["Dam"]),
        ("FeaturesOfInterest", "Observations/Datastream/name eq 'Noise' and Observations/result lt 5", []),
    ]:
        assert sensors.names(path, filter=filter) == names, filter
    assert sensors.results("Observations", filter="Datastream/Observations/result gt 59 and result lt 59") == [50.5]
    count = sensors.get("Datastreams", filter="Observations/result gt 5", count="true", top="0")
    assert count["@iot.count"] == 1
    within = "Datastreams($filter=Observations/result gt 5;$select=name)"
    assert [len(row["Datastreams"]) for row in sensors.get("Things", expand=within)["value"]] == [0, 1]


@pytest.mark.parametrize("sealed", [False, True], ids=["in the window", "sealed"])
def test_a_datastream_tells_the_times_and_the_area_of_its_readings(sensors, thing, datastream, sealed):
    spot = {"name": "Corner", "description": "d", "encodingType": "application/geo+json"}
    rows = readings(1, 2, 3)
    rows[1]["resultTime"] = "2026-03-01T11:05:00Z"
    rows[2] |= {"resultTime": "2026-03-01T12:07:00Z"}
    rows[2] |= {"FeatureOfInterest": {**spot, "feature": {"type": "Point", "coordinates": [4.8, 52.4]}}}
    streams = [datastream("Moving", Observations=rows), datastream("Fixed", Observations=readings(9))]
    sensors.create("Things", thing(Datastreams=[*streams, datastream("Silent")]))
    if sealed:
        seal()

    moving, fixed, silent = sensors.get("Datastreams")["value"]

    assert moving["phenomenonTime"] == "2026-03-01T10:00:00Z/2026-03-01T12:00:00Z"
    assert moving["resultTime"] == "2026-03-01T11:05:00Z/2026-03-01T12:07:00Z"
    corners = {tuple(place) for place in moving["observedArea"]["coordinates"][0]}
    assert corners == {(4.8, 52.37), (4.9, 52.37), (4.9, 52.4), (4.8, 52.4)}
    assert fixed["observedArea"] == {"type": "Point", "coordinates": [4.9, 52.37]}
    assert "resultTime" not in fixed
    assert {"phenomenonTime", "resultTime", "observedArea"}.isdisjoint(silent)
    for filter, names in [
        ("resultTime gt 2026-03-01T11:00:00Z", ["Moving"]),
        ("phenomenonTime gt 2026-03-01T09:00:00Z", ["Moving", "Fixed"]),
        (f"st_within(observedArea, {SQUARE})", ["Moving", "Fixed"]),
        ("geo.length(observedArea) gt 0", ["Moving"]),
    ]:
        assert sensors.names("Datastreams", filter=filter) == names, filter
    assert sensors.names("Datastreams", orderby="resultTime,name desc") == ["Moving", "Silent", "Fixed"]
    assert sensors.results("Observations", orderby="Datastream/resultTime,result desc") == [3, 2, 1, 9]
    path = path_of(moving)
    assert sensors.get(f"{path}/resultTime") == {"resultTime": moving["resultTime"]}
    sensors.send("PATCH", path, {"name": "Moved", "observedArea": moving["observedArea"]}, 200)
    assert Datastream.objects.get(pk=moving["@iot.id"]).observed_area is None
    sensors.send("PATCH", path, {"observedArea": {"type": "Point", "coordinates": [5.0, 52.0]}}, 200)
    assert sensors.get(path)["observedArea"]["coordinates"] == [5.0, 52.0]


def test_the_entity_comes_back_when_that_is_preferred(sensors):
    body = json.dumps({"name": "Kiosk", "description": "d"})
    asked = {**sensors.headers, "Prefer": "return=representation"}

    made = sensors.client.post(f"{ROOT}/Things", body, content_type="application/json", headers=asked)
    changed = sensors.client.patch(made["Location"], '{"description": "e"}', "application/json", headers=asked)
    plain = sensors.send("PATCH", path_of(made["Location"]), {"description": "f"}, 200)

    assert (made.status_code, made.json()["name"], made["Preference-Applied"]) == (
        201,
        "Kiosk",
        "return=representation",
    )
    assert changed.json()["description"] == "e"
    assert plain.content == b""


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("", "GET, HEAD, OPTIONS"),
        ("Things", "GET, HEAD, POST, OPTIONS"),
        ("Things(1)", "GET, HEAD, PATCH, PUT, DELETE, OPTIONS"),
        ("Things(1)/name/$value", "GET, HEAD, OPTIONS"),
    ],
)
def test_what_may_be_done_is_told_to_everyone(street, path, methods):
    answer = street.client.options(f"{ROOT}/{path}")

    assert (answer.status_code, answer["Allow"]) == (204, methods)


def test_observations_that_a_reader_may_not_see_find_nothing(sensors, thing, datastream):
    closed = {"activity": "test.measure", "openness": "closed"}
    sensors.create("Things", thing(Datastreams=[datastream(properties=closed, Observations=readings(7))]))

    assert sensors.names("Things", filter="Datastreams/Observations/result eq 7") == []
    assert sensors.names("FeaturesOfInterest", filter="Observations/result eq 7") == []


def test_an_observation_is_found_by_its_key(street):
    key = street.get("Observations", top="1")["value"][0]["@iot.id"]

    assert len(street.get("Observations", filter=f"id eq '{key}'")["value"]) == 1
    assert street.get("Observations", filter="id eq 'nonsense'")["value"] == []


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "name eq"},
        {"filter": "nme eq 'x'"},
        {"filter": "name eq 5"},
        {"filter": "name"},
        {"filter": "(name eq 'x'"},
        {"filter": "frobnicate(name)"},
        {"filter": "name eq 'x' garbage"},
        {"filter": "(" * 200 + "1 eq 1" + ")" * 200},
        {"filter": "st_within(name, geography'POINT(1 1)')"},
        {"filter": "geo.distance(Locations/location, geography'PONT(1)') lt 1"},
        {"filter": "length(name, name) eq 1"},
        {"filter": "name eq '\x00'"},
        {"filter": "properties/x'; drop eq 1"},
        {"filter": "st_relate(Locations/location, geography'POINT(1 1)', 'nonsense')"},
        {"filter": "st_relate(Locations/location, geography'POINT(1 1)', name)"},
        {"filter": "geo.length(Locations/location) lt now()"},
        {"filter": "Locations/Things/Datastreams/Observations/result gt Locations/description"},
        {"orderby": "Datastreams/Observations/result"},
        {"filter": "HistoricalLocations/time gt 2026-99-01T00:00:00Z"},
        {"orderby": "nothing"},
        {"top": "-1"},
        {"top": "x"},
        {"skip": "1.5"},
        {"count": "maybe"},
        {"select": "nothing"},
        {"expand": "Nothing"},
        {"expand": "Datastreams($top=x)"},
        {"expand": "Datastreams("},
        {"resultFormat": "dataArray"},
        {"nonsense": "1"},
    ],
)
def test_a_bad_question_is_refused_with_a_problem(street, query):
    problem = street.get("Things", status=400, **query)

    assert problem["status"] == 400
    assert problem["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "Nothing",
        "Things(99)",
        "Things(1)/Nothing",
        "Things('x')",
        "Observations(5)",
        "Observations('1-2')",
        "Things/name",
        "Things(1",
        "Datastreams(99)/Observations",
        "Things(99)/name/first",
        "$ref",
        "Things(99999999999999999999)",
    ],
)
def test_an_address_that_leads_nowhere_is_not_found(street, path):
    assert street.get(path, status=404)["status"] == 404


def test_pages_follow_each_other_and_miss_nothing(street):
    first = street.get("Observations", top="4", count="true", orderby="result desc")
    second = street.client.get(first["@iot.nextLink"]).json()

    assert first["@iot.count"] == 6
    assert [row["result"] for row in first["value"] + second["value"]] == [60, 50.5, 4, 3, 2, 1]
    assert "@iot.nextLink" not in second


@pytest.mark.parametrize(
    ("order", "results"),
    [
        ("phenomenonTime desc,result asc", [6, 5, 4, 3, 2, 1]),
        ("phenomenonTime asc", [1, 2, 3, 4, 5, 6]),
        ("result desc", [6, 5, 4, 3, 2, 1]),
        ("Datastream/name,result", [1, 2, 3, 4, 5, 6]),
    ],
)
def test_hot_late_and_sealed_readings_are_one_set_in_every_order(sensors, thing, datastream, order, results):
    sensors.create("Things", thing(Datastreams=[datastream()]))
    stream = path_of(sensors.get("Datastreams")["value"][0])
    rows = readings(1, 2, 3, 4, 5, 6)
    for row in (rows[0], rows[2], rows[3]):
        sensors.create(f"{stream}/Observations", row)
    seal()
    for row in (rows[1], rows[4], rows[5]):
        sensors.create(f"{stream}/Observations", row)

    assert sensors.results(f"{stream}/Observations", orderby=order) == results
    assert sensors.results("Observations", orderby=order) == results
    pages = [sensors.results(f"{stream}/Observations", orderby=order, top="2", skip=str(skip)) for skip in (0, 2, 4)]
    assert [row for page in pages for row in page] == results
    assert sensors.get(f"{stream}/Observations", count="true", top="0")["@iot.count"] == 6


def test_select_and_nested_expand_with_options(street):
    latest = "Observations($top=1;$orderby=phenomenonTime desc;$select=result)"
    inner = f"$select=name;$orderby=name;$top=1;$count=true;$expand={latest},Sensor($select=name)"

    row = street.get("Things", select="name,Datastreams", top="1", expand=f"Datastreams({inner})")["value"][0]

    assert row["name"] == "Lantern"
    assert "description" not in row
    assert row["Datastreams@iot.count"] == 2
    noise = row["Datastreams"][0]
    assert (noise["name"], noise["Sensor"]["name"]) == ("Noise", "SDS011")
    assert [one["result"] for one in noise["Observations"]] == [60]
    following = street.client.get(row["Datastreams@iot.nextLink"]).json()
    assert [one["name"] for one in following["value"]] == ["PM2.5"]


def test_lists_cost_the_same_number_of_queries_whatever_their_length(
    street, thing, datastream, django_assert_num_queries
):
    query = {"expand": "Locations,Datastreams/Sensor,HistoricalLocations", "top": "50"}
    with django_assert_num_queries(10):
        assert len(street.get("Things", **query)["value"]) == 2
    for number in range(20):
        street.create("Things", thing(f"Lantern {number}", Datastreams=[datastream()]))

    with django_assert_num_queries(10):
        assert len(street.get("Things", **query)["value"]) == 22


def test_properties_values_and_references(street):
    lantern = path_of(street.get("Things")["value"][0])

    assert street.get(f"{lantern}/name") == {"name": "Lantern"}
    assert street.get(f"{lantern}/properties/owner") == {"owner": "town"}
    assert street.client.get(f"{ROOT}/{lantern}/name/$value").content == b"Lantern"
    assert b'"owner"' in street.client.get(f"{ROOT}/{lantern}/properties/$value").content
    refs = street.get(f"{lantern}/Datastreams/$ref")["value"]
    assert [set(ref) for ref in refs] == [{"@iot.selfLink"}] * 2
    stream = street.get(f"{lantern}/Datastreams")["value"][0]["@iot.id"]
    assert street.get(f"{lantern}/Datastreams({stream})/Sensor/name") == {"name": "SDS011"}


def test_observations_come_as_data_arrays_too(street):
    one, other = street.get("Observations", resultFormat="dataArray", select="phenomenonTime,result")["value"]

    assert one["components"] == ["phenomenonTime", "result"]
    assert one["dataArray"][0] == ["2026-03-01T10:00:00Z", 1]
    assert (one["dataArray@iot.count"], other["dataArray@iot.count"]) == (4, 2)


def block(stream, *rows, components=("phenomenonTime", "result")):
    return {"Datastream": {"@iot.id": stream}, "components": list(components), "dataArray": list(rows)}


def test_readings_come_in_by_data_array_once_each(street):
    stream = street.get("Datastreams")["value"][0]["@iot.id"]
    body = [block(stream, *([said(START + timedelta(days=1, hours=n)), n] for n in range(3)))]

    links = street.send("POST", "CreateObservations", body, 201).json()
    again = street.send("POST", "CreateObservations", body, 201).json()

    assert links == again
    assert [street.get(path_of(link))["result"] for link in links] == [0, 1, 2]
    assert street.get(f"Datastreams({stream})/Observations", count="true")["@iot.count"] == 7


def test_a_data_array_with_moments_written_in_several_ways_is_the_same_readings(street):
    stream, other = (row["@iot.id"] for row in street.get("Datastreams")["value"])
    alike = [block(stream, ["2026-05-01T10:00:00Z", 1], ["2026-05-01T10:00:01Z", 2.5]), block(other)]
    several = [block(stream, ["2026-05-01T12:00:00+02:00", 1]), block(stream, ["2026-05-01T10:00:01.000Z", 2.5])]

    links = street.send("POST", "CreateObservations", alike, 201).json()
    again = street.send("POST", "CreateObservations", several, 201).json()

    assert links == again
    assert [street.get(path_of(link))["result"] for link in links] == [1, 2.5]


@pytest.mark.parametrize("row", [["2026-02-30T10:00:00Z", 1], ["2026-02-03T10:00:00Z", 1, 2], ["2026-02-03T10:00:00Z"]])
def test_a_data_array_with_a_moment_or_a_row_that_is_none_is_refused_whole(street, row):
    stream = street.get("Datastreams")["value"][0]["@iot.id"]
    before = Observation.objects.count()

    street.send("POST", "CreateObservations", [block(stream, ["2026-02-03T11:00:00Z", 1], row)], 400)

    assert Observation.objects.count() == before


def test_data_arrays_hold_all_components_and_other_than_numbers(street):
    stream, other = (row["@iot.id"] for row in street.get("Datastreams")["value"])
    feature = street.get("FeaturesOfInterest")["value"][0]["@iot.id"]
    rare = ["resultTime", "parameters", "resultQuality", "validTime", "FeatureOfInterest/id"]
    names = ["phenomenonTime", "result", *rare]
    hour = "2026-04-01T00:00:00Z/2026-04-01T01:00:00Z"
    rich = block(
        stream,
        [hour, "open", "2026-04-02T00:00:00Z", {"by": "hand"}, "good", hour, feature],
        ["2026-04-02T00:00:00", True, None, None, None, None, None],
        ["2026-04-03T00:00:00+02:00", {"a": [1]}, None, None, None, None, None],
        components=names,
    )

    links = street.send("POST", "CreateObservations", [rich, block(other, ["2026-04-01T00:00:00Z", 7])], 201).json()

    found = [street.get(path_of(link)) for link in links]
    assert [one["result"] for one in found] == ["open", True, {"a": [1]}, 7]
    assert found[0]["phenomenonTime"] == found[0]["validTime"] == hour
    assert (found[0]["parameters"], found[0]["resultQuality"]) == ({"by": "hand"}, "good")
    assert found[2]["phenomenonTime"] == "2026-04-02T22:00:00Z"
    for _ in range(2):
        assert street.results("Observations", filter="result eq 'open'") == ["open"]
        assert street.results("Observations", filter="result eq true") == [True]
        assert street.results("Observations", filter="parameters/by eq 'hand'") == ["open"]
        seal()


def test_readings_without_registration_are_refused_with_the_reason(street):
    from plein.foundation.observations import registration
    from plein.foundation.observations.models import Datastream

    stream, other = (row["@iot.id"] for row in street.get("Datastreams")["value"])
    Datastream.objects.filter(pk=stream).update(activity="test.ended")
    registration.forget()
    bad, good = block(stream, ["2026-04-01T00:00:00Z", 1]), block(other, ["2026-04-01T00:00:00Z", 1])

    problem = street.send("POST", "CreateObservations", [bad], 422).json()
    mixed = street.send("POST", "CreateObservations", [bad, good], 201)
    single = street.send("POST", f"Datastreams({stream})/Observations", {"result": 1}, 422).json()

    assert "test.ended" in problem["detail"]
    assert "test.ended" in mixed["Refused-Readings"]
    assert mixed.json()[0] == "error"
    assert "Observations(" in mixed.json()[1]
    assert "test.ended" in single["detail"]


@pytest.mark.parametrize(
    ("properties", "status"),
    [({}, 403), ({"activity": ""}, 403), ({"activity": 5}, 403), ({"activity": "test.unheard_of"}, 422)],
)
def test_a_datastream_without_registration_cannot_be_made(street, datastream, properties, status):
    lantern = path_of(street.get("Things")["value"][0])

    answer = street.send("POST", f"{lantern}/Datastreams", datastream(properties=properties), status)

    assert answer["Content-Type"] == "application/problem+json"
    assert len(street.get("Datastreams")["value"]) == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("Things", b"{"),
        ("Things", []),
        ("Things", {}),
        ("Things", {"name": 5, "description": "x"}),
        ("Things", {"name": "x" * 251, "description": ""}),
        ("Things", {"name": "x", "description": "y", "properties": []}),
        ("Things", {"name": "x\x00", "description": "y"}),
        ("Things", {"name": "x", "description": "y", "properties": {"a": "\x00"}}),
        ("Things", {"name": "x", "description": "y", "Locations": [{"@iot.id": 99}]}),
        ("Things", {"name": "x", "description": "y", "Locations": 5}),
        ("Locations", {"name": "x", "description": "y", "encodingType": "z", "location": {"type": "Nonsense"}}),
        ("Observations", {"result": 1}),
        ("Observations", {"result": 1, "Datastream": {"@iot.id": 99}}),
        ("HistoricalLocations", {"time": "yesterday", "Thing": {"@iot.id": 1}}),
        ("CreateObservations", {}),
        ("CreateObservations", [block(1, components=["nonsense"])]),
        ("CreateObservations", [block(1, ["no", 1])]),
        ("CreateObservations", [block(1, [1])]),
        ("CreateObservations", [block(99, ["2026-04-01T00:00:00Z", 1])]),
    ],
)
def test_a_bad_body_is_refused_and_changes_nothing(street, path, body):
    before = [len(street.get(row["name"], top="1000")["value"]) for row in street.get("")["value"]]

    answer = street.send("POST", path, body, 400)

    assert answer["Content-Type"] == "application/problem+json"
    assert before == [len(street.get(row["name"], top="1000")["value"]) for row in street.get("")["value"]]


def test_entities_are_updated_by_patch_put_and_json_patch(street):
    lantern = path_of(street.get("Things")["value"][0])
    form = "application/json-patch+json"

    street.send("PATCH", lantern, {"name": "Lamp"}, 200)
    assert street.get(lantern)["properties"] == {"owner": "town", "poles": 2}
    street.send("PATCH", lantern, [{"op": "add", "path": "/properties/new", "value": 1}], 200, form)
    assert street.get(f"{lantern}/properties/new") == {"new": 1}
    street.send("PUT", lantern, {"name": "Pole", "description": "d"}, 200)
    assert (street.get(lantern)["name"], street.get(lantern)["properties"]) == ("Pole", {})
    street.send("PUT", lantern, {"name": "Pole"}, 400)
    street.send("PATCH", lantern, [{"op": "remove", "path": "/nothing"}], 400, form)
    stream = path_of(street.get("Datastreams")["value"][0])
    street.send("PATCH", stream, {"description": "new"}, 200)
    assert street.get(stream)["properties"]["activity"] == "test.measure"


def test_moving_a_thing_writes_history_and_later_readings_are_about_the_new_place(street):
    lantern = path_of(street.get("Things")["value"][0])
    spot = {"type": "Point", "coordinates": [4.88, 52.36]}
    place = {"name": "Spui", "description": "x", "encodingType": "application/geo+json", "location": spot}

    street.create(f"{lantern}/Locations", place)

    assert street.names(f"{lantern}/Locations") == ["Spui"]
    assert len(street.get(f"{lantern}/HistoricalLocations")["value"]) == 2
    stream = path_of(street.get("Datastreams")["value"][0])
    made = street.create(f"{stream}/Observations", {"phenomenonTime": "2026-05-01T00:00:00Z", "result": 5})
    assert street.get(f"{made}/FeatureOfInterest")["name"] == "Spui"
    first = street.get("Observations", orderby="phenomenonTime asc", top="1", expand="FeatureOfInterest")["value"][0]
    assert first["FeatureOfInterest"]["name"] == "Dam"


@pytest.mark.parametrize("sealed", [False, True], ids=["in the window", "sealed"])
def test_observations_are_corrected_and_deleted_wherever_they_are_kept(street, sealed):
    if sealed:
        seal()
    one, two = (path_of(row) for row in street.get("Observations", filter="result lt 3")["value"])

    street.send("PATCH", one, {"result": 11, "resultQuality": "checked"}, 200)
    street.send("DELETE", two, b"", 200)

    assert (street.get(one)["result"], street.get(one)["resultQuality"]) == (11, "checked")
    street.get(two, status=404)
    assert sorted(street.results("Observations")) == [3, 4, 11, 50.5, 60]
    seal()
    assert sorted(street.results("Observations")) == [3, 4, 11, 50.5, 60]
    assert not Observation.objects.exists()


def test_the_same_observation_sent_again_is_one_and_another_value_is_refused(street):
    stream = path_of(street.get("Datastreams")["value"][0])

    first = street.create(f"{stream}/Observations", readings(1)[0])
    street.send("POST", f"{stream}/Observations", readings(2)[0], 409)

    assert street.get(first)["result"] == 1


def test_deleting_takes_along_what_cannot_stand_alone(street):
    seal()
    lantern = path_of(street.get("Things")["value"][0])

    street.send("DELETE", lantern, b"", 200)

    for name in ("Datastreams", "Observations", "HistoricalLocations"):
        assert street.get(name)["value"] == []
    assert len(street.get("Sensors")["value"]) == 2
    street.send("DELETE", lantern, b"", 404)


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("Sensors", 2),
        ("ObservedProperties", 2),
        ("FeaturesOfInterest", 0),
        ("Locations", 6),
        ("HistoricalLocations", 6),
    ],
)
def test_every_other_kind_can_be_deleted(street, name, left):
    seal()
    entity = path_of(street.get(name)["value"][0])

    street.send("DELETE", entity, b"", 200)

    street.get(entity, status=404)
    assert len(street.get("Observations")["value"]) == left


def test_writing_needs_a_token(street):
    body = {"name": "x", "description": "y"}

    answer = street.client.post(f"{ROOT}/Things", body, content_type="application/json")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_closed_datastreams_and_their_readings_stay_hidden(street):
    stream = path_of(street.get("Datastreams", filter="name eq 'Noise'")["value"][0])
    street.send("PATCH", stream, {"properties": {"openness": "closed"}}, 200)

    assert street.names("Datastreams") == ["PM2.5"]
    assert street.results("Observations", filter="result gt 10") == []
    assert street.names("Things", filter="Datastreams/name eq 'Noise'") == []
    street.get(f"{stream}/Observations", status=404)
    seal()
    assert street.results("Observations", filter="result gt 10") == []


def test_a_batch_in_json_does_several_things_and_a_group_whole_or_not(street):
    new, undone = {"name": "New", "description": ""}, {"name": "Undone", "description": ""}
    requests = [
        {"id": "a", "atomicityGroup": "g", "method": "post", "url": "Things", "body": new},
        {"id": "b", "atomicityGroup": "g", "method": "patch", "url": "$a", "body": {"name": "Newer"}},
        {"id": "c", "method": "get", "url": "Things?$filter=name eq 'Newer'&$select=name"},
        {"id": "d", "atomicityGroup": "h", "method": "post", "url": "Things", "body": undone},
        {"id": "e", "atomicityGroup": "h", "method": "post", "url": "Things", "body": {}},
        {"id": "f", "method": "get", "url": "Things(999)"},
    ]

    answers = street.send("POST", "$batch", {"requests": requests}, 200).json()["responses"]

    assert [one["status"] for one in answers] == [201, 200, 200, 400, 400, 404]
    assert answers[2]["body"]["value"] == [{"name": "Newer"}]
    assert "Undone" not in street.names("Things")


def test_a_batch_in_multipart_as_the_standard_writes_it(street):
    lantern = path_of(street.get("Things")["value"][0])
    form = "Content-Type: application/json\r\n\r\n"
    body = (
        f"--b1\r\nContent-Type: application/http\r\n\r\nGET {ROOT}/{lantern}?$select=name HTTP/1.1\r\n\r\n\r\n"
        "--b1\r\nContent-Type: multipart/mixed;boundary=c1\r\n\r\n"
        "--c1\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n"
        f'POST {ROOT}/Things HTTP/1.1\r\n{form}{{"name": "M", "description": ""}}\r\n'
        "--c1\r\nContent-Type: application/http\r\nContent-ID: 2\r\n\r\n"
        f'PATCH {ROOT}/{lantern} HTTP/1.1\r\n{form}{{"name": "P"}}\r\n--c1--\r\n--b1--\r\n'
    ).encode()

    answer = street.send("POST", "$batch", body, 200, "multipart/mixed;boundary=b1").content.decode()

    lines = [line for line in answer.splitlines() if line.startswith("HTTP/")]
    assert lines == ["HTTP/1.1 200 OK", "HTTP/1.1 201 Created", "HTTP/1.1 200 OK"]
    assert sorted(street.names("Things")) == ["Kiosk", "M", "P"]

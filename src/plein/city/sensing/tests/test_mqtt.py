"""MQTT with a real Mosquitto: kept before acknowledged, nothing lost when the broker or Plein goes and comes back."""

import json
import shutil
import socket
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion

from plein.city.sensing.api import mqtt, publishing, wire
from plein.foundation.observations import writing
from plein.foundation.observations.models import Observation

MOSQUITTO = shutil.which("mosquitto") or shutil.which("/usr/sbin/mosquitto")
pytestmark = [pytest.mark.broker, pytest.mark.django_db(transaction=True)]
if MOSQUITTO is None:
    pytestmark.append(pytest.mark.skip(reason="needs mosquitto"))
PATIENCE_S = 120


class Broker:
    """A Mosquitto of this test's own, that can be killed and started again with what it held."""

    def __init__(self, folder):
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = trial.getsockname()[1]
        self.file = folder / "mosquitto.conf"
        self.file.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
            "autosave_interval 1\nautosave_on_changes true\nmax_inflight_messages 0\nmax_queued_messages 0\nuser root\n"
        )
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self.start()

    def start(self):
        self.process = subprocess.Popen([MOSQUITTO, "-c", str(self.file)], stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Mosquitto did not start")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)

    def kill(self):
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def broker(tmp_path):
    own = Broker(tmp_path)
    yield own
    own.stop()


@pytest.fixture
def listening(broker, settings, sensors, monkeypatch):
    """Plein, receiving from the broker in a thread."""
    settings.PLEIN = {**settings.PLEIN, "MQTT_URL": broker.url}
    monkeypatch.setattr(publishing, "_thread", None)
    with receiving():
        yield sensors


@contextmanager
def receiving():
    stop = threading.Event()
    thread = threading.Thread(target=_run, args=(stop,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE_S)


def _run(stop):
    from django.db import connection

    mqtt.run(stop)
    connection.close()


def device(broker, name="device"):
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=paho.MQTTv5)
    client.connect("127.0.0.1", broker.port)
    client.loop_start()
    return client


def message(hour, second):
    return json.dumps({"phenomenonTime": f"2026-11-22T{hour}:00:{second:02}Z", "result": second})


def eventually(truth):
    until = time.monotonic() + PATIENCE_S
    while not truth():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


def stream_of(sensors, thing, datastream):
    sensors.create("Things", thing(Datastreams=[datastream()]))
    return sensors.get("Datastreams")["value"][0]["@iot.id"]


def test_readings_published_by_a_device_are_kept(listening, broker, thing, datastream):
    stream = stream_of(listening, thing, datastream)
    client = device(broker)
    topic = f"v1.1/Datastreams({stream})/Observations"

    for number in range(50):
        client.publish(topic, message(10, number), qos=1)
    client.publish(topic, json.dumps({"phenomenonTime": "2026-11-22T11:00:00Z", "result": "text"}), qos=1)
    whole = {"phenomenonTime": "2026-11-22T12:00:00Z", "result": 5, "Datastream": {"@iot.id": stream}}
    client.publish("v1.1/Observations", json.dumps(whole), qos=1)
    client.publish(topic, b"{nonsense", qos=1)
    client.publish("v1.1/Datastreams(987)/Observations", json.dumps({"result": 1}), qos=1)

    eventually(lambda: Observation.objects.count() == 52)
    client.loop_stop()


def test_a_message_is_acknowledged_only_after_the_commit(listening, broker, thing, datastream, monkeypatch):
    stream = stream_of(listening, thing, datastream)
    happened = []
    write, send = writing.write_rows, wire.acknowledge
    monkeypatch.setattr(writing, "write_rows", lambda *a, **k: (write(*a, **k), happened.append("kept"))[0])
    monkeypatch.setattr(wire, "acknowledge", lambda numbers: (happened.append("acknowledged"), send(numbers))[1])
    client = device(broker)

    client.publish(f"v1.1/Datastreams({stream})/Observations", '{"result": 1}', qos=1)

    eventually(lambda: "acknowledged" in happened)
    assert happened[:2] == ["kept", "acknowledged"]
    client.loop_stop()


def test_what_cannot_be_kept_is_not_acknowledged_and_comes_again(listening, broker, thing, datastream, monkeypatch):
    from django.db import OperationalError

    stream = stream_of(listening, thing, datastream)
    write, tries = writing.write_rows, []

    def full_at_first(*rows, **more):
        tries.append(1)
        if len(tries) <= 2:
            raise OperationalError("disk full")
        return write(*rows, **more)

    monkeypatch.setattr(writing, "write_rows", full_at_first)
    client = device(broker)

    client.publish(f"v1.1/Datastreams({stream})/Observations", '{"result": 1}', qos=1)

    eventually(lambda: Observation.objects.count() == 1)
    assert len(tries) >= 3
    client.loop_stop()


@pytest.mark.parametrize("end", [Broker.stop, Broker.kill], ids=["stopped", "killed"])
def test_nothing_is_lost_when_the_broker_goes_and_comes_back(end, listening, broker, thing, datastream):
    stream = stream_of(listening, thing, datastream)
    client = device(broker)
    topic = f"v1.1/Datastreams({stream})/Observations"
    sent = [
        client.publish(topic, json.dumps({"phenomenonTime": f"2026-11-22T10:00:{n:02}Z", "result": n}), qos=1)
        for n in range(20)
    ]
    [one.wait_for_publish(PATIENCE_S) for one in sent]
    eventually(lambda: Observation.objects.count() == 20)

    end(broker)
    broker.start()
    eventually(client.is_connected)
    more = [
        client.publish(topic, json.dumps({"phenomenonTime": f"2026-11-22T11:00:{n:02}Z", "result": n}), qos=1)
        for n in range(20)
    ]
    [one.wait_for_publish(PATIENCE_S) for one in more]

    eventually(lambda: Observation.objects.count() == 40)
    client.loop_stop()


def test_readings_sent_while_plein_is_away_wait_for_it(broker, settings, sensors, thing, datastream, monkeypatch):
    settings.PLEIN = {**settings.PLEIN, "MQTT_URL": broker.url}
    monkeypatch.setattr(publishing, "_thread", None)
    stream = stream_of(sensors, thing, datastream)
    with receiving():
        time.sleep(1.0)
    client = device(broker)

    client.publish(f"v1.1/Datastreams({stream})/Observations", '{"result": 1}', qos=1).wait_for_publish(PATIENCE_S)
    assert Observation.objects.count() == 0
    with receiving():
        eventually(lambda: Observation.objects.count() == 1)
    client.loop_stop()


def test_readings_that_a_killed_broker_had_saved_for_plein_come_when_both_are_back(
    broker, settings, sensors, thing, datastream, monkeypatch
):
    settings.PLEIN = {**settings.PLEIN, "MQTT_URL": broker.url}
    monkeypatch.setattr(publishing, "_thread", None)
    stream = stream_of(sensors, thing, datastream)
    with receiving():
        eventually(lambda: _session_stands(broker))
    client = device(broker)
    topic = f"v1.1/Datastreams({stream})/Observations"
    sent = [client.publish(topic, message(10, number), qos=1) for number in range(30)]
    [one.wait_for_publish(PATIENCE_S) for one in sent]
    client.disconnect()
    client.loop_stop()
    time.sleep(3)  # Mosquitto saves what changed within its autosave_interval of a second

    broker.kill()
    broker.start()

    with receiving():
        eventually(lambda: Observation.objects.count() == 30)


def _session_stands(broker):
    """Tell whether the broker saved the session of Plein, which its file then names."""
    file = broker.file.parent / "mosquitto.db"
    return file.exists() and b"plein-intake-" in file.read_bytes()


def test_subscribers_hear_of_new_observations_and_entities(listening, broker, thing, datastream):
    stream = stream_of(listening, thing, datastream)
    heard = {}
    client = device(broker, "listener")
    client.on_message = lambda _client, _data, message: heard.setdefault(message.topic, json.loads(message.payload))
    client.subscribe("v1.1/#", qos=1)
    time.sleep(0.5)

    made = listening.create(
        f"Datastreams({stream})/Observations", {"phenomenonTime": "2026-11-22T10:00:00Z", "result": 7}
    )
    body = [
        {
            "Datastream": {"@iot.id": stream},
            "components": ["phenomenonTime", "result"],
            "dataArray": [["2026-11-22T11:00:00Z", 8]],
        }
    ]
    listening.send("POST", "CreateObservations", body, 201)
    listening.send("PATCH", f"Datastreams({stream})", {"description": "changed"}, 200)

    topic = f"v1.1/Datastreams({stream})/Observations"
    eventually(
        lambda: (
            topic in heard
            and f"v1.1/Datastreams({stream})/description" in heard
            and {"v1.1/Observations", "v1.1/Datastreams"} <= heard.keys()
        )
    )
    assert heard[topic]["result"] == 7
    assert heard[topic]["@iot.id"] in made
    assert heard[f"v1.1/Datastreams({stream})/description"] == {"description": "changed"}
    assert heard["v1.1/Datastreams"]["description"] == "changed"
    time.sleep(0.5)
    assert Observation.objects.count() == 2
    client.loop_stop()


def test_packets_are_cut_from_bytes_wherever_they_break():
    publish = b"\x32\x0b\x00\x03v/O\x00\x07\x00{1}"
    whole = wire.CONNACK.to_bytes(1, "big") and b"\x20\x03\x00\x00\x00" + publish * 3
    for cut in range(len(whole)):
        first, rest = wire.packets(whole[:cut])
        second, left = wire.packets(rest + whole[cut:])
        found = list(wire.messages(first + second))
        assert left == b""
        assert [(one.number, one.topic, one.payload) for one in found] == [(7, "v/O", b"{1}")] * 3

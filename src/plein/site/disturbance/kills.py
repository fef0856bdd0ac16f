"""Runs a whole house under load and kills its parts with -9 at random moments, then has it judged."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx

from plein.foundation.clock import now
from plein.site.benches.houses import Broker, environment_of, python, register_device
from plein.site.benches.servers import free_port
from plein.site.commands.up import Part, parts
from plein.site.disturbance import files, judge, publisher
from plein.site.disturbance.senders import Device, HttpDevice, MqttDevice

STREAMS = 10
PATIENCE_S = 300.0
LOAD_EVERY_S = 30.0
SESSION_S = 10.0  # by then the worker has its session with the broker, which keeps its messages
WEIGHTS = {"web": 35, "worker": 35, "publish": 20, "load": 10}  # how often each is killed when all could be
SETTLE = "import django; django.setup(); from plein.site.commands.load import finish; finish()"


@dataclass
class Outcome:
    """What came of it. kills: per part; problems: sentences, none when all is well; counts: readings and versions."""

    kills: dict[str, int] = field(default_factory=dict)
    acknowledged: dict[str, int] = field(default_factory=dict)
    lost: int = 0
    doubled: int = 0
    strange: int = 0
    versions: int = 0
    pages: int = 0
    problems: list[str] = field(default_factory=list)


class Reader(threading.Thread):
    """A visitor who reads a product again and again: every answer is one whole version, and none is a crash."""

    def __init__(self, url: str) -> None:
        super().__init__(name="visitor", daemon=True)
        self.url = f"{url}/api/data/v1/products/{publisher.REPLACED}/rows?limit=1000"
        self.asked = threading.Event()
        self.pages = 0
        self.problems: list[str] = []

    def run(self) -> None:
        """Read until told to stop."""
        with httpx.Client(timeout=60) as client:
            while not self.asked.wait(0.3):
                try:
                    self._judge(client.get(self.url))
                except httpx.TransportError:
                    continue

    def _judge(self, answer: httpx.Response) -> None:
        if answer.status_code == HTTPStatus.NOT_FOUND and not self.pages:
            return  # nothing was published yet
        self.pages += 1
        rounds = {row["object_id"].split("-")[0] for row in answer.json()["items"]} if answer.is_success else set()
        if len(rounds) != 1 or answer.json()["count"] != publisher.rows_of(int(next(iter(rounds)))):
            self.problems.append(f"a page of {publisher.REPLACED}: {answer.status_code} {answer.text[:300]}")


class House:
    """Web and worker as `plein up` starts them, a publisher and a loader, all of which start again when they fall."""

    def __init__(self, folder: Path, environment: dict[str, str], port: int, *, load_s: float) -> None:
        self.load_s = load_s  # how long a load takes that nobody disturbs
        self.url = f"http://127.0.0.1:{port}"
        self.folder, self.environment = folder, environment
        self.rounds = 0
        self.problems: list[str] = []
        web, worker = parts("127.0.0.1", port, 1)
        load = [sys.executable, "-m", "plein", "load", str(folder / "in"), "--gemeente", files.GEMEENTE]
        self.parts = {"web": web, "worker": worker, "publish": Part("publish", []), "load": Part("load", load)}
        self.log = (folder / "house.log").open("ab")
        for part in self.parts.values():
            part.environment, part.output = environment, self.log

    def start(self, name: str) -> None:
        """Start a part."""
        if name == "publish":
            self.rounds += 1
            words = [str(self.folder / "published"), str(self.rounds * 1_000_000)]
            self.parts[name].words = [sys.executable, "-m", "plein.site.disturbance.publisher", *words]
        self.parts[name].start()

    def published(self) -> int:
        """Count the publications that were acknowledged so far."""
        notes = self.folder / "published"
        return len(notes.read_text(encoding="utf-8").splitlines()) if notes.exists() else 0

    def tend(self) -> None:
        """Start whatever ended by itself; only a load may, and then rests a while."""
        for name, part in self.parts.items():
            ended = None if part.process is None else part.process.poll()
            if ended is None or (name == "load" and ended == 0 and time.monotonic() < part.started + LOAD_EVERY_S):
                continue
            if ended:
                self.problems.append(f"{name} ended by itself, exit code {ended}")
            part.sweep()
            self.start(name)

    def kill(self, name: str, *, child: bool) -> None:
        """Kill a part with all its processes and start it again, or only the child of the web's supervisor."""
        process = self.parts[name].process
        if process is None:
            return
        if child and (pids := children(process.pid)):
            os.kill(pids[0], signal.SIGKILL)
            return
        self.parts[name].sweep()
        process.wait()
        self.start(name)

    def stop(self, *names: str) -> None:
        """Stop parts in order."""
        for name in names:
            self.parts[name].end()
        for name in names:
            self.parts[name].wait(PATIENCE_S)
            self.parts[name].process = None

    def close(self) -> None:
        """End all that still runs."""
        for part in self.parts.values():
            part.sweep()
        self.log.close()


def children(pid: int) -> list[int]:
    """List the child processes of a process."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    except OSError:
        return []


def wait_for(url: str) -> None:
    """Wait until the web answers.

    Raises TimeoutError.
    """
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"{url}/api/alive", timeout=5).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError("the web did not answer in time")


def _loaded_undisturbed(folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Load the files once into a house where nothing else happens, and tell what that left and how long it took."""
    calm = {**environment, "PLEIN_DATA": str(folder / "calm"), "PLEIN_DATABASE_URL": "", "PLEIN_MQTT_URL": ""}
    since = time.monotonic()
    python(calm, "-m", "plein", "load", str(folder / "in"), "--gemeente", files.GEMEENTE)
    took_s = time.monotonic() - since
    nothing = folder / "nothing.json"
    nothing.write_text('{"sent": {}, "kept": {}}', encoding="utf-8")
    state: dict[str, Any] = json.loads(python(calm, "-m", judge.__name__, str(nothing), str(folder / "none")))
    return {**state["loaded"], "took_s": took_s}


def disturb(folder: Path, *, kills: int, database: str, seed: int, longest_s: float = 3.0) -> Outcome:
    """Run a house in a new folder, kill parts of it that often, and compare what was acknowledged with what is kept.

    database: the address of an empty PostgreSQL database, or "" for SQLite. longest_s: the longest wait between kills.
    Raises RuntimeError, TimeoutError when the house does not get going again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files.make(folder / "in")
    broker = Broker(folder / "broker", free_port())
    environment = _environment(folder, database, broker.port)
    calm = _loaded_undisturbed(folder, environment)
    first, token = register_device(environment, STREAMS)
    house = House(folder, environment, free_port(), load_s=calm.pop("took_s"))
    try:
        devices = _devices(house, list(range(first, first + STREAMS)), token, broker_port=broker.port, seed=seed)
        outcome = _disturbed(house, devices, kills=kills, seed=seed, longest_s=longest_s)
        _judge(house, devices, outcome, calm)
        return outcome
    finally:
        house.close()
        broker.stop()


def _environment(folder: Path, database: str, broker_port: int) -> dict[str, str]:
    broker = f"mqtt://127.0.0.1:{broker_port}" if broker_port else ""
    return environment_of(
        folder / "house", PLEIN_DATABASE_URL=database, PLEIN_MQTT_URL=broker, PLEIN_LOG_LEVEL="WARNING"
    )


def _devices(house: House, streams: list[int], token: str, *, broker_port: int, seed: int) -> list[Device]:
    """Make a device that sends over HTTP and, with a broker, one that sends over MQTT; each has its own datastreams."""
    half = len(streams) // 2 if broker_port else len(streams)
    devices: list[Device] = [HttpDevice(house.url, token, streams[:half], now=now(), seed=seed)]
    if broker_port:
        devices.append(MqttDevice(broker_port, streams[half:], now=now(), seed=seed + 1))
    return devices


def _disturbed(house: House, devices: list[Device], *, kills: int, seed: int, longest_s: float) -> Outcome:
    """Start the house, let the devices send and a visitor read, kill parts, and let it all come to rest."""
    outcome = Outcome(kills=dict.fromkeys(house.parts, 0))
    for name in house.parts:
        house.start(name)
    wait_for(house.url)
    time.sleep(SESSION_S if len(devices) > 1 else 0)
    reader = Reader(house.url)
    for thread in (*devices, reader):
        thread.start()
    chance = random.Random(seed)  # noqa: S311 (when to kill is no secret)
    _kill_around(house, devices[0], outcome, kills=kills, chance=chance, longest_s=longest_s)
    _settle(house, devices, reader, outcome)
    return outcome


def _kill_around(
    house: House, web_user: Device, outcome: Outcome, *, kills: int, chance: random.Random, longest_s: float
) -> None:
    """Kill parts at random moments; one that fell only falls again once it got going again.

    The web got going when it acknowledged readings, the publisher when it published, worker and load after a third
    of the time that an undisturbed load takes.
    Raises TimeoutError when nothing gets going any more.
    """
    ready = Ready(house, web_user)
    for _ in range(kills):
        since = time.monotonic()
        until = since + chance.uniform(0.1, longest_s)
        while time.monotonic() < until or not ready.parts():
            house.tend()
            time.sleep(0.05)
            if time.monotonic() > since + PATIENCE_S:
                raise TimeoutError("nothing got going any more")
        names = ready.parts()
        name = chance.choices(names, [WEIGHTS[one] for one in names])[0]
        house.kill(name, child=name == "web" and chance.random() < 1 / 3)
        ready.fell(name)
        outcome.kills[name] += 1


class Ready:
    """Knows which parts got going since they last fell."""

    def __init__(self, house: House, web_user: Device) -> None:
        self.house, self.web_user = house, web_user
        self.then = dict.fromkeys(house.parts, 0.0)
        some_s = house.load_s / 3
        self.needed = {"web": 3, "publish": 3, "worker": some_s, "load": some_s}

    def done(self, name: str) -> float:
        """Tell how much a part has done: answers, publications, or the seconds that it runs."""
        if name == "web":
            return self.web_user.told.answers
        return self.house.published() if name == "publish" else self.house.parts[name].runs_s()

    def fell(self, name: str) -> None:
        """Note that a part was killed."""
        self.then[name] = self.done(name) if name in ("web", "publish") else 0.0

    def parts(self) -> list[str]:
        """List the parts that got going."""
        return [name for name in self.house.parts if self.done(name) >= self.then[name] + self.needed[name]]


def _settle(house: House, devices: list[Device], reader: Reader, outcome: Outcome) -> None:
    """Stop what writes once everything is acknowledged, publish and load once more in peace, and do waiting work."""
    wait_for(house.url)
    for device in devices:
        device.stop()
        outcome.acknowledged[device.name] = sum(map(len, device.told.kept.values()))
        outcome.problems += [f"{device.name} was told: {one}" for one in device.told.refusals[:5]]
    before, until = house.published(), time.monotonic() + PATIENCE_S
    while house.published() < before + 2:
        house.tend()
        time.sleep(0.1)
        if time.monotonic() > until:
            outcome.problems.append("publishing did not go on")
            break
    reader.asked.set()
    reader.join(60)
    outcome.pages, outcome.problems = reader.pages, outcome.problems + reader.problems[:5]
    house.parts["publish"].sweep()
    house.parts["load"].sweep()
    house.parts["publish"].process = house.parts["load"].process = None
    outcome.problems += house.problems
    words = ["-m", "plein", "load", str(house.folder / "in"), "--gemeente", files.GEMEENTE]
    python(house.environment, *words)
    _until_drained(house, devices, outcome)


def _until_drained(house: House, devices: list[Device], outcome: Outcome) -> None:
    """Give the worker time to take in what the broker still holds for it: until nothing is missing any more."""
    until = time.monotonic() + PATIENCE_S
    for device in devices[1:]:
        while time.monotonic() < until:
            found, _ = judge.over_http(house.url, device.streams)
            if all(device.told.kept[stream] <= found[stream].keys() for stream in device.told.kept):
                return
            time.sleep(1)
        outcome.problems.append("the broker's messages did not all come in")


def _judge(house: House, devices: list[Device], outcome: Outcome, calm: dict[str, Any]) -> None:
    """Compare: over HTTP, in process before and after sealing, versions, load, and what `plein check` says."""
    told: dict[str, dict[str, list[int]]] = {"sent": {}, "kept": {}}
    for device in devices:
        told["sent"] |= {str(stream): sorted(all_) for stream, all_ in device.told.sent.items()}
        told["kept"] |= {str(stream): sorted(all_) for stream, all_ in device.told.kept.items()}
    streams = [stream for device in devices for stream in device.streams]
    readings = [judge.compare(*judge.over_http(house.url, streams), told)]
    house.stop("worker")
    python(house.environment, "-c", SETTLE)
    path = house.folder / "told.json"
    path.write_text(json.dumps(told), encoding="utf-8")
    state = json.loads(python(house.environment, "-m", judge.__name__, str(path), str(house.folder / "published")))
    readings += state["readings"]
    for name in ("lost", "doubled", "strange"):
        setattr(outcome, name, max(one[name] for one in readings))
    outcome.versions = len(state["versions"])
    outcome.problems += state["wrong"] + judge.versions_over_http(house.url, state["versions"])
    if state["loaded"] != calm:
        outcome.problems.append(f"loading left {state['loaded']}, and undisturbed it leaves {calm}")
    house.stop("web")
    outcome.problems += _check(house.environment)


def _check(environment: dict[str, str]) -> list[str]:
    """Give what `plein check` finds."""
    words = [sys.executable, "-m", "plein", "check", "--json"]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return [f"plein check: {problem}" for one in json.loads(done.stdout) for problem in one["problems"]]

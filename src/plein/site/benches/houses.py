"""A house of a bench's or a test's own: its settings, Python in it, a device that may send, and a broker."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

DEVICE = """
import sys, django; django.setup()
from datetime import timedelta
from django.core.management import call_command
call_command("migrate", verbosity=0)
from plein.foundation.clock import now
from plein.foundation.gate import registry
from plein.foundation.identity.actions import create_staff, create_token
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.observations.models import Datastream, ObservedProperty, Sensor, Thing
registry.sync(now=now())
thing = Thing.objects.create(name="Device")
sensor = Sensor.objects.create(name="Device")
seen = ObservedProperty.objects.create(name="PM2.5", definition="http://example.org/pm25")
Datastream.objects.bulk_create([
    Datastream(name=f"Stream {n}", thing=thing, sensor=sensor, observed_property=seen, activity="sensing.air")
    for n in range(int(sys.argv[1]))
])
first = Datastream.objects.order_by("pk").first().pk
staff = create_staff("device", password=None, roles=["sensor-manager"], by=SYSTEM, now=now())
end = now() + timedelta(days=1)
token = create_token(staff, name="device", scopes=["sensing.write"], expires_at=end, by=SYSTEM, now=now())
print(first, token.secret)
"""


def environment_of(data: Path, **more: str) -> dict[str, str]:
    """Give the settings of a house in a data directory, on SQLite and without limits unless `more` says otherwise."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("PLEIN_")}
    own = {"PLEIN_DATA": str(data), "PLEIN_LOG_LEVEL": "ERROR", "PLEIN_API_RATE": "0", "PLEIN_API_RATE_TOKEN": "0"}
    return {**inherited, "DJANGO_SETTINGS_MODULE": "plein.site.settings", **own, **more}


def python(environment: dict[str, str], *words: str) -> str:
    """Run Python and give what it printed.

    Raises RuntimeError with what it complained of.
    """
    done = subprocess.run(  # noqa: S603
        [sys.executable, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:] + done.stdout[-3000:])
    return done.stdout


def register_device(environment: dict[str, str], streams: int) -> tuple[int, str]:
    """Bring the database of a new house up to date and register a device; gives its first datastream and its token.

    The other datastreams are those that follow the first by number.
    """
    first, token = python(environment, "-c", DEVICE, str(streams)).split()
    return int(first), token


def mosquitto() -> str | None:
    """Find the program of the broker."""
    return shutil.which("mosquitto", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))


class Broker:
    """A Mosquitto that holds back nothing; port 0 when there is none on this machine."""

    def __init__(self, folder: Path, port: int) -> None:
        program = mosquitto()
        self.process: subprocess.Popen[bytes] | None = None
        self.port = port if program else 0
        if program:
            folder.mkdir()
            said = f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_inflight_messages 0\nmax_queued_messages 0\n"
            (folder / "mosquitto.conf").write_text(said)
            words = [program, "-c", str(folder / "mosquitto.conf")]
            self.process = subprocess.Popen(words, stderr=subprocess.DEVNULL)  # noqa: S603

    def stop(self) -> None:
        """End the broker."""
        if self.process:
            self.process.terminate()
            self.process.wait(20)

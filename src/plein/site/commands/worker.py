"""`plein worker`: background work, without a web server."""

import signal
import threading
from types import FrameType

import click


@click.command()
@click.option("--mqtt/--no-mqtt", default=True, help="Also listen to the sensor message broker, when one is set.")
def command(mqtt: bool) -> None:
    """Do background and scheduled work until told to stop."""
    from django.conf import settings

    from plein.foundation.jobs import work

    stop = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    listener = None
    if mqtt and settings.PLEIN["MQTT_URL"]:
        from plein.city.sensing.api.mqtt import run

        listener = threading.Thread(target=run, args=(stop,), name="mqtt", daemon=True)
        listener.start()
    work(stop)
    if listener:
        listener.join(timeout=10)

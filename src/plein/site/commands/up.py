"""`plein up`: the whole house in one command."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import click

from plein.site import memory
from plein.site.cli import telling_settings
from plein.site.commands.furnish import FURNISHED
from plein.site.readiness import is_up_to_date

PATIENCE_S = 10.0
DULL_RESTART_S = 2.0


@dataclass
class Part:
    """A process of the house: how it is started, and since when it runs; environment and output: None is our own."""

    name: str
    words: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    fails: int = field(default=0)
    environment: dict[str, str] | None = None
    output: IO[bytes] | None = None

    def start(self) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches it through us, once."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            self.words, env=self.environment, stdout=self.output, stderr=self.output, start_new_session=True
        )

    def runs_s(self) -> float:
        """Tell for how many seconds the process runs; 0 when it does not."""
        return time.monotonic() - self.started if self.process and self.process.poll() is None else 0.0

    def tend(self) -> None:
        """Start the process again when it fell over, slower each time that it does so at once."""
        if self.process is None or self.process.poll() is None:
            return
        self.sweep()
        lived = time.monotonic() - self.started
        self.fails = 0 if lived > PATIENCE_S else self.fails + 1
        click.echo(f"{self.name} stopped (exit code {self.process.returncode}); starting it again", err=True)
        time.sleep(min(DULL_RESTART_S * self.fails, 30))
        self.start()

    def end(self) -> None:
        """Ask the process to stop."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def wait(self, patience_s: float) -> None:
        """Wait until the process has stopped; kill its group when it will not."""
        if self.process is None:
            return
        try:
            self.process.wait(timeout=patience_s)
        except subprocess.TimeoutExpired:
            click.echo(f"{self.name} did not stop in time and was ended", err=True)
        self.sweep()

    def sweep(self) -> None:
        """End what is left of the process's group, such as the workers of a web server that was killed."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def is_free(host: str, port: int) -> bool:
    """Tell whether a port can be listened on."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError:
            return False
    return True


def can_serve() -> bool:
    """Tell, before Django is started, whether pages can be served at once: the database has had every migration."""
    with memory.loading(), telling_settings():
        from plein.site import settings
    database = settings.DATABASES["default"]
    is_sqlite = "sqlite" in str(database["ENGINE"])
    return is_sqlite and is_up_to_date(str(database["NAME"]), settings.INSTALLED_APPS)


def prepare(*, demo: bool, migrated: bool) -> bool:
    """Bring the database up to date and furnish the demo town when the house is empty.

    Returns whether the demo town stands here.
    """
    with memory.loading(), telling_settings():
        import django

        django.setup()
    from django.conf import settings
    from django.core.management import call_command

    from plein.foundation.geo.models import GeoState
    from plein.foundation.geo.places import DEMO_TOWN

    if not migrated:
        call_command("migrate", verbosity=0, interactive=False)
    home = GeoState.objects.filter(pk=1).values_list("home_code", flat=True).first()
    furnished = Path(settings.DATA) / FURNISHED
    if demo and not settings.PLEIN["GEMEENTE"] and home in (None, "", DEMO_TOWN) and not furnished.exists():
        subprocess.run([sys.executable, "-m", "plein", "furnish"], check=True)
        home = DEMO_TOWN
    return bool(home == DEMO_TOWN)


def parts(host: str, port: int, workers: int) -> list[Part]:
    """List the processes: web and worker."""
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    tuned = ["--workers", str(workers), "--blocking-threads", "4", "--backpressure", "256", "--log-level", "warning"]
    web = [*granian, *tuned, "--respawn-failed-workers", "plein.site.wsgi:application"]
    return [Part("web", web), Part("worker", [sys.executable, "-m", "plein", "worker"])]


def run_until(stopped: Callable[[], bool], house: list[Part]) -> None:
    """Keep the processes going until told to stop."""
    for part in house:
        if part.process is None:
            part.start()
    while not stopped():
        time.sleep(0.2)
        for part in house:
            part.tend()


def close(house: list[Part]) -> None:
    """Stop all processes and wait."""
    for part in house:
        part.end()
    for part in house:
        part.wait(PATIENCE_S)


def greet(address: str, *, is_demo: bool) -> None:
    """Print where Plein is and who can log in to the demo town."""
    click.echo(f"\n  Plein runs at {address}\n")
    if is_demo:
        from plein.foundation.identity.demo import PASSWORD, accounts

        click.echo(f"  Demo staff (password of all: {PASSWORD}):")
        for account in accounts():
            click.echo(f"    {account.username:20} {account.title.en}")
        click.echo("")
    click.echo("  Stop with Ctrl-C.")


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, help="Web processes; one for each core that may be busy.")
@click.option("--demo/--no-demo", default=True, help="Furnish the demo town when the house is empty.")
def command(host: str, port: int, workers: int, demo: bool) -> None:
    """Start Plein: web, worker and, the first time, the demo town."""
    if not is_free(host, port):
        raise click.ClickException(f"Port {port} is in use. Choose another one: plein up --port {port + 1}")
    os.environ.setdefault("PLEIN_BASE_URL", f"http://localhost:{port}")
    asked: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        asked.append(number)

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # until all runs, both stop what is being done
    house = parts(host, port, workers)
    migrated = can_serve()
    try:
        if migrated:
            house[0].start()
        is_demo = prepare(demo=demo, migrated=migrated)
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGTERM, end)
        greet(f"http://localhost:{port}", is_demo=is_demo)
        run_until(lambda: bool(asked), house)
    finally:
        close(house)
    click.echo("Plein has stopped.")

"""Servers of a bench's or a test's own: a PostgreSQL cluster in a temporary directory, gone when it ends."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from plein.site.benches import leave_out


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


def postgres_version() -> str | None:
    """Tell which PostgreSQL is installed here, if any."""
    try:
        said = subprocess.run([program("postgres"), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    except (FileNotFoundError, subprocess.CalledProcessError):
        return None
    return "PostgreSQL " + said.stdout.split()[2]


def program(name: str) -> str:
    """Find a program of PostgreSQL, also in Debian's folder for versions."""
    folders = [os.environ.get("PATH", ""), *map(str, sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if found is None:
        raise FileNotFoundError(f"{name} is not on this machine; install PostgreSQL")
    return found


def _as_owner(folder: Path) -> dict[str, int]:
    """PostgreSQL refuses to run as root: then it runs as the user postgres, or nobody."""
    if os.geteuid() != 0:
        return {}
    names = {user.pw_name: user for user in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid}


def _wait(port: int, server: "subprocess.Popen[bytes]", patience_s: float = 30) -> None:
    """Wait until the server answers."""
    until = time.monotonic() + patience_s
    ready = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:  # noqa: S603
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError("PostgreSQL did not start")
        time.sleep(0.1)


@dataclass(frozen=True, slots=True)
class Found:
    """A server to measure: its address, and what to say of it."""

    address: str
    said: str


@contextmanager
def own_postgres() -> Iterator[Found | None]:
    """Give the server of PLEIN_BENCH_POSTGRES (an empty database), else one of our own with its own defaults.

    Gives None, and says so, where PostgreSQL is not installed.
    """
    if address := os.environ.get("PLEIN_BENCH_POSTGRES"):
        yield Found(address, "PostgreSQL, as it was set up")
    elif version := postgres_version():
        with postgres(durable=True) as own:
            yield Found(own, f"{version}, its own defaults, written through to disk")
    else:
        leave_out("everything on PostgreSQL", "PostgreSQL is not installed here")
        yield None


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Start a PostgreSQL cluster and give its address; stop and remove it afterwards.

    durable: write through to the disk, as a bench must; tests do not need it.
    """
    folder = Path(tempfile.mkdtemp(prefix="plein-postgres-"))
    owner, port = _as_owner(folder), free_port()
    place = folder / "data"
    make = [program("initdb"), "-D", str(place), "-U", "plein", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)  # type: ignore[call-overload]  # noqa: S603
    words = [program("postgres"), "-D", str(place), "-p", str(port), "-k", str(folder)]
    words += ["-c", "listen_addresses=127.0.0.1", "-c", f"fsync={'on' if durable else 'off'}"]
    server = subprocess.Popen(words, stderr=subprocess.DEVNULL, cwd=folder, **owner)  # type: ignore[call-overload]  # noqa: S603
    try:
        _wait(port, server)
        url = f"postgres://plein@127.0.0.1:{port}/postgres"
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)

"""Servers of the tests' own: a PostgreSQL cluster in a temporary directory, gone when the tests end."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def free_port() -> int:
    """Find a port that nobody listens on."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port: int = trial.getsockname()[1]
    return port


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
    while subprocess.run(ready, check=False).returncode:
        if server.poll() is not None or time.monotonic() > until:
            raise RuntimeError("PostgreSQL did not start")
        time.sleep(0.1)


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """Start a PostgreSQL cluster and give its address; stop and remove it afterwards.

    durable: write through to the disk, as a bench must; tests do not need it.
    """
    folder = Path(tempfile.mkdtemp(prefix="plein-postgres-"))
    owner, port = _as_owner(folder), free_port()
    make = [
        program("initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "plein",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
    ]
    subprocess.run(make, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)  # type: ignore[call-overload]
    words = [
        program("postgres"),
        "-D",
        str(folder / "data"),
        "-p",
        str(port),
        "-k",
        str(folder),
        "-c",
        "max_connections=100",
    ]
    server = subprocess.Popen(  # type: ignore[call-overload]
        [*words, "-c", "listen_addresses=127.0.0.1", "-c", f"fsync={'on' if durable else 'off'}"],
        stderr=subprocess.DEVNULL,
        cwd=folder,
        **owner,
    )
    try:
        _wait(port, server)
        url = f"postgres://plein@127.0.0.1:{port}/postgres"
        yield url
    finally:
        server.terminate()
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)

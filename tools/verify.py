"""Every check and test, in order of how soon each can say no.

    python tools/verify.py fast     under a minute: format, lint, types, walls, quick tests on SQLite
    python tools/verify.py all      everything, on SQLite and PostgreSQL, with broker, browser and official standards

On Debian as root `all` installs what it lacks. Elsewhere it names what it skips and why, and goes on.
"""

import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from plein.site.benches.servers import postgres

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
FAST = "not slow and not browser and not broker and not conformance and not real_data"
# What says no soonest: pure rules, the doors of each room and storey, and the walls.
SOONEST = " or ".join(
    f"test_{name}" for name in ("rules", "actions", "forms", "door", "words", "errors", "house", "walls", "decisions")
)
ON_POSTGRES = "not browser and not conformance and not real_data"

PACKAGES = {
    "chromium": ["chromium", "chromium-browser", "google-chrome"],
    "mosquitto": ["mosquitto"],
    "postgresql": ["postgres"],
    "poppler-utils": ["pdftoppm"],
}
NEEDED_FOR = {
    "chromium": "browser tests (axe, no JavaScript, 320 px)",
    "mosquitto": "MQTT tests",
    "postgresql": "everything on PostgreSQL",
    "poppler-utils": "pictures of PDF pages",
}


def find(names: list[str]) -> str | None:
    """Find a program on the path or in Debian's folders for servers."""
    folders = [os.environ.get("PATH", ""), "/usr/sbin", *map(str, Path("/usr/lib/postgresql").glob("*/bin"))]
    return next((found for name in names if (found := shutil.which(name, path=os.pathsep.join(folders)))), None)


def provide() -> None:
    """Install what is lacking on Debian as root; elsewhere say what will be skipped."""
    lacking = [package for package, programs in PACKAGES.items() if find(programs) is None]
    if lacking and os.geteuid() == 0 and shutil.which("apt-get"):
        print("Installing", ", ".join(lacking), flush=True)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False, stdout=subprocess.DEVNULL)
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *lacking],
            env=quiet,
            check=False,
            stdout=subprocess.DEVNULL,
        )
    for package, programs in PACKAGES.items():
        if find(programs) is None:
            print(f"SKIPPED: {NEEDED_FOR[package]}: no {package} on this {platform.system()} machine", flush=True)


@contextmanager
def step(name: str, failures: list[str]) -> Iterator[None]:
    """Run one step, say how long it took, and go on to the next when it fails."""
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    try:
        yield
    except subprocess.CalledProcessError:
        failures.append(name)
    print(f"== {name}: {time.monotonic() - started:.0f} s", flush=True)


def run(*words: str | Path, **environment: str) -> None:
    """Run a command in the root of the project; it raises when the command fails."""
    subprocess.run([str(word) for word in words], cwd=ROOT, env={**os.environ, **environment}, check=True)


def static_checks(failures: list[str]) -> None:
    """Check what needs no test run: format, lint, types, walls, translations, templates."""
    with step("format and lint", failures):
        run(BIN / "ruff", "format", "--check", "-q", ".")
        run(BIN / "ruff", "check", "-q", ".")
    with step("types", failures):
        run(BIN / "mypy")
    with step("translations", failures):
        run(sys.executable, "tools/translations.py", "check")


def tests_on_postgres(failures: list[str]) -> None:
    """Run all tests that touch the database once more on PostgreSQL, in a cluster of their own."""
    if find(["postgres"]) is None:
        return
    with step("tests on PostgreSQL", failures), postgres() as url:
        run(BIN / "pytest", "-n", "2", "--durations", "15", "-m", ON_POSTGRES, PLEIN_DATABASE_URL=url)


def main(words: list[str]) -> int:
    """Run all steps; the exit code is 0 when every one passed."""
    failures: list[str] = []
    if words == ["fast"]:
        static_checks(failures)
        with step("quick tests on SQLite", failures):
            run(BIN / "pytest", "-n", "2", "-m", FAST, "-k", SOONEST)
    else:
        provide()
        static_checks(failures)
        with step("tests on SQLite", failures):
            run(BIN / "pytest", "-n", "2", "--durations", "30")
        tests_on_postgres(failures)
    print("\nFAILED: " + ", ".join(failures) if failures else "\nAll is well.", flush=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

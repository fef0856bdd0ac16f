"""The package that people install carries all it needs and runs on its own."""

import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from urllib.request import urlopen

import pytest

from plein.site.benches.servers import free_port

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel() -> Path:
    """Build the wheel from the working tree."""
    answer = subprocess.run([sys.executable, "tools/wheel.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr
    return Path(answer.stdout.splitlines()[-1])


def wait_for(address: str, process: "subprocess.Popen[str]", patience_s: float = 280) -> str:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        assert process.poll() is None, process.communicate()[0]
        try:
            with urlopen(address, timeout=5) as answer:
                body: str = answer.read().decode()
                return body
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"no answer from {address}")


def test_the_wheel_carries_static_files_translations_and_contracts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()

    assert "plein/site/staticfiles/plein/plein.css" in names
    assert any(name.startswith("plein/site/staticfiles/vendor/") and name.endswith(".js") for name in names)
    assert any(name.endswith("locale/nl/LC_MESSAGES/django.mo") for name in names)
    assert any(name.endswith(".odcs.yaml") for name in names)
    assert not [name for name in names if "/tests/" in name]


def test_the_installed_wheel_runs_without_the_project_beside_it(wheel: Path, tmp_path: Path) -> None:
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "-q", "--python", sys.executable, str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv" / "bin" / "python"
    into = [*uv, "pip", "install", "-q", "--python", str(python)]
    subprocess.run([*into, "--require-hashes", "-r", str(ROOT / "locked" / "run.txt")], check=True)
    subprocess.run([*into, "--no-deps", str(wheel)], check=True)
    port = free_port()
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PLEIN_")}
    process = subprocess.Popen(
        [tmp_path / "venv" / "bin" / "plein", "up", "--port", str(port)],
        cwd=tmp_path,
        env={**environment, "PLEIN_DATA": str(tmp_path / "var")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        home = wait_for(f"http://127.0.0.1:{port}/", process)
        css = wait_for(f"http://127.0.0.1:{port}/static/plein/plein.css", process)
    finally:
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=30)

    assert "Pleinstad" in home
    assert "--plein-" in css
    assert process.returncode == 0
    assert "Plein has stopped." in told

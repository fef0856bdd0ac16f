"""Build the package: front end, translations and collected static files first, so that the wheel carries them."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COLLECTED = ROOT / "src" / "plein" / "site" / "staticfiles"


def build() -> Path:
    """Build the wheel into dist/ and give its path."""
    shutil.rmtree(COLLECTED, ignore_errors=True)
    with tempfile.TemporaryDirectory() as data:
        collect = [sys.executable, "-m", "plein", "django", "collectstatic", "--noinput", "-v", "0"]
        subprocess.run(collect, cwd=ROOT, check=True, env={"PLEIN_DATA": data, "PATH": "/usr/bin:/bin"})
    try:
        subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel"], cwd=ROOT, check=True)
    finally:
        shutil.rmtree(COLLECTED, ignore_errors=True)
    return max((ROOT / "dist").glob("plein-*.whl"), key=lambda path: path.stat().st_mtime)


if __name__ == "__main__":
    print(build())

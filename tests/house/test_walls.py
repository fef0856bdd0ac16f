"""The import walls stand, and each is seen to fall when it is breached."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINTER = Path(sys.executable).with_name("lint-imports")


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run the linter on a copy of the house; the copy is found first on the path of its process."""
    return subprocess.run(
        [LINTER, "--no-cache"],
        cwd=folder,
        env={"PYTHONPATH": str(folder / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_wall_stands() -> None:
    answer = lint(ROOT)

    assert answer.returncode == 0, answer.stdout


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "line", "wall"),
    [
        ("insight/monitor/rules.py", "import django.db", "Rules know no framework, database or network"),
        ("insight/twin/views.py", "import plein.insight.monitor.models", "Rooms never import each other"),
        ("foundation/words.py", "import plein.site.options", "Site stands on wings"),
        ("foundation/lake/apps.py", "import plein.foundation.gate.models", "Inside the foundation"),
        ("insight/monitor/models.py", "import plein.insight.monitor.apps", "Inside a room"),
        ("insight/monitor/helpers.py", "", "Inside a room"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, place: str, line: str, wall: str) -> None:
    shutil.copytree(ROOT / "src" / "plein", tmp_path / "src" / "plein", ignore=shutil.ignore_patterns("static*"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    planted = tmp_path / "src" / "plein" / place
    planted.parent.mkdir(parents=True, exist_ok=True)
    with planted.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")

    answer = lint(tmp_path)

    assert answer.returncode == 1
    broken = [told for told in answer.stdout.splitlines() if told.endswith("BROKEN")]
    assert any(told.startswith(wall) for told in broken), answer.stdout

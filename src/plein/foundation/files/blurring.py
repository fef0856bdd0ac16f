"""A copy of a photo in which faces and number plates cannot be read, made by a program of its own (blurrer.py)."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plein.foundation.files.errors import Broken

PROGRAM = Path(__file__).with_name("blurrer.py")
WAIT_S = 90
Box = Sequence[float]


@dataclass(frozen=True, slots=True)
class Blurred:
    """The public copy and a small one, both JPEG. looked: whether faces and plates were looked for.

    boxes: what was made unreadable, [x, y, width, height] as parts of the whole.
    """

    path: Path
    preview: Path
    looked: bool
    boxes: Sequence[Box]


@contextmanager
def blurred(source: Path, *, boxes: Sequence[Box] = (), find: bool) -> Iterator[Blurred]:
    """Make the copy, which is there while the block lasts.

    boxes: to make unreadable anyway. find: look for faces and plates too.
    Raises Broken when it cannot be made; then nothing of the photo may be shown.
    """
    with tempfile.TemporaryDirectory(prefix="plein-blur-") as folder:
        out, preview = Path(folder) / "out.jpg", Path(folder) / "preview.jpg"
        told = _run(source, out, preview, boxes=boxes, find=find)
        if "failed" in told or not out.is_file() or not preview.is_file():
            raise Broken(file=source.name[:12])
        yield Blurred(out, preview, bool(told["looked"]), told["boxes"])


def _run(source: Path, out: Path, preview: Path, *, boxes: Sequence[Box], find: bool) -> dict[str, Any]:
    where = json.dumps([list(box) for box in boxes])
    command = [sys.executable, "-I", str(PROGRAM), str(source), str(out), str(preview), str(int(find)), where]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=WAIT_S, check=False, env={}, cwd=out.parent)  # noqa: S603 (our own program)
        told: dict[str, Any] = json.loads(ended.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"failed": "too-large"}
    return told

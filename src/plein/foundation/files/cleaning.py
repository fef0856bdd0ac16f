"""What came in from outside becomes a harmless file: looked at and drawn anew by a program of its own (cleaner.py)."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from plein.foundation.files import scanning
from plein.foundation.files.errors import (
    Broken,
    DoesSomething,
    FileEmpty,
    FileNotTaken,
    FileTooBig,
    HasFilesInside,
    Locked,
    TooManyPixels,
    WrongKind,
)
from plein.foundation.words import Text

MOST_BYTES = 20_000_000
WAIT_S = 40
PROGRAM = Path(__file__).with_name("cleaner.py")
SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ".pptx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "application/vnd.oasis.opendocument.spreadsheet": ".ods",
    "application/vnd.oasis.opendocument.presentation": ".odp",
}
KINDS = {
    "image": Text("een foto (JPEG, PNG, WebP, GIF of HEIC)", "a photo (JPEG, PNG, WebP, GIF or HEIC)"),
    "pdf": Text("een PDF", "a PDF"),
    "office": Text("een tekst of rekenblad (docx, xlsx, pptx, odt, ods, odp)", "a text or sheet (docx, xlsx, odt)"),
}


REASONS: dict[str, type[FileNotTaken]] = {
    "too-many-pixels": TooManyPixels,
    "too-large": TooManyPixels,
    "script": DoesSomething,
    "launch": DoesSomething,
    "embedded": HasFilesInside,
    "encrypted": Locked,
    "unknown-type": WrongKind,
}


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A harmless file. preview: a small JPEG of a picture; place: (lon, lat) that a photo told before we erased it."""

    kind: str
    path: Path
    media_type: str
    preview: Path | None = None
    place: tuple[float, float] | None = None
    width: int = 0
    height: int = 0

    @property
    def suffix(self) -> str:
        """Give the end of a file name that fits the content."""
        return SUFFIXES[self.media_type]


def kind_of(head: bytes) -> str:
    """Tell by the first bytes (16 or more) what kind of file it seems to be: "image", "pdf", "office" or ""."""
    if head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")):
        return "image"
    if (head[:4] == b"RIFF" and head[8:12] == b"WEBP") or _is_heif(head):
        return "image"
    if head.startswith(b"%PDF-"):
        return "pdf"
    return "office" if head.startswith(b"PK\x03\x04") else ""


def _is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"heif")


@contextmanager
def cleaned(
    source: BinaryIO, *, name: str, kinds: Collection[str] = ("image",), most_bytes: int = MOST_BYTES
) -> Iterator[Cleaned]:
    """Make a harmless copy of a file from outside, which is there while the block lasts.

    name: as the sender called it, for words only. kinds: of "image", "pdf", "office".
    Raises FileNotTaken in one of its kinds, and what `scanning.scan` raises.
    """
    with tempfile.TemporaryDirectory(prefix="plein-clean-") as folder:
        given = Path(folder) / "in"
        kind = _take(source, given, name=name, kinds=kinds, most_bytes=most_bytes)
        scanning.scan(given, name=name)
        yield _made(kind, given, name=name, kinds=kinds)


def _take(source: BinaryIO, given: Path, *, name: str, kinds: Collection[str], most_bytes: int) -> str:
    size = 0
    with given.open("wb") as out:
        while chunk := source.read(1 << 20):
            size += out.write(chunk)
            if size > most_bytes:
                raise FileTooBig(file=name, size=f"> {most_bytes // 1_000_000}", limit=most_bytes // 1_000_000)
    if not size:
        raise FileEmpty(file=name)
    with given.open("rb") as head:
        kind = kind_of(head.read(32))
    if kind not in kinds:
        raise WrongKind(file=name, wanted=_wanted(kinds))
    return kind


def _wanted(kinds: Collection[str]) -> Text:
    texts = [KINDS[kind] for kind in KINDS if kind in kinds]
    return Text(" of ".join(text.nl for text in texts), " or ".join(text.en for text in texts))


def _made(kind: str, given: Path, *, name: str, kinds: Collection[str]) -> Cleaned:
    out, preview = given.with_name("out"), given.with_name("preview")
    told = _run(kind, given, out, preview)
    if why := told.get("refused"):
        reason = REASONS.get(why, Broken)
        facts: dict[str, Any] = {"wanted": _wanted(kinds)} if reason is WrongKind else {}
        raise reason(file=name, **facts)
    place = told.get("place")
    return Cleaned(
        kind=kind,
        path=out if kind == "image" else given,
        media_type=told["media_type"],
        preview=preview if kind == "image" else None,
        place=(place[0], place[1]) if place else None,
        width=told.get("width", 0),
        height=told.get("height", 0),
    )


def _run(kind: str, given: Path, out: Path, preview: Path) -> dict[str, Any]:
    """Run the program; one that is killed for its hunger or takes too long counts as a refusal."""
    command = [sys.executable, "-I", str(PROGRAM), kind, str(given), str(out), str(preview)]
    try:
        ended = subprocess.run(command, capture_output=True, timeout=WAIT_S, check=False, env={}, cwd=given.parent)  # noqa: S603 (our own program)
        told: dict[str, Any] = json.loads(ended.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"refused": "too-large" if kind == "image" else "broken"}
    return told

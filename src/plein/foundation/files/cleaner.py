"""Run as a program of its own, apart from the web process: looks at one file from outside and makes a harmless copy.

    python cleaner.py KIND IN OUT PREVIEW     KIND is image, pdf or office; answers one line of JSON

It limits its own memory and time first, so that a file which unpacks to gigabytes ends this program and nothing else.
It knows nothing of the house and imports only what its kind needs.
"""

import json
import re
import resource
import sys
import zipfile
from typing import Any

MEMORY_BYTES = 1_500_000_000
MOST_WRITTEN = 200_000_000
CPU_S = 25
MOST_PIXELS = 60_000_000  # held in memory whole
MOST_PIXELS_JPEG = 250_000_000  # JPEG can be read at a half, a quarter or an eighth
LONGEST_SIDE = 3_200
PREVIEW_SIDE = 720
MOST_OBJECTS = 200_000
MOST_UNPACKED = 300_000_000
MOST_ENTRIES = 5_000
IMAGES = {"JPEG", "PNG", "WEBP", "GIF", "HEIF"}


class Bad(Exception):
    """The file will not do; the word says why."""


def main(kind: str, source: str, target: str, preview: str) -> dict[str, Any]:
    """Look at a file of a kind and write its harmless copy."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if kind == "image":
        return image(source, target, preview)
    return pdf(source) if kind == "pdf" else office(source)


# -- images -----------------------------------------------------------------------------------------------------------


def image(source: str, target: str, preview: str) -> dict[str, Any]:
    """Draw the picture anew: what stands in it stays, what is told about it goes; the place is told apart."""
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # counted below, by kind
    with open(source, "rb") as head:
        if head.read(12)[4:8] == b"ftyp":
            from pi_heif import register_heif_opener

            register_heif_opener(thumbnails=False)
    with Image.open(source, formats=sorted(IMAGES & set(Image.registered_extensions().values()) | {"JPEG"})) as opened:
        pixels = opened.width * opened.height
        if pixels > (MOST_PIXELS_JPEG if opened.format == "JPEG" else MOST_PIXELS):
            raise Bad("too-many-pixels")
        place = where(opened)
        drawn = opened.format in ("PNG", "GIF")
        if opened.format == "JPEG":
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        opened.seek(0)
        opened.load()
        upright = ImageOps.exif_transpose(opened)
        plain = in_plain_colours(upright)
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(plain.mode, plain.size)
    bare.paste(plain)
    media_type = save(bare, target, drawn=drawn)
    bare.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    flat(bare).save(preview, "JPEG", quality=78, optimize=True)
    return {"media_type": media_type, "width": plain.width, "height": plain.height, "place": place}


def in_plain_colours(picture: Any) -> Any:
    """Give the picture in sRGB with or without transparency."""
    import io

    from PIL import ImageCms

    profile, has_alpha = picture.info.get("icc_profile"), "A" in picture.getbands() or "transparency" in picture.info
    if profile and picture.mode in ("RGB", "L", "CMYK"):
        try:
            given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(picture, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
            picture = made or picture
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the colours are a little off, the picture is the same
    return picture.convert("RGBA" if has_alpha else "RGB")


def flat(picture: Any) -> Any:
    """Put a picture with transparency on white paper."""
    from PIL import Image

    if picture.mode != "RGBA":
        return picture
    paper = Image.new("RGB", picture.size, "white")
    paper.paste(picture, mask=picture.getchannel("A"))
    return paper


def save(picture: Any, target: str, *, drawn: bool) -> str:
    """Write a photo as JPEG and a drawing or screen shot as PNG."""
    if drawn:
        picture.save(target, "PNG", optimize=False, compress_level=6)
        return "image/png"
    flat(picture).save(target, "JPEG", quality=86, progressive=True)
    return "image/jpeg"


def where(picture: Any) -> list[float] | None:
    """Read longitude and latitude of a photo, when it tells them and they are on earth."""
    try:
        told = picture.getexif().get_ifd(0x8825)
        lat, lon = degrees(told[2]), degrees(told[4])
        lat, lon = -lat if told.get(1) == "S" else lat, -lon if told.get(3) == "W" else lon
    except Exception:  # whatever a camera wrote: without a place the photo is as good
        return None
    on_earth = abs(lat) <= 90 and abs(lon) <= 180 and (lat, lon) != (0.0, 0.0)
    return [round(lon, 6), round(lat, 6)] if on_earth else None


def degrees(parts: Any) -> float:
    """Turn degrees, minutes and seconds into degrees."""
    whole, minutes, seconds = (float(part) for part in parts)
    return whole + minutes / 60 + seconds / 3600


# -- PDF --------------------------------------------------------------------------------------------------------------

ACTIONS = {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/Rendition", "/Movie", "/Sound"}
KEYS = {"/JS": "script", "/JavaScript": "script", "/XFA": "script", "/EF": "embedded", "/EmbeddedFiles": "embedded"}
SUBTYPES = {"/RichMedia": "script", "/3D": "script", "/Screen": "script", "/FileAttachment": "embedded"}
RAW = ((b"/JavaScript", "script"), (b"/Launch", "launch"), (b"/EmbeddedFile", "embedded"), (b"/RichMedia", "script"))


def pdf(source: str) -> dict[str, Any]:
    """Refuse a PDF that can do something by itself; what only shows pages stays as it is, byte for byte."""
    from pypdf import PdfReader

    with open(source, "rb") as file:
        raw = re.sub(rb"#([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), file.read())
    for word, why in RAW:
        if word in raw:
            raise Bad(why)
    del raw
    reader = PdfReader(source, strict=False)
    if reader.is_encrypted:
        raise Bad("encrypted")
    pages = len(reader.pages)
    if not pages:
        raise Bad("broken")
    for number, generation in objects(reader):
        look(reader, number, generation)
    return {"media_type": "application/pdf", "pages": pages}


def objects(reader: Any) -> list[tuple[int, int]]:
    """List all objects of a PDF, those in compressed streams too."""
    plain = [(number, generation) for generation, table in reader.xref.items() for number in table]
    found = sorted({*plain, *((number, 0) for number in reader.xref_objStm)})
    if len(found) > MOST_OBJECTS:
        raise Bad("too-large")
    return found


def look(reader: Any, number: int, generation: int) -> None:
    """Look at one object and everything written inside it."""
    from pypdf.errors import PdfReadError
    from pypdf.generic import IndirectObject

    try:
        top = reader.get_object(IndirectObject(number, generation, reader))
    except (PdfReadError, ValueError, AttributeError, KeyError):
        return  # an object that cannot be read cannot act either
    waiting = [top]
    while waiting:
        one = waiting.pop()
        if isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, dict):
            judge(one)
            waiting.extend(one.values())


def judge(one: Any) -> None:
    """Refuse a dictionary that is an action, a script, a file inside, or plays something."""
    action = str(one.raw_get("/S")) if "/S" in one else ""
    if action in ACTIONS:
        raise Bad("launch" if action in ("/Launch", "/GoToE", "/ImportData", "/SubmitForm") else "script")
    for key, why in KEYS.items():
        if key in one:
            raise Bad(why)
    subtype = str(one.raw_get("/Subtype")) if "/Subtype" in one else ""
    if subtype in SUBTYPES and str(one.raw_get("/Type") if "/Type" in one else "/Annot") == "/Annot":
        raise Bad(SUBTYPES[subtype])


# -- office files -----------------------------------------------------------------------------------------------------

XML = "application/vnd.openxmlformats-officedocument."
OOXML = {
    "wordprocessingml.document.main+xml": f"{XML}wordprocessingml.document",
    "spreadsheetml.sheet.main+xml": f"{XML}spreadsheetml.sheet",
    "presentationml.presentation.main+xml": f"{XML}presentationml.presentation",
}
ODF = {f"application/vnd.oasis.opendocument.{kind}" for kind in ("text", "spreadsheet", "presentation")}
MACROS = re.compile(r"vbaproject|vbadata|(^|/)(basic|scripts)/|activex|macrosheets|\.bin$", re.IGNORECASE)
INSIDE = re.compile(r"(^|/)embeddings/|oleobject|(^|/)ObjectReplacements/", re.IGNORECASE)


def office(source: str) -> dict[str, Any]:
    """Refuse an office file that carries macros or files inside, by what is in it and not by what it is called."""
    with zipfile.ZipFile(source) as packed:
        entries = packed.infolist()
        if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
            raise Bad("too-large")
        if any(entry.flag_bits & 1 for entry in entries):
            raise Bad("encrypted")
        names = [entry.filename for entry in entries]
        if any(MACROS.search(name) for name in names):
            raise Bad("script")
        if any(INSIDE.search(name) for name in names):
            raise Bad("embedded")
        return {"media_type": office_type(packed, names)}


def office_type(packed: zipfile.ZipFile, names: list[str]) -> str:
    """Tell which kind of office file it is, by its own table of contents."""
    if "mimetype" in names:
        told = packed.read("mimetype")[:100].decode("ascii", "replace").strip()
        if told in ODF:
            return told
    if "[Content_Types].xml" in names:
        with packed.open("[Content_Types].xml") as table:
            told = table.read(1_000_000).decode("utf-8", "replace")
        if "macroEnabled" in told:
            raise Bad("script")
        for mark, media_type in OOXML.items():
            if mark in told:
                return media_type
    raise Bad("unknown-type")


if __name__ == "__main__":
    try:
        answer = main(*sys.argv[1:5])
    except Bad as bad:
        answer = {"refused": str(bad)}
    except MemoryError:
        answer = {"refused": "too-large"}
    except Exception as error:  # whatever is wrong in a file from outside, it is refused
        answer = {"refused": "broken", "told": type(error).__name__}
    sys.stdout.write(json.dumps(answer))

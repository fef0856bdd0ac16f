"""Files as people, cameras and attackers make them."""

import base64
import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

DAM = (52.373, 4.893)  # latitude and longitude of Dam square, Amsterdam


def photo(*, place: tuple[float, float] | None = DAM, size: tuple[int, int] = (400, 300), turned: int = 1) -> bytes:
    """Take a photo with a camera that tells who, with what and where."""
    picture = Image.effect_noise(size, 60).convert("RGB")
    exif = Image.Exif()
    exif[0x010F], exif[0x013B], exif[0x0112] = "Fabrikant", "Jan van Dam", turned
    if place:
        exif.get_ifd(0x8825).update({1: "N", 2: _parts(place[0]), 3: "E", 4: _parts(place[1])})
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif, comment=b"thuis")
    return out.getvalue()


def _parts(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = int((degrees - whole) * 60)
    return float(whole), float(minutes), round((degrees - whole - minutes / 60) * 3600, 4)


def picture(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    """Draw a picture of a kind."""
    out = io.BytesIO()
    Image.new(mode, size, "teal").save(out, kind)
    return out.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """Make a PNG of a few kilobytes that says it is side by side pixels, and has the rows to prove it as they pack."""
    row = b"\0" * (side // 8 + 1)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    parts = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", data), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )


def pdf(change: Any = None) -> bytes:
    """Write a PDF of one page, changed as asked."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if change:
        change(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_script(writer: PdfWriter) -> None:
    """Let it run a script when it opens."""
    _opens_with(writer, {"/S": NameObject("/JavaScript"), "/JS": TextStringObject("app.alert('hello');")})


def with_attachment(writer: PdfWriter) -> None:
    """Put a file inside."""
    writer.add_attachment("x.exe", b"MZ")


def with_launch(writer: PdfWriter) -> None:
    """Let it start a program when it opens."""
    _opens_with(writer, {"/S": NameObject("/Launch"), "/F": TextStringObject("cmd.exe")})


def _opens_with(writer: PdfWriter, action: dict[str, Any]) -> None:
    made = DictionaryObject({NameObject(key): value for key, value in action.items()})
    writer._root_object[NameObject("/OpenAction")] = made


def with_xfa(writer: PdfWriter) -> None:
    """Give it a form that runs scripts."""
    form = DictionaryObject({NameObject("/XFA"): ArrayObject(), NameObject("/Fields"): ArrayObject()})
    writer._root_object[NameObject("/AcroForm")] = form


def compressed_script() -> bytes:
    """Write a PDF 1.5 whose script lies packed in an object stream: no byte of it can be read as it stands."""
    inner = [b"<< /Type /Catalog /Pages 3 0 R /OpenAction 4 0 R >>", b"<< /Type /Pages /Kids [5 0 R] /Count 1 >>"]
    inner += [b"<< /S /JavaScript /JS (app.alert\\(1\\)) >>"]
    inner += [b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 9 9] >>"]
    table, body = b"", b""
    for number, one in zip((2, 3, 4, 5), inner, strict=True):
        table += b"%d %d " % (number, len(body))
        body += one + b" "
    packed = zlib.compress(table + body)
    out = b"%PDF-1.5\n"
    first = len(out)
    head = b"1 0 obj\n<< /Type /ObjStm /N 4 /First %d /Filter /FlateDecode /Length %d >>\nstream\n"
    out += head % (len(table), len(packed)) + packed + b"\nendstream\nendobj\n"
    second = len(out)
    rows = [(0, 0, 65535), (1, first, 0), (2, 1, 0), (2, 1, 1), (2, 1, 2), (2, 1, 3), (1, second, 0)]
    xref = zlib.compress(b"".join(struct.pack(">BIH", *row) for row in rows))
    tail = b"6 0 obj\n<< /Type /XRef /Size 7 /W [1 4 2] /Root 2 0 R /Filter /FlateDecode /Length %d >>\nstream\n"
    return out + tail % len(xref) + xref + b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % second


WORD = (
    b'<Types><Override ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>'
)


def office(extra: dict[str, bytes] | None = None, types: bytes = WORD) -> bytes:
    """Write a text document, with more in it as asked."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", types + b"</Types>")
        packed.writestr("word/document.xml", b"<w/>")
        for name, content in (extra or {}).items():
            packed.writestr(name, content)
    return out.getvalue()


def open_document() -> bytes:
    """Write an OpenDocument text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("content.xml", "<x/>")
    return out.getvalue()


# A red picture of 16 x 8 as an iPhone keeps it (HEIC), written with pillow-heif.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA"
    "ACJpbG9jAAAAAERAAAEAAQAAAAABoAABAAAAAAAAACsAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRt"
    "AAAAAAABAAAA/GlwcnAAAADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMA"
    "AAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNs"
    "eAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAAAChjbGFwAAAAEAAAAAEAAAAIAAAAAf///9AAAAAC////yAAAAAIAAAAQcGl4"
    "aQAAAAADCAgIAAAAGGlwbWEAAAAAAAAAAQABBYECAwWEAAAAM21kYXQAAAAnKAGvGSFgQkDvXaW//4jK/5iBf67W3ymSgKaXBNeI"
    "mQsDgYCNkZ04"
)

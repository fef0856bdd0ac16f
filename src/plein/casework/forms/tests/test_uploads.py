"""Files from outside: what is taken, what is refused and why, what is left behind, and how they are served."""

import io
import os
import resource
import shutil
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.datastructures import MultiValueDict
from PIL import Image

from plein.casework.forms.actions import uploads
from plein.casework.forms.jobs import sweep_files
from plein.casework.forms.models import Upload
from plein.casework.forms.rules.definition import Question
from plein.casework.forms.tests import samples
from plein.foundation.errors import NotFound, Refused
from plein.foundation.files import store
from plein.foundation.files.errors import (
    Broken,
    DoesSomething,
    FileEmpty,
    FileTooBig,
    HasFilesInside,
    Locked,
    ScannerSilent,
    TooManyPixels,
    VirusFound,
    WrongKind,
)
from plein.foundation.words import Text

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ALL = ("image", "pdf", "office")
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@pytest.fixture(autouse=True)
def _own_data(data_dir: Path) -> None:
    """Keep files of this test's own."""


def take(content: bytes, name: str = "foto.jpg", *, owner: str = "sender:a", kinds: Any = ALL) -> Upload:
    return uploads.take(io.BytesIO(content), name=name, owner=owner, kinds=kinds, now=NOW)


def kept_files() -> list[Path]:
    return [path for path in store.folder().rglob("*") if path.is_file()]


# -- photos -----------------------------------------------------------------------------------------------------------


def test_a_photo_is_drawn_anew_and_tells_nothing_of_who_made_it() -> None:
    upload = take(samples.photo())

    kept = store.path_of(upload.sha256).read_bytes()
    with Image.open(io.BytesIO(kept)) as picture:
        told = (dict(picture.getexif()), picture.info.get("comment"), picture.size)

    assert told == ({}, None, (400, 300))
    assert not any(word in kept for word in (b"Exif", b"Jan van Dam", b"Fabrikant", b"thuis"))


def test_the_place_of_a_photo_is_offered_before_it_is_erased() -> None:
    upload = take(samples.photo(place=samples.DAM))

    assert (upload.lat, upload.lon) == pytest.approx(samples.DAM, abs=1e-5)
    assert take(samples.photo(place=None)).lon is None


def test_a_photo_that_lies_on_its_side_is_set_upright() -> None:
    upload = take(samples.photo(turned=6))  # EXIF orientation 6: turn a quarter to the right

    assert (upload.width, upload.height) == (300, 400)


@pytest.mark.parametrize(("kind", "end"), [("PNG", ".png"), ("WEBP", ".jpg"), ("GIF", ".png"), ("JPEG", ".jpg")])
def test_pictures_of_many_kinds_become_jpeg_or_png(kind: str, end: str) -> None:
    upload = take(samples.picture(kind), name="plaatje.exe")

    assert (upload.kind, upload.name) == ("image", f"plaatje{end}")


def test_a_photo_of_an_iphone_is_read() -> None:
    upload = take(samples.HEIC, name="IMG_0001.HEIC")

    assert (upload.name, upload.media_type, upload.width, upload.height) == ("IMG_0001.jpg", "image/jpeg", 16, 8)


def test_a_large_photo_is_made_to_fit_and_has_a_small_twin() -> None:
    upload = take(samples.photo(size=(5000, 2500)))

    with Image.open(store.path_of(upload.preview_sha256)) as small:
        assert ((upload.width, upload.height), small.size) == ((3200, 1600), (720, 360))


def test_an_image_bomb_ends_in_a_refusal_and_takes_no_memory_of_ours() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(TooManyPixels):
        take(samples.bomb())  # 60,000 x 60,000: 3.6 gigapixels in some 500 kB

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000  # kB
    assert kept_files() == []


def test_a_picture_that_breaks_off_is_refused() -> None:
    with pytest.raises(Broken):
        take(samples.photo()[:4_000])


# -- PDF and office ---------------------------------------------------------------------------------------------------


def test_a_pdf_that_only_shows_pages_is_kept_byte_for_byte() -> None:
    content = samples.pdf()

    upload = take(content, name="bewijs.pdf")

    assert store.path_of(upload.sha256).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (samples.pdf(samples.with_script), DoesSomething),
        (samples.pdf(samples.with_launch), DoesSomething),
        (samples.pdf(samples.with_xfa), DoesSomething),
        (samples.compressed_script(), DoesSomething),
        (samples.pdf(samples.with_attachment), HasFilesInside),
        (samples.pdf(lambda writer: writer.encrypt("geheim")), Locked),
        (b"%PDF-1.7 and nothing more", Broken),
    ],
)
def test_a_pdf_that_can_do_something_is_refused(content: bytes, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        take(content, name="bewijs.pdf")

    assert (Upload.objects.count(), kept_files()) == (0, [])


def test_the_packed_script_is_really_packed() -> None:
    assert b"JavaScript" not in samples.compressed_script()


@pytest.mark.parametrize(("content", "end"), [(samples.office(), ".docx"), (samples.open_document(), ".odt")])
def test_an_office_file_is_known_by_its_content(content: bytes, end: str) -> None:
    assert take(content, name="brief.pdf").name == f"brief{end}"


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (samples.office({"word/vbaProject.bin": b"x"}), DoesSomething),
        (samples.office(types=samples.WORD.replace(b"main+xml", b"main+xml macroEnabled")), DoesSomething),
        (samples.office({"word/embeddings/oleObject1.xlsx": b"x"}), HasFilesInside),
        (samples.office({f"word/{n}": b"" for n in range(5_001)}), TooManyPixels),
        (samples.office(types=b"<Types>"), WrongKind),
    ],
)
def test_an_office_file_with_macros_or_files_inside_is_refused(content: bytes, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        take(content, name="brief.docx")


# -- what it says it is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"<html><script>alert(1)</script>", b"MZ\x90\x00", b"#!/bin/sh\n", b"<svg xmlns='x' onload='alert(1)'/>", b"GIF8"],
)
def test_the_name_of_a_file_convinces_nobody(content: bytes) -> None:
    with pytest.raises(WrongKind):
        take(content, name="foto.jpg")


def test_a_kind_that_is_not_asked_for_is_refused_with_what_is() -> None:
    with pytest.raises(WrongKind) as refused:
        take(samples.pdf(), kinds=("image",))

    assert refused.value.facts["wanted"].en == "a photo (JPEG, PNG, WebP, GIF or HEIC)"


def test_an_empty_and_a_large_file_are_refused() -> None:
    with pytest.raises(FileEmpty):
        take(b"")
    with pytest.raises(FileTooBig):
        take(b"\xff\xd8\xff" + bytes(20_000_001))


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\foto's\\mijn foto.jpg", "mijn foto.jpg"),
        ('a"\r\nSet-Cookie: x=1.jpg', "a___Set-Cookie_ x_1.jpg"),
        ("<img src=x>.jpg", "_img src_x_.jpg"),
        (".htaccess", "htaccess.jpg"),
        ("", "bestand.jpg"),
    ],
)
def test_a_name_is_made_safe(given: str, safe: str) -> None:
    assert uploads.safe_name(given, ".jpg") == safe


# -- on disk ----------------------------------------------------------------------------------------------------------


def test_a_file_is_on_disk_before_its_row_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    create = Upload.objects.create

    def watched(**facts: Any) -> Upload:
        seen.append(store.path_of(facts["sha256"]).is_file())
        return create(**facts)

    monkeypatch.setattr(Upload.objects, "create", watched)
    take(samples.photo())

    assert seen == [True]


def test_the_same_file_twice_lies_there_once() -> None:
    content = samples.pdf()
    first, second = take(content), take(content)

    assert (first.sha256 == second.sha256, first.token != second.token, len(kept_files())) == (True, True, 1)


def test_files_that_no_row_names_are_swept_after_a_day() -> None:
    named, loose, young = take(samples.photo()), store.keep(b"loose"), store.keep(b"young")
    yesterday = (NOW - timedelta(days=1, minutes=1)).timestamp()
    for digest in (named.sha256, named.preview_sha256, loose.sha256):
        os.utime(store.path_of(digest), (yesterday, yesterday))
    os.utime(store.path_of(young.sha256), (NOW.timestamp(), NOW.timestamp()))

    gone = store.sweep(now=NOW)

    left = {path.name for path in kept_files()}
    assert (gone, left) == (1, {named.sha256, named.preview_sha256, young.sha256})


def test_a_file_whose_form_was_never_sent_goes_by_itself() -> None:
    upload = take(samples.photo())
    old = NOW.timestamp()
    for path in kept_files():
        os.utime(path, (old, old))

    told = sweep_files(now=NOW + timedelta(days=3))

    assert (told, Upload.objects.filter(pk=upload.pk).exists(), kept_files()) == ("1 expired, 2 deleted", False, [])


def test_files_of_somebody_else_are_unknown() -> None:
    theirs = take(samples.photo(), owner="sender:b")

    with pytest.raises(NotFound):
        uploads.hand_over([theirs.token], owner="sender:a")


def test_handing_over_takes_the_row_and_leaves_the_file() -> None:
    upload = take(samples.pdf())

    (given,) = uploads.hand_over([upload.token], owner="sender:a")

    assert (given.sha256, Upload.objects.count()) == (upload.sha256, 0)
    assert store.path_of(given.sha256).is_file()


def test_one_page_sends_so_many_files_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_PER_OWNER", 1)
    take(samples.pdf())

    with pytest.raises(uploads.TooManyFiles):
        take(samples.pdf())


# -- with a form ------------------------------------------------------------------------------------------------------

PHOTO = Question(key="photo", kind="photo", label=Text("Foto", "Photo"))
INNER = Question(key="dogs", kind="group", label=Text("Honden", "Dogs"), questions=(PHOTO,))


def sent(**files: bytes) -> MultiValueDict[str, Any]:
    return MultiValueDict({name: [SimpleUploadedFile("x.jpg", content)] for name, content in files.items()})


def test_files_of_a_page_become_tokens_in_its_fields() -> None:
    files = MultiValueDict({"photo": [SimpleUploadedFile("a.jpg", samples.photo())], **sent(other=b"x")})

    fields, wrong = uploads.take_files([PHOTO], files, {"photo": ["before"]}, owner="sender:a", now=NOW)

    assert (len(fields["photo"]), wrong, Upload.objects.count()) == (2, {}, 1)


def test_files_inside_items_of_a_group_find_their_question() -> None:
    files = MultiValueDict({"dogs.1.photo": [SimpleUploadedFile("a.jpg", samples.photo())]})

    fields, _ = uploads.take_files([INNER], files, {}, owner="sender:a", now=NOW)

    assert list(fields) == ["dogs.1.photo"]


def test_a_file_that_is_refused_says_so_beside_its_question() -> None:
    _, wrong = uploads.take_files([PHOTO], sent(photo=b"MZ"), {}, owner="sender:a", now=NOW, language="nl")

    assert wrong["photo"].kind == "file-kind"
    assert wrong["photo"].text.endswith("Stuur een foto (JPEG, PNG, WebP, GIF of HEIC).")


# -- served -----------------------------------------------------------------------------------------------------------


def owner_in(client: Client, owner: str) -> None:
    session = client.session
    session["upload_owners"] = [owner]
    session.save()


def test_a_file_is_served_to_its_sender_alone_and_can_do_nothing(client: Client) -> None:
    content = samples.pdf()
    upload = take(content, name='bewijs "x".pdf')
    owner_in(client, upload.owner)

    answer = client.get(f"/formulieren/bestanden/{upload.token}")

    assert b"".join(answer.streaming_content) == content
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert Client().get(f"/formulieren/bestanden/{upload.token}").status_code == 404


def test_only_a_picture_that_we_drew_is_shown_in_a_page(client: Client) -> None:
    upload = take(samples.photo())
    owner_in(client, upload.owner)

    small = client.get(f"/formulieren/bestanden/{upload.token}")
    whole = client.get(f"/formulieren/bestanden/{upload.token}?whole")

    assert small.headers["Content-Disposition"].startswith("inline")
    assert whole.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("digest", ["../../plein.sqlite3", "a" * 63, "A" * 64, "a" * 65])
def test_no_path_leads_out_of_the_folder(digest: str) -> None:
    with pytest.raises(NotFound):
        store.path_of(digest)


# -- limits of a request ----------------------------------------------------------------------------------------------


def test_ten_megabytes_of_text_are_refused_politely(client: Client) -> None:
    answer = client.post(
        "/account/inloggen", {"login": "x" * 10_000_000}, content_type="application/x-www-form-urlencoded"
    )
    in_parts = client.post("/account/inloggen", {"login": "x" * 10_000_000})

    assert (answer.status_code, in_parts.status_code) == (413, 413)
    assert "Er is in één keer te veel gestuurd" in answer.content.decode()
    assert "te veel gestuurd" in in_parts.content.decode()


def test_a_body_over_the_limit_is_not_read_at_all(client: Client) -> None:
    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("read")

    answer = client.generic(
        "POST", "/account/inloggen", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH="65000000",
        **{"wsgi.input": Unread()},
    )  # fmt: skip

    assert answer.status_code == 413


# -- viruses ----------------------------------------------------------------------------------------------------------


class Scanner(threading.Thread):
    """Speaks clamd's INSTREAM as its manual page tells: pieces after their length, an empty one at the end."""

    def __init__(self, said: bytes = b"") -> None:
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.said, self.heard = said, b""
        self.start()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self.door.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                line, _ = self.door.accept()
            except OSError:
                return
            with line, line.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                while size := struct.unpack("!L", stream.read(4))[0]:
                    self.heard += stream.read(size)
                found = b"stream: Eicar-Signature FOUND\0" if EICAR in self.heard else b"stream: OK\0"
                line.sendall(self.said or found)


@pytest.fixture
def scanner() -> Iterator[Scanner]:
    made = Scanner()
    yield made
    made.door.close()


def use(settings: Any, address: str) -> None:
    settings.PLEIN = {**settings.PLEIN, "CLAMD": address}


def test_the_whole_file_goes_past_the_scanner(scanner: Scanner, settings: Any) -> None:
    use(settings, scanner.address)
    content = samples.pdf() + b"%" + b"x" * 200_000

    take(content)

    assert scanner.heard == content


def test_a_virus_is_refused_and_leaves_nothing(scanner: Scanner, settings: Any) -> None:
    use(settings, scanner.address)

    with pytest.raises(VirusFound):
        take(samples.pdf() + EICAR)

    assert (Upload.objects.count(), kept_files()) == (0, [])


@pytest.mark.parametrize("said", [b"INSTREAM size limit exceeded. ERROR\0", b"\0"])
def test_a_scanner_that_is_unsure_lets_nothing_through(said: bytes, settings: Any) -> None:
    unsure = Scanner(said)
    use(settings, unsure.address)

    with pytest.raises(ScannerSilent):
        take(samples.pdf())
    unsure.door.close()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl"])
def test_a_scanner_that_is_away_lets_nothing_through(address: str, settings: Any) -> None:
    use(settings, address)

    with pytest.raises(ScannerSilent):
        take(samples.pdf())


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[str]:
    """Run ClamAV's own daemon, with one signature of our own for EICAR, or skip."""
    program = shutil.which("clamd")
    if not program:
        pytest.skip("needs clamd (Debian: clamav-daemon)")
    signatures = tmp_path / "signatures"
    signatures.mkdir()
    (signatures / "plein.ndb").write_text(f"Plein.Eicar:0:*:{EICAR.hex()}\n")
    place = tmp_path / "clamd.ctl"
    told = f"LocalSocket {place}\nDatabaseDirectory {signatures}\nForeground yes\nLogFile {tmp_path / 'log'}\n"
    (tmp_path / "clamd.conf").write_text(told)
    running = subprocess.Popen([program, "-c", str(tmp_path / "clamd.conf")], stdout=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not place.exists() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    yield f"unix://{place}"
    running.terminate()
    running.wait(timeout=20)


def test_the_real_scanner_tells_a_virus_from_a_photo(clamd: str, settings: Any) -> None:
    use(settings, clamd)

    take(samples.photo())
    with pytest.raises(VirusFound):
        take(samples.pdf() + EICAR)

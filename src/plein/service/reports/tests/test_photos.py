"""Photos: unreadable before anybody outside sees them, looked at by a person, and marked by hand without JavaScript."""

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation
from PIL import Image, ImageDraw

from plein.casework.cases.models import Autorisatie, Entry
from plein.casework.cases.queries.rights import STAMP as RIGHTS
from plein.casework.forms.actions.uploads import take
from plein.foundation.files import store
from plein.foundation.files.blurring import blurred
from plein.foundation.files.errors import Broken
from plein.foundation.identity import stamps
from plein.foundation.identity.actors import ANONYMOUS, SYSTEM, Actor
from plein.foundation.identity.demo import furnish_staff
from plein.foundation.identity.models import Staff, Team
from plein.foundation.identity.queries import staff_actor
from plein.foundation.identity.teams import join_team
from plein.foundation.jobs.models import JobRun
from plein.service.reports.actions import blurring, photos
from plein.service.reports.errors import PhotoChanged, PhotoNotBlurred
from plein.service.reports.models import Photo
from plein.service.reports.rules.boxes import box_of, is_box
from plein.service.reports.tests.conftest import NOW, filed

SIZE = (800, 600)
PLATE = (300, 400, 470, 436)


def picture(*, plate: bool = True) -> Image.Image:
    """Draw a street with a grey car and, on it, a yellow plate with dark signs."""
    grain = np.random.default_rng(1).normal(120, 10, (SIZE[1], SIZE[0], 3)).clip(0, 255).astype("uint8")
    drawn = Image.fromarray(grain)
    pen = ImageDraw.Draw(drawn)
    pen.rectangle((180, 260, 620, 470), fill=(90, 95, 100))
    if plate:
        pen.rectangle(PLATE, fill=(245, 200, 20))
        for place in range(7):
            left = PLATE[0] + 12 + place * 22
            pen.rectangle((left, PLATE[1] + 7, left + 12, PLATE[3] - 7), fill=(15, 15, 15))
            pen.rectangle((left + 4, PLATE[1] + 12, left + 8, PLATE[3] - 12), fill=(245, 200, 20))
    return drawn


def as_file(drawn: Image.Image) -> bytes:
    out = io.BytesIO()
    drawn.save(out, "JPEG", quality=92)
    return out.getvalue()


def contrast(path: Path, box: tuple[int, int, int, int]) -> float:
    """Give how much light differs along the middle line of a part: signs differ much, an unreadable part hardly."""
    with Image.open(path) as opened:
        part = np.asarray(opened.convert("L").crop(box)).astype(float)
    return float(np.abs(np.diff(part[part.shape[0] // 2])).mean())


def light(path: Path, box: tuple[int, int, int, int]) -> float:
    """Give the mean light of a part, 0 to 255."""
    with Image.open(path) as opened:
        return float(np.asarray(opened.convert("L").crop(box)).mean())


@pytest.fixture
def photo(town: None) -> Photo:
    report = filed().report
    upload = take(SimpleUploadedFile("auto.jpg", as_file(picture())), name="auto.jpg", owner="me", now=NOW)
    return photos.add(report, [upload.token], owner="me", by=ANONYMOUS, now=NOW)[0]


@pytest.fixture
def staff(town: None) -> Actor:
    furnish_staff(now=NOW)
    found = Staff.objects.get(username="demo-report-coordinator")
    team = Team.objects.get(key="verlichting")
    join_team(team, found, by=SYSTEM, now=NOW)
    Autorisatie.objects.create(team=team, zaaktype="", area_code="", max_vertrouwelijkheid=8, may="write")
    stamps.bump(RIGHTS)
    return staff_actor(found, now=NOW)


def test_a_plate_is_found_and_cannot_be_read_any_more(tmp_path: Path) -> None:
    source = tmp_path / "in.jpg"
    source.write_bytes(as_file(picture()))

    with blurred(source, find=True) as made:
        covered = [
            x * 800 <= PLATE[0] + 4 and (x + w) * 800 >= PLATE[2] - 4 and y * 600 <= PLATE[1] + 4
            for x, y, w, h in made.boxes
        ]
        assert made.looked
        assert any(covered)
        assert contrast(made.path, PLATE) < contrast(source, PLATE) / 4


def test_what_a_person_marks_cannot_be_read_any_more_and_the_rest_stays(tmp_path: Path) -> None:
    source = tmp_path / "in.jpg"
    source.write_bytes(as_file(picture()))

    with blurred(source, boxes=[[0.36, 0.65, 0.25, 0.1]], find=False) as made:
        assert made.boxes == [[0.36, 0.65, 0.25, 0.1]]
        assert contrast(made.path, PLATE) < contrast(source, PLATE) / 4
        assert light(made.path, (180, 260, 280, 380)) == pytest.approx(light(source, (180, 260, 280, 380)), abs=2)
        with Image.open(made.preview) as small:
            assert max(small.size) <= 720


def test_what_is_no_photo_is_not_shown(tmp_path: Path) -> None:
    source = tmp_path / "in.jpg"
    source.write_bytes(b"\xff\xd8\xff no picture")

    with pytest.raises(Broken), blurred(source, find=True):
        pass


def test_a_new_photo_waits_for_the_worker_and_for_a_person(photo: Photo, client: Client) -> None:
    assert JobRun.objects.filter(job=blurring.JOB, arguments={"photo": photo.pk}).exists()
    assert client.get(reverse("reports:photo", args=[photo.key])).status_code == 404

    blurring.blur_new(photo.pk, by=SYSTEM, now=NOW)

    photo.refresh_from_db()
    assert photo.state == "waiting"
    assert photo.blurs
    assert contrast(store.path_of(photo.public_sha256), PLATE) < 4
    assert client.get(reverse("reports:photo", args=[photo.key])).status_code == 404


def test_doing_it_again_changes_nothing(photo: Photo) -> None:
    blurring.blur_new(photo.pk, by=SYSTEM, now=NOW)
    first = Photo.objects.get(pk=photo.pk).public_sha256

    assert blurring.blur_new(photo.pk, by=SYSTEM, now=NOW) == "nothing to do"
    assert Photo.objects.get(pk=photo.pk).public_sha256 == first


def test_a_municipality_may_trust_the_computer(photo: Photo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.PLEIN, "PHOTOS_SHOWN", "blurred")

    blurring.blur_new(photo.pk, by=SYSTEM, now=NOW)

    assert Photo.objects.get(pk=photo.pk).state == "ready"


def test_staff_show_it_and_the_original_stays_inside(photo: Photo, staff: Actor, client: Client) -> None:
    blurring.blur_new(photo.pk, by=SYSTEM, now=NOW)
    seen = blurring.marks(Photo.objects.get(pk=photo.pk))

    blurring.show(photo.key, seen=seen, by=staff, now=NOW)

    answer = client.get(reverse("reports:photo", args=[photo.key]), {"groot": ""})
    shown = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert shown == store.path_of(Photo.objects.get(pk=photo.pk).public_sha256).read_bytes()
    assert shown != store.path_of(photo.sha256).read_bytes()
    assert Entry.objects.filter(zaak=photo.report.zaak, text="Een foto is openbaar gemaakt.").exists()


def test_what_nobody_blurred_is_not_shown(photo: Photo, staff: Actor) -> None:
    with pytest.raises(PhotoNotBlurred):
        blurring.show(photo.key, seen=blurring.marks(photo), by=staff, now=NOW)


def test_the_second_of_two_staff_hears_that_it_changed(photo: Photo, staff: Actor) -> None:
    seen = blurring.marks(photo)
    blurring.set_boxes(photo.key, [[0.1, 0.1, 0.2, 0.2]], seen=seen, by=staff, now=NOW)

    with pytest.raises(PhotoChanged):
        blurring.set_boxes(photo.key, [[0.5, 0.5, 0.2, 0.2]], seen=seen, by=staff, now=NOW)

    assert Photo.objects.get(pk=photo.pk).blurs == [[0.1, 0.1, 0.2, 0.2]]


@pytest.fixture
def desk(client: Client, staff: Actor) -> Client:
    with translation.override("nl"):
        client.force_login(Staff.objects.get(username="demo-report-coordinator"))
        yield client


def address(name: str, photo: Photo) -> str:
    return reverse(f"reports:{name}", args=[photo.key])


def test_staff_mark_a_place_with_two_clicks_and_save_it(desk: Client, photo: Photo) -> None:
    assert photo.key in desk.get(reverse("reports:work-photos")).content.decode()
    first = desk.post(address("work-photo-mark", photo), {"boxes": "[]", "start": "", "spot.x": "270", "spot.y": "351"})
    start = first.context["start_json"]
    second = desk.post(
        address("work-photo-mark", photo), {"boxes": "[]", "start": start, "spot.x": "432", "spot.y": "405"}
    )
    boxes, seen = second.context["boxes_json"], second.context["seen"]

    desk.post(address("work-photo-save", photo), {"boxes": boxes, "seen": seen})

    photo.refresh_from_db()
    assert photo.blurs == [[0.375, 0.65, 0.225, 0.1]]  # 270/720, 351/540, and 432/720, 405/540
    assert contrast(store.path_of(photo.public_sha256), PLATE) < 6
    assert "Laat deze foto aan iedereen zien" in desk.get(address("work-photo", photo)).content.decode()


def test_numbers_do_without_a_mouse_and_a_place_can_go_again(desk: Client, photo: Photo) -> None:
    corners = {"left": "10", "top": "20", "right": "30,5", "bottom": "50"}
    marked = desk.post(address("work-photo-mark", photo), {"boxes": "[]", **corners})
    assert marked.context["boxes_json"] == "[[0.1, 0.2, 0.205, 0.3]]"

    gone = desk.post(address("work-photo-mark", photo), {"boxes": marked.context["boxes_json"], "remove": "0"})

    assert gone.context["boxes_json"] == "[]"


@pytest.mark.parametrize(
    "sent",
    [
        {"left": "x", "top": "", "right": "", "bottom": ""},
        {"left": "50", "top": "50", "right": "10", "bottom": "10"},
        {"spot.x": "10", "spot.y": "10", "start": "[0.0139, 0.0185]"},
        {"boxes": '{"a": 1}', "left": "nan", "top": "1", "right": "2", "bottom": "3"},
    ],
)
def test_what_makes_no_place_is_said(desk: Client, photo: Photo, sent: dict[str, str]) -> None:
    assert desk.post(address("work-photo-mark", photo), {"boxes": "[]", **sent}).status_code == 422


def test_others_are_refused(client: Client, photo: Photo, staff: Actor) -> None:
    client.force_login(Staff.objects.get(username="demo-raadslid"))

    for name in ("work-photo", "work-photo-file", "work-photo-public"):
        assert client.get(address(name, photo)).status_code == 403
    assert client.post(address("work-photo-show", photo)).status_code == 403


def test_boxes_stay_inside_the_photo() -> None:
    assert box_of((1.2, -0.1), (0.5, 0.5)) == [0.5, 0.0, 0.5, 0.5]
    assert box_of((0.5, 0.5), (0.5, 0.9)) is None
    assert not is_box([0.5, 0.5, 0.6, 0.1])
    assert not is_box([0.5, 0.5, 0.1])


def test_the_worker_does_it(photo: Photo) -> None:
    from plein.service.reports.jobs import blur_photo

    told: Any = blur_photo(photo=photo.pk, now=NOW)

    assert told.endswith("places")
    assert Photo.objects.get(pk=photo.pk).public_sha256

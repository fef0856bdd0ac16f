"""The things in the streets of the demo town, and photos drawn by code."""

import io
import random
from typing import Any

from plein.foundation.geo.cells import cell
from plein.foundation.geo.town import Town
from plein.service.reports.models import Asset, Owner
from plein.service.reports.queries.nearby import RESOLUTION

# kind, letters of its number, Dutch and English name, and every how many houses there is one
KINDS = (
    ("lamp", "LM", "Lantaarnpaal", "Lamp post", 4),
    ("tree", "BM", "Boom", "Tree", 6),
    ("bin", "AB", "Afvalbak", "Street bin", 19),
    ("bench", "BK", "Bank", "Bench", 23),
    ("container", "OC", "Ondergrondse container", "Underground container", 29),
    ("playground", "SP", "Speelplek", "Playground", 61),
)


def furnish_things(town: Town) -> int:
    """Put lamps, trees, bins, benches, containers and playgrounds along the streets; returns how many there are."""
    if Asset.objects.exists():
        return Asset.objects.count()
    rng, province = town.rng("things"), Owner.objects.filter(key="provincie").first()
    made = []
    for kind, letters, nl, en, every in KINDS:
        for number, house in enumerate(town.houses[::every], start=1):
            lon, lat = _beside(rng, house.lon, house.lat)
            is_theirs = kind == "lamp" and house.buurt_code == "BU99990103" and number % 3 == 0
            made.append(
                Asset(
                    key=f"{letters}-{number:04d}",
                    kind=kind,
                    title_nl=f"{nl} {number}",
                    title_en=f"{en} {number}",
                    lon=lon,
                    lat=lat,
                    buurt_code=house.buurt_code,
                    cell=cell(lon, lat, RESOLUTION),
                    owner=province if is_theirs else None,
                    facts={"street": house.street},
                )
            )
    Asset.objects.bulk_create(made, batch_size=1000)
    return len(made)


def _beside(rng: random.Random, lon: float, lat: float) -> tuple[float, float]:
    return round(lon + rng.gauss(0, 0.00005), 6), round(lat + rng.gauss(0, 0.00003), 6)


def photo(kind: str, rng: random.Random) -> bytes:
    """Draw a photo of something in the street: plain shapes, nobody in it."""
    from PIL import Image, ImageDraw

    night = kind == "verlichting"
    picture = Image.new("RGB", (960, 720), (24, 30, 46) if night else (188, 210, 226))
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 470, 960, 720), fill=(58, 60, 66) if night else (146, 144, 138))
    for x in range(0, 960, 96):
        pen.line((x, 470, x - 160, 720), fill=(80, 82, 88) if night else (120, 118, 112), width=3)
    for x in range(-40, 960, 220):
        high = rng.randrange(180, 300)
        pen.rectangle((x, 470 - high, x + 190, 470), fill=(70, 52, 48) if night else (160, 92, 74))
        for window in range(2):
            lit = (240, 214, 130) if night and rng.random() < 0.5 else (58, 70, 84)
            pen.rectangle((x + 24 + window * 84, 500 - high, x + 74 + window * 84, 560 - high), fill=lit)
    THINGS.get(kind, _heap)(pen, rng)
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=82)
    return held.getvalue()


def _lamp(pen: Any, rng: random.Random) -> None:
    pen.rectangle((470, 150, 484, 640), fill=(110, 116, 120))
    pen.polygon(((440, 150), (516, 150), (500, 110), (456, 110)), fill=(60, 64, 68))


def _heap(pen: Any, rng: random.Random) -> None:
    for _ in range(9):
        x, y, size = rng.randrange(300, 640), rng.randrange(520, 640), rng.randrange(40, 110)
        shade = rng.randrange(30, 80)
        pen.ellipse((x, y, x + size, y + size * 0.8), fill=(shade, shade, shade + 14))


def _tree(pen: Any, rng: random.Random) -> None:
    pen.polygon(((180, 640), (820, 560), (830, 600), (200, 680)), fill=(92, 66, 44))
    for _ in range(24):
        x, y = rng.randrange(560, 880), rng.randrange(480, 640)
        pen.ellipse((x, y, x + 70, y + 60), fill=(44, rng.randrange(96, 136), 58))


def _hole(pen: Any, rng: random.Random) -> None:
    pen.ellipse((330, 560, 640, 670), fill=(44, 42, 40))
    pen.ellipse((370, 585, 600, 650), fill=(28, 27, 26))


THINGS = {"verlichting": _lamp, "afval": _heap, "groen": _tree, "wegen": _hole}

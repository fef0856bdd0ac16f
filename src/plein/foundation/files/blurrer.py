"""Run as a program of its own, apart from web and worker: makes faces and number plates in a photo unreadable.

    python blurrer.py SOURCE TARGET PREVIEW FIND RECTANGLES

FIND is 1 to look for faces and plates, RECTANGLES is a JSON list of [x, y, width, height] as parts of the whole. It
answers one line of JSON: what was made unreadable, and whether it could look. It limits its own memory and time first,
knows nothing of the house, and imports OpenCV only when it has to look.

Faces: the cascades of Viola and Jones that come with OpenCV, for faces from the front and from the side. Plates: the
yellow of a Dutch plate with dark signs on it, and OpenCV's cascade for plates.
"""

import json
import resource
import sys
from typing import Any

MEMORY_BYTES = 1_800_000_000
CPU_S = 60
MOST_WRITTEN = 200_000_000
LOOKED_AT = 1_280  # longest side in pixels; smaller faces than about 24 pixels there are not found
PREVIEW_SIDE = 720
CELLS = 4  # of what is made unreadable, four by four squares stay
FACE_ROOM, PLATE_ROOM = 0.25, 0.12  # added on each side
YELLOW_LOW, YELLOW_HIGH = (14, 95, 90), (36, 255, 255)  # hue 0 to 180, saturation, value
PLATE_SHAPES = ((2.2, 7.5), (1.1, 1.9))  # width over height: cars, and motorcycles
Box = tuple[float, float, float, float]


def main(source: str, target: str, preview: str, find: str, rectangles: str) -> dict[str, Any]:
    """Make a public copy of a photo, and a small one."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (MOST_WRITTEN, MOST_WRITTEN))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from PIL import Image

    with Image.open(source, formats=["JPEG", "PNG"]) as opened:
        picture = opened.convert("RGB")
    looked, found = look(picture) if find == "1" else (False, [])
    boxes = [within(tuple(box)) for box in [*json.loads(rectangles), *found]]
    for box in boxes:
        hide(picture, box)
    picture.save(target, "JPEG", quality=86, progressive=True)
    picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE))
    picture.save(preview, "JPEG", quality=78, optimize=True)
    return {"looked": looked, "boxes": [[round(part, 4) for part in box] for box in boxes]}


def within(box: Box, room: float = 0.0) -> Box:
    """Give a box with room around it, inside the photo."""
    x, y, width, height = (float(part) for part in box)
    left, top = max(0.0, x - room * width), max(0.0, y - room * height)
    right, bottom = min(1.0, x + width * (1 + room)), min(1.0, y + height * (1 + room))
    return left, top, max(0.0, right - left), max(0.0, bottom - top)


def hide(picture: Any, box: Box) -> None:
    """Make a part unreadable for good: what stays are a few squares of its mean colours, without their differences."""
    from PIL import Image

    x, y, width, height = box
    left, top = int(x * picture.width), int(y * picture.height)
    right = min(picture.width, max(left + 1, round((x + width) * picture.width)))
    bottom = min(picture.height, max(top + 1, round((y + height) * picture.height)))
    if right <= left or bottom <= top:
        return
    part = picture.crop((left, top, right, bottom))
    few = part.resize((min(CELLS, part.width), min(CELLS, part.height)), Image.Resampling.BOX)
    picture.paste(few.resize(part.size, Image.Resampling.NEAREST), (left, top))


# -- looking ----------------------------------------------------------------------------------------------------------


def look(picture: Any) -> tuple[bool, list[Box]]:
    """Find faces and plates; False when OpenCV is not there to look."""
    try:
        import cv2
        import numpy as np
    except ImportError:
        return False, []
    cv2.setNumThreads(1)
    small = picture.copy()
    small.thumbnail((LOOKED_AT, LOOKED_AT))
    colours = np.asarray(small)[:, :, ::-1].copy()
    grey = cv2.equalizeHist(cv2.cvtColor(colours, cv2.COLOR_BGR2GRAY))
    faces = [(box, FACE_ROOM) for box in find_faces(cv2, grey)]
    plates = [(box, PLATE_ROOM) for box in [*find_yellow(cv2, colours), *find_plates(cv2, grey)]]
    high, wide = grey.shape
    return True, [within((x / wide, y / high, w / wide, h / high), room) for (x, y, w, h), room in [*faces, *plates]]


def find_faces(cv2: Any, grey: Any) -> list[Any]:
    """Find faces from the front, and from both sides."""
    front = seen(cv2, grey, "haarcascade_frontalface_alt2.xml", neighbours=3, least=24)
    left = seen(cv2, grey, "haarcascade_profileface.xml", neighbours=4, least=24)
    mirrored = seen(cv2, cv2.flip(grey, 1), "haarcascade_profileface.xml", neighbours=4, least=24)
    return [*front, *left, *((grey.shape[1] - x - w, y, w, h) for x, y, w, h in mirrored)]


def find_plates(cv2: Any, grey: Any) -> list[Any]:
    """Find what has the shape of a plate, in any colour."""
    return seen(cv2, grey, "haarcascade_russian_plate_number.xml", neighbours=4, least=20)


def seen(cv2: Any, grey: Any, cascade: str, *, neighbours: int, least: int) -> list[Any]:
    """Run one cascade."""
    finder = cv2.CascadeClassifier(cv2.data.haarcascades + cascade)
    boxes = finder.detectMultiScale(grey, scaleFactor=1.1, minNeighbors=neighbours, minSize=(least, least))
    return [tuple(int(part) for part in box) for box in boxes]


def find_yellow(cv2: Any, colours: Any) -> list[Any]:
    """Find yellow areas of the shape of a plate with dark signs on them."""
    import numpy as np

    hsv = cv2.cvtColor(colours, cv2.COLOR_BGR2HSV)
    yellow = cv2.inRange(hsv, np.array(YELLOW_LOW), np.array(YELLOW_HIGH))
    closed = cv2.morphologyEx(yellow, cv2.MORPH_CLOSE, np.ones((5, 15), np.uint8))
    outlines, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for outline in outlines:
        x, y, width, height = cv2.boundingRect(outline)
        turned = cv2.minAreaRect(outline)[1]
        if is_plate_shape(turned, cv2.contourArea(outline)) and has_signs(hsv[y : y + height, x : x + width]):
            found.append((x, y, width, height))
    return found


def is_plate_shape(sides: tuple[float, float], area: float) -> bool:
    """Tell whether a turned rectangle has the shape of a plate and is filled by what was found."""
    long, short = max(sides), min(sides)
    if short < 6 or long < 24 or area < 0.55 * long * short:
        return False
    return any(low <= long / short <= high for low, high in PLATE_SHAPES)


def has_signs(part: Any) -> bool:
    """Tell whether dark signs stand on it: between a sixteenth and two thirds is much darker than the rest."""
    light = part[:, :, 2].astype(float)
    bright = float(light.max())
    dark = float((light < 0.55 * bright).mean())
    return 0.06 <= dark <= 0.66


if __name__ == "__main__":
    try:
        answer = main(*sys.argv[1:6])
    except MemoryError:
        answer = {"failed": "too-large"}
    except Exception as error:  # whatever is wrong, the photo stays inside
        answer = {"failed": type(error).__name__}
    sys.stdout.write(json.dumps(answer))

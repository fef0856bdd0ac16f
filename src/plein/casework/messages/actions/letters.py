"""Set letters as accessible PDF (PDF/UA-1) with Typst, addressed for the window of an envelope.

The address, in millimetres from the top left corner of the paper: y 54 to 84, x 20 to 91 (window left) or 119 to 190
(right). Where that comes from: A4 folded in three (99 high) in an envelope DL (110 x 220, ISO 269) or C5/6 (114 x 229),
with a window of 45 x 90, 20 from the side and 15 from the bottom (DIN 680; the same window is sold in the Netherlands).
The paper can slip: 11 down and 10 aside in DL, 15 and 19 in C5/6. What shows wherever it slips to, in both:

    DL    y 50..95 and 39..84, x 20..110 and 10..100   ->  y 50..84, x 20..100
    C5/6  y 54..99 and 39..84, x 20..110 and  1.. 91   ->  y 54..84, x 20.. 91      both: y 54..84, x 20..91

A window on the right is the same from the other side: x 110..190 (DL), less 9 in C5/6: 119..190. NEN 1026 says where a
Dutch letter has its address; its text is not public, so lay one printed letter in your own envelope. How an address is
written, and that the sender's stands small above it: PostNL, Addressing tips; 10 to 12 points, nothing underlined.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings

from plein.casework.messages.queries import Shown
from plein.casework.messages.rules import saying
from plein.casework.messages.rules.content import MONTHS
from plein.foundation.clock import local_date
from plein.foundation.ui.icons import VENDOR, shape
from plein.foundation.words import Text

TEMPLATE = Path(__file__).resolve().parent.parent / "templates" / "messages" / "letter.typ"
PATIENCE_S = 120
PLACES = {"left": {"x": 22, "y": 54.5, "below": 98}, "right": {"x": 121, "y": 54.5, "below": 98}}
"""Where the address begins, and how far down the letter itself does: under the first fold."""
SETTER = """
import pathlib, sys
import typst
said = sys.stdin.buffer.read().decode()
template = pathlib.Path(sys.argv[1]).read_bytes()
made = typst.compile(
    template, format="pdf", pdf_standards=["ua-1"], sys_inputs={"told": said}, font_paths=[sys.argv[2]]
)
sys.stdout.buffer.write(made)
"""
PAGE, LETTERS = Text("bladzijde", "page"), Text("Brieven", "Letters")


class NotSet(RuntimeError):
    """Typst could not set a letter; says why."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter: what it says (as kept), to which lines of address, and on which day."""

    told: Mapping[str, Any]
    address: Sequence[str]
    language: str
    day: date
    in_pictures: bool = False

    @classmethod
    def of(cls, message: Shown, to: Sequence[str], *, in_pictures: bool) -> "Letter":
        """Make the letter of a message that was opened."""
        told = {
            "title": message.title,
            "blocks": list(message.blocks),
            "name": message.name,
            "reference": message.reference,
        }
        return cls(told, to, message.language, local_date(message.created_at), in_pictures)


def set_letters(letters: Sequence[Letter]) -> bytes:
    """Set letters as one PDF/UA-1, each on pages of its own and beginning on the front of a sheet.

    In a process of its own: fonts and compiler take 40 MB that nothing else needs. Typst itself refuses a document
    without title, language or alternative texts. Raises NotSet.
    """
    language = letters[0].language
    title = str(letters[0].told["title"]) if len(letters) == 1 else f"{LETTERS.said(language)} ({len(letters)})"
    mine = settings.PLEIN
    said = {
        "title": title,
        "language": language,
        "sender": mine["ORGANISATION"],
        "from": mine["RETURN_ADDRESS"],
        "place": PLACES[mine["LETTER_WINDOW"]],
        "letters": [_said(letter) for letter in letters],
    }
    words = [sys.executable, "-I", "-c", SETTER, str(TEMPLATE), str(VENDOR / "print")]
    done = subprocess.run(  # noqa: S603
        words, input=json.dumps(said).encode(), capture_output=True, timeout=PATIENCE_S, check=False
    )
    if done.returncode:
        raise NotSet(done.stderr.decode("utf-8", "replace").strip()[-500:])
    return done.stdout


def _said(letter: Letter) -> dict[str, Any]:
    told, language = letter.told, letter.language
    rows = saying.picture_rows(told, language=language) if letter.in_pictures else []
    return {
        "title": told["title"],
        "language": language,
        "address": list(letter.address),
        "reference": told.get("reference", ""),
        "date": f"{letter.day.day} {MONTHS[language][letter.day.month - 1]} {letter.day.year}",
        "greeting": saying.greeting(told, language),
        "blocks": list(told["blocks"]),
        "rows": [{"drawing": drawing(row.picture), "shows": row.shows, "text": row.text} for row in rows],
        "words": {
            "date": saying.word("date", language),
            "reference": saying.word("reference", language),
            "do": saying.word("do", language),
            "regards": saying.word("greeting", language),
            "page": PAGE.said(language),
        },
    }


def drawing(name: str) -> str:
    """Draw a pictogram as SVG, in the colour of the house."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="24" height="24" fill="none" '
        'stroke="#0B5563" '
        f'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{shape(name)}</svg>'
    )

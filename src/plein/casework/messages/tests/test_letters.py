"""Letters as PDF: readable by assistive technology, and with the address where the window of the envelope is."""

import io
import os
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from plein.casework.messages.actions import letters
from plein.casework.messages.actions.letters import Letter, set_letters
from plein.foundation.ui.icons import VENDOR

MM = 72 / 25.4
TOLD = {
    "title": "Wij komen langs voor uw melding",
    "short": "Wij komen.",
    "name": "M. de Vries",
    "reference": "M-2026-000123",
    "blocks": [
        {"kind": "paragraph", "text": "Wij lossen het op.", "picture": "eye", "pic": ""},
        {"kind": "date", "text": "Wij komen op", "value": "30 november 2026", "picture": "", "pic": ""},
        {"kind": "list", "text": "", "items": ["een", "twee"], "picture": "", "pic": ""},
        {"kind": "step", "text": "Doe de deur open.", "picture": "key", "pic": "Doe open."},
        {"kind": "link", "text": "Volg uw melding", "value": "https://plein.example/a",
         "href": "https://plein.example/a",
         "picture": "", "pic": ""},
    ],
}  # fmt: skip
ADDRESS = ("M. de Vries", "t.a.v. de bewoners", "Achterom", "Kerkstraat 12-A III", "Gebouw De Linde", "9401 AB  ASSEN")


def letter(**changes: Any) -> Letter:
    return Letter(**{"told": TOLD, "address": ADDRESS, "language": "nl", "day": date(2026, 11, 23), **changes})


def text_of(pdf: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def nodes(node: Any) -> Iterator[Any]:
    node = node.get_object()
    if hasattr(node, "keys"):
        yield node
        children = node.get("/K", [])
        for child in children if isinstance(children, list) else [children]:
            if hasattr(child.get_object(), "keys"):
                yield from nodes(child)


def spots(page: Any) -> list[tuple[float, float, str]]:
    """List every piece of text with its place, in millimetres from the top left corner of the paper."""
    found: list[tuple[float, float, str]] = []

    def visit(text: str, current: list[float], matrix: list[float], font: Any, size: float) -> None:
        if text.strip():
            x = matrix[4] * current[0] + matrix[5] * current[2] + current[4]
            y = matrix[4] * current[1] + matrix[5] * current[3] + current[5]
            found.append((x / MM, (float(page.mediabox.height) - y) / MM, text.strip()))

    page.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize(("window", "west", "east"), [("left", 20, 91), ("right", 119, 190)])
def test_the_whole_address_stands_where_the_window_always_shows_it(
    settings: Any, window: str, west: float, east: float
) -> None:
    settings.PLEIN = {**settings.PLEIN, "LETTER_WINDOW": window}

    page = PdfReader(io.BytesIO(set_letters([letter()]))).pages[0]

    lines = {text: (x, y) for x, y, text in spots(page)}
    for line in ADDRESS:
        words = line.split("  ")[0]
        x, y = next(place for text, place in lines.items() if text.startswith(words))
        assert west <= x <= east - 40
        assert 54 <= y <= 84
    # nothing else shows in the window: what is said begins under the first fold
    others = [y for x, y, text in spots(page) if not any(text.startswith(a.split("  ")[0]) for a in ADDRESS)]
    assert [y for y in others if 58 <= y <= 97] == []


@pytest.mark.parametrize("in_pictures", [False, True])
@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_letter_has_title_language_structure_and_alternative_texts(language: str, in_pictures: bool) -> None:
    pdf = PdfReader(io.BytesIO(set_letters([letter(language=language, in_pictures=in_pictures)])))

    root = pdf.trailer["/Root"]
    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert pdf.metadata
    assert pdf.metadata.title == TOLD["title"]
    assert b"pdfuaid:part>1<" in root["/Metadata"].get_object().get_data()
    found = list(nodes(root["/StructTreeRoot"]))
    kinds = {str(node.get("/S")) for node in found}
    figures = [node for node in found if node.get("/S") == "/Figure"]
    assert {"/H1", "/P"} <= kinds
    if in_pictures:
        assert len(figures) == 6
        assert all(str(figure.get("/Alt", "")).strip() for figure in figures)
    else:
        assert {"/H2", "/L", "/Link"} <= kinds
        assert figures == []


def test_a_letter_says_what_was_said_with_date_reference_and_sender() -> None:
    text = text_of(PdfReader(io.BytesIO(set_letters([letter()]))))

    for words in ("23 november 2026", "M-2026-000123", "Gemeente Pleinstad", "Postbus 1, 9999 ZZ Pleinstad",
                  "Beste M. de Vries,", "30 november 2026", "Doe de deur open."):  # fmt: skip
        assert words in text


def test_a_picture_letter_has_one_short_sentence_per_pictogram() -> None:
    text = text_of(PdfReader(io.BytesIO(set_letters([letter(in_pictures=True)]))))

    assert "Doe open." in text
    assert "Doe de deur open." not in text


def test_letters_are_set_in_the_letters_of_the_house_also_names_from_elsewhere() -> None:
    if not (VENDOR / "print").is_dir():
        pytest.skip("the front end was not built")
    told = {**TOLD, "name": "Łukasz Şahin-Őry"}

    page = PdfReader(io.BytesIO(set_letters([letter(told=told)]))).pages[0]

    fonts = {str(font.get_object()["/BaseFont"]).split("+")[1] for font in page["/Resources"]["/Font"].values()}
    assert {name.split("-")[0] for name in fonts} == {"AtkinsonHyperlegibleNext", "AtkinsonHyperlegibleMore"}
    assert "Beste Łukasz Şahin-Őry," in " ".join(page.extract_text().split())


def test_letters_together_each_begin_on_the_front_of_a_sheet() -> None:
    pdf = PdfReader(io.BytesIO(set_letters([letter(), letter(language="en"), letter(in_pictures=True)])))

    starts = [number for number, page in enumerate(pdf.pages) if "Kerkstraat" in page.extract_text()]
    assert starts == [0, 2, 4]


def test_hostile_text_stays_text() -> None:
    nasty = {**TOLD, "title": '#panic("x") $1/0$ *a* <b>', "name": '"); #read("/etc/passwd")'}

    text = text_of(PdfReader(io.BytesIO(set_letters([letter(told=nasty)]))))

    assert '#panic("x") $1/0$ *a* <b>' in text
    assert '#read("/etc/passwd")' in text


def test_what_cannot_be_set_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "drawing", lambda name: "not an svg")

    with pytest.raises(letters.NotSet, match=r"svg|SVG"):
        set_letters([letter(in_pictures=True)])


@pytest.mark.conformance
def test_verapdf_finds_letters_accessible(tmp_path: Path) -> None:
    jars = os.environ.get("VERAPDF_JARS")
    if not jars:
        pytest.skip(
            "needs veraPDF: set VERAPDF_JARS to the folder of its jars (see docs/decisions/2026-11-22-typst.md)"
        )
    (tmp_path / "one.pdf").write_bytes(set_letters([letter()]))
    (tmp_path / "pictures.pdf").write_bytes(set_letters([letter(in_pictures=True, language="en")]))
    (tmp_path / "many.pdf").write_bytes(set_letters([letter(), letter(language="en"), letter(in_pictures=True)]))

    words = [
        "java",
        "-cp",
        f"{jars}/*",
        "org.verapdf.apps.GreenfieldCliWrapper",
        "--flavour",
        "ua1",
        "--format",
        "text",
    ]
    said = subprocess.run([*words, str(tmp_path)], capture_output=True, text=True, check=False, timeout=200).stdout

    judged = {Path(line.split()[1]).name: line.split()[0] for line in said.splitlines() if line.strip()}
    assert judged == {"one.pdf": "PASS", "pictures.pdf": "PASS", "many.pdf": "PASS"}

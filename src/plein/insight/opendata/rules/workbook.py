"""The shape of an Excel workbook (ECMA-376, Office Open XML) that is written while it is sent.

Parts of a zip may come in any order, so the list of sheets goes last, when it is known. Sheets stay under the line
limit of Excel and under 1.5 GB of text, so that no zip64 header is needed, which Excel refuses in streams.
"""

import zipfile
from collections.abc import Sequence
from typing import IO, Any
from xml.sax.saxutils import escape

EPOCH_DAYS = 25_569
LONGEST_CELL = 32_767
MOST_LINES = 1_048_576
MOST_BYTES = 1_500_000_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
PARTS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

STYLES = (
    f'{XML}<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164"'
    ' formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/>'
    '<name val="Calibri"/></font><font><b/><sz val="11"/>'
    '<name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill>'
    '<patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/>'
    '<diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
    '</cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def text_cell(text: str, *, bold: bool = False) -> str:
    """Write a text as a cell."""
    style = ' s="1"' if bold else ""
    return f'<c{style} t="inlineStr"><is><t xml:space="preserve">{escape(text[:LONGEST_CELL])}</t></is></c>'


def text_line(texts: Sequence[str], *, bold: bool = False) -> str:
    """Write texts as a line of a sheet."""
    return f"<row>{''.join(text_cell(text, bold=bold) for text in texts)}</row>"


class Book:
    """A workbook under way. `sink` needs only `write`."""

    def __init__(self, sink: Any) -> None:
        self._zip = zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=1)
        self._names: list[str] = []
        self._sheet: IO[bytes] | None = None
        self._lines = self._bytes = 0

    def lines(self, header: Sequence[str], lines: bytes, number: int) -> None:
        """Add lines of cells; a new sheet starts when the running one is full."""
        if self._sheet and (self._lines + number > MOST_LINES or self._bytes + len(lines) > MOST_BYTES):
            self._end()
        if not self._sheet:
            self._begin(f"rows {len(self._names) + 1}" if self._names else "rows", header)
        if self._sheet:
            self._sheet.write(lines)
        self._lines += number
        self._bytes += len(lines)

    def _begin(self, name: str, header: Sequence[str]) -> None:
        self._names.append(name)
        self._sheet = self._zip.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w")
        view = '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/>'
        head = f'{XML}<worksheet xmlns="{MAIN}">{view}</sheetView></sheetViews><sheetData>'
        self._sheet.write((head + text_line(header, bold=True)).encode())
        self._lines, self._bytes = 1, len(head)

    def _end(self) -> None:
        if self._sheet:
            self._sheet.write(b"</sheetData></worksheet>")
            self._sheet.close()
        self._sheet = None

    def close(self, about: Sequence[tuple[str, str]]) -> None:
        """Add the sheet that tells what the rows are, and the list of sheets."""
        self._end()
        if about:
            self._begin("about", ("", ""))
            self.lines((), "".join(text_line(line) for line in about).encode(), len(about))
            self._end()
        for name, text in self._parts():
            self._zip.writestr(name, text)
        self._zip.close()

    def _parts(self) -> list[tuple[str, str]]:
        numbers = range(1, len(self._names) + 1)
        sheets = "".join(
            f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"/>'
            for number, name in zip(numbers, self._names, strict=True)
        )
        links = "".join(
            f'<Relationship Id="rId{n}" Type="{PARTS}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
        )
        kinds = "".join(
            f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>' for n in numbers
        )
        return [
            ("xl/styles.xml", STYLES),
            (
                "xl/workbook.xml",
                f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{PARTS}"><sheets>{sheets}</sheets></workbook>',
            ),
            (
                "xl/_rels/workbook.xml.rels",
                _relations(f'{links}<Relationship Id="rIdS" Type="{PARTS}/styles" Target="styles.xml"/>'),
            ),
            (
                "_rels/.rels",
                _relations(f'<Relationship Id="rId1" Type="{PARTS}/officeDocument" Target="xl/workbook.xml"/>'),
            ),
            ("[Content_Types].xml", _content_types(kinds)),
        ]


def _relations(links: str) -> str:
    return f'{XML}<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>'


def _content_types(kinds: str) -> str:
    return (
        f'{XML}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"'
        ' ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{kinds}</Types>'
    )

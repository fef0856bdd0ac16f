"""Whole downloads: which rows, in which format, with what is said about them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from plein.insight.opendata.queries import formats, reading
from plein.insight.opendata.rules import vocabularies
from plein.insight.opendata.rules.asking import Question

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True)
class Download:
    """The rows that a question asks for, as a file. form: key of formats.FORMATS."""

    product: reading.Opened
    question: Question
    form: str

    @property
    def media(self) -> str:
        """Give the media type with its character set."""
        media = formats.FORMATS[self.form].media
        return f"{media}; charset=utf-8" if media.startswith("text/") else media

    def check(self) -> None:
        """Refuse before the first byte what cannot be made.

        Raises NoGeometry.
        """
        if self.form == "geojson":
            self.product.needed_place()

    def chunks(self) -> Iterator[bytes]:
        """Write the file in chunks; memory stays that of one batch of rows."""
        batches = self.product.batches(self.question)
        return formats.chunks(self.form, batches, place=self.product.place, about=self.about())

    def about(self) -> formats.About:
        """Tell in the file itself what it is, whose it is and what one may do with it."""
        agreed = self.product.contract
        licence = vocabularies.licence_of(agreed.licence, agreed.openness)
        columns = [
            (f"{column.name}{f' ({column.unit})' if column.unit else ''}", f"{column.title.nl} / {column.title.en}")
            for column in agreed.columns
        ]
        return formats.About(
            [
                ("Titel / Title", f"{agreed.title.nl} / {agreed.title.en}"),
                ("Beschrijving", agreed.description.nl),
                ("Description", agreed.description.en),
                ("Uitgever / Publisher", str(settings.PLEIN["ORGANISATION"])),
                ("Bron / Source", agreed.source.nl or agreed.source.en),
                ("Licentie / Licence", licence.iri),
                ("Versie / Version", str(self.product.version.number)),
                ("Gepubliceerd / Published", self.product.version.published_at.isoformat()),
                ("Adres / Address", f"{settings.PLEIN['BASE_URL']}/data/{agreed.key}/"),
                *columns,
            ]
        )


def read_range(text: str, size: int) -> tuple[int, int] | None:
    """Read which bytes are asked for, as (start, end); None when all are, or when it cannot be understood."""
    found = RANGE.fullmatch(text.strip())
    if not found or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if first == "":
        return max(size - int(last), 0), size
    end = int(last) + 1 if last else size
    return None if end <= int(first) else (int(first), min(end, size))


def slice_of(path: str, start: int, end: int) -> Iterator[bytes]:
    """Read some bytes of a file in chunks."""
    with Path(path).open("rb") as file:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := file.read(min(CHUNK_BYTES, left))):
            left -= len(chunk)
            yield chunk

"""Looks whether the processing log is whole: no line altered, none missing, none added."""

from collections.abc import Iterator
from dataclasses import dataclass

from plein.foundation.gate import intake, rules
from plein.foundation.gate.log import CONTENT
from plein.foundation.gate.models import LogCut, LogHead, LogRecord


@dataclass(frozen=True, slots=True)
class Breach:
    """What is wrong with the chain, at which line. kind: "missing", "unlinked", "altered", "end" or "spoiled".

    number: of the line; for "spoiled", of the row in the intake.
    """

    kind: str
    number: int

    def __str__(self) -> str:
        if self.kind == "spoiled":
            return f"Processing log: action {self.number}, which waits to be chained, was altered or added by others."
        said = {
            "missing": "is missing",
            "unlinked": "does not follow the line before it",
            "altered": "was altered",
            "end": "is the last one, but the log says otherwise: lines were removed or added at the end",
        }
        return f"Processing log: line {self.number} {said[self.kind]}."


def verify() -> list[Breach]:
    """Chain what waits, walk the whole chain, compare every number, hash and the end, and list what is wrong."""
    intake.chain_all()
    return [*_breaches(), *(Breach("spoiled", number) for number in intake.spoiled())]


def _breaches() -> Iterator[Breach]:
    cut = LogCut.objects.order_by("-number").first()
    number, previous = (cut.number, cut.hash) if cut else (0, rules.START)
    for line in LogRecord.objects.order_by("number").iterator(chunk_size=5_000):
        if line.number != number + 1:
            yield Breach("missing", number + 1)
        elif line.previous != previous:
            yield Breach("unlinked", line.number)
        if rules.line_hash(line.previous, {name: getattr(line, name) for name in CONTENT}) != line.hash:
            yield Breach("altered", line.number)
        number, previous = line.number, line.hash
    head = LogHead.objects.filter(pk=1).first()
    if ((head.number, head.hash) if head else (0, rules.START)) != (number, previous):
        yield Breach("end", number)

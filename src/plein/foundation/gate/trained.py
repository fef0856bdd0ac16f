"""What algorithms learned: versions with their measured quality and their weights, one of each in use."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import Max

from plein import __version__
from plein.foundation.gate import algorithms
from plein.foundation.gate.errors import NotTrained, WorseThanBefore
from plein.foundation.gate.models import TrainedVersion
from plein.foundation.identity.actors import Actor, require
from plein.foundation.identity.audit import note
from plein.foundation.rooms import Trainer
from plein.foundation.words import Text

MARGIN = 0.02  # a score this much lower may be chance
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Measured:
    """One measured figure. unit: "share" (0 to 1), "count", "days" or "number"; means: what it says, in plain words."""

    key: str
    title: Text
    value: float
    unit: str
    means: Text | None = None

    def as_json(self) -> dict[str, Any]:
        """Write it as plain values."""
        means = {"nl": self.means.nl, "en": self.means.en} if self.means else None
        title = {"nl": self.title.nl, "en": self.title.en}
        return {"key": self.key, "title": title, "value": self.value, "unit": self.unit, "means": means}


@dataclass(frozen=True, slots=True)
class Quality:
    """How well a trained version did on what was held back.

    on: which cases, in words. n: how many. figures: over all of them. columns, rows: a table of parts, such as
    categories: each row a title and one value per column (None is too few to say).
    """

    on: Text
    n: int
    figures: Sequence[Measured]
    part: Text = field(default_factory=lambda: Text("Deel", "Part"))
    columns: Sequence[tuple[Text, str]] = ()
    rows: Sequence[tuple[Text, Sequence[float | None]]] = ()

    def as_json(self) -> dict[str, Any]:
        """Write it as plain values."""
        return {
            "on": _texts(self.on),
            "n": self.n,
            "figures": [figure.as_json() for figure in self.figures],
            "part": _texts(self.part),
            "columns": [{"title": _texts(title), "unit": unit} for title, unit in self.columns],
            "rows": [{"title": _texts(title), "values": list(values)} for title, values in self.rows],
        }


def _texts(text: Text) -> dict[str, str]:
    return {"nl": text.nl, "en": text.en}


@dataclass(frozen=True, slots=True)
class Trained:
    """What a trainer gives back: the weights, what they were learned from, and how well they do.

    score: one number on what was held back, higher is better; before: that of the version in use, on the same.
    """

    content: bytes
    learned_from: Text
    quality: Quality
    score: float = 1.0
    before: float | None = None


def content_in_use(algorithm: str) -> bytes | None:
    """Give the weights that are in use, for a trainer to measure its own against; None when there are none."""
    row = TrainedVersion.objects.filter(algorithm=algorithm, in_use=True).first()
    return bytes(row.content) if row else None


def train(trainer: Trainer, *, by: Actor, now: datetime, told: Callable[[str], None] | None = None) -> TrainedVersion:
    """Learn an algorithm anew, keep the version, and put it to use unless it does clearly worse than the one in use.

    told: is called with a short sentence per step.
    Raises AlgorithmNotRunning, TooLittleToLearn, WorseThanBefore (the version is kept, and can be put to use by hand).
    """
    algorithms.require_algorithm(trainer.algorithm, now)
    made: Trained = trainer.train(by=by, now=now, told=told or (lambda said: None))
    worse = made.before is not None and made.score < made.before - MARGIN
    row = keep(trainer.algorithm, made, use=not worse, by=by, now=now)
    if worse:
        raise WorseThanBefore(new=f"{made.score:.3f}", old=f"{made.before:.3f}")
    return row


@transaction.atomic
def keep(algorithm: str, made: Trained, *, use: bool = True, by: Actor, now: datetime) -> TrainedVersion:
    """Keep a trained version, and put it to use.

    Raises AlgorithmNotRunning when the register does not let the algorithm run.
    """
    algorithms.require_algorithm(algorithm, now)
    last = TrainedVersion.objects.filter(algorithm=algorithm).aggregate(last=Max("number"))["last"] or 0
    row = TrainedVersion.objects.create(
        algorithm=algorithm,
        number=last + 1,
        trained_at=now,
        trained_by=by.uri,
        program=__version__,
        learned_from=_texts(made.learned_from),
        quality=made.quality.as_json(),
        content=made.content,
        size=len(made.content),
    )
    note("algorithms.train", subject=f"algorithm:{algorithm}", by=by, now=now, number=row.number)
    if use:
        _use(row, by=by, now=now)
    return row


def _use(row: TrainedVersion, *, by: Actor, now: datetime) -> None:
    TrainedVersion.objects.filter(algorithm=row.algorithm, in_use=True).update(in_use=False)
    TrainedVersion.objects.filter(pk=row.pk).update(in_use=True)
    row.in_use = True
    note("algorithms.use", subject=f"algorithm:{row.algorithm}", by=by, now=now, number=row.number)
    algorithms.changed()


@transaction.atomic
def use(algorithm: str, number: int, *, by: Actor, now: datetime) -> TrainedVersion:
    """Put another trained version to use: a newer one, or an older one back.

    Raises NotTrained, NotAllowed.
    """
    require(by, "algorithms.approve")
    rows = TrainedVersion.objects.select_for_update().defer("content")
    row = rows.filter(algorithm=algorithm, number=number).first()
    if row is None:
        raise NotTrained(algorithm=algorithm, number=number)
    _use(row, by=by, now=now)
    return row


class InUse(Generic[T]):
    """The trained version in use, read once per process and kept until another one is put to use.

    read: makes of the stored bytes what computes.
    """

    def __init__(self, algorithm: str, read: Callable[[bytes], T]) -> None:
        self.algorithm = algorithm
        self.read = read
        self._kept: tuple[int, T] | None = None

    def get(self, now: datetime) -> T | None:
        """Give what computes; None while the algorithm is off or nothing was trained."""
        number = algorithms.number_in_use(self.algorithm)
        if number is None or not algorithms.is_running(self.algorithm, now):
            return None
        if self._kept is None or self._kept[0] != number:
            row = TrainedVersion.objects.get(algorithm=self.algorithm, number=number)
            self._kept = (number, self.read(bytes(row.content)))
        return self._kept[1]


def figure(quality: Mapping[str, Any], key: str) -> float | None:
    """Give one measured figure of a kept version."""
    return next((one["value"] for one in quality["figures"] if one["key"] == key), None)

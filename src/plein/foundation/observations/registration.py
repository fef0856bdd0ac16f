"""Which datastreams may measure: those whose processing activity is active now. Kept per process for some seconds."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from plein.foundation.errors import Refused
from plein.foundation.gate import door as gate
from plein.foundation.observations.errors import StreamNotRegistered, StreamUnknown
from plein.foundation.observations.models import Datastream

FRESH = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Registrations:
    """active: ids that may measure; moved: feature of streams whose thing has moved; reasons: why others may not."""

    active: frozenset[int]
    moved: Mapping[int, int]
    reasons: Mapping[int, Refused]
    at: datetime

    def refusal(self, datastream: int) -> Refused:
        """Say why a datastream may not measure."""
        return self.reasons.get(datastream) or StreamUnknown(datastream=datastream)


_KEPT: dict[str, Registrations] = {}
_LOCK = threading.Lock()


def registrations(now: datetime) -> Registrations:
    """Give who may measure, at most FRESH old; what changes through this process is seen at once (see forget)."""
    with _LOCK:
        kept = _KEPT.get("now")
        if kept is None or not timedelta(0) <= now - kept.at < FRESH:
            kept = _KEPT["now"] = _read(now)
    return kept


def forget() -> None:
    """Read anew at the next question; called when a datastream or an activity changes."""
    _KEPT.clear()


def _read(now: datetime) -> Registrations:
    rows = list(Datastream.objects.values_list("id", "activity", "feature_id", "feature_now_id"))
    refusals = {key: _refusal_of(key, now) for key in {row[1] for row in rows} if key}
    reasons: dict[int, Refused] = {}
    for pk, key, _, _ in rows:
        refusal = refusals[key] if key else StreamNotRegistered(datastream=pk)
        if refusal:
            reasons[pk] = refusal
    moved = {pk: spot for pk, _, first, spot in rows if spot and spot != first}
    return Registrations(frozenset(row[0] for row in rows) - reasons.keys(), moved, reasons, now)


def _refusal_of(key: str, now: datetime) -> Refused | None:
    try:
        gate.require_activity(key, now)
    except Refused as refusal:
        return refusal
    return None

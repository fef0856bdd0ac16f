"""CreateObservations: readings in bulk. The common form is decoded straight into columns, others take a longer way."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import isfinite
from typing import Any

import msgspec
import numpy as np

from plein.city.sensing.api import publishing
from plein.city.sensing.api.changing import observation_row
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.errors import BadRequest
from plein.foundation.errors import Refused
from plein.foundation.observations import hot, writing
from plein.foundation.observations.columns import Columns, Whole, columns_of
from plein.foundation.observations.times import parse_many

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PLAIN = ["phenomenonTime", "result"]
KNOWN = {"phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters", "FeatureOfInterest/id"}


class Stream(msgspec.Struct, gc=False):
    """The datastream that an array is for."""

    id: int = msgspec.field(name="@iot.id")


class Block(msgspec.Struct):
    """Readings of one datastream."""

    stream: Stream = msgspec.field(name="Datastream")
    components: list[str]
    array: msgspec.Raw = msgspec.field(name="dataArray")


class PlainRow(msgspec.Struct, array_like=True, forbid_unknown_fields=True, gc=False):
    """A moment and a number; tens of thousands come at once, so the garbage collector is kept away from them."""

    at: str
    result: float


class PlainBlock(msgspec.Struct, gc=False):
    """The same with nothing but moments and numbers."""

    stream: Stream = msgspec.field(name="Datastream")
    components: list[str]
    array: list[PlainRow] = msgspec.field(name="dataArray")


_BLOCKS = msgspec.json.Decoder(list[Block])
_PLAIN_BLOCKS = msgspec.json.Decoder(list[PlainBlock])
_PLAIN = msgspec.json.Decoder(list[tuple[datetime, float]])
_ANY = msgspec.json.Decoder(list[list[Any]])


def create(context: Context, body: bytes, now: datetime) -> tuple[msgspec.Raw, writing.Written]:
    """Keep the readings of a body; gives (as JSON) per reading its address, or "error" when it was refused.

    Raises BadRequest, and the refusal when nothing at all could be kept.
    """
    plain = _columns(body)
    full: list[hot.Row] = []
    order = np.zeros(0, np.int64)
    if plain is None:
        plain, full, order = _long_way(body, now)
    written = writing.write_rows(plain, full, by=context.actor, now=now)
    refused = {one.datastream for one in written.refused}
    if written.new and not refused:
        publishing.arrived(context, plain, full)
    if refused and not written.new and not written.same:
        raise written.refused[0].reason
    streams, times = plain.datastream, plain.time_us
    if full:
        streams = np.concatenate([streams, np.array([row[0] for row in full], np.int64)])[order]
        times = np.concatenate([times, np.array([row[1] for row in full], np.int64)])[order]
    return _links(context, streams, times, refused), written


def _columns(body: bytes) -> Columns | None:
    """Decode a body of nothing but moments, written alike, and finite numbers; None when it is anything else."""
    try:
        blocks = _PLAIN_BLOCKS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    if any(block.components != PLAIN for block in blocks):
        return None
    rows = list(chain.from_iterable([block.array for block in blocks]))
    if not rows:
        return None
    times, results = parse_many([row.at for row in rows]), np.array([row.result for row in rows], np.float64)
    if times is None or not np.isfinite(results).all():
        return None
    try:
        ids = np.array([block.stream.id for block in blocks], np.int64)
    except OverflowError:
        return None
    return Columns(np.repeat(ids, [len(block.array) for block in blocks]), times, results)


def _long_way(body: bytes, now: datetime) -> tuple[Columns, list[hot.Row], Whole]:
    """Read a body block by block: plain readings, others, and where each stands among those two, in order of the body.

    Raises BadRequest.
    """
    try:
        blocks = _BLOCKS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(reason=f"the body is no list of data arrays: {error}") from error
    short: list[hot.Row] = []
    full: list[hot.Row] = []
    is_plain: list[bool] = []
    for block in blocks:
        plain = block.components == PLAIN and _plain(block)
        rows = plain or _rows(block, now)
        (short if plain else full).extend(rows)
        is_plain += [bool(plain)] * len(rows)
    mask = np.array(is_plain, np.bool_)
    order = np.where(mask, np.cumsum(mask) - 1, len(short) + np.cumsum(~mask) - 1)
    return columns_of(short), full, order


def _links(context: Context, streams: Whole, times: Whole, refused: set[int]) -> msgspec.Raw:
    """Write the addresses as JSON, those of one datastream after another in one go."""
    if not len(streams):
        return msgspec.Raw(b"[]")
    start = msgspec.json.encode(f"{context.base}/Observations('").decode()[:-1]
    bounds = [0, *(np.flatnonzero(streams[1:] != streams[:-1]) + 1).tolist(), len(streams)]
    written = list(map(str, times.tolist()))
    pieces = []
    for low, high, stream in zip(bounds, bounds[1:], streams[bounds[:-1]].tolist(), strict=False):
        one = f"{start}{stream}-"
        whole = '"error",' * (high - low)
        pieces.append(whole[:-1] if stream in refused else one + f"')\",{one}".join(written[low:high]) + "')\"")
    return msgspec.Raw(f"[{','.join(pieces)}]".encode())


def _plain(block: Block) -> list[hot.Row] | None:
    """Decode moments and numbers into rows; None when something else is among them."""
    stream = block.stream.id
    try:
        rows = [(stream, (at - EPOCH) // MICROSECOND, number) for at, number in _PLAIN.decode(block.array)]
    except (msgspec.ValidationError, TypeError):
        return None
    except msgspec.DecodeError as error:
        raise BadRequest(reason=f"a data array is not JSON: {error}") from error
    if not isfinite(sum(row[2] for row in rows)):
        return None
    return rows


def _rows(block: Block, now: datetime) -> list[hot.Row]:
    """Read an array of any components.

    Raises BadRequest.
    """
    unknown = [name for name in block.components if name not in KNOWN]
    if unknown or "result" not in block.components:
        raise BadRequest(reason=f"components must hold result and can hold {', '.join(sorted(KNOWN))}")
    try:
        values = _ANY.decode(block.array)
    except msgspec.DecodeError as error:
        raise BadRequest(reason=f"a data array is not a list of lists: {error}") from error
    return [_row(block, row, now) for row in values]


def _row(block: Block, row: Sequence[Any], now: datetime) -> hot.Row:
    if len(row) != len(block.components):
        raise BadRequest(reason=f"a row has {len(row)} values for {len(block.components)} components")
    said = dict(zip(block.components, row, strict=True))
    feature = said.pop("FeatureOfInterest/id", None)
    if feature is not None and (not isinstance(feature, int) or isinstance(feature, bool)):
        raise BadRequest(reason="FeatureOfInterest/id must be a whole number")
    return observation_row(block.stream.id, said, now, feature)


def note_of(written: writing.Written) -> str:
    """Say in one line what was refused and why, for a header."""
    said = [f"{one.count} of Datastream {one.datastream}: {_reason(one.reason)}" for one in written.refused[:20]]
    return "; ".join(said).encode("ascii", "replace").decode()[:4000]


def _reason(error: Exception) -> str:
    return str(error) if isinstance(error, Refused) else type(error).__name__

"""CreateObservations: readings in bulk. The common form is decoded straight into rows, others take a longer way."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from math import isfinite
from typing import Any

import msgspec

from plein.city.sensing.api import publishing
from plein.city.sensing.api.changing import observation_row
from plein.city.sensing.api.context import Context
from plein.city.sensing.api.errors import BadRequest
from plein.foundation.errors import Refused
from plein.foundation.observations import hot, writing

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PLAIN = ["phenomenonTime", "result"]
KNOWN = {"phenomenonTime", "result", "resultTime", "resultQuality", "validTime", "parameters", "FeatureOfInterest/id"}


class Stream(msgspec.Struct):
    """The datastream that an array is for."""

    id: int = msgspec.field(name="@iot.id")


class Block(msgspec.Struct):
    """Readings of one datastream."""

    stream: Stream = msgspec.field(name="Datastream")
    components: list[str]
    array: msgspec.Raw = msgspec.field(name="dataArray")


_BLOCKS = msgspec.json.Decoder(list[Block])
_PLAIN = msgspec.json.Decoder(list[tuple[datetime, float]])
_ANY = msgspec.json.Decoder(list[list[Any]])


def create(context: Context, body: bytes, now: datetime) -> tuple[list[str], writing.Written]:
    """Keep the readings of a body; gives per reading its address, or "error" when it was refused.

    Raises BadRequest, and the refusal when nothing at all could be kept.
    """
    try:
        blocks = _BLOCKS.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRequest(reason=f"the body is no list of data arrays: {error}") from error
    short: list[hot.Row] = []
    full: list[hot.Row] = []
    order: list[tuple[bool, int, int]] = []
    for block in blocks:
        plain = block.components == PLAIN and _plain(block)
        if plain:
            order.append((True, len(short), len(plain)))
            short += plain
        else:
            rows = _rows(block, now)
            order.append((False, len(full), len(rows)))
            full += rows
    written = writing.write_rows(short, full, by=context.actor, now=now)
    refused = {one.datastream for one in written.refused}
    if written.new and not refused:
        publishing.arrived(context, short, full)
    if refused and not written.new and not written.same:
        raise written.refused[0].reason
    if len(order) > 1 and full and short:
        rows_in_order = list(chain.from_iterable((short if plain else full)[at : at + n] for plain, at, n in order))
    else:
        rows_in_order = short or full
    return _links(context, rows_in_order, refused), written


def _links(context: Context, rows: Sequence[hot.Row], refused: set[int]) -> list[str]:
    start = f"{context.base}/Observations('"
    if not refused:
        starts = {stream: f"{start}{stream}-" for stream in {row[0] for row in rows}}
        return [f"{starts[row[0]]}{row[1]}')" for row in rows]
    return ["error" if row[0] in refused else f"{start}{row[0]}-{row[1]}')" for row in rows]


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

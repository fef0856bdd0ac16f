"""Rows in PostgreSQL's binary COPY form, packed by numpy: no work per row in Python for plain readings."""

import json
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from plein.foundation.observations.columns import Columns

HEADER = b"PGCOPY\n\xff\r\n\x00" + struct.pack(">ii", 0, 0)
TRAILER = struct.pack(">h", -1)
_KINDS = {"datastream_id": ">q", "time_us": ">q", "result": ">d", "quality": ">i", "result_time_us": ">q",
          "feature_id": ">q", "extra": "text"}  # fmt: skip
_PLAIN = np.dtype([("n", ">i2"), ("l1", ">i4"), ("d", ">i8"), ("l2", ">i4"), ("t", ">i8"), ("l3", ">i4"), ("r", ">f8")])
_SIZES = {">q": 8, ">d": 8, ">i": 4}


def packed(rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> bytes:
    """Pack rows for COPY ... (FORMAT BINARY); columns as named in the hot window."""
    return HEADER + b"".join(_row(row, columns) for row in rows) + TRAILER


def plain(readings: Columns) -> bytes:
    """Pack (datastream, time, result) for COPY ... (FORMAT BINARY)."""
    out = np.empty(len(readings), dtype=_PLAIN)
    out["n"], out["l1"], out["l2"], out["l3"] = 3, 8, 8, 8
    out["d"], out["t"], out["r"] = readings.datastream, readings.time_us, readings.result
    return b"".join((HEADER, out.data, TRAILER))


def _row(row: tuple[Any, ...], columns: Sequence[str]) -> bytes:
    """Pack one row of any columns."""
    parts = [struct.pack(">h", len(columns))]
    for value, column in zip(row, columns, strict=True):
        kind = _KINDS[column]
        if value is None:
            parts.append(struct.pack(">i", -1))
        elif kind == "text":
            text = (value if isinstance(value, str) else json.dumps(value)).encode()
            parts.append(struct.pack(">i", len(text)) + text)
        else:
            parts.append(struct.pack(">i", _SIZES[kind]) + struct.pack(kind, value))
    return b"".join(parts)

"""Moments as whole microseconds since 1970 (UTC), the form in which readings are kept and compared."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from plein.foundation.observations.errors import NotATime

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
# The first moment of year 1 and the last of year 9999.
FIRST_US = -62_135_596_800_000_000
LAST_US = 253_402_300_799_999_999
_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d([.,]\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?")


def to_us(at: datetime) -> int:
    """Give an aware moment as microseconds since 1970; a naive one counts as UTC."""
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - EPOCH) // MICROSECOND


def from_us(us: int) -> datetime:
    """Give the aware moment (UTC) behind microseconds since 1970."""
    return EPOCH + timedelta(microseconds=us)


def parse(text: str) -> int:
    """Read an ISO 8601 moment, such as 2026-11-22T10:00:00Z; without a zone it is UTC.

    Raises NotATime.
    """
    try:
        if not _ISO.fullmatch(text):
            raise NotATime(text=text[:60])
        return to_us(datetime.fromisoformat(text.replace(",", ".")))
    except (ValueError, TypeError, OverflowError) as error:
        raise NotATime(text=str(text)[:60]) from error


def parse_many(texts: Sequence[str]) -> npt.NDArray[np.int64] | None:
    """Read moments that are all written in UTC and alike: 2026-11-22T10:00:00Z, with 0, 3 or 6 digits after a point.

    Gives None when they are not, or when one of them is no moment: then `parse` says which.
    """
    width = len(texts[0]) if texts else 0
    joined = "".join(texts)
    if width not in _SHAPES or set(map(len, texts)) != {width} or not joined.isascii():
        return None
    signs = np.frombuffer(joined.encode(), np.uint8).reshape(-1, width)
    digits, marks = _SHAPES[width]
    # Per column, so that each step walks memory that is next to each other.
    numbers = np.ascontiguousarray(signs[:, digits].T) - np.uint8(48)
    if (numbers > 9).any() or (signs[:, list(marks)] != np.array(list(marks.values()), np.uint8)).any():
        return None
    return _moments(numbers.astype(np.int64))


def _shape(example: str) -> tuple[list[int], dict[int, int]]:
    """Say where a written moment has digits, and which sign stands where it has none."""
    digits = [n for n, sign in enumerate(example) if sign.isdigit()]
    return digits, {n: ord(sign) for n, sign in enumerate(example) if not sign.isdigit()}


_SHAPES = {
    len(text): _shape(text)
    for text in ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00.000Z", "2026-11-22T10:00:00.000000Z")
}


def _moments(d: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """Reckon moments from their digits, (14 to 20, n); None when a part of one is out of its range."""
    year, month, day = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3], d[4] * 10 + d[5], d[6] * 10 + d[7]
    hour, minute, second = d[8] * 10 + d[9], d[10] * 10 + d[11], d[12] * 10 + d[13]
    least = min(int(year.min()), int(month.min()), int(day.min()))
    if least < 1 or int(month.max()) > 12 or max(int(minute.max()), int(second.max())) > 59 or int(hour.max()) > 23:
        return None
    first = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    if (day > ((first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")).astype(np.int64)).any():
        return None
    days = first.astype("datetime64[D]").astype(np.int64) + day - 1
    part = np.zeros_like(days)
    for place, digit in enumerate(d[14:]):
        part += digit * 10 ** (5 - place)
    whole: npt.NDArray[np.int64] = days * DAY_US + (hour * 3600 + minute * 60 + second) * 1_000_000 + part
    return whole


def parse_interval(text: str) -> tuple[int, int | None]:
    """Read a moment, or an interval as start/end; the end is None for a moment.

    Raises NotATime.
    """
    start, slash, end = text.partition("/")
    if not slash:
        return parse(start), None
    since, until = parse(start), parse(end)
    if until < since:
        raise NotATime(text=text[:60])
    return since, until


def said(us: int) -> str:
    """Write a moment as ISO 8601 in UTC, with parts of a second only where there are any."""
    at = from_us(us)
    spec = "seconds" if not at.microsecond else ("milliseconds" if at.microsecond % 1000 == 0 else "microseconds")
    return at.replace(tzinfo=None).isoformat(timespec=spec) + "Z"


def said_interval(since: int, until: int | None) -> str:
    """Write a moment, or an interval as start/end."""
    return said(since) if until is None else f"{said(since)}/{said(until)}"

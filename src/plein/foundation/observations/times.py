"""Moments as whole microseconds since 1970 (UTC), the form in which readings are kept and compared."""

import re
from datetime import UTC, datetime, timedelta

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

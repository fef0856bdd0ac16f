"""Moments read many at once say the same as read one by one."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from plein.foundation.observations.times import EPOCH, parse, parse_many


@pytest.mark.parametrize("timespec", ["seconds", "milliseconds", "microseconds"])
def test_moments_read_together_are_those_read_alone(timespec: str) -> None:
    draw = random.Random(7)
    moments = [EPOCH + timedelta(seconds=draw.uniform(-6e10, 2.5e11)) for _ in range(500)]
    moments += [datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)]
    texts = [at.replace(tzinfo=None).isoformat(timespec=timespec) + "Z" for at in moments]

    found = parse_many(texts)

    assert found is not None
    assert found.tolist() == [parse(text) for text in texts]


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-29T10:00:00Z",
        "2026-13-01T10:00:00Z",
        "2026-00-01T10:00:00Z",
        "2026-04-31T10:00:00Z",
        "2026-01-00T10:00:00Z",
        "0000-01-01T10:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T10:60:00Z",
        "2026-01-01T10:00:60Z",
        "2026-01-01 10:00:00Z",
        "2026-01-01T10:00:0:Z",
        "2026-01-01T10:00:00+",
        "2026-01-01T10:00:0٣Z",
        "2026-01-01T10:00:00.1Z",
        "2026-01-01T10:00:00+01:00",
        "",
    ],
)
def test_moments_of_which_one_is_none_or_is_written_otherwise_are_left_to_the_slow_reader(text: str) -> None:
    assert parse_many(["2026-01-01T10:00:00Z", text]) is None
    assert parse_many([text]) is None


def test_texts_that_together_are_as_long_as_moments_are_none() -> None:
    assert parse_many(["2026-01-01T10:00:00Z", "2026-01-01T10:00:00Z2", "026-01-01T10:00:00Z"]) is None

"""Count what a product's chart and map show, once, when its serving copy is made."""

import sqlite3

from plein.insight.opendata.queries.copies import MOST_SPOTS
from plein.insight.opendata.queries.stories import Story
from plein.insight.opendata.rules.statements import quoted

MOST_PERIODS = 400
PERIODS = (13, 10, 7, 4)  # letters of an hour, a day, a month and a year in ISO 8601


def summarise(base: sqlite3.Connection, story: Story) -> None:
    """Fill the tables `trend`, `spots` and `per_area`; they stay empty when the rows have no time or place."""
    base.execute("CREATE TABLE trend (measure TEXT, bucket TEXT, value REAL)")
    base.execute("CREATE TABLE spots (lon REAL, lat REAL, n INTEGER, label TEXT)")
    base.execute("CREATE TABLE per_area (measure TEXT, code TEXT, value REAL)")
    if story.temporal:
        _trend(base, story)
    if story.lon and story.lat:
        _spots(base, story)
    if story.code:
        _per_group(base, "per_area", quoted(story.code), story)


def _trend(base: sqlite3.Connection, story: Story) -> None:
    """Choose the finest period that fits in a chart, and fill it."""
    column = quoted(story.temporal)
    for letters in PERIODS:
        bucket = f"substr({column}, 1, {letters})"
        sql = f"SELECT count(*) FROM (SELECT DISTINCT {bucket} FROM rows LIMIT {MOST_PERIODS + 1})"  # noqa: S608
        if base.execute(sql).fetchone()[0] <= MOST_PERIODS or letters == PERIODS[-1]:
            _per_group(base, "trend", bucket, story)
            return


def _per_group(base: sqlite3.Connection, table: str, group: str, story: Story) -> None:
    """Fill a table with the number of rows and the mean of each measure per group, in one walk over the rows."""
    means = "".join(f", avg({quoted(name)})" for name in story.measures)
    found = base.execute(
        f"SELECT {group}, count(*){means} FROM rows WHERE {group} IS NOT NULL GROUP BY 1"  # noqa: S608 - quoted
    ).fetchall()
    for place, measure in enumerate(("", *story.measures)):
        base.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?)",  # noqa: S608 - our own table
            [(measure, row[0], row[1 + place]) for row in found if len(str(row[0])) >= 4],
        )


def _spots(base: sqlite3.Connection, story: Story) -> None:
    """Gather rows by place, coarser until at most a thousand places are left."""
    lon, lat = quoted(story.lon), quoted(story.lat)
    label = f"min({quoted(story.label)})" if story.label else "NULL"
    for decimals in (6, 4, 3, 2, 1, 0):
        base.execute("DELETE FROM spots")
        base.execute(
            f"INSERT INTO spots SELECT avg({lon}), avg({lat}), count(*), {label} FROM rows"  # noqa: S608 - quoted
            f" WHERE {lon} IS NOT NULL AND {lat} IS NOT NULL"
            f" GROUP BY round({lon}, {decimals}), round({lat}, {decimals}) LIMIT {MOST_SPOTS + 1}"
        )
        if base.execute("SELECT count(*) FROM spots").fetchone()[0] <= MOST_SPOTS:
            return

"""Reports of before Plein, from the systems that municipalities use, as rows without text and without persons.

A picture of a public map (Signalen) shows only what is open: what was solved between two pictures is never seen, and
what stood on the first picture had been open for longer. So each row says from when it was in sight and until when it
is known. A list (Fixi) has every report and no outcome.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.text import slugify

import plein.foundation.lake.tables as lake
from plein.foundation import files
from plein.foundation.catalogue import products
from plein.foundation.catalogue.checking import arrow_schema
from plein.foundation.catalogue.contracts import contract
from plein.foundation.catalogue.errors import NotPublished
from plein.foundation.catalogue.publishing import publish
from plein.foundation.clock import TOWN
from plein.foundation.files import Loaded, NothingFits, Reject
from plein.foundation.geo import cells, places
from plein.foundation.identity.actors import Actor

if TYPE_CHECKING:
    import pyarrow as pa

PRODUCT, NAMES = "reports.history", "reports.area_names"
PLACES_DEGREES = 4  # decimals: about 10 metres
CELL = 10
MAP_GEMEENTE, LIST_GEMEENTE = "GM0106", "GM0537"
BOXES = {MAP_GEMEENTE: (6.40, 52.90, 6.75, 53.10)}  # west, south, east, north: when no borders are loaded
REGIONS = frozenset({"Katwijk", "Katwijk aan Zee", "Katwijk aan den Rijn", "Katwijk Noord", "Rijnsburg", "Valkenburg"})
OPEN, CLOSED, UNKNOWN = "open", "closed", "unknown"
_MARK = re.compile(r"[0-9a-zA-Z_-]{1,60}")

Row = dict[str, Any]


class _Wrong(Exception):
    """A row cannot be used; says why."""


@dataclass(slots=True)
class _Judged:
    """Rows that are sound, and the others with the reason."""

    rows: list[Row]
    rejects: list[Reject]


def _judged(read: Sequence[Row], numbers: Sequence[int], made: Callable[[Row], Row]) -> _Judged:
    """Make a row of the product of each row that was read; one that cannot be is a reject."""
    found = _Judged([], [])
    known: set[str] = set()
    for number, raw in zip(numbers, read, strict=True):
        try:
            row = made(raw)
            if row["report"] in known:
                raise _Wrong(f"report {row['report']!r} stands twice")
        except _Wrong as wrong:
            text = ",".join("" if cell is None else str(cell) for cell in raw.values())
            found.rejects.append(Reject(number, str(wrong), text[:500]))
            continue
        known.add(row["report"])
        found.rows.append(row)
    return found


def _word(text: str | None, name: str) -> str:
    """Give the short form of a name.

    Raises _Wrong when nothing of it is left.
    """
    word = slugify(text or "")
    if not word:
        raise _Wrong(f"{name} is empty")
    return word


def _mark(text: str | None) -> str:
    if not text or not _MARK.fullmatch(text):
        raise _Wrong(f"the number {str(text)[:60]!r} has another form")
    return text


def is_area_names(path: Path, head: bytes) -> bool:
    """Recognise the names and boxes of districts, as a report system has them."""
    return files.has_columns(path, "name", "code", "bbox")


def load_area_names(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load how the report system calls our districts; those of neighbours that lie on its map belong elsewhere."""
    import pyarrow as pa

    document = files.read_json(path)
    if not isinstance(document, list) or not all(isinstance(one, dict) for one in document):
        raise files.BrokenFile(file=path.name, reason="it is no list of districts")
    found, rejects = {}, []
    for number, one in enumerate(document, start=1):
        name, code = one.get("name"), str(one.get("code") or "")
        if not name or not re.fullmatch(r"WK\d{6}", code):
            rejects.append(Reject(number, "the name or the code of the district is missing", str(one)[:500]))
        elif code[2:6] == gemeente[2:]:
            found[name] = code
    if found:
        rows = [{"name": name, "code": code, "gemeente_code": gemeente} for name, code in sorted(found.items())]
        table = pa.Table.from_pylist(rows, schema=arrow_schema(contract(NAMES)))
        publish(NAMES, table, by=by, now=now, source=path.name)
    note = "" if found else f"holds nothing for {gemeente}"
    return Loaded("reports.area_names", path.name, len(document), len(found), rejects, note)


def area_names(gemeente: str) -> dict[str, str]:
    """Give the codes of our districts by the names that the report system uses."""
    try:
        version = products.current(NAMES)
    except NotPublished:
        return {}
    rows = lake.read(NAMES, version=version.lake_version).to_pylist()
    return {row["name"]: row["code"] for row in rows if row["gemeente_code"] == gemeente}


def is_map(path: Path, head: bytes) -> bool:
    """Recognise reports as daily pictures of a public map tell them."""
    return files.has_columns(path, "melding_id", "created_at", "subcategory", "wijk", "last_seen_open")


_MAP = {
    "melding_id": "text!",
    "created_at": "text!",
    "category": "text!",
    "category_slug": "text!",
    "subcategory": "text!",
    "subcategory_slug": "text!",
    "wijk": "text",
    "lat": "number!",
    "lon": "number!",
    "first_seen": "day!",
    "last_seen_open": "day!",
    "resolved_date": "day",
}


def load_map(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the reports on a public map that lie in our municipality, as history."""
    sheet = files.read_csv(path, _MAP)
    read = sheet.table.to_pylist()
    ours = _in_gemeente([row["lon"] for row in read], [row["lat"] for row in read], gemeente)
    if not any(ours):
        return Loaded("reports.history_map", path.name, sheet.rows, 0, [], f"is not for {gemeente}")
    names, last = area_names(gemeente), _last_picture(read)
    buurten = places.buurten_at([row["lon"] for row in read], [row["lat"] for row in read])
    for row, is_ours, buurt in zip(read, ours, buurten, strict=True):
        row["is_ours"], row["buurt"] = is_ours, buurt if buurt and buurt[2:6] == gemeente[2:] else None
    judged = _judged(read, [int(at) for at in sheet.numbers], lambda raw: _of_map(raw, gemeente, names, last, now))
    rejects = sorted([*sheet.rejects, *judged.rejects], key=lambda reject: reject.row)
    _bring(judged.rows, "map", path=path, read=sheet.rows, rejects=rejects, by=by, now=now)
    return Loaded("reports.history_map", path.name, sheet.rows, len(judged.rows), rejects, _said(judged.rows))


def _in_gemeente(lons: Sequence[float], lats: Sequence[float], gemeente: str) -> list[bool]:
    """Tell of each point whether it lies in our municipality: by its border, or by a box when there is none."""
    if any(one.code == gemeente for one in places.areas("gemeente", gemeente)):
        return [code == gemeente for code in places.areas_at(lons, lats, "gemeente")]
    if gemeente not in BOXES:
        return [False] * len(lons)
    west, south, east, north = BOXES[gemeente]
    return [west <= lon <= east and south <= lat <= north for lon, lat in zip(lons, lats, strict=True)]


def _last_picture(read: Sequence[Row]) -> date:
    """Find the last day of which outcomes are told: the day before the last picture, when that one tells no more."""
    picture: date = max(row["last_seen_open"] for row in read)
    told: date = max((row["resolved_date"] for row in read if row["resolved_date"]), default=picture)
    return max(told, picture - timedelta(days=1))


def _of_map(raw: Row, gemeente: str, names: Mapping[str, str], last: date, now: datetime) -> Row:
    """Make a row of history.

    A report that came back on the map after it had gone is not solved. Of one that first came into sight after the last
    day that is told, nothing is known.
    """
    reported = _moment(raw["created_at"])
    seen, until, closed = raw["first_seen"], raw["last_seen_open"], raw["resolved_date"]
    if not raw["is_ours"]:
        raise _Wrong(f"does not lie in {gemeente}")
    day = reported.astimezone(TOWN).date()
    if reported > now:
        raise _Wrong("it was reported in the future")
    if closed is not None and closed < max(until, day):
        closed = None
    until = max(day, closed or min(until, last))
    lon, lat = round(raw["lon"], PLACES_DEGREES), round(raw["lat"], PLACES_DEGREES)
    return {
        "report": _mark(raw["melding_id"]),
        "gemeente_code": gemeente,
        "reported_at": reported,
        "main_category": _word(raw["category_slug"], "category"),
        "main_title": raw["category"],
        "category": _word(raw["subcategory_slug"], "subcategory"),
        "title": raw["subcategory"],
        "lon": lon,
        "lat": lat,
        "cell": cells.cell(lon, lat, CELL),
        "area_name": raw["wijk"],
        "wijk_code": names.get(raw["wijk"] or ""),
        "buurt_code": raw["buurt"],
        "seen_from": seen,
        "known_until": until,
        "closed_on": closed,
        "outcome": CLOSED if closed else OPEN if seen <= until >= last else UNKNOWN,
        "is_repeated": False,
    }


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _Wrong(f"created_at: {text[:60]!r} is no moment") from None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)


def _said(rows: Sequence[Row]) -> str:
    """Say what the outcomes are worth."""
    counts = Counter(row["outcome"] for row in rows)
    told = f"{counts[CLOSED]:,} solved, {counts[OPEN]:,} still open, {counts[UNKNOWN]:,} unknown"
    return f"{told}; what was solved between two daily pictures was never seen"


def is_list(path: Path, head: bytes) -> bool:
    """Recognise reports in a list with team and channel."""
    return files.has_columns(path, "melding_nr", "created", "category", "team", "source", "region")


def load_list(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the reports of a list as history; it has no outcomes and no places, only the part of the town."""
    table = files.read_parquet(path, ["melding_nr", "created", "category", "team", "source", "region"])
    if gemeente != LIST_GEMEENTE:
        return Loaded("reports.history_list", path.name, table.num_rows, 0, [], f"is not for {gemeente}")
    last = _day_of_newest(table)
    read = table.to_pylist()
    numbers = range(1, len(read) + 1)
    judged = _judged(read, numbers, lambda raw: _of_list(raw, gemeente, last, now))
    repeated = _mark_repeated(judged.rows)
    _bring(judged.rows, "list", path=path, read=len(read), rejects=judged.rejects, by=by, now=now)
    note = f"without outcomes or places; {repeated} rows are possibly double"
    return Loaded("reports.history_list", path.name, len(read), len(judged.rows), judged.rejects, note)


def _day_of_newest(table: "pa.Table") -> date:
    import pyarrow.compute as pc

    newest: datetime | None = pc.max(table["created"]).as_py()
    return newest.date() if newest else date.min


def _of_list(raw: Row, gemeente: str, last: date, now: datetime) -> Row:
    """Make a row of history; times are those of the clock in town."""
    if raw["created"] is None:
        raise _Wrong("created is empty")
    reported = raw["created"].replace(tzinfo=TOWN).astimezone(UTC)
    if reported > now:
        raise _Wrong("it was reported in the future")
    if raw["region"] not in REGIONS:
        raise _Wrong(f"the region {str(raw['region'])[:60]!r} is not known")
    word = _word(raw["category"], "category")
    return {
        "report": _mark(str(raw["melding_nr"] or "")),
        "gemeente_code": gemeente,
        "reported_at": reported,
        "main_category": word,
        "main_title": raw["category"],
        "category": word,
        "title": raw["category"],
        "team": raw["team"] or None,
        "channel": raw["source"],
        "area_name": raw["region"],
        "known_until": max(last, reported.astimezone(TOWN).date()),
        "outcome": UNKNOWN,
        "is_repeated": False,
    }


def _mark_repeated(rows: Sequence[Row]) -> int:
    """Mark each row whose time, category and area an earlier one has; gives how many."""
    known: set[tuple[Any, ...]] = set()
    for row in sorted(rows, key=lambda one: int(one["report"])):
        same = (row["reported_at"], row["category"], row["area_name"])
        row["is_repeated"] = same in known
        known.add(same)
    return sum(row["is_repeated"] for row in rows)


def _bring(
    rows: Sequence[Row], source: str, *, path: Path, read: int, rejects: Sequence[Reject], by: Actor, now: datetime
) -> None:
    """Publish the rows in place of those that came from this source before; those of other sources stay.

    Raises NothingFits when every row was rejected, so that a bad file empties nothing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if not rows:
        first = min(rejects, key=lambda reject: reject.row)
        raise NothingFits(file=path.name, rows=read, row=first.row, reason=first.reason)
    schema = arrow_schema(contract(PRODUCT))
    made = pa.Table.from_pylist([{**row, "source": source} for row in rows], schema=schema)
    before = history()
    if before is not None:
        here = pc.equal(before["gemeente_code"], rows[0]["gemeente_code"])
        others = before.filter(pc.and_(here, pc.not_equal(before["source"], source)))
        made = pa.concat_tables([others, made])
    made = made.sort_by([("source", "ascending"), ("report", "ascending")])
    publish(PRODUCT, made, by=by, now=now, source=f"{source}: {path.name}")


def history() -> "pa.Table | None":
    """Read the history that holds now; None when nothing was loaded yet."""
    try:
        version = products.current(PRODUCT)
    except NotPublished:
        return None
    return lake.read(PRODUCT, version=version.lake_version)


def history_rows(gemeente: str) -> Iterator[Row]:
    """Walk the history of a municipality, row by row."""
    table = history()
    if table is not None:
        yield from (row for row in table.to_pylist() if row["gemeente_code"] == gemeente)

"""Whole downloads in every format, as streams of bytes made from record batches; memory stays that of one batch.

Each writer takes plain batches (see actions.serving.plain_batch) and gives chunks of bytes, the first one at once.
"""

import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import msgspec

from plein.insight.opendata.rules import workbook
from plein.insight.opendata.rules.asking import Field

if TYPE_CHECKING:
    import pyarrow as pa

Batches = Iterable["pa.RecordBatch"]
FIRST_ROWS = 1_000
BATCH_ROWS = 16_384


@dataclass(frozen=True, slots=True)
class Format:
    """A format one can download.

    media: IANA media type; eu: code in the EU list of file types; standard: where the format is written down.
    """

    key: str
    title: str
    media: str
    eu: str
    standard: str


FORMATS = {
    one.key: one
    for one in (
        Format("csv", "CSV", "text/csv", "CSV", "https://www.rfc-editor.org/rfc/rfc4180"),
        Format(
            "xlsx",
            "Excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "XLSX",
            "https://ecma-international.org/publications-and-standards/standards/ecma-376/",
        ),
        Format("json", "JSON", "application/json", "JSON", "https://www.rfc-editor.org/rfc/rfc8259"),
        Format("geojson", "GeoJSON", "application/geo+json", "GEOJSON", "https://www.rfc-editor.org/rfc/rfc7946"),
        Format(
            "parquet",
            "Parquet",
            "application/vnd.apache.parquet",
            "PARQUET",
            "https://parquet.apache.org/docs/file-format/",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Place:
    """How a row finds its geometry: two columns with degrees, or one with the code of an area that has one."""

    lon: str = ""
    lat: str = ""
    code: str = ""
    shapes: Callable[[Sequence[str]], Mapping[str, bytes]] | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a workbook tells about its rows: (label, text) lines."""

    lines: Sequence[tuple[str, str]] = field(default_factory=tuple)


def csv_chunks(batches: Batches) -> Iterator[bytes]:
    """Write CSV (RFC 4180, UTF-8, a header, moments in ISO 8601)."""
    import pyarrow.csv as pc

    head = True
    for batch in batches:
        sink = io.BytesIO()
        options = pc.WriteOptions(include_header=head, quoting_style="needed", batch_size=BATCH_ROWS)
        pc.write_csv(_written(batch), sink, write_options=options)
        head = False
        yield sink.getvalue()


def _written(batch: "pa.RecordBatch") -> "pa.RecordBatch":
    """Write moments as ISO 8601 text; everything else stays."""
    import pyarrow as pa

    columns = [moments_text(column) if pa.types.is_timestamp(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def moments_text(column: "pa.Array") -> "pa.Array":
    """Write moments as ISO 8601 in UTC, with fractions only where a batch has any."""
    import pyarrow as pa
    import pyarrow.compute as pc

    bare = column.cast(pa.timestamp("us"))
    whole = bare.cast(pa.timestamp("s"), safe=False)
    exact = pc.all(pc.equal(whole.cast(pa.timestamp("us")), bare)).as_py() is not False
    text = (whole if exact else bare).cast(pa.string())
    return pc.binary_join_element_wise(pc.replace_substring(text, " ", "T"), "Z", "")


def json_chunks(batches: Batches) -> Iterator[bytes]:
    """Write one JSON array of objects."""
    yield b"["
    comma = b""
    encoder = msgspec.json.Encoder()
    for batch in batches:
        if batch.num_rows:
            yield comma + encoder.encode(rows_of(batch))[1:-1]
            comma = b","
    yield b"]\n"


def rows_of(batch: "pa.RecordBatch") -> list[dict[str, Any]]:
    """Give a batch as dicts, moments as ISO text."""
    names = batch.schema.names
    columns = [column.to_pylist() for column in _written(batch).columns]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def geojson_chunks(batches: Batches, *, place: Place, about: Mapping[str, Any] | None = None) -> Iterator[bytes]:
    """Write a GeoJSON FeatureCollection (RFC 7946, CRS84); rows without a place get a null geometry."""
    start = {"type": "FeatureCollection", **(about or {})}
    yield msgspec.json.encode(start)[:-1] + b',"features":['
    comma = b""
    encoder = msgspec.json.Encoder()
    for batch in batches:
        if batch.num_rows:
            yield comma + encoder.encode(features(rows_of(batch), place))[1:-1]
            comma = b","
    yield b"]}\n"


def features(rows: Sequence[Mapping[str, Any]], place: Place) -> list[dict[str, Any]]:
    """Give rows as GeoJSON features."""
    shapes = place.shapes(sorted({str(row[place.code]) for row in rows if row[place.code]})) if place.shapes else {}
    return [
        {"type": "Feature", "geometry": _geometry(row, place, shapes), "properties": _properties(row, place)}
        for row in rows
    ]


def _geometry(row: Mapping[str, Any], place: Place, shapes: Mapping[str, bytes]) -> Any:
    if place.code:
        shape = shapes.get(row[place.code])
        return msgspec.Raw(shape) if shape else None
    lon, lat = row[place.lon], row[place.lat]
    return None if lon is None or lat is None else {"type": "Point", "coordinates": (lon, lat)}


def _properties(row: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
    if place.code:
        return row
    return {name: value for name, value in row.items() if name not in (place.lon, place.lat)}


def xlsx_chunks(batches: Batches, *, about: About) -> Iterator[bytes]:
    """Write an Excel workbook: sheets of at most 1,048,576 lines with the rows, and one that tells what they are."""
    sink = _Sink()
    book = workbook.Book(sink)
    for batch in batches:
        for start in range(0, batch.num_rows, BATCH_ROWS):
            part = batch.slice(start, BATCH_ROWS)
            book.lines(part.schema.names, _line_bytes(part), part.num_rows)
            yield sink.taken()
    book.close(about.lines)
    yield sink.taken()


class _Sink(io.RawIOBase):
    """A stream that cannot seek, whose bytes are taken away as they come."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        parts, self.parts = self.parts, []
        return b"".join(parts)


def _line_bytes(batch: "pa.RecordBatch") -> bytes:
    """Write the lines of a sheet, made column by column in Arrow."""
    import pyarrow.compute as pc

    cells = [_cells(column) for column in batch.columns]
    lines = pc.binary_join_element_wise("<row>", *cells, "</row>", "")
    offsets = lines.buffers()[1]
    start, end = memoryview(offsets).cast("i")[lines.offset], memoryview(offsets).cast("i")[lines.offset + len(lines)]
    return bytes(memoryview(lines.buffers()[2])[start:end])


def _cells(column: "pa.Array") -> "pa.Array":
    """Write a column as cells; an empty value is an empty cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    before, values, after = _cell_parts(column)
    cells = pc.binary_join_element_wise(before, values.cast(pa.string()), after, "")
    return pc.fill_null(cells, "<c/>")


def _cell_parts(column: "pa.Array") -> tuple[str, "pa.Array", str]:
    import pyarrow as pa
    import pyarrow.compute as pc

    types = pa.types
    if types.is_boolean(column.type):
        return '<c t="b"><v>', column.cast(pa.int8()), "</v></c>"
    if types.is_date(column.type):
        return '<c s="2"><v>', pc.add(column.cast(pa.int32()), workbook.EPOCH_DAYS), "</v></c>"
    if types.is_timestamp(column.type):
        days = pc.divide(column.cast(pa.int64()).cast(pa.float64()), 86_400_000_000.0)
        return '<c s="3"><v>', pc.add(days, float(workbook.EPOCH_DAYS)), "</v></c>"
    if types.is_floating(column.type):
        return "<c><v>", pc.if_else(pc.is_finite(column), column, None), "</v></c>"
    if types.is_integer(column.type):
        return "<c><v>", column, "</v></c>"
    return '<c t="inlineStr"><is><t xml:space="preserve">', _safe_text(column), "</t></is></c>"


def _safe_text(column: "pa.Array") -> "pa.Array":
    """Escape texts for XML, without characters XML cannot hold, cut where a cell ends."""
    import pyarrow.compute as pc

    text = pc.utf8_slice_codeunits(column, 0, workbook.LONGEST_CELL)
    text = pc.replace_substring_regex(text, "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{FFFE}\\x{FFFF}]", "")
    for sign, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = pc.replace_substring(text, sign, written)
    return text


def parquet_batches(path: str, columns: Sequence[str] | None = None) -> Iterator["pa.RecordBatch"]:
    """Walk a Parquet file in batches; the first is small, so that the first byte comes soon."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path, memory_map=False) as file:
        first = True
        for batch in file.iter_batches(batch_size=BATCH_ROWS, columns=list(columns) if columns else None):
            if first and batch.num_rows > FIRST_ROWS:
                yield batch.slice(0, FIRST_ROWS)
                batch = batch.slice(FIRST_ROWS)  # noqa: PLW2901 - the rest of the first batch
            first = False
            yield batch


def batches_from_rows(rows: Iterable[Sequence[tuple[Any, ...]]], fields: Sequence[Field]) -> Iterator["pa.RecordBatch"]:
    """Make record batches of rows as a serving copy gives them; at least one, so that a header is always written."""
    import pyarrow as pa

    arrow = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
    some = False
    for part in rows:
        columns = zip(*part, strict=True)
        arrays = [
            _typed(pa.array(column, arrow.get(one.kind, pa.string())), one.kind)
            for column, one in zip(columns, fields, strict=True)
        ]
        some = True
        yield pa.RecordBatch.from_arrays(arrays, names=[one.name for one in fields])
    if not some:
        arrays = [_typed(pa.array([], arrow.get(one.kind, pa.string())), one.kind) for one in fields]
        yield pa.RecordBatch.from_arrays(arrays, names=[one.name for one in fields])


def _typed(column: "pa.Array", kind: str) -> "pa.Array":
    import pyarrow as pa

    if kind == "date":
        return column.cast(pa.date32())
    return column.cast(pa.timestamp("us", tz="UTC")) if kind == "time" else column


def parquet_chunks(batches: Batches) -> Iterator[bytes]:
    """Write a Parquet file of filtered rows as it goes."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = _Sink()
    writer = None
    for batch in batches:
        writer = writer or pq.ParquetWriter(pa.PythonFile(sink, mode="w"), batch.schema, compression="zstd")
        writer.write_batch(batch)
        yield sink.taken()
    if writer:
        writer.close()
    yield sink.taken()


def chunks(key: str, batches: Batches, *, place: Place | None, about: About) -> Iterator[bytes]:
    """Write batches in a format, by its key."""
    if key == "geojson" and place:
        return geojson_chunks(batches, place=place, about={"about": dict(about.lines)})
    if key == "xlsx":
        return xlsx_chunks(batches, about=about)
    return {"csv": csv_chunks, "json": json_chunks, "parquet": parquet_chunks}[key](batches)


def as_json(value: Any) -> bytes:
    """Write a value as JSON."""
    return msgspec.json.encode(value)


__all__ = ["FORMATS", "About", "Format", "Place", "chunks", "json"]

"""Files from outside, opened with care: by content, never by name, within limits, refused whole when broken.

A reader of this module either gives everything a file holds or raises a FileRefused that says what, why and what now.
"""

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from plein.foundation.errors import Refused
from plein.foundation.words import gettext_noop

if TYPE_CHECKING:
    import pyarrow as pa

HEAD = 65_536
MOST_TOLD = 5_000  # rows that are rejected for the same reason and told one by one
_CHUNK = 262_144
_MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file from outside may cost us.

    ratio: unpacked against packed size; it counts from `harmless_bytes` on, as small files may well pack strongly.
    json_bytes: JSON is held in memory whole, so less of it is allowed. cells: rows times columns of a Parquet file.
    table_bytes: what a table may take in memory. cell: characters in one cell of text.
    """

    unpacked_bytes: int = 1_000 * _MB
    json_bytes: int = 250 * _MB
    harmless_bytes: int = 64 * _MB
    ratio: int = 200
    columns: int = 1_000
    line_bytes: int = _MB
    cells: int = 60 * _MB
    table_bytes: int = 1_000 * _MB
    cell: int = 10_000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Reject:
    """Rows that were not accepted: where the first stood (1-based, header not counted), why, and what it said.

    rows: for how many rows of the same kind this stands. is_elsewhere: they are sound, and belong to another place.
    """

    row: int
    reason: str
    text: str
    rows: int = 1
    is_elsewhere: bool = False


@dataclass(slots=True)
class Loaded:
    """What came of loading one source from one file."""

    source: str
    file: str
    read: int = 0
    accepted: int = 0
    rejects: Sequence[Reject] = field(default_factory=list)
    note: str = ""


class FileRefused(Refused):
    """A file from outside was not taken; nothing of it was kept."""

    message = gettext_noop("{file} was not read: {reason}. Fetch it again from its source.")
    code = "file-refused"


class SeveralFiles(FileRefused):
    """An archive that holds more, or less, than one file: it may be fine, but it is not one table."""

    message = gettext_noop("{file} was not read: it is an archive of {count} files. Unpack it into the folder first.")
    code = "several-files"


class BrokenFile(FileRefused):
    """The file is cut off, damaged, or not what its first bytes promise."""

    message = gettext_noop("{file} was not read, because it is damaged: {reason}. Fetch it again from its source.")
    code = "broken-file"


class FileTooLarge(FileRefused):
    """Unpacked, the file is larger than we take: a mistake, or a trap."""

    message = gettext_noop(
        "{file} was not read, because it is too large: {reason}. Check that it is the right file; split it if it is."
    )
    code = "file-too-large"


class TooManyColumns(FileRefused):
    """The table is wider than any table that makes sense."""

    message = gettext_noop(
        "{file} was not read: it has {columns} columns and at most {limit} are taken. Check that it is the right file."
    )
    code = "too-many-columns"


class LineTooLong(FileRefused):
    """A line of text without an end in sight."""

    message = gettext_noop(
        "{file} was not read: it has a line of over {limit} bytes. Check that it is a text table with line ends."
    )
    code = "line-too-long"


class WrongEncoding(FileRefused):
    """The text is not UTF-8."""

    message = gettext_noop(
        "{file} was not read: byte {byte} does not fit UTF-8 text. Save it as UTF-8 and load it again."
    )
    code = "wrong-encoding"


class WrongColumns(FileRefused):
    """Columns that the source promises are not there."""

    message = gettext_noop(
        "{file} was not read: it lacks {missing}; it has {found}. Fetch the original; ask if the source changed."
    )
    code = "wrong-columns"


class ColumnTwice(FileRefused):
    """Two columns have the same name, so nobody knows which is meant."""

    message = gettext_noop("{file} was not read: it has the column {column} twice. Remove or rename one of the two.")
    code = "column-twice"


class NothingFits(FileRefused):
    """Every row breaks the contract: the file is not what it seems, so what was there stays."""

    message = gettext_noop(
        "{file} was not read: none of its {rows} rows fits; row {row}: {reason}. Check that it is the right file."
    )
    code = "nothing-fits"


def form_of(head: bytes) -> str:
    """Tell from the first bytes what a file is: "gzip", "zip", "parquet", "json", "text", "empty" or "unknown"."""
    for magic, form in ((b"\x1f\x8b", "gzip"), (b"PK\x03\x04", "zip"), (b"PAR1", "parquet")):
        if head.startswith(magic):
            return form
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if not start:
        return "empty"
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "text" if _is_header(start.partition(b"\n")[0]) else "unknown"
    return "json" if start[:1] in b"{[" else "text"


def _is_header(line: bytes) -> bool:
    """Tell whether a line before binary content reads like the header of a table: then the table is damaged."""
    return line.isascii() and b"\0" not in line and max(line.count(mark) for mark in b",;\t|") > 1


class _Guarded(io.RawIOBase):
    """Bytes that are counted while they are unpacked; text is also checked for UTF-8 and endless lines."""

    def __init__(self, inner: BinaryIO, *, file: str, packed: int, limits: Limits, text: bool, top: int) -> None:
        super().__init__()
        self._inner, self._file, self._packed, self._limits, self._top = inner, file, packed, limits, top
        self._decoder = codecs.getincrementaldecoder("utf-8")() if text else None
        self._count = self._line = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._read(len(buffer))
        self._count += len(chunk)
        self._check_size()
        if self._decoder is not None:
            self._check_text(chunk)
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _read(self, size: int) -> bytes:
        try:
            return self._inner.read(min(size, _CHUNK))
        except EOFError as error:
            raise BrokenFile(file=self._file, reason="it ends before its packed content does") from error
        except (zlib.error, zipfile.BadZipFile, OSError) as error:
            raise BrokenFile(file=self._file, reason=f"it cannot be unpacked ({error})") from error

    def _check_size(self) -> None:
        if self._count > self._top:
            raise FileTooLarge(file=self._file, reason=f"unpacked it is over {self._top // _MB:,} MB")
        if self._count > self._limits.harmless_bytes and self._count > self._limits.ratio * self._packed:
            grown = f"unpacked it is over {self._limits.ratio} times its size"
            raise FileTooLarge(file=self._file, reason=grown)

    def _check_text(self, chunk: bytes) -> None:
        nul = chunk.find(0)
        at = self._count - len(chunk) + nul + 1
        if nul >= 0 and at > 2:  # UTF-16 may start so, and is told apart by what does not fit UTF-8
            raise BrokenFile(file=self._file, reason=f"byte {at} is empty, which no text has")
        try:
            self._decoder.decode(chunk, final=not chunk)  # type: ignore[union-attr]
        except UnicodeDecodeError as error:
            raise WrongEncoding(file=self._file, byte=self._count - len(chunk) + error.start + 1) from error
        first = chunk.find(b"\n")
        self._line += len(chunk) if first < 0 else first
        if self._line > self._limits.line_bytes:
            raise LineTooLong(file=self._file, limit=self._limits.line_bytes)
        if first >= 0:
            self._line = len(chunk) - chunk.rfind(b"\n") - 1


def _member(archive: zipfile.ZipFile, *, file: str) -> zipfile.ZipInfo:
    """Pick the one data file of an archive."""
    members = [info for info in archive.infolist() if not info.is_dir()]
    if len(members) != 1:
        raise SeveralFiles(file=file, count=len(members))
    if members[0].flag_bits & 1:
        raise FileRefused(file=file, reason="the archive is locked with a password")
    return members[0]


@contextmanager
def _unpacked(path: Path) -> Iterator[BinaryIO]:
    """Open a file and unpack gzip or a zip of one file on the way."""
    import gzip

    with path.open("rb") as raw:
        form = form_of(raw.read(4))
        raw.seek(0)
        if form == "gzip":
            with gzip.open(raw, "rb") as stream:
                yield stream  # type: ignore[misc]
        elif form == "zip":
            try:
                archive = zipfile.ZipFile(raw)
            except zipfile.BadZipFile as error:
                raise BrokenFile(file=path.name, reason=f"it cannot be unpacked ({error})") from error
            with archive, archive.open(_member(archive, file=path.name)) as stream:
                yield stream  # type: ignore[misc]
        else:
            yield raw


@contextmanager
def opened(path: Path, *, text: bool = False, limits: Limits = LIMITS, top: int | None = None) -> Iterator[BinaryIO]:
    """Open a file for reading, unpacked, within limits.

    text: also demand UTF-8 and lines of bounded length. top: most bytes, when less than the limits allow.
    Raises FileRefused, while reading too.
    """
    top = limits.unpacked_bytes if top is None else top
    packed = max(1, path.stat().st_size)
    with _unpacked(path) as inner:
        if isinstance(inner, io.BufferedReader) and packed > top:
            raise FileTooLarge(file=path.name, reason=f"it is over {top // _MB:,} MB")
        guard = _Guarded(inner, file=path.name, packed=packed, limits=limits, text=text, top=top)
        with io.BufferedReader(guard, _CHUNK) as stream:
            yield stream


def head_of(path: Path, size: int = HEAD) -> bytes:
    """Read the first bytes of what a file holds, unpacked; less than size when there is less or the rest is damaged.

    Raises FileRefused when not even the start can be unpacked.
    """
    with path.open("rb") as raw:
        start = raw.read(size)
    form = form_of(start)
    if form == "gzip":
        try:
            return zlib.decompressobj(31).decompress(start, size)
        except zlib.error as error:
            raise BrokenFile(file=path.name, reason=f"it cannot be unpacked ({error})") from error
    if form == "zip":
        with opened(path) as stream:
            return stream.read(size)
    return start


def _delimiter(line: str) -> str:
    return max(",;\t|", key=line.count)


def csv_header(head: bytes, *, file: str = "file", limits: Limits = LIMITS) -> tuple[str, ...]:
    """Read the column names of a text table from its first bytes.

    Raises WrongEncoding, LineTooLong, TooManyColumns.
    """
    import csv

    start = head.removeprefix(codecs.BOM_UTF8)
    line, end, _ = start.partition(b"\n")
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(line, final=bool(end))
    except UnicodeDecodeError as error:
        raise WrongEncoding(file=file, byte=error.start + 1) from error
    wide = text.count(_delimiter(text)) + 1
    if wide > limits.columns:
        raise TooManyColumns(file=file, columns=f"{wide:,}" + ("" if end else " or more"), limit=limits.columns)
    if not end and len(head) >= HEAD:
        raise LineTooLong(file=file, limit=HEAD)
    return tuple(name.strip() for name in next(csv.reader([text.rstrip("\r")], delimiter=_delimiter(text)), []))


_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"(\s*:)?|([{\[])|([}\]])')


def json_keys(head: bytes) -> tuple[str, ...]:
    """Name the keys of a JSON document's first object; of GeoJSON, the properties of its first feature.

    A key of the document itself is given too when it is an object, so that an interface's answer is recognised.
    """
    text = head.decode("utf-8", errors="ignore")
    properties = re.search(r'"properties"\s*:\s*\{', text) if '"Feature"' in text else None
    start = properties.end() - 1 if properties else 0
    keys: list[str] = []
    depth, floor = 0, None
    for token in _TOKEN.finditer(text, start):
        name, colon, opens, closes = token.groups()
        depth += bool(opens) - bool(closes)
        if opens == "{" and floor is None:
            floor = depth
        if colon and depth == floor:
            keys.append(name)
        if floor is not None and depth < floor:
            break
    return tuple(keys)


def _parquet(path: Path) -> Any:
    """Open a Parquet file's description."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise BrokenFile(file=path.name, reason=f"it is no whole Parquet file ({error})") from error


@lru_cache(maxsize=256)
def _columns(path: Path, _changed: tuple[int, int]) -> tuple[str, ...]:
    head = head_of(path)
    form = form_of(head)
    if form == "parquet":
        return tuple(_parquet(path).schema_arrow.names)
    if form == "json":
        return json_keys(head)
    return csv_header(head, file=path.name) if form == "text" else ()


def columns_of(path: Path) -> tuple[str, ...]:
    """Name the columns of a CSV or Parquet file, or the keys of a JSON or GeoJSON file's first object; () for others.

    The answer is kept while the file does not change, so that every source may ask.
    Raises FileRefused.
    """
    state = path.stat()
    return _columns(path, (state.st_mtime_ns, state.st_size))


def has_columns(path: Path, *names: str) -> bool:
    """Tell whether a file has all these columns or keys; the usual way for a source to recognise its file.

    Raises FileRefused.
    """
    return set(names) <= set(columns_of(path))


def check_columns(path: Path, needed: Sequence[str], found: Sequence[str]) -> None:
    """Refuse a file that lacks columns.

    Raises WrongColumns.
    """
    missing = [name for name in needed if name not in found]
    if missing:
        shown = ", ".join(found[:12]) + (" ..." if len(found) > 12 else "")
        raise WrongColumns(file=path.name, missing=", ".join(missing), found=shown)
    twice = next((name for name in needed if list(found).count(name) > 1), None)
    if twice is not None:
        raise ColumnTwice(file=path.name, column=twice)


@dataclass(slots=True)
class Sheet:
    """A table that was read.

    table: the rows that fit; numbers: (n,) the number of each in the file, from 1; rejects: the rows that did not fit;
    rows: how many stood in the file.
    """

    table: "pa.Table"
    rows: int
    rejects: list[Reject]
    numbers: Any = None


def read_csv(path: Path, types: Mapping[str, str], *, limits: Limits = LIMITS) -> Sheet:
    """Read a CSV table (delimiter by its header); only the columns named in types, as these types.

    types: per column "text", "whole", "number", "day" (2024-01-31), each with "!" behind it when it may not be empty.
    Empty cells become null. A row that does not fit is a reject, with the column and the reason.
    Raises FileRefused.
    """
    header = csv_header(head_of(path), file=path.name, limits=limits)
    check_columns(path, list(types), header)
    texts, bad = _read_texts(path, header, list(types), limits=limits)
    return _typed(texts, types, bad, longest=limits.cell)


def _read_texts(path: Path, header: Sequence[str], wanted: list[str], *, limits: Limits) -> tuple[Any, list[Reject]]:
    import pyarrow as pa
    from pyarrow import csv

    bad: list[Reject] = []

    def skip(row: Any) -> str:
        reason = f"has {row.actual_columns} columns instead of {row.expected_columns}"
        bad.append(Reject((row.number or 0) - 1, reason, str(row.text)[:500]))
        return "skip"

    line = head_of(path).removeprefix(codecs.BOM_UTF8).partition(b"\n")[0].decode("utf-8", "replace")
    try:
        with opened(path, text=True, limits=limits) as stream:
            table = csv.read_csv(
                stream,
                read_options=csv.ReadOptions(use_threads=False, block_size=4 * limits.line_bytes),
                parse_options=csv.ParseOptions(
                    delimiter=_delimiter(line), invalid_row_handler=skip, newlines_in_values=True
                ),
                convert_options=csv.ConvertOptions(
                    include_columns=wanted,
                    column_types=dict.fromkeys(header, pa.string()),
                    strings_can_be_null=True,
                    null_values=[""],
                    quoted_strings_can_be_null=True,
                ),
            )
    except pa.ArrowException as error:
        raise BrokenFile(file=path.name, reason=f"it is no readable table ({error})") from error
    swallowed = next((row for row in bad if "\n" in row.text and row.text.count('"') % 2), None)
    if swallowed is not None:
        raise BrokenFile(file=path.name, reason=f"row {swallowed.row} opens a quote that is never closed")
    return table, bad


_PATTERNS = {
    "whole": r"^\s*[-+]?\d{1,15}(\.0*)?\s*$",
    "number": r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,3})?\s*$",
    "day": r"^\d{4}-\d{2}-\d{2}$",
}
_SAID = {
    "text": "is too long",
    "whole": "is not a whole number",
    "number": "is not a number",
    "day": "is not a day like 2024-01-31",
}


def _faults(column: Any, wanted: str, *, longest: int) -> Any:
    """Mark the cells that do not fit the type (True is wrong); empty cells fit unless "!" forbids them."""
    import pyarrow.compute as pc

    kind = wanted.rstrip("!")
    fits = pc.less_equal(pc.binary_length(column), longest)
    if kind != "text":
        fits = pc.match_substring_regex(column, _PATTERNS[kind])
    wrong = pc.fill_null(pc.invert(fits), False)
    if kind == "day":  # 2023-02-29 has the right shape, and comes back as another day
        day = pc.strptime(column, format="%Y-%m-%d", unit="s", error_is_null=True)
        same = pc.equal(pc.strftime(day, format="%Y-%m-%d"), column)
        wrong = pc.or_(wrong, pc.fill_null(pc.invert(same), pc.is_valid(column)))
    return pc.or_(wrong, pc.is_null(column)) if wanted.endswith("!") else wrong


def _cast(column: Any, wanted: str) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = wanted.rstrip("!")
    if kind == "text":
        return column
    if kind == "day":
        return pc.strptime(column, format="%Y-%m-%d", unit="s", error_is_null=True).cast(pa.date32())
    numbers = pc.utf8_trim_whitespace(column).cast(pa.float64())
    return numbers.cast(pa.int64()) if kind == "whole" else numbers


def _row_numbers(rows: int, bad: list[Reject]) -> Any:
    """Number the rows that could be split into cells as they stood in the file."""
    import numpy as np

    return np.setdiff1d(np.arange(1, rows + len(bad) + 1), [reject.row for reject in bad])[:rows]


def _typed(table: Any, types: Mapping[str, str], bad: list[Reject], *, longest: int) -> Sheet:
    import numpy as np
    import pyarrow as pa

    numbers = _row_numbers(table.num_rows, bad)
    wrong = np.zeros(table.num_rows, dtype=bool)
    rejects = list(bad)
    for name, wanted in types.items():
        marks = _faults(table[name], wanted, longest=longest)
        here = np.asarray(marks.to_numpy(zero_copy_only=False), dtype=bool) & ~wrong
        rejects += _rejects(table, np.flatnonzero(here), name, wanted, numbers)
        wrong |= here
    good = table.filter(pa.array(~wrong)) if wrong.any() else table
    columns = {name: _cast(good[name], wanted) for name, wanted in types.items()}
    rejects.sort(key=lambda reject: reject.row)
    return Sheet(pa.table(columns), table.num_rows + len(bad), rejects, numbers[~wrong])


def _rejects(table: Any, found: Any, name: str, wanted: str, numbers: Any) -> list[Reject]:
    """Tell the first rows that do not fit one by one, and the others as one, so that a bad file stays cheap."""
    told = [_reject(table, int(at), name, wanted, int(numbers[at])) for at in found[:MOST_TOLD]]
    if len(found) > MOST_TOLD:
        first = int(numbers[found[MOST_TOLD]])
        told.append(Reject(first, f"{name} {_SAID[wanted.rstrip('!')]}", "and so on", rows=len(found) - MOST_TOLD))
    return told


def _reject(table: Any, at: int, name: str, wanted: str, number: int) -> Reject:
    row = table.slice(at, 1).to_pylist()[0]
    value = row[name]
    reason = f"{name} is empty" if value is None else f"{name}: {str(value)[:60]!r} {_SAID[wanted.rstrip('!')]}"
    return Reject(number, reason, ",".join("" if cell is None else str(cell) for cell in row.values())[:500])


def read_parquet(path: Path, columns: Sequence[str] | None = None, *, limits: Limits = LIMITS) -> "pa.Table":
    """Read a Parquet file, or some of its columns.

    Raises FileRefused.
    """
    import pyarrow as pa

    file = _parquet(path)
    names = file.schema_arrow.names
    if len(names) > limits.columns:
        raise TooManyColumns(file=path.name, columns=f"{len(names):,}", limit=limits.columns)
    if file.metadata.num_rows * max(1, len(names)) > limits.cells:
        raise FileTooLarge(file=path.name, reason=f"it has {file.metadata.num_rows:,} rows of {len(names)} columns")
    check_columns(path, list(columns or ()), names)
    try:
        return _plain(path, file, list(columns or names), limits=limits)
    except (pa.ArrowException, OSError) as error:
        raise BrokenFile(file=path.name, reason=f"it is no whole Parquet file ({error})") from error


def _plain(path: Path, file: Any, names: list[str], *, limits: Limits) -> "pa.Table":
    """Read columns within what a table may take; text is measured before it is written out in full.

    Parquet keeps each text once and says how often it comes back: a small file may hold a table of any size.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    groups = [file.metadata.row_group(at) for at in range(file.metadata.num_row_groups)]
    declared = sum(group.column(at).total_uncompressed_size for group in groups for at in range(group.num_columns))
    if declared > limits.table_bytes:
        raise FileTooLarge(file=path.name, reason=f"unpacked it is over {limits.table_bytes // _MB:,} MB")
    schema = file.schema_arrow
    texts = [name for name in names if _is_text(schema.field(name).type)]
    table = pq.ParquetFile(path, read_dictionary=texts).read(columns=names)
    total = table.nbytes
    for name in texts:
        for chunk in table[name].chunks:
            if pa.types.is_dictionary(chunk.type):
                total += pc.sum(pc.binary_length(chunk.dictionary).take(chunk.indices)).as_py() or 0
    if total > limits.table_bytes:
        raise FileTooLarge(file=path.name, reason=f"as a table it is over {limits.table_bytes // _MB:,} MB")
    return pa.table([table[name].cast(pa.string()) if name in texts else table[name] for name in names], names=names)


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind.value_type if pa.types.is_dictionary(kind) else kind))


def read_json(path: Path, *, limits: Limits = LIMITS) -> Any:
    """Read a JSON document whole.

    Raises FileRefused.
    """
    import msgspec

    with opened(path, limits=limits, top=limits.json_bytes) as stream:
        body = stream.read()
    try:
        return msgspec.json.decode(body.removeprefix(codecs.BOM_UTF8))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        _check_utf8(body, path)
        raise BrokenFile(file=path.name, reason=f"it is no whole JSON document ({error})") from error
    except RecursionError as error:
        raise BrokenFile(file=path.name, reason="its parts are nested without end") from error


def _check_utf8(body: bytes, path: Path) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise WrongEncoding(file=path.name, byte=error.start + 1) from error


def read_features(path: Path, needed: Sequence[str] = (), *, limits: Limits = LIMITS) -> list[dict[str, Any]]:
    """Read the features of a GeoJSON file; every feature has the needed properties.

    Raises FileRefused.
    """
    document = read_json(path, limits=limits)
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list) or not all(_is_feature(feature) for feature in features):
        raise BrokenFile(file=path.name, reason="it is no GeoJSON collection of features")
    if features:
        check_columns(path, needed, list(features[0]["properties"]))
    return features


def _is_feature(feature: Any) -> bool:
    return isinstance(feature, dict) and isinstance(feature.get("properties"), dict) and "geometry" in feature

"""Files from outside: real crafted ones, good and bad."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plein.foundation import files
from plein.foundation.files import Limits

TYPES = {"code": "text!", "inwoners": "whole", "woz": "number"}
GOOD = "code,inwoners,woz,weg\nBU1,435.0,212.5,x\nBU2,,,y\n"


def written(folder: Path, body: bytes | str, name: str = "a.txt") -> Path:
    path = folder / name
    path.write_bytes(body.encode() if isinstance(body, str) else body)
    return path


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize(
    "body",
    [
        GOOD.encode(),
        gzip.compress(GOOD.encode(), mtime=0),
        zipped({"x.csv": GOOD.encode()}),
        b"\xef\xbb\xbf" + GOOD.encode(),
    ],
)
def test_a_table_reads_the_same_plain_or_packed_whatever_its_name(body: bytes, tmp_path: Path) -> None:
    path = written(tmp_path, body, "photo.jpg")

    sheet = files.read_csv(path, TYPES)

    assert files.columns_of(path) == ("code", "inwoners", "woz", "weg")
    assert sheet.table.to_pylist() == [
        {"code": "BU1", "inwoners": 435, "woz": 212.5},
        {"code": "BU2", "inwoners": None, "woz": None},
    ]
    assert (sheet.rows, sheet.rejects) == (2, [])


def test_a_semicolon_or_tab_may_split_the_columns(tmp_path: Path) -> None:
    for number, mark in enumerate(";\t|"):
        path = written(tmp_path, GOOD.replace(",", mark), f"{number}.csv")
        assert files.read_csv(path, TYPES).table.num_rows == 2


def test_rows_that_do_not_fit_are_rejected_with_their_number_and_reason(tmp_path: Path) -> None:
    body = "code,inwoners,woz\nBU1,5,1\nBU2,veel,1\nBU3,5\n,6,1\nBU5,7,1.5.2\nBU6,8,-1e2\n"

    sheet = files.read_csv(written(tmp_path, body), TYPES)

    assert sheet.table["code"].to_pylist() == ["BU1", "BU6"]
    assert [(r.row, r.reason) for r in sheet.rejects] == [
        (2, "inwoners: 'veel' is not a whole number"),
        (3, "has 2 columns instead of 3"),
        (4, "code is empty"),
        (5, "woz: '1.5.2' is not a number"),
    ]
    assert sheet.rows == 6


def test_a_day_that_does_not_exist_is_rejected(tmp_path: Path) -> None:
    sheet = files.read_csv(written(tmp_path, "on\n2024-02-29\n2023-02-29\n29-02-2024\n"), {"on": "day!"})

    assert [str(value) for value in sheet.table["on"].to_pylist()] == ["2024-02-29"]
    assert [reject.row for reject in sheet.rejects] == [2, 3]


def test_a_cut_off_gzip_is_damaged_but_its_columns_can_be_seen(tmp_path: Path) -> None:
    rows = "".join(f"BU{n},{n},{n * 7919 % 1013}.5,x\n" for n in range(20_000))
    path = written(tmp_path, gzip.compress((GOOD + rows).encode())[:-2_000])

    assert files.has_columns(path, "code", "woz")
    with pytest.raises(files.BrokenFile, match="damaged"):
        files.read_csv(path, TYPES)


def test_a_gzip_with_a_flipped_byte_is_damaged(tmp_path: Path) -> None:
    body = bytearray(gzip.compress(GOOD.encode() * 100))
    body[-6] ^= 0xFF  # the checksum

    with pytest.raises(files.BrokenFile):
        files.read_csv(written(tmp_path, bytes(body)), TYPES)


def test_a_gzip_bomb_is_stopped_early(tmp_path: Path) -> None:
    # 300 MB of zeros in about 0.3 MB.
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb") as packed:
        packed.write(b"[0")
        for _ in range(300):
            packed.write(b",0" * 500_000)

    with pytest.raises(files.FileTooLarge, match="200 times"):
        files.read_json(written(tmp_path, out.getvalue()))


def test_a_zip_bomb_is_stopped_early(tmp_path: Path) -> None:
    body = zipped({"bomb.csv": b"code,inwoners,woz\n" + b"BU1,1,1\n" * 20_000_000})

    with pytest.raises(files.FileTooLarge):
        files.read_csv(written(tmp_path, body), TYPES)


def test_more_bytes_than_are_taken_is_too_large_however_badly_packed(tmp_path: Path) -> None:
    with pytest.raises(files.FileTooLarge, match="MB"):
        files.read_csv(written(tmp_path, GOOD * 100_000), TYPES, limits=Limits(unpacked_bytes=1_000_000))


def test_a_zip_of_several_files_must_be_unpacked_first(tmp_path: Path) -> None:
    with pytest.raises(files.SeveralFiles, match="archive of 2 files"):
        files.columns_of(written(tmp_path, zipped({"a": b"1", "b": b"2"})))


def test_a_zip_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(files.BrokenFile):
        files.columns_of(written(tmp_path, zipped({"a.csv": GOOD.encode() * 50})[:80]))


def test_a_table_of_a_million_columns_is_refused_from_its_header(tmp_path: Path) -> None:
    path = written(tmp_path, ",".join(f"c{n}" for n in range(1_000_000)) + "\n" + "1," * 999_999 + "1\n")

    with pytest.raises(files.TooManyColumns, match="at most 1000"):
        files.columns_of(path)


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, "code,inwoners,woz\nBU1,1," + "9" * 3_000_000)

    with pytest.raises(files.LineTooLong):
        files.read_csv(path, TYPES)


@pytest.mark.parametrize(
    ("body", "byte"), [("naam,code\nCafé,1\n".encode("cp1252"), 14), ("naäm,x\n".encode("cp1252"), 3)]
)
def test_text_that_is_not_utf8_is_refused_with_the_place(body: bytes, byte: int, tmp_path: Path) -> None:
    with pytest.raises(files.WrongEncoding) as refusal:
        files.read_csv(written(tmp_path, body), {"naam": "text"})

    assert refusal.value.facts["byte"] == byte


def test_utf16_is_refused(tmp_path: Path) -> None:
    with pytest.raises(files.WrongEncoding):
        files.columns_of(written(tmp_path, GOOD.encode("utf-16")))


def test_missing_columns_are_named(tmp_path: Path) -> None:
    with pytest.raises(files.WrongColumns, match="lacks inwoners, woz"):
        files.read_csv(written(tmp_path, "code,bewoners\nBU1,5\n"), TYPES)


def test_an_unclosed_quote_is_refused_and_never_swallows_the_file(tmp_path: Path) -> None:
    body = 'code,inwoners,woz\n"BU1,1,1\n' + "BU2,2,2\n" * 10

    with pytest.raises(files.BrokenFile, match="row 1 opens a quote that is never closed"):
        files.read_csv(written(tmp_path, body), TYPES)


def test_a_parquet_file_is_read_by_column(tmp_path: Path) -> None:
    path = tmp_path / "x"
    pq.write_table(pa.table({"jaar": [2017, 2018], "lasten": [1.0, 2.0]}), path)

    assert files.columns_of(path) == ("jaar", "lasten")
    assert files.read_parquet(path, ["lasten"]).column_names == ["lasten"]
    with pytest.raises(files.WrongColumns):
        files.read_parquet(path, ["baten"])


def test_a_cut_off_parquet_file_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "x"
    pq.write_table(pa.table({"jaar": list(range(1000))}), path)
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(files.BrokenFile):
        files.columns_of(path)


def test_a_parquet_file_that_unpacks_to_far_too_many_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x"
    pq.write_table(pa.table({"same": pa.array([1]).take(pa.array([0] * 2_000_000))}), path)
    assert path.stat().st_size < 20_000

    with pytest.raises(files.FileTooLarge):
        files.read_parquet(path, limits=Limits(cells=1_000_000))


@pytest.mark.parametrize(
    ("document", "keys"),
    [
        (
            {
                "type": "FeatureCollection",
                "features": [{"type": "Feature", "properties": {"bu_code": "x", "n": {"a": 1}}}],
            },
            ("bu_code", "n"),
        ),
        ({"odata.metadata": "x", "value": [{"Key": 1}]}, ("odata.metadata", "value")),
        ([{"code": 1, "naam": "a:b"}, {"ander": 2}], ("code", "naam")),
    ],
)
def test_the_keys_of_json_are_seen_from_its_start(document: Any, keys: tuple[str, ...], tmp_path: Path) -> None:
    assert files.columns_of(written(tmp_path, json.dumps(document))) == keys


@pytest.mark.parametrize(
    "body", ["{", '{"a": NaN}', "[" * 200_000, '{"a": "\ud800"'.encode("utf-8", "surrogatepass"), "[1,2"]
)
def test_json_that_is_not_whole_is_refused(body: str | bytes, tmp_path: Path) -> None:
    with pytest.raises(files.FileRefused):
        files.read_json(written(tmp_path, body))


def test_json_that_is_no_geojson_gives_no_features(tmp_path: Path) -> None:
    with pytest.raises(files.BrokenFile, match="no GeoJSON"):
        files.read_features(written(tmp_path, '{"features": [{"properties": null}]}'))


@pytest.mark.parametrize(("body", "form"), [(b"", "empty"), (b"\x89PNG\r\n\x1a\n\0\0", "unknown"), (b"hello", "text")])
def test_what_is_no_table_says_what_it_is(body: bytes, form: str) -> None:
    assert files.form_of(body) == form


def test_a_changed_file_is_looked_at_again(tmp_path: Path) -> None:
    path = written(tmp_path, "a,b\n1,2\n")
    assert files.columns_of(path) == ("a", "b")

    written(tmp_path, "c,d,e\n1,2,3\n")

    assert files.columns_of(path) == ("c", "d", "e")

"""Neighbourhoods that got another code: their figures of before find the code of now."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import plein.foundation.lake.tables as lake
from plein.foundation import files
from plein.foundation.catalogue.models import ProductVersion
from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor
from plein.insight.monitor.sources.tables import ROW, Intake

if TYPE_CHECKING:
    import pyarrow as pa

PRODUCT = "monitor.area_successors"
OLD_YEAR, NEW_YEAR = 2015, 2022
_OLD, _NEW, _NAME = f"buurtcode_cbs_{OLD_YEAR}", f"buurtcode_cbs_{NEW_YEAR}", f"buurtnaam_{NEW_YEAR}"


def is_successors(path: Path, head: bytes) -> bool:
    """Recognise neighbourhoods with their code of then and of now."""
    return files.form_of(head) == "json" and files.has_columns(path, _OLD, _NEW)


def load_successors(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load which code each neighbourhood of our municipality had before."""
    import pyarrow as pa

    features = files.read_features(path, [_OLD, _NEW, _NAME])
    intake = Intake(PRODUCT, path.name, gemeente, by, now, len(features))
    rows = [
        {
            "old_code": facts[_OLD],
            "old_year": OLD_YEAR,
            "new_code": facts[_NEW],
            "new_year": NEW_YEAR,
            "name": facts[_NAME],
            "gemeente_code": gemeente,
            ROW: number,
        }
        for number, facts in enumerate((feature["properties"] for feature in features), start=1)
        if str(facts[_NEW])[2:6] == gemeente[2:]
    ]
    if not rows:
        return intake.nothing()
    intake.publish(PRODUCT, pa.Table.from_pylist(rows))
    return intake.loaded()


def successors(gemeente: str) -> dict[str, str]:
    """Give the code of now for each code of then, of one municipality."""
    version = ProductVersion.objects.filter(product__key=PRODUCT).first()
    if version is None:
        return {}
    rows = lake.read(PRODUCT, version=version.lake_version).to_pylist()
    return {row["old_code"]: row["new_code"] for row in rows if row["gemeente_code"] == gemeente}


def with_codes_of_now(table: "pa.Table", gemeente: str) -> tuple["pa.Table", int]:
    """Give areas their code of now, and count how many had another; a year that has both keeps its own."""
    import pyarrow as pa

    known = successors(gemeente)
    codes, years = table["code"].to_pylist(), table["year"].to_pylist()
    there = set(zip(codes, years, strict=True))
    now = [known.get(code, code) for code in codes]
    now = [new if (new, year) not in there else old for old, new, year in zip(codes, now, years, strict=True)]
    changed = sum(new != old for new, old in zip(now, codes, strict=True))
    return table.set_column(table.column_names.index("code"), "code", pa.array(now, pa.string())), changed

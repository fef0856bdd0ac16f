"""Crimes per month and kind, for the region of The Hague."""

from datetime import datetime
from pathlib import Path
from typing import Any

from plein.foundation import files
from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor
from plein.insight.monitor.sources.tables import Intake, renamed

# The kinds as the police site named them; the file has only their codes.
KINDS = {
    100: "Diefstal van/op bromfiets of scooter",
    101: "Fietsdiefstal",
    102: "Straatroof",
    104: "Woninginbraak (incl. poging)",
    105: "Diefstal uit/vanaf motorvoertuig",
    106: "Diefstal motorvoertuig",
    107: "Winkeldiefstal",
    108: "Zakkenrollerij",
    109: "Bedreiging",
    110: "Mishandeling",
    111: "Vernieling",
    117: "Overval",
}
_COLUMNS = {"year": "year", "month": "month", "delict_code": "delict_code", "count": "misdrijven"}


def is_monthly(path: Path, head: bytes) -> bool:
    """Recognise crimes per neighbourhood, month and kind."""
    return files.has_columns(path, "year", "month", "area_code", "delict_code", "count")


def load_monthly(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the crimes per month of our municipality; the file covers the region of The Hague.

    The area codes of the police are those of the buurten of CBS without BU and leading zero.
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    table = files.read_parquet(path, [*_COLUMNS, "area_code"])
    intake = Intake("monitor.crime_monthly", path.name, gemeente, by, now, table.num_rows)
    codes = pc.utf8_lpad(table["area_code"].cast(pa.string()), 8, "0")
    ours = pc.equal(pc.utf8_slice_codeunits(codes, 0, 4), gemeente[2:])
    intake.read = int(pc.sum(ours).as_py() or 0)
    if not intake.read:
        intake.read = table.num_rows
        return intake.nothing()
    numbers = np.flatnonzero(ours.to_numpy(zero_copy_only=False)) + 1
    chosen = renamed(table.filter(ours), _COLUMNS, numbers)
    for name, cells in (
        ("code", pc.binary_join_element_wise("BU", codes.filter(ours), "")),
        ("kind", pa.repeat("buurt", chosen.num_rows)),
        ("gemeente_code", pa.repeat(gemeente, chosen.num_rows)),
        ("delict", pa.array([KINDS.get(code) for code in chosen["delict_code"].to_pylist()], pa.string())),
    ):
        chosen = chosen.append_column(name, cells)
    intake.publish("monitor.crime_monthly", chosen)
    return intake.loaded()

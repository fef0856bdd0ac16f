"""Places with waste containers and what was weighed there."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plein.foundation import files
from plein.foundation.clock import TOWN
from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor
from plein.insight.monitor.sources.areas import in_gemeente
from plein.insight.monitor.sources.tables import ROW, Intake, renamed

if TYPE_CHECKING:
    import pyarrow as pa

ODD_OVER_KG = 1_500.0  # more than the largest container holds: several at once, or an error of the scale
ONE_EMPTYING_S = 120  # weighings of a place within this time belong together
CLUSTER_PARTS = ("waste_clusters", "waste_clusters_rest")


def _publish_clusters(part: str, intake: Intake, table: "pa.Table") -> None:
    intake.publish_part("monitor.waste_clusters", table, part=part, order=CLUSTER_PARTS, gemeente=intake.gemeente)


def is_clusters(path: Path, head: bytes) -> bool:
    """Recognise the places with all kinds of containers."""
    return files.has_columns(path, "cluster_id", "lat", "lon", "fractions_count")


def load_clusters(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the places with their containers per kind of waste."""
    import pyarrow as pa

    types = {"cluster_id": "text!", "lat": "number!", "lon": "number!", "fractions_count": "text"}
    sheet = files.read_csv(path, types)
    intake = Intake("monitor.waste_clusters", path.name, gemeente, by, now, sheet.rows, sheet.rejects)
    table = renamed(sheet.table, {name: name for name in types}, sheet.numbers)
    mine = in_gemeente(table, intake)
    if mine is None:
        return intake.nothing()
    counts = [fractions(text) for text in mine["fractions_count"].to_pylist()]
    ids = [name.replace("|", "_") for name in mine["cluster_id"].to_pylist()]
    mine = mine.set_column(mine.column_names.index("cluster_id"), "cluster_id", pa.array(ids))
    for name, cells in (
        ("containers", [sum(count.values()) for count in counts]),
        ("restafval", [count.get("Rest", 0) for count in counts]),
        ("fractions", [", ".join(sorted(count)) or None for count in counts]),
    ):
        mine = mine.append_column(name, pa.array(cells))
    _publish_clusters("waste_clusters", intake, mine)
    return intake.loaded()


def fractions(text: str | None) -> dict[str, int]:
    """Read containers per kind of waste, as in "{Glas:1,Rest:2}"; what cannot be read is left out."""
    pairs = (pair.rpartition(":") for pair in (text or "").strip("{}").split(","))
    return {kind.strip(' "'): int(count) for kind, _, count in pairs if kind and count.isdigit()}


def is_rest_clusters(path: Path, head: bytes) -> bool:
    """Recognise the places with containers for residual waste."""
    return files.has_columns(path, "cluster_id", "lat", "lon", "container_type")


def load_rest_clusters(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the places with containers for residual waste; they add to the places of the cluster file."""
    import pyarrow as pa

    types = {"cluster_id": "text!", "lat": "number!", "lon": "number!", "container_type": "text"}
    sheet = files.read_csv(path, types)
    intake = Intake("monitor.waste_clusters_rest", path.name, gemeente, by, now, sheet.rows, sheet.rejects)
    names = {"cluster_id": "cluster_id", "lat": "lat", "lon": "lon", "container_type": "size"}
    mine = in_gemeente(renamed(sheet.table, names, sheet.numbers), intake)
    if mine is None:
        return intake.nothing()
    ids = [name.removesuffix("-Rest") for name in mine["cluster_id"].to_pylist()]
    mine = mine.set_column(mine.column_names.index("cluster_id"), "cluster_id", pa.array(ids))
    _publish_clusters("waste_clusters_rest", intake, mine)
    return intake.loaded()


def is_weighings(path: Path, head: bytes) -> bool:
    """Recognise weighings of containers."""
    return files.has_columns(path, "observed_at", "cluster_id", "weight_kg", "lat", "lon")


def load_weighings(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the weighings as totals per place and month; odd ones are counted and told apart, not dropped."""
    import numpy as np
    import pyarrow.compute as pc

    table = files.read_parquet(path, ["observed_at", "cluster_id", "weight_kg", "lat", "lon"])
    intake = Intake("monitor.waste_weighings", path.name, gemeente, by, now, table.num_rows)
    names = {name: name for name in table.column_names}
    table = renamed(table, names, np.arange(1, table.num_rows + 1))
    empty = np.zeros(table.num_rows, dtype=bool)
    for name in names:
        empty |= pc.is_null(table[name]).to_numpy()
    places = _place_of(intake.refuse(table, empty, "a cell is empty"), intake)
    if places is None:
        return intake.nothing()
    table, spots = places
    intake.publish("monitor.waste_weighings", _monthly(table, spots))
    odd = _odd(table["weight_kg"].to_numpy())
    intake.note = f"{int(odd[0].sum())} weighings of zero or less and {int(odd[1].sum())} over 1,500 kg are told apart"
    return intake.loaded()


def _place_of(table: "pa.Table", intake: Intake) -> "tuple[pa.Table, pa.Table] | None":
    """Give the weighings at places in our municipality, and per place its buurt."""
    import pyarrow.compute as pc

    table = table.set_column(table.column_names.index("cluster_id"), "cluster_id", table["cluster_id"].cast("string"))
    spots = table.group_by("cluster_id", use_threads=False).aggregate([("lon", "min"), ("lat", "min"), (ROW, "min")])
    spots = spots.rename_columns(["cluster_id", "lon", "lat", ROW])
    judge = Intake(intake.source, intake.file, intake.gemeente, intake.by, intake.now)
    mine = in_gemeente(spots, judge)
    if mine is None:
        return None
    there = pc.is_in(table["cluster_id"], value_set=mine["cluster_id"].combine_chunks())
    elsewhere = ~there.to_numpy(zero_copy_only=False)
    return intake.refuse(table, elsewhere, f"does not lie in {intake.gemeente}"), mine


def _odd(weights: Any) -> tuple[Any, Any]:
    return weights <= 0, weights > ODD_OVER_KG


def _monthly(table: "pa.Table", spots: "pa.Table") -> "pa.Table":
    """Add the weighings up per place and local month."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    table = table.sort_by([("cluster_id", "ascending"), ("observed_at", "ascending")])
    local = pc.local_timestamp(table["observed_at"].cast(pa.timestamp("us", TOWN.key)))
    weights = table["weight_kg"].to_numpy().astype(np.float64)
    light, heavy = _odd(weights)
    marked = pa.table(
        {
            "cluster_id": table["cluster_id"],
            "month": pc.floor_temporal(local, unit="month").cast(pa.date32()),
            "weight_kg": weights,
            "normal_weight_kg": np.where(light | heavy, 0.0, weights),
            "not_positive": light.astype(np.int64),
            "too_heavy": heavy.astype(np.int64),
            "weighings": np.ones(len(weights), dtype=np.int64),
            "emptyings": _starts(table).astype(np.int64),
            ROW: table[ROW],
        }
    )
    sums = [name for name in marked.column_names if name not in ("cluster_id", "month", ROW)]
    totals = marked.group_by(["cluster_id", "month"], use_threads=False).aggregate(
        [*((name, "sum") for name in sums), (ROW, "min")]
    )
    totals = totals.rename_columns([name.removesuffix("_sum").removesuffix("_min") for name in totals.column_names])
    for name in ("weight_kg", "normal_weight_kg"):
        rounded = pc.round(totals[name], 1)
        totals = totals.set_column(totals.column_names.index(name), name, rounded)
    joined = totals.join(spots.select(["cluster_id", "buurt_code", "gemeente_code"]), "cluster_id")
    ids = pc.replace_substring_regex(joined["cluster_id"], "-Rest$", "")
    return joined.set_column(joined.column_names.index("cluster_id"), "cluster_id", ids)


def _starts(table: "pa.Table") -> Any:
    """Mark the first weighing of each emptying; rows stand by place and time."""
    import numpy as np

    seconds = table["observed_at"].to_numpy().astype("datetime64[s]").astype(np.int64)
    _, place = np.unique(table["cluster_id"].to_numpy(zero_copy_only=False).astype(str), return_inverse=True)
    starts = np.ones(len(seconds), dtype=bool)
    starts[1:] = (np.diff(place) != 0) | (np.diff(seconds) > ONE_EMPTYING_S)
    return starts

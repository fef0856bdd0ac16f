"""What municipalities plan and spend (Iv3), of the whole country for comparison."""

from datetime import datetime
from pathlib import Path
from typing import Any

from plein.foundation import files
from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor
from plein.insight.monitor.sources.tables import Intake, renamed

_AMOUNTS = (
    "lasten",
    "baten",
    "reserve_lasten",
    "reserve_baten",
    "sociaal",
    "salarissen",
    "inhuur",
    "verbonden",
    "rijk",
    "spuks",
    "heffingen",
    "salarissen_overhead",
    "inhuur_overhead",
    "eigen_vermogen",
    "balanstotaal",
)
LIVE_YEARS = range(2023, 2027)
TASK_PARTS = (*(f"iv3_live_{year}" for year in LIVE_YEARS), "iv3_tasks")  # the first that has a value holds
_TASKS = ("jaar", "verslagsoort", "gm_code", "taakveld", "taakveld_titel", "lasten_1000eur")


def is_summary(path: Path, head: bytes) -> bool:
    """Recognise the summary of budgets and accounts."""
    return files.has_columns(path, "jaar", "verslagsoort", "gm_code", "balanstotaal")


def load_summary(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load budgets and accounts of all municipalities."""
    facts = {"jaar": "whole!", "verslagsoort": "text!", "gm_code": "text!", "gm_naam": "text!", "inwoners": "whole"}
    sheet = files.read_csv(path, {**facts, **dict.fromkeys(_AMOUNTS, "number")})
    intake = Intake("monitor.finance", path.name, gemeente, by, now, sheet.rows, sheet.rejects)
    names = {**{name: name for name in (*facts, *_AMOUNTS)}, "gm_code": "gemeente_code", "gm_naam": "gemeente_naam"}
    intake.publish("monitor.finance", renamed(sheet.table, names, sheet.numbers))
    return intake.loaded()


def is_tasks(path: Path, head: bytes) -> bool:
    """Recognise the expenditure per task field."""
    return files.has_columns(path, "jaar", "verslagsoort", "gm_code", "taakveld")


def load_tasks(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Load the expenditure per task field of all municipalities."""
    import numpy as np

    table = files.read_parquet(path, _TASKS)
    intake = Intake("monitor.finance_tasks", path.name, gemeente, by, now, table.num_rows)
    names = {**{name: name for name in _TASKS}, "gm_code": "gemeente_code"}
    table = renamed(table, names, np.arange(1, table.num_rows + 1))
    intake.publish_part("monitor.finance_tasks", table, part="iv3_tasks", order=TASK_PARTS)
    return intake.loaded()

"""Texts of reports of elsewhere: known, and read only to measure the suggestion with. Nothing is kept or shown."""

from datetime import datetime
from pathlib import Path
from typing import Any

from plein.foundation import files
from plein.foundation.files import Loaded
from plein.foundation.identity.actors import Actor

USED = "only measured with, by `plein bench suggest`: nothing of it is kept or shown"


def is_texts(path: Path, head: bytes) -> bool:
    """Recognise reports with their text, of a town elsewhere (Konstanz)."""
    return files.has_columns(path, "melding_id", "text", "reported_at", "main_category")


def load_texts(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Look whether the file is sound, and keep nothing: the texts are people's own."""
    sheet = files.read_csv(path, {"melding_id": "text!"})
    return Loaded("reports.texts_elsewhere", path.name, sheet.rows, 0, sheet.rejects, USED)


def is_trials(path: Path, head: bytes) -> bool:
    """Recognise example reports with their expected category."""
    return files.has_columns(path, "classifications", "test_cases")


def load_trials(path: Path, *, gemeente: str, by: Actor, now: datetime, progress: Any = None) -> Loaded:
    """Look whether the file is sound, and keep nothing."""
    document = files.read_json(path)
    cases = document.get("test_cases") if isinstance(document, dict) else None
    if not isinstance(cases, list):
        raise files.BrokenFile(file=path.name, reason="test_cases is no list")
    return Loaded("reports.texts_to_try", path.name, len(cases), 0, [], USED)

"""Tells without starting Django whether the database is up to date, so that the web process need not wait for that."""

import re
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

LABEL = re.compile(r'^    label = "(\w+)"$', re.MULTILINE)


def migrations_on_disk(installed: Iterable[str]) -> set[tuple[str, str]]:
    """List the migrations of installed apps, as (label, name)."""
    return {(_label(app), name) for app in installed for name in _names(app)}


def _label(app: str) -> str:
    """Give the label of an app: the one on the sign of a room, else the last part of its name."""
    last = app.rsplit(".", maxsplit=1)[-1]
    spec = find_spec(app) if app.startswith("plein.") else None
    for place in (spec.submodule_search_locations or []) if spec else []:
        sign = Path(place, "apps.py")
        said = LABEL.search(sign.read_text(encoding="utf-8")) if sign.is_file() else None
        return said[1] if said else last
    return last


def _names(app: str) -> Iterator[str]:
    spec = find_spec(app)
    for place in (spec.submodule_search_locations or []) if spec else []:
        for path in Path(place, "migrations").glob("*.py"):
            if path.stem[0] not in "_~":
                yield path.stem


def is_up_to_date(database: str, installed: Iterable[str]) -> bool:
    """Tell whether a database of SQLite has had every migration; False too when it cannot be told.

    database: its path.
    """
    if not Path(database).is_file():
        return False
    try:
        with closing(sqlite3.connect(f"{Path(database).absolute().as_uri()}?mode=ro", uri=True)) as connection:
            applied = set(connection.execute("SELECT app, name FROM django_migrations"))
    except sqlite3.Error:
        return False
    return migrations_on_disk(installed) <= applied

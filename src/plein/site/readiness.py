"""Tells without starting Django whether the database is up to date, so that the web process need not wait for that."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path


def migrations_on_disk(installed: Iterable[str]) -> set[tuple[str, str]]:
    """List the migrations of installed apps, as (label, name); a label is the last part of an app's name."""
    return {(app.rsplit(".", maxsplit=1)[-1], name) for app in installed for name in _names(app)}


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

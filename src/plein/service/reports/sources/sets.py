"""What other towns let people report, as sets of categories that a municipality can choose (PLEIN_CATEGORIES).

A set from elsewhere comes with the team of each kind: the department that does it, not the desks that pass everything
on. Terms are what the town says; of a code, what its own texts say it means.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from plein.foundation import files
from plein.foundation.files import Loaded, NothingFits, Reject

ICONS = (
    ("afval", "trash-2"),
    ("water", "waves"),
    ("riol", "waves"),
    ("groen", "trees"),
    ("sloten", "waves"),
    ("verlichting", "lightbulb"),
    ("weg", "route"),
    ("meubilair", "store"),
    ("dier", "footprints"),
    ("overlast", "volume-2"),
)
TERM_DAYS = 5

# The departments of Amsterdam by their number in its system, in the order in which that system makes them.
DEPARTMENTS = {
    1: "Port of Amsterdam",
    2: "THOR",
    3: "Waternet",
    4: "Stadswerken",
    5: "Afval en Grondstoffen",
    6: "Actie Service Centrum",
    7: "Politie",
    8: "GGD",
    9: "V&OR",
    10: "V&OR OVL",
    11: "V&OR VRI",
    12: "CCA",
    13: "Stadsloket",
    14: "Omgevingsdienst",
    15: "VTH",
    16: "FB",
}
DESKS = frozenset({6, 12})  # they see every report and pass it on
CODES = (("A3W", 15), ("A3D", 3), ("I5D", 5), ("STOP", 5))  # working days: three weeks, three days, five days


def _icon(main: str) -> str:
    return next((icon for word, icon in ICONS if word in main), "map-pin")


@dataclass(frozen=True, slots=True)
class CategorySet:
    """A set as it was read: what `load_set` stores, and what came of reading it."""

    told: Mapping[str, Any]
    loaded: Loaded


def _told(
    key: str, categories: Sequence[Mapping[str, Any]], *, mains: Mapping[str, str], teams: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "key": key,
        "mains": {slug: {"nl": name, "icon": _icon(slug)} for slug, name in mains.items()},
        "teams": [{"key": team, "nl": name, "en": name} for team, name in teams.items()],
        "categories": categories,
    }


def _document(path: Path, kind: type) -> Any:
    """Read a JSON document of objects.

    Raises FileRefused.
    """
    document = files.read_json(path)
    held = document.values() if isinstance(document, dict) else document
    if not isinstance(document, kind) or not all(isinstance(one, dict) for one in held):
        raise files.BrokenFile(file=path.name, reason="it is no list of categories")
    return document


def _team_key(town: str, name: str) -> str:
    return f"{town}-{slugify(name)}"[:60]


def is_assen(path: Path, head: bytes) -> bool:
    """Recognise categories with description, handling message and departments, by their short name."""
    return files.form_of(head) == "json" and b'"handling_message"' in head and b'"departments"' in head


def read_assen(path: Path) -> CategorySet:
    """Read the categories of Assen as the set "assen"; the term is the one its message promises."""
    document = _document(path, dict)
    categories, rejects = [], []
    mains: dict[str, str] = {}
    teams: dict[str, str] = {}
    for number, (slug, one) in enumerate(document.items(), start=1):
        if not all(isinstance(one.get(name), str) and one[name] for name in ("name", "parent", "parent_slug")):
            rejects.append(Reject(number, "the name or the main category is missing", str(one)[:500]))
            continue
        mains[one["parent_slug"]] = one["parent"]
        made = {
            "slug": slug,
            "main": one["parent_slug"],
            "nl": one["name"],
            "about": {"nl": one.get("description") or ""},
            "handling": {"nl": one.get("handling_message") or ""},
            "department": ", ".join(one.get("departments") or ())[:200],
            "term": [_promised(one.get("handling_message") or ""), "work"],
        }
        doing = [name for name in one.get("departments") or () if name.startswith("Buitendienst")]
        if len(doing) == 1:
            teams[_team_key("assen", doing[0])] = doing[0]
            made["team"] = _team_key("assen", doing[0])
        categories.append(made)
    _refuse_empty(path, len(document), categories, rejects)
    loaded = Loaded("reports.set_assen", path.name, len(document), len(categories), rejects, 'the set "assen"')
    return CategorySet(_told("assen", categories, mains=mains, teams=teams), loaded)


def _promised(message: str) -> int:
    """Read the number of working days that a message speaks of."""
    found = re.search(r"binnen (\d{1,2}) werkdag", message)
    return int(found[1]) if found else TERM_DAYS


def _refuse_empty(path: Path, read: int, made: Sequence[Any], rejects: Sequence[Reject]) -> None:
    """Refuse a file of which nothing is left.

    Raises NothingFits.
    """
    if not made:
        row, reason = (rejects[0].row, rejects[0].reason) if rejects else (0, "it holds no categories")
        raise NothingFits(file=path.name, rows=read, row=row, reason=reason)


def is_amsterdam(path: Path, head: bytes) -> bool:
    """Recognise the categories of a Signalen system as it starts with them."""
    return files.has_columns(path, "model", "fields") and b'"signals.category"' in head


def read_amsterdam(path: Path) -> CategorySet:
    """Read the categories and departments of Amsterdam as the set "amsterdam"."""
    document = _document(path, list)
    fields = {one.get("pk"): one.get("fields") or {} for one in document}
    mains = {pk: one for pk, one in fields.items() if one.get("parent") is None and one.get("slug")}
    categories, rejects = [], []
    teams: dict[str, str] = {}
    for number, one in enumerate(fields.values(), start=1):
        if one.get("parent") is None:
            continue
        if one["parent"] not in mains or not one.get("name") or not one.get("slug"):
            rejects.append(Reject(number, "the name or the main category is missing", str(one)[:500]))
            continue
        categories.append(_of_amsterdam(one, mains[one["parent"]], teams))
    _refuse_empty(path, len(document), categories, rejects)
    named = {one["slug"]: one["name"] for one in mains.values()}
    note = f'the set "amsterdam": {len(categories)} categories in {len(named)} groups, {len(teams)} teams'
    loaded = Loaded("reports.set_amsterdam", path.name, len(document), len(document) - len(rejects), rejects, note)
    return CategorySet(_told("amsterdam", categories, mains=named, teams=teams), loaded)


def _of_amsterdam(one: Mapping[str, Any], main: Mapping[str, Any], teams: dict[str, str]) -> dict[str, Any]:
    """Make a category; the first department that is no desk does it, and becomes its team."""
    names = [DEPARTMENTS.get(number, str(number)) for number in one.get("departments") or ()]
    doing = [DEPARTMENTS[n] for n in one.get("departments") or () if n in DEPARTMENTS and n not in DESKS]
    made: dict[str, Any] = {
        "slug": one["slug"],
        "main": main["slug"],
        "nl": one["name"],
        "department": ", ".join(names)[:200],
        "term": [next((days for code, days in CODES if one.get("handling", "").startswith(code)), TERM_DAYS), "work"],
    }
    if doing:
        made["team"] = _team_key("amsterdam", doing[0])
        teams[made["team"]] = doing[0]
    return made


def is_instructions(path: Path, head: bytes) -> bool:
    """Recognise what belongs to each category, in words."""
    return files.form_of(head) == "json" and set(files.columns_of(path)) == {"name", "instructions"}


def read_instructions(path: Path) -> CategorySet:
    """Read the newer categories of Amsterdam, each with what belongs to it, as the set "amsterdam-instructies".

    They have no groups and no departments; the suggestion learns from their words.
    """
    document = _document(path, list)
    categories, rejects, known = [], [], set()
    for number, one in enumerate(document, start=1):
        slug = slugify(str(one.get("name") or ""))[:80]
        if not slug or slug in known:
            rejects.append(Reject(number, "the name is missing or stands twice", str(one)[:500]))
            continue
        known.add(slug)
        about = {"nl": str(one.get("instructions") or "")}
        categories.append({"slug": slug, "main": "alles", "nl": one["name"][:100], "about": about})
    _refuse_empty(path, len(document), categories, rejects)
    key, mains = "amsterdam-instructies", {"alles": "Alle onderwerpen"}
    loaded = Loaded("reports.set_instructions", path.name, len(document), len(categories), rejects, f'the set "{key}"')
    return CategorySet(_told(key, categories, mains=mains, teams={}), loaded)


def is_rotterdam(path: Path, head: bytes) -> bool:
    """Recognise subjects with their group."""
    return files.has_columns(path, "onderwerp", "slug", "groep", "actief")


def read_rotterdam(path: Path) -> CategorySet:
    """Read the subjects of Rotterdam that are in use as the set "rotterdam"."""
    sheet = files.read_csv(path, {"onderwerp": "text!", "slug": "text!", "groep": "text!", "actief": "text!"})
    rows = sheet.table.to_pylist()
    categories = [
        {"slug": row["slug"], "main": slugify(row["groep"]), "nl": row["onderwerp"]}
        for row in rows
        if row["actief"] == "True"
    ]
    mains = {slugify(row["groep"]): row["groep"] for row in rows}
    _refuse_empty(path, sheet.rows, categories, sheet.rejects)
    loaded = Loaded("reports.set_rotterdam", path.name, sheet.rows, len(rows), sheet.rejects, 'the set "rotterdam"')
    return CategorySet(_told("rotterdam", categories, mains=mains, teams={}), loaded)

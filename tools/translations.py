"""Keep the Dutch of every page complete: find the sentences, compile them, and say which lack a translation.

    python tools/translations.py compile      make the .mo files that Django reads
    python tools/translations.py check        name every sentence without Dutch; exit 1 when there are any
    python tools/translations.py update       add the missing sentences, still empty, to each django.po

English is the language of the source; each app of the house has its own locale/nl/LC_MESSAGES/django.po.
"""

import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

HOUSE = Path(__file__).resolve().parents[1] / "src" / "plein"
MARKS = ["_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"]
Sentence = tuple[str | None, str, str | None]  # context, singular, plural


def apps() -> list[Path]:
    """List the folders of apps that may carry a locale: each has an apps.py."""
    return sorted(path.parent for path in HOUSE.rglob("apps.py"))


def _strings(source: str) -> Iterator[Sentence]:
    """Find the marked sentences in Python source."""
    for _line, mark, found, _comments in extract_python(io.BytesIO(source.encode()), MARKS, (), {"encoding": "utf-8"}):
        parts = [part for part in (found if isinstance(found, tuple) else (found,)) if part]
        if not parts or mark is None:
            continue
        if mark.startswith("pgettext"):
            yield parts[0], parts[1], None
        elif mark.startswith("ngettext"):
            yield None, parts[0], parts[1]
        else:
            yield None, parts[0], None


def _owner(path: Path) -> Path:
    """Give the app a file belongs to: the nearest above it, else the site."""
    return next((folder for folder in path.parents if (folder / "apps.py").exists()), HOUSE / "site")


def _files(app: Path) -> list[Path]:
    """List the Python files and templates of an app itself, without its tests, migrations and static files."""
    left_out = {"tests", "migrations", "static", "staticfiles"}
    found = [path for pattern in ("*.py", "*.html", "*.txt") for path in sorted(HOUSE.rglob(pattern))]
    return [path for path in found if _owner(path) == app and not left_out & set(path.relative_to(HOUSE).parts)]


def sentences(app: Path) -> set[Sentence]:
    """Find all sentences to translate in an app."""
    from django.utils.translation.template import templatize

    found: set[Sentence] = set()
    for path in _files(app):
        text = path.read_text(encoding="utf-8")
        found.update(_strings(text if path.suffix == ".py" else templatize(text, origin=str(path))))
    return found


def po_path(app: Path) -> Path:
    """Give where an app keeps its Dutch."""
    return app / "locale" / "nl" / "LC_MESSAGES" / "django.po"


def catalog(path: Path) -> Catalog:
    """Read a catalogue of translations; a missing file is an empty one."""
    if not path.exists():
        return Catalog(locale="nl", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="nl", charset="utf-8")


def _is_translated(book: Catalog, sentence: Sentence) -> bool:
    context, singular, plural = sentence
    message = book.get(singular, context)
    if message is None or message.fuzzy:
        return False
    return all(message.string) if plural else bool(message.string)


def missing() -> list[tuple[Path, Sentence]]:
    """List every sentence without Dutch, with its app. Any app's catalogue counts: Django reads them as one."""
    books = [catalog(po_path(app)) for app in apps()]
    return [
        (app, sentence)
        for app in apps()
        for sentence in sorted(sentences(app), key=str)
        if not any(_is_translated(book, sentence) for book in books)
    ]


def compile_all() -> int:
    """Write a .mo beside each .po."""
    paths = sorted(HOUSE.rglob("*.po"))
    for path in paths:
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog(path))
    return len(paths)


def update_all() -> int:
    """Add missing sentences to each app's catalogue, empty, for somebody to translate."""
    gaps = missing()
    for app in {app for app, _sentence in gaps}:
        book = catalog(po_path(app))
        for where, (context, singular, plural) in gaps:
            if where == app:
                book.add((singular, plural) if plural else singular, context=context)
        book.header_comment, book.fuzzy = "# Plein in Dutch: B1, with u.", False
        po_path(app).parent.mkdir(parents=True, exist_ok=True)
        with po_path(app).open("wb") as file:
            write_po(file, book, include_lineno=False, width=0)
    return len(gaps)


def main(words: list[str]) -> int:
    """Run one of the commands; the exit code says whether all is well."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
    command = words[0] if words else "check"
    if command == "compile":
        print(f"{compile_all()} catalogues compiled")
        return 0
    import django

    django.setup()
    if command == "update":
        print(f"{update_all()} sentences wait for their Dutch")
        return 0
    gaps = missing()
    for app, (_context, singular, _plural) in gaps:
        print(f"{app.relative_to(HOUSE)}: {singular!r}")
    print(f"{len(gaps)} sentences without Dutch")
    return 1 if gaps else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Real data in: walk a folder, recognise each file by its content, hand it to its source, and tell what came of it."""

import csv
import os
import re
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import structlog
from django.conf import settings

from plein.foundation import files
from plein.foundation.errors import Refused
from plein.foundation.files import FileRefused, Reject, SeveralFiles
from plein.foundation.files.fetching import Fetcher
from plein.foundation.geo.actions import settle
from plein.foundation.identity.actors import SYSTEM, Actor
from plein.foundation.rooms import Source, rooms
from plein.foundation.words import gettext_noop

log = structlog.get_logger()
_GEMEENTE = re.compile(r"GM\d{4}")

LOADED, NOTHING, REFUSED, UNKNOWN, FAILED = "loaded", "nothing-here", "refused", "not-recognised", "failed"


class NotAGemeente(Refused):
    """The code of the municipality is not one."""

    message = gettext_noop(
        "{code} is not a code of a municipality. Use GM and four digits, such as GM0363 for Amsterdam."
    )
    code = "not-a-gemeente"


class NoFolder(Refused):
    """There is nothing to load from."""

    message = gettext_noop("{folder} is not a folder. Give the folder that holds the files.")
    code = "no-folder"


class Circle(Refused):
    """Sources wait for each other; a mistake of a developer."""

    message = gettext_noop("These sources wait for each other: {sources}. Correct `after` in their rooms.")
    code = "sources-in-a-circle"


@dataclass(slots=True)
class Outcome:
    """What came of one file at one source; status: one of the words above. rejects: how many; where: their file."""

    file: str
    status: str
    source: str = ""
    read: int = 0
    accepted: int = 0
    rejects: int = 0
    note: str = ""
    where: str = ""
    reasons: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Give the facts for machines."""
        return asdict(self)


class Progress(Protocol):
    """Who wants to know how far it is: the number of files done, of how many, and what is next."""

    def __call__(self, done: int, total: int, words: str) -> None: ...


def silent(done: int, total: int, words: str) -> None:
    """Tell nobody how far it is."""


def all_sources() -> list[Source]:
    """List the sources of all rooms."""
    return [source for room in rooms() for source in room.sources()]


def walk(folder: Path) -> Iterator[Path]:
    """Find the regular files of a folder, by name, without following links out of it or hidden ones."""
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def in_order(sources: Sequence[Source]) -> list[Source]:
    """Put each source behind those it waits for, else as the rooms list them.

    Raises Circle.
    """
    waiting = {source.key: source for source in sources}
    ordered: list[Source] = []
    while waiting:
        ready = [source for source in waiting.values() if not set(source.after) & waiting.keys()]
        if not ready:
            raise Circle(sources=", ".join(waiting))
        ordered.append(ready[0])
        del waiting[ready[0].key]
    return ordered


def recognised(path: Path, sources: Sequence[Source]) -> list[Source]:
    """Find the sources whose kind a file is, by its content.

    Raises FileRefused when the file cannot even be looked at.
    """
    head = files.head_of(path)
    return [source for source in sources if source.recognise(path, head)]


def why_unknown(path: Path) -> str:
    """Say what a file that no source knows looks like."""
    head = files.head_of(path)
    form = files.form_of(head)
    if form in ("empty", "unknown"):
        return "it is empty" if form == "empty" else "it is no table, JSON or Parquet"
    columns = files.columns_of(path)
    if form == "text" and len(columns) < 2:
        return "it is plain text, not a table"
    return f"no source reads {'columns' if form != 'json' else 'keys'} {', '.join(columns[:8]) or '(none)'}"[:300]


def load_folder(
    folder: Path, *, gemeente: str, now: Callable[[], datetime], by: Actor = SYSTEM, told: Progress = silent
) -> list[Outcome]:
    """Load every file that some source recognises, for one municipality; the rest is listed with the reason.

    A file that is refused changes nothing, and the others go on. The same folder again gives the same state.
    Raises NotAGemeente, NoFolder.
    """
    if not _GEMEENTE.fullmatch(gemeente):
        raise NotAGemeente(code=gemeente)
    if not folder.is_dir():
        raise NoFolder(folder=folder)
    sources = in_order(all_sources())
    outcomes, work = _sorted_out(folder, sources)
    for number, (source, path) in enumerate(work):
        told(number, len(work), f"{source.title.en}: {path.name}")
        outcomes.append(load_file(source, path, name=str(path.relative_to(folder)), gemeente=gemeente, by=by, now=now))
    told(len(work), len(work), "")
    if any(outcome.status == LOADED for outcome in outcomes):
        settle(gemeente, by=by, now=now())
    return outcomes


def _sorted_out(folder: Path, sources: Sequence[Source]) -> tuple[list[Outcome], list[tuple[Source, Path]]]:
    """Tell the files that cannot be loaded from the work to do, in the order of the sources."""
    outcomes: list[Outcome] = []
    found: dict[str, list[Path]] = {}
    for path in walk(folder):
        name = str(path.relative_to(folder))
        try:
            known = recognised(path, sources)
            if not known:
                outcomes.append(Outcome(name, UNKNOWN, note=why_unknown(path)))
        except SeveralFiles as refusal:
            outcomes.append(Outcome(name, UNKNOWN, note=str(refusal)))
            continue
        except FileRefused as refusal:
            outcomes.append(Outcome(name, REFUSED, note=str(refusal)))
            continue
        except OSError as error:
            outcomes.append(Outcome(name, REFUSED, note=f"{name} cannot be opened: {error.strerror}"))
            continue
        for source in known:
            found.setdefault(source.key, []).append(path)
    return outcomes, [(source, path) for source in sources for path in found.get(source.key, [])]


def load_file(
    source: Source, path: Path, *, name: str, gemeente: str, by: Actor, now: Callable[[], datetime]
) -> Outcome:
    """Have a source load one file and tell what came of it; a refusal or a fault ends this file only."""
    started = perf_counter()
    outcome = Outcome(name, LOADED, source.key)
    try:
        loaded = source.load(path, gemeente=gemeente, by=by, now=now(), progress=None)
    except Refused as refusal:
        outcome.status, outcome.note = REFUSED, str(refusal)
    except Exception as error:
        log.exception("load.failed", source=source.key, file=name)
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {error} ({Path(place.filename).name} line {place.lineno})"
        outcome.status, outcome.note = FAILED, f"{name} was not loaded: a fault in Plein, not in the file. {fault}"
    else:
        outcome.read, outcome.accepted, outcome.note = loaded.read, loaded.accepted, loaded.note
        outcome.status = LOADED if loaded.accepted or not loaded.read else NOTHING
        outcome.rejects = loaded.read - loaded.accepted if loaded.rejects else 0
        outcome.reasons = _reasons(loaded.rejects)
        outcome.where = write_rejects(source.key, path, loaded.rejects)
    outcome.seconds = round(perf_counter() - started, 2)
    return outcome


def live_sources() -> list[Source]:
    """List the sources that have a live address, in the order they are loaded."""
    return [source for source in in_order(all_sources()) if source.pull is not None]


def pull(
    fetcher: Fetcher, *, gemeente: str, now: Callable[[], datetime], by: Actor = SYSTEM, told: Progress = silent
) -> list[Outcome]:
    """Fetch every source that has a live address and load what came; a source that cannot be reached ends itself only.

    Raises NotAGemeente.
    """
    if not _GEMEENTE.fullmatch(gemeente):
        raise NotAGemeente(code=gemeente)
    outcomes: list[Outcome] = []
    sources = live_sources()
    for number, source in enumerate(sources):
        told(number, len(sources), source.title.en)
        outcomes += _pull_one(source, fetcher, gemeente=gemeente, now=now, by=by)
    told(len(sources), len(sources), "")
    if any(outcome.status == LOADED for outcome in outcomes):
        settle(gemeente, by=by, now=now())
    return outcomes


def _pull_one(
    source: Source, fetcher: Fetcher, *, gemeente: str, now: Callable[[], datetime], by: Actor
) -> list[Outcome]:
    assert source.pull is not None
    try:
        paths = source.pull(fetcher, gemeente=gemeente, now=now())
    except Refused as refusal:
        return [Outcome(source.live, REFUSED, source.key, note=str(refusal))]
    except Exception as error:
        log.exception("pull.failed", source=source.key)
        note = f"{source.live} was fetched, but not as expected ({type(error).__name__}: {error})."
        return [Outcome(source.live, FAILED, source.key, note=note)]
    return [load_file(source, path, name=path.name, gemeente=gemeente, by=by, now=now) for path in paths]


def _reasons(rejects: Sequence[Reject]) -> dict[str, int]:
    """Count rejects by reason, the values in them left out, most frequent first."""
    counts: dict[str, int] = {}
    for reject in rejects:
        reason = re.sub(r"'[^']*'", "...", reject.reason)
        counts[reason] = counts.get(reason, 0) + 1
    return dict(sorted(counts.items(), key=lambda pair: -pair[1])[:5])


def write_rejects(source: str, path: Path, rejects: Sequence[Reject]) -> str:
    """Keep the rejected rows of a file in DATA/rejects; without any, a file of before goes. Returns its path or ""."""
    stem = re.sub(r"[^\w.-]", "_", f"{source}.{path.name}")
    target = Path(settings.DATA) / "rejects" / f"{stem}.csv"
    if not rejects:
        target.unlink(missing_ok=True)
        return ""
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(["row", "reason", "text"])
        lines.writerows((reject.row, reject.reason, reject.text) for reject in rejects)
    return str(target)

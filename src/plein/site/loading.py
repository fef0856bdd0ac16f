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
from plein.site import ledger
from plein.site.awaited import awaited
from plein.site.moving import moved_from

log = structlog.get_logger()
_GEMEENTE = re.compile(r"GM\d{4}")

LOADED, NOTHING, WAITS, UNKNOWN = "loaded", "nothing-here", "not-used-yet", "not-recognised"
REFUSED, FAILED, MOVED = "refused", "failed", "moved"


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
    """What came of one file at one source; status: one of the words above.

    elsewhere: rows that are sound and belong to other places. rejects: rows that were not accepted; where: their file.
    room: for which room to come a file is. is_unchanged: it was loaded before, and nothing about it changed.
    """

    file: str
    status: str
    source: str = ""
    read: int = 0
    accepted: int = 0
    elsewhere: int = 0
    rejects: int = 0
    note: str = ""
    room: str = ""
    is_unchanged: bool = False
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


def walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Find what stands in a folder, by name, without the hidden: (path, why it cannot be read, or "").

    Links are named and not followed: they may lead out of the folder, or round in it.
    """
    faults: list[OSError] = []
    for parent, folders, names in os.walk(folder, onerror=faults.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names += [name for name in folders if Path(parent, name).is_symlink()]
        for name in sorted(names):
            path = Path(parent, name)
            if path.is_symlink():
                yield path, "it is a link, and links are not followed; put the file itself in the folder"
            elif not name.startswith("."):
                yield path, "" if path.is_file() or not path.exists() else "it is no file, but a device or a pipe"
        yield from ((Path(str(fault.filename)), f"it cannot be opened: {fault.strerror}") for fault in faults)
        faults.clear()
    yield from ((Path(str(fault.filename)), f"it cannot be opened: {fault.strerror}") for fault in faults)


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
    if form == "empty":
        return "it is empty"
    if form == "unknown":
        wide = head[1::2].count(0) > len(head) // 3 or head[::2].count(0) > len(head) // 3
        return "it looks like UTF-16 text; save it as UTF-8" if wide and head.strip(b"\0") else _NO_TABLE
    columns = files.columns_of(path)
    if form == "text" and len(columns) < 2:
        return "it is plain text, not a table"
    return f"no source reads {'columns' if form != 'json' else 'keys'} {', '.join(columns[:8]) or '(none)'}"[:300]


_NO_TABLE = "it is no table, JSON or Parquet"


def load_folder(
    folder: Path,
    *,
    gemeente: str,
    now: Callable[[], datetime],
    by: Actor = SYSTEM,
    told: Progress = silent,
    follow: Callable[[], None] = lambda: None,
    again: bool = False,
) -> list[Outcome]:
    """Load every file that some source recognises, for one municipality; the rest is listed with the reason.

    A file that is refused changes nothing, and the others go on. The same folder again gives the same state, and files
    that did not change are not read again, unless `again` asks for it. follow: does the work that new data brings.
    Raises NotAGemeente, NoFolder.
    """
    if not _GEMEENTE.fullmatch(gemeente):
        raise NotAGemeente(code=gemeente)
    if not folder.is_dir():
        raise NoFolder(folder=folder)
    sources = in_order(all_sources())
    outcomes, found = _sorted_out(folder, sources)
    work = [(source, found[source.key]) for source in sources if source.key in found]

    def name_of(path: Path) -> str:
        return path.relative_to(folder).as_posix()

    return outcomes + _load_all(work, name_of, gemeente=gemeente, now=now, by=by, told=told, follow=follow, again=again)


def _load_all(
    work: Sequence[tuple[Source, Sequence[Path]]],
    name_of: Callable[[Path], str],
    *,
    gemeente: str,
    now: Callable[[], datetime],
    by: Actor,
    told: Progress,
    follow: Callable[[], None],
    again: bool,
) -> list[Outcome]:
    """Load the files of each source in turn; what was loaded before and did not change is only told."""
    total, started = sum(len(paths) for _, paths in work), now()
    prints: dict[str, str] = {}
    finished: dict[str, tuple[str, list[dict[str, Any]]]] = {}
    outcomes: list[Outcome] = []

    def load_one(source: Source, path: Path) -> Outcome:
        told(len(outcomes), total, f"{source.title.en}: {path.name}")
        return load_file(source, path, name=name_of(path), gemeente=gemeente, by=by, now=now)

    for source, paths in work:
        found = prints[source.key] = _fingerprint(source, paths, gemeente=gemeente, below=prints)
        before = None if again or not found else ledger.known(source, found)
        some = [Outcome(**{**facts, "is_unchanged": True}) for facts in before or ()]
        if before is None:
            some = [load_one(source, path) for path in paths]
        outcomes += some
        if found and all(one.status in (LOADED, NOTHING) for one in some):
            finished[source.key] = (found, [one.as_dict() for one in some])
    told(total, total, "")
    outcomes = _settled(gemeente, outcomes, since=started, by=by, now=now())
    if not all(one.is_unchanged for one in outcomes):
        follow()
    ledger.remember(finished, now=now())
    return outcomes


def _fingerprint(source: Source, paths: Sequence[Path], *, gemeente: str, below: dict[str, str]) -> str:
    """Give the word that tells whether anything changed; "" when a file cannot be read."""
    try:
        return ledger.fingerprint(source, paths, gemeente=gemeente, below=below)
    except OSError:
        return ""


def _settled(gemeente: str, outcomes: list[Outcome], *, since: datetime, by: Actor, now: datetime) -> list[Outcome]:
    """Make this Plein the municipality's when anything of it came in; say so when it was another's."""
    if not any(one.status == LOADED for one in outcomes):
        return outcomes
    moved = moved_from(gemeente, since=since, by=by, now=now)
    settle(gemeente, by=by, now=now)
    return [Outcome("", MOVED, note=moved), *outcomes] if moved else outcomes


def _sorted_out(folder: Path, sources: Sequence[Source]) -> tuple[list[Outcome], dict[str, list[Path]]]:
    """Tell the files that cannot be loaded from the work to do: the paths per source."""
    outcomes: list[Outcome] = []
    found: dict[str, list[Path]] = {}
    for path, trouble in walk(folder):
        name = path.relative_to(folder).as_posix()
        if trouble:
            status = REFUSED if "cannot be opened" in trouble else UNKNOWN
            outcomes.append(Outcome(name, status, note=trouble))
            continue
        try:
            known = recognised(path, sources)
            if not known:
                outcomes.append(_unused(path, name))
        except SeveralFiles as refusal:
            outcomes.append(_unused(path, name, otherwise=str(refusal)))
            continue
        except FileRefused as refusal:
            outcomes.append(Outcome(name, REFUSED, note=str(refusal)))
            continue
        except OSError as error:
            outcomes.append(Outcome(name, REFUSED, note=_unopened(error)))
            continue
        for source in known:
            found.setdefault(source.key, []).append(path)
    return outcomes, found


def _unopened(error: OSError) -> str:
    reason = error.strerror or type(error).__name__
    return f"it cannot be opened: {reason}. Look whether it is still there and whether Plein may read it."


def _unused(path: Path, name: str, *, otherwise: str = "") -> Outcome:
    """Tell a file that a room to come will use from one that nobody knows.

    Raises FileRefused, OSError.
    """
    kind = awaited(path)
    if kind is not None:
        return Outcome(name, WAITS, room=kind.room, note=f"{kind.title}: known, not used yet, for {kind.room}")
    return Outcome(name, UNKNOWN, note=otherwise or why_unknown(path))


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
        if isinstance(error, OSError) and error.filename and Path(error.filename) == path:
            outcome.status, outcome.note = REFUSED, _unopened(error)
            return outcome
        log.exception("load.failed", source=source.key, file=name)
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__}: {error} ({Path(place.filename).name} line {place.lineno})"
        outcome.status, outcome.note = FAILED, f"{name} was not loaded: a fault in Plein, not in the file. {fault}"
    else:
        outcome.read, outcome.accepted, outcome.note = loaded.read, loaded.accepted, loaded.note
        outcome.status = LOADED if loaded.accepted or not loaded.read else NOTHING
        outcome.rejects = sum(reject.rows for reject in loaded.rejects if not reject.is_elsewhere)
        outcome.elsewhere = max(0, loaded.read - loaded.accepted - outcome.rejects)
        outcome.reasons = _reasons(loaded.rejects)
        outcome.where = write_rejects(source.key, path, loaded.rejects)
    outcome.seconds = round(perf_counter() - started, 2)
    return outcome


def live_sources() -> list[Source]:
    """List the sources that have a live address, in the order they are loaded."""
    return [source for source in in_order(all_sources()) if source.pull is not None]


def pull(
    fetcher: Fetcher,
    *,
    gemeente: str,
    now: Callable[[], datetime],
    by: Actor = SYSTEM,
    told: Progress = silent,
    follow: Callable[[], None] = lambda: None,
) -> list[Outcome]:
    """Fetch every source that has a live address and load what came; a source that cannot be reached ends itself only.

    Raises NotAGemeente.
    """
    if not _GEMEENTE.fullmatch(gemeente):
        raise NotAGemeente(code=gemeente)
    outcomes: list[Outcome] = []
    sources, started = live_sources(), now()
    for number, source in enumerate(sources):
        told(number, len(sources), source.title.en)
        paths, trouble = _fetched(source, fetcher, gemeente=gemeente, now=now)
        outcomes += trouble
        outcomes += [load_file(source, path, name=path.name, gemeente=gemeente, by=by, now=now) for path in paths]
    told(len(sources), len(sources), "")
    outcomes = _settled(gemeente, outcomes, since=started, by=by, now=now())
    if any(outcome.status == LOADED for outcome in outcomes):
        follow()
    return outcomes


def _fetched(
    source: Source, fetcher: Fetcher, *, gemeente: str, now: Callable[[], datetime]
) -> tuple[list[Path], list[Outcome]]:
    """Fetch one source: its files, or why there are none."""
    assert source.pull is not None
    try:
        paths: list[Path] = source.pull(fetcher, gemeente=gemeente, now=now())
    except Refused as refusal:
        return [], [Outcome(source.live, REFUSED, source.key, note=str(refusal))]
    except Exception as error:
        log.exception("pull.failed", source=source.key)
        note = f"{source.live} was fetched, but not as expected ({type(error).__name__}: {error})."
        return [], [Outcome(source.live, FAILED, source.key, note=note)]
    if not paths:
        return [], [Outcome(source.live, NOTHING, source.key, note=f"has nothing for {gemeente} now")]
    return paths, []


def _reasons(rejects: Sequence[Reject]) -> dict[str, int]:
    """Count rejected rows by reason, the values in them left out, most frequent first."""
    counts: dict[str, int] = {}
    for reject in rejects:
        reason = re.sub(r"'[^']*'", "...", reject.reason)
        counts[reason] = counts.get(reason, 0) + reject.rows
    return dict(sorted(counts.items(), key=lambda pair: -pair[1])[:5])


def write_rejects(source: str, path: Path, rejects: Sequence[Reject]) -> str:
    """Keep the rejected rows of a file in DATA/rejects; without any, a file of before goes. Returns its path or ""."""
    stem = re.sub(r"[^\w.-]", "_", f"{source}.{path.name}")
    target = Path(settings.DATA) / "rejects" / f"{stem}.csv"
    if not rejects:
        target.unlink(missing_ok=True)
        return ""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    with part.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out)
        lines.writerow(["row", "reason", "text", "rows"])
        lines.writerows((reject.row, reject.reason, reject.text, reject.rows) for reject in rejects)
    os.replace(part, target)
    return str(target)

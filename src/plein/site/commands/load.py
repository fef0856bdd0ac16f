"""`plein load`: real data from a folder of files."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from plein.foundation import clock

if TYPE_CHECKING:
    from plein.site.loading import Outcome

MOST_ROUNDS = 20
STOPPED = 130
WORDS = {
    "loaded": "[green]loaded[/]",
    "nothing-here": "[dim]not for this municipality[/]",
    "not-used-yet": "[dim]not used yet[/]",
    "refused": "[red]refused[/]",
    "not-recognised": "[dim]not recognised[/]",
    "failed": "[red]failed[/]",
    "moved": "[yellow]moved[/]",
}
LISTED = ("not-recognised", "not-used-yet", "moved")


def progress_bar() -> Any:
    """Make a progress bar on standard error, so that standard output stays clean."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(bar_width=24), MofNCompleteColumn(), TimeElapsedColumn(), TextColumn("{task.description}"))
    return Progress(*columns, console=Console(stderr=True), transient=True)


def tell(outcomes: "Sequence[Outcome]", *, as_json: bool) -> None:
    """Print what came of it: one JSON object a line, or a table with the reasons under it."""
    if as_json:
        for outcome in outcomes:
            click.echo(json.dumps(outcome.as_dict(), ensure_ascii=False))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    console = Console() if sys.stdout.isatty() else Console(width=200)
    table = Table(box=None, pad_edge=False)
    for name in ("file", "source", "outcome"):
        table.add_column(name, overflow="fold")
    for name in ("read", "accepted", "elsewhere", "rejected", "s"):
        table.add_column(name, justify="right")
    for one in outcomes:
        if one.status not in LISTED:
            numbers = [one.read, one.accepted, one.elsewhere, one.rejects]
            cells = [f"{number:,}" if one.source else "" for number in numbers]
            seconds = "unchanged" if one.is_unchanged else f"{one.seconds:.1f}"
            table.add_row(escape(one.file), one.source, WORDS[one.status], *cells, seconds)
    for one in sorted(outcomes, key=lambda one: (one.status not in LISTED, one.status)):
        tell_why(console, one)
    console.print(table)
    console.print(summary(outcomes))


def summary(outcomes: "Sequence[Outcome]") -> str:
    """Count the files per outcome, in one line."""
    counts = Counter(one.status for one in outcomes if one.status != "moved")
    unchanged = sum(one.is_unchanged for one in outcomes)
    said = ", ".join(f"{counts[status]} {words}" for status, words in WORDS.items() if counts[status])
    same = f" {unchanged} did not change since the last time." if unchanged else ""
    return f"{sum(counts.values())} files: {said}.{same}"


def tell_why(console: Any, outcome: "Outcome") -> None:
    """Print the note of an outcome and why rows were rejected."""
    from rich.markup import escape

    if outcome.note:
        word = f"{WORDS[outcome.status]}: " if outcome.status in LISTED else ""
        name = f"[bold]{escape(outcome.file)}[/]: " if outcome.file else ""
        console.print(f"{name}{word}{escape(outcome.note)}", soft_wrap=True)
    for reason, count in outcome.reasons.items():
        console.print(f"[bold]{escape(outcome.file)}[/]: {count:,} rows: {escape(reason)}", soft_wrap=True)
    if outcome.where:
        console.print(
            f"[bold]{escape(outcome.file)}[/]: rejected rows are kept in {escape(outcome.where)}", soft_wrap=True
        )


def migrate() -> None:
    """Bring the database up to date, so that this may be the first command of a new house."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def finish() -> None:
    """Do the work that waits because of new data, so that every page shows it when the command ends.

    Work that is done may bring new work, which is due a moment later; hence in rounds.
    """
    from plein.foundation.jobs import run_due

    for _ in range(MOST_ROUNDS):
        if not run_due(clock.now()):
            break


def warn_of_demo() -> None:
    """Say that the demo town stands here too, when it does: its measuring points stay beside the real ones."""
    from plein.foundation.geo.models import Area
    from plein.foundation.geo.places import DEMO_TOWN, home

    if home() != DEMO_TOWN and Area.objects.filter(kind="buurt", gemeente_code=DEMO_TOWN).exists():
        click.echo("The demo town stands in this data directory too, and its measuring points stay.", err=True)
        click.echo("For a real town, load into an empty directory: PLEIN_DATA=/srv/plein plein load ...", err=True)


def name_town(gemeente: str) -> None:
    """Give pages the name of the municipality that stands here now, and say so."""
    from plein.foundation.geo.places import home
    from plein.site import moving

    name = moving.name_town(gemeente) if home() == gemeente else ""
    if name:
        click.echo(
            f"Pages are now of {name}; restart Plein if it runs. Another name: set PLEIN_ORGANISATION.", err=True
        )


def end(outcomes: "Sequence[Outcome]") -> None:
    """Leave with exit code 1 when something was refused."""
    bad = sum(outcome.status in ("refused", "failed") for outcome in outcomes)
    if bad:
        click.echo(f"{bad} of {len(outcomes)} files were refused; nothing of them was kept.", err=True)
        sys.exit(1)


@contextmanager
def stoppable() -> Iterator[None]:
    """End in words when somebody stops the command: every table is whole, and the same command goes on from there."""
    try:
        yield
    except KeyboardInterrupt:
        click.echo("\nStopped. What was loaded is whole and stays; the same command again does the rest.", err=True)
        sys.exit(STOPPED)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--gemeente", required=True, help="Code of the municipality, such as GM0363 for Amsterdam.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each file.")
@click.option("--again", is_flag=True, help="Read files that did not change since the last time too.")
def command(folder: Path, gemeente: str, as_json: bool, again: bool) -> None:
    """Load real data from a FOLDER of files.

    Every file is recognised by what is in it; its name does not matter. A file that is damaged or has other columns
    is refused with the reason, changes nothing, and the others go on. Loading the same folder twice gives the same,
    and files that did not change are not read again.
    Exit codes: 0 all well, 1 a file was refused, 2 wrong use of the command, 130 stopped.
    """
    from plein.site import loading

    migrate()
    with stoppable(), progress_bar() as bar:
        task = bar.add_task("looking at the files", total=None)

        def follow() -> None:
            bar.update(task, description="computing what follows from it")
            finish()

        outcomes = loading.load_folder(
            folder,
            gemeente=gemeente,
            now=clock.now,
            told=lambda done, total, words: bar.update(task, completed=done, total=total, description=words),
            follow=follow,
            again=again,
        )
    tell(outcomes, as_json=as_json)
    name_town(gemeente)
    warn_of_demo()
    end(outcomes)

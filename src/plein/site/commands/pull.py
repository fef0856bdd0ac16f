"""`plein pull`: real data from its live addresses."""

from pathlib import Path

import click

from plein.foundation import clock
from plein.site.commands.load import end, finish, migrate, progress_bar, stoppable, tell


def list_addresses() -> None:
    """Print the sources that have a live address, and the address."""
    from plein.site import loading

    for source in loading.live_sources():
        click.echo(f"{source.key:32} {source.live}")


def mirrors_of(words: tuple[str, ...]) -> dict[str, str]:
    """Read mirrors, each as START=OTHER.

    Raises BadParameter.
    """
    pairs = [word.partition("=") for word in words]
    if not all(start and other for start, _, other in pairs):
        raise click.BadParameter("write it as START=OTHER, both with http:// or https://", param_hint="--mirror")
    return {start: other for start, _, other in pairs}


@click.command()
@click.option("--gemeente", help="Code of the municipality, such as GM0363 for Amsterdam.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each file.")
@click.option("--list", "only_list", is_flag=True, help="Only name the sources and their addresses.")
@click.option("--mirror", multiple=True, help="Ask another place: https://opendata.cbs.nl=https://mirror.example.")
def command(gemeente: str | None, as_json: bool, only_list: bool, mirror: tuple[str, ...]) -> None:
    """Fetch real data from its live addresses and load it.

    Answers are kept in DATA/pull; what has not changed is not sent again. A place that does not answer is tried four
    times, waiting longer each time; the other sources go on.
    Exit codes: 0 all well, 1 a source was refused or did not answer, 2 wrong use of the command, 130 stopped.
    """
    if only_list:
        list_addresses()
        return
    if not gemeente:
        raise click.UsageError("Missing option '--gemeente'.")
    from django.conf import settings

    from plein.foundation.files.fetching import Fetcher
    from plein.site import loading

    migrate()
    fetcher = Fetcher(Path(settings.DATA) / "pull" / gemeente, mirrors=mirrors_of(mirror))
    with stoppable(), progress_bar() as bar:
        task = bar.add_task("asking", total=None)

        def follow() -> None:
            bar.update(task, description="computing what follows from it")
            finish()

        outcomes = loading.pull(
            fetcher,
            gemeente=gemeente,
            now=clock.now,
            told=lambda done, total, words: bar.update(task, completed=done, total=total, description=words),
            follow=follow,
        )
    tell(outcomes, as_json=as_json)
    if not as_json:
        click.echo(f"{fetcher.fetched} answers fetched, {fetcher.unchanged} not changed since the last time.")
    end(outcomes)

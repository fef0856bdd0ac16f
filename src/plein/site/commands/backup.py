"""`plein backup`: everything in one file."""

import json
from pathlib import Path

import click
from rich.console import Console

from plein.foundation.clock import now


@click.command()
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was copied as JSON.")
def command(target: Path, as_json: bool) -> None:
    """Copy everything Plein keeps to the file TARGET, while Plein runs.

    Keep the file safe: it holds all data and the keys to it.
    """
    from plein.site.copies import back_up

    with Console(stderr=True).status("Copying") as status:
        manifest = back_up(target, now=now(), progress=lambda name: status.update(f"Copying {name}"))
    if as_json:
        click.echo(json.dumps(manifest))
    else:
        click.echo(f"{len(manifest['files'])} files copied to {target}. Put it back with: plein restore {target}")

"""`plein restore`: a backup put back."""

import json
from pathlib import Path

import click
from rich.console import Console


@click.command()
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was put back as JSON.")
def command(source: Path, as_json: bool) -> None:
    """Put the backup SOURCE back into an empty data directory (PLEIN_DATA)."""
    from plein.site.copies import restore

    with Console(stderr=True).status("Checking") as status:
        manifest = restore(source, progress=lambda name: status.update(f"Putting back {name}"))
    if as_json:
        click.echo(json.dumps(manifest))
    else:
        click.echo(f"{len(manifest['files'])} files of {manifest['made_at']} are back. Start with: plein up")

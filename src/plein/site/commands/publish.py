"""`plein publish`: a file becomes a version of a data product."""

import json
from pathlib import Path

import click

from plein.foundation.clock import now


@click.command()
@click.argument("product")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--append", is_flag=True, help="Add the rows to what is there, instead of replacing it.")
@click.option("--json", "as_json", is_flag=True, help="Print the new version as JSON.")
def command(product: str, file: Path, append: bool, as_json: bool) -> None:
    """Publish FILE (CSV or Parquet) as a new version of PRODUCT, e.g. monitor.areas.

    The whole file is held against the contract first. One row that breaks it refuses the file,
    and the last good version stays as it is.
    """
    from plein.foundation.catalogue.publishing import publish_file
    from plein.foundation.identity.actors import SYSTEM

    mode = "append" if append else "replace"
    version = publish_file(product, file, by=SYSTEM, now=now(), mode=mode)
    told = {"product": product, "version": version.number, "rows": version.rows}
    if as_json:
        click.echo(json.dumps(told))
    else:
        click.echo(f"{product}: version {version.number} holds {version.rows:,} rows.")

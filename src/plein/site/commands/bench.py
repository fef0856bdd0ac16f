"""`plein bench`: speed and memory, measured and never tested."""

import json
import pkgutil
import tempfile
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from plein.site import benches


def names() -> list[str]:
    """List the benches that there are: the modules that can be run as one."""
    found = sorted(module.name for module in pkgutil.iter_modules(benches.__path__))
    return [name for name in found if hasattr(import_module(f"plein.site.benches.{name}"), "run")]


def measure(name: str) -> list[benches.Figure]:
    """Run one bench in a directory of its own."""
    with tempfile.TemporaryDirectory(prefix=f"plein-bench-{name}-") as folder:
        figures: list[benches.Figure] = import_module(f"plein.site.benches.{name}").run(Path(folder))
    return figures


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each figure.")
def command(name: str | None, as_json: bool) -> None:
    """Measure speed and memory. Without NAME: list what can be measured; NAME `all` measures everything."""
    if name is None:
        for bench in names():
            words = (import_module(f"plein.site.benches.{bench}").__doc__ or "").strip().splitlines()
            click.echo(f"{bench:16} {words[0] if words else ''}")
        return
    if name not in [*names(), "all"]:
        raise click.BadParameter(f"choose from {', '.join(names())} or all", param_hint="NAME")
    table = Table("figure", "value", "unit", "better", "conditions")
    for bench in names() if name == "all" else [name]:
        for figure in measure(bench):
            if as_json:
                click.echo(json.dumps(asdict(figure)))
            table.add_row(figure.name, f"{figure.value:,.4g}", figure.unit, figure.better, figure.conditions)
    if not as_json:
        Console().print(table)

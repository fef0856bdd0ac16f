"""The benches: each module measures one part of the house with data that it makes itself, in a directory of its own."""

from dataclasses import dataclass

import click


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure. better: "higher" or "lower"; conditions: machine, versions, rows and runs, in words."""

    name: str
    value: float
    unit: str
    better: str
    conditions: str


def leave_out(what: str, why: str) -> None:
    """Say on standard error what this machine cannot measure, so that a missing figure is never a silent one."""
    click.echo(f"NOT MEASURED: {what}: {why}", err=True)

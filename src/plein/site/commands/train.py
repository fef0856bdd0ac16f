"""`plein train`: have an algorithm learn anew from what the municipality knows, and measure it."""

from typing import TYPE_CHECKING

import click

from plein.foundation import clock

if TYPE_CHECKING:
    from plein.foundation.gate.models import TrainedVersion
    from plein.foundation.rooms import Trainer


def trainers() -> "dict[str, Trainer]":
    """Collect what can be trained from the signs, by name."""
    from plein.foundation.rooms import Trainer, offers

    return {trainer.name: trainer for trainer in offers(Trainer)}


def tell(row: "TrainedVersion") -> None:
    """Print what was learned and how well it does."""
    click.echo(f"Trained version {row.number}, {row.size / 1e6:.1f} MB, is in use.")
    click.echo(f"Learned from: {row.learned_from['en']}")
    click.echo(f"Measured on {row.quality['n']:,}: {row.quality['on']['en']}")
    for figure in row.quality["figures"]:
        value = f"{figure['value']:.1%}" if figure["unit"] == "share" else f"{figure['value']:,.4g}"
        click.echo(f"  {figure['title']['en']}: {value}")


@click.command()
@click.argument("name", required=False)
def command(name: str | None) -> None:
    """Have an algorithm learn anew and put it to use. Without NAME: list what can be trained.

    It must be in the register of algorithms and approved. A version that does clearly worse on what was held back than
    the one in use is kept and not put to use.
    Exit codes: 0 trained and in use, 1 refused or not put to use, 2 wrong use of the command.
    """
    from plein.foundation.gate import trained
    from plein.foundation.identity.actors import SYSTEM

    known = trainers()
    if name is None:
        for trainer in known.values():
            click.echo(f"{trainer.name:16} {trainer.title.en}")
        return
    if name not in known:
        raise click.BadParameter(f"choose from {', '.join(known) or 'nothing yet'}", param_hint="NAME")
    say = lambda said: click.echo(said, err=True)  # noqa: E731
    tell(trained.train(known[name], by=SYSTEM, now=clock.now(), told=say))

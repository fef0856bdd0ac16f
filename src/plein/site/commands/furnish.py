"""`plein furnish`: the demo town."""

from pathlib import Path

import click

from plein.foundation.clock import now

FURNISHED = "demo.furnished"  # stands in the data directory once the demo town is whole


def furnish() -> None:
    """Furnish the demo town, room by room, and say which room it is at."""
    from django.conf import settings
    from rich.console import Console

    from plein.foundation.geo.town import furnish_town

    with Console(stderr=True).status("Furnishing the demo town; this is done once") as status:
        furnish_town(now(), told=lambda room: status.update(f"Furnishing the demo town: {room}"))
    (Path(settings.DATA) / FURNISHED).touch()


@click.command()
def command() -> None:
    """Furnish the demo town in an empty house, with staff, sensors and figures that do not exist."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    furnish()

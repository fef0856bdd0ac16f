"""The command `plein`: what an administrator does with the house. Each command is a module in site/commands."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from plein import __version__

COMMANDS = {
    "up": "Start Plein: web, worker and, the first time, the demo town.",
    "furnish": "Furnish the demo town.",
    "worker": "Do background and scheduled work only.",
    "load": "Load real data from a folder of files.",
    "pull": "Fetch real data from its live addresses.",
    "publish": "Publish a file as a new version of a data product.",
    "train": "Have an algorithm learn anew, and measure it.",
    "bench": "Measure speed and memory.",
    "check": "Look whether everything is sound.",
    "staff": "Make accounts, and help somebody back in.",
    "sessions": "Log everybody out, or one person.",
    "keys": "Look after the keys that personal data is sealed with.",
    "backup": "Copy everything to one file, while Plein runs.",
    "restore": "Put a backup back into an empty data directory.",
    "room": "Furnish a new room for developers.",
    "django": "Run a command of Django itself.",
}


class House(click.Group):
    """The group that imports a command only when it is called, so that help and start are quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order an administrator meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Import the module of a command."""
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f"plein.site.commands.{name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; a refusal becomes one plain sentence and exit code 1."""
        from plein.foundation.errors import meant

        try:
            return super().invoke(ctx)
        except Exception as error:
            refused = meant(error)
            if refused is None:
                raise
            click.echo(f"{refused}", err=True)
            sys.exit(1)


@click.group(cls=House)
@click.version_option(__version__)
@click.pass_context
def main(ctx: click.Context) -> None:
    """Make a municipality digital with its data in its own hands.

    Everything Plein keeps stands in one directory: PLEIN_DATA, by default ./var.
    Exit codes: 0 all well, 1 refused or unsound, 2 wrong use of the command.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
    if ctx.invoked_subcommand != "up":  # which starts the web process first
        with telling_settings():
            import django

            django.setup()


@contextmanager
def telling_settings() -> Iterator[None]:
    """Tell which setting cannot be read, in one sentence, and stop with exit code 2."""
    try:
        yield
    except ValueError as error:
        if "PLEIN_" not in str(error):
            raise
        click.echo(f"{error}", err=True)
        sys.exit(2)

"""The command `plein`."""

import os

import click

from plein import __version__


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Make a municipality digital with its data in its own hands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
    import django

    django.setup()


@main.command(context_settings={"ignore_unknown_options": True}, hidden=True)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def django(words: tuple[str, ...]) -> None:
    """Run a command of Django itself, such as makemigrations."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["plein", *words])

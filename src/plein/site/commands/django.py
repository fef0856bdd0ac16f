"""`plein django`: the commands of Django itself."""

import click


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def command(words: tuple[str, ...]) -> None:
    """Run a command of Django itself, such as makemigrations."""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["plein django", *words])

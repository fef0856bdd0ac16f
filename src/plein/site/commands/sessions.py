"""`plein sessions`: logging everybody out, or one person."""

import click

from plein.foundation import clock


@click.group()
def command() -> None:
    """End sessions, for when something is wrong: a stolen laptop, a leak."""


@command.command()
@click.option(
    "--resident",
    "key",
    default="",
    help="Only of the resident or organisation with this key: 32 hex, as in the audit lines.",
)
def end(key: str) -> None:
    """Log out everybody, staff and residents, on every device at once. Tokens for programs stay."""
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    from plein.foundation.errors import NotFound
    from plein.foundation.identity import audit
    from plein.foundation.identity.actors import SYSTEM
    from plein.foundation.identity.models import Person
    from plein.foundation.identity.sessions import end_everywhere

    now = clock.now()
    if key:
        person = Person.objects.filter(uuid=key).first()
        if person is None:
            raise NotFound(what=f"person {key}")
        end_everywhere(person, by=SYSTEM, now=now)
        click.echo(f"{key} is logged out everywhere.")
        return
    UserSession.objects.all().delete()
    count, _ = Session.objects.all().delete()
    audit.note("identity.end-all-sessions", subject="sessions", by=SYSTEM, now=now, count=count)
    click.echo(f"{count} sessions ended. Everybody logs in anew.")

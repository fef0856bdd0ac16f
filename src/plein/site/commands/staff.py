"""`plein staff`: accounts from the machine itself: the first administrator, and a way back in for who lost theirs."""

import json
from typing import Any

import click

from plein.foundation import clock


@click.group()
def command() -> None:
    """Make accounts, and help somebody back in.

    Who may run this has the whole machine; pages do the same for administrators.
    """


@command.command()
@click.argument("username")
@click.option("--role", "roles", multiple=True, help="Key of a role, such as administrator; may be given again.")
@click.option("--email", default="", help="Where a forgotten password is asked for.")
@click.option("--name", default="", help="First and last name, as pages show it.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def new(username: str, *, roles: tuple[str, ...], email: str, name: str, as_json: bool) -> None:
    """Create the account USERNAME and print the address where its owner chooses a password."""
    from plein.foundation.identity.actions import create_staff
    from plein.foundation.identity.actors import SYSTEM

    first, _, last = name.partition(" ")
    staff = create_staff(
        username, email=email, first_name=first, last_name=last, roles=roles, by=SYSTEM, now=clock.now()
    )
    _say(staff, as_json=as_json)


@command.command()
@click.argument("username")
@click.option("--second-step", is_flag=True, help="Take all second steps away too: phone and key are lost.")
@click.option("--json", "as_json", is_flag=True, help="Print the account as JSON.")
def recover(username: str, second_step: bool, as_json: bool) -> None:
    """Print an address, good for one use, where USERNAME chooses a new password."""
    from plein.foundation.errors import NotFound
    from plein.foundation.identity import actions
    from plein.foundation.identity.actors import SYSTEM
    from plein.foundation.identity.models import Staff

    staff = Staff.objects.filter(username__iexact=username, is_demo=False).first()
    if staff is None:
        raise NotFound(what=f"account {username}")
    if second_step:
        actions.reset_second_factor(staff, by=SYSTEM, now=clock.now())
    actions.note_new_password(staff, by=SYSTEM, now=clock.now())
    _say(staff, as_json=as_json)


def _say(staff: Any, *, as_json: bool) -> None:
    from plein.foundation.identity.login import first_password_address

    address = first_password_address(staff)
    if as_json:
        click.echo(json.dumps({"username": staff.username, "address": address}))
        return
    click.echo(f"{staff.username} chooses a password here, once, within three days:\n{address}")

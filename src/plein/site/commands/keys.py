"""`plein keys`: the keys that personal data is sealed with."""

import json

import click
from rich.console import Console


@click.group()
def command() -> None:
    """Look after the keys that personal data is sealed with.

    They stand in keys.json in the data directory, or in the file that the setting KEYS names.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print the keys as JSON.")
def show(as_json: bool) -> None:
    """List the keys, newest first, with the number of texts that each seals. Never the keys themselves."""
    from plein.foundation.identity import keyring, sealed

    counts, found = sealed.count_by_key(), keyring.ring()
    rows = [{"key": key.id, "made": key.made.isoformat(), "sealed": counts.pop(key.id, 0)} for key in found.keys[::-1]]
    gone = [{"key": key_id, "made": None, "sealed": count} for key_id, count in counts.items()]
    if as_json:
        click.echo(json.dumps(rows + gone))
    else:
        for row in rows:
            click.echo(f"{row['key']}  made {row['made']}  seals {row['sealed']} texts")
        for row in gone:
            click.echo(f"{row['key']}  is not in the file; {row['sealed']} texts need it", err=True)
    if gone:
        raise SystemExit(1)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
def rotate(as_json: bool) -> None:
    """Make a new key and seal everything with it, while Plein runs.

    Stopped half-way, run it again: it first goes on with the newest key. Old keys stay until you drop them.
    """
    from plein.foundation.identity import keyring, sealed

    newest = keyring.ring().newest.id
    if not set(sealed.count_by_key()) - {newest}:
        newest = keyring.add_key().id
    with Console(stderr=True).status("Sealing again") as status:
        count = sealed.seal_again(lambda done: status.update(f"Sealed again: {done}"))
    if as_json:
        click.echo(json.dumps({"key": newest, "sealed": count}))
    else:
        click.echo(f"{count} texts are sealed with the key {newest} now. Make a backup: older ones need the old keys.")


@command.command()
@click.argument("key")
def drop(key: str) -> None:
    """Take the old key KEY away, once nothing is sealed with it. Backups from before need it: keep those with it."""
    from plein.foundation.identity import keyring, sealed
    from plein.foundation.identity.errors import KeyInUse

    if sealed.count_by_key()[key]:
        raise KeyInUse(key=key)
    keyring.drop_key(key)
    click.echo(f"The key {key} is gone.")

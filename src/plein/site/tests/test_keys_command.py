"""`plein keys`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from plein.foundation import clock
from plein.foundation.identity import keyring
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.errors import KeyInUse
from plein.foundation.identity.residents import person_by_bsn
from plein.site.commands.keys import command


@pytest.mark.django_db
def test_the_command_rotates_lists_and_drops(data_dir: Path) -> None:
    person_by_bsn("111222333", create=True, by=SYSTEM, now=clock.now())
    first = keyring.ring().newest.id

    refused = CliRunner().invoke(command, ["drop", first])
    rotated = json.loads(CliRunner().invoke(command, ["rotate", "--json"]).stdout)
    listed = json.loads(CliRunner().invoke(command, ["list", "--json"]).stdout)
    CliRunner().invoke(command, ["drop", first], catch_exceptions=False)

    assert isinstance(refused.exception, KeyInUse)
    assert rotated["sealed"] == 1
    assert [(row["key"], row["sealed"]) for row in listed] == [(rotated["key"], 1), (first, 0)]
    assert [key.id for key in keyring.ring().keys] == [rotated["key"]]

"""`plein staff`: the first administrator, and a way back in."""

import json

import pytest
from click.testing import CliRunner
from django.core.cache import cache
from django.test import Client

from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.models import AuditLine, Staff
from plein.foundation.identity.tests.test_pages import SECRET, log_in
from plein.foundation.identity.tests.test_recovery import NEWER, choose, is_in, with_steps
from plein.site.cli import main

pytestmark = pytest.mark.django_db


def test_the_machine_makes_the_first_administrator_and_lets_one_back_in(client: Client) -> None:
    cache.clear()
    run = CliRunner().invoke
    made = run(main, ["staff", "new", "ada", "--role", "administrator", "--json"], catch_exceptions=False)
    staff = Staff.objects.get(username="ada")
    choose(json.loads(made.output)["address"].removeprefix("http://localhost:8000"), SECRET)
    with_steps(staff)

    found = run(main, ["staff", "recover", "ada", "--second-step", "--json"], catch_exceptions=False)
    choose(json.loads(found.output)["address"].removeprefix("http://localhost:8000"), NEWER)
    log_in(client, "ada", NEWER)

    assert is_in(client)
    actions_noted = set(AuditLine.objects.filter(actor=SYSTEM.uri).values_list("action", flat=True))
    assert {"identity.create-staff", "identity.reset-second-factor", "identity.give-new-password"} <= actions_noted
    unknown = run(main, ["staff", "recover", "nobody"])
    assert unknown.exit_code == 1

"""Every interface, as judged by what others wrote: Spectral with the NL API Design Rules, and schemathesis."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from django.test import Client

from plein.foundation.api.interfaces import Interface, all_interfaces
from plein.foundation.api.openapi import document_of

if TYPE_CHECKING:
    from town import RunningTown

ROOT = Path(__file__).resolve().parents[2]
SPECTRAL = ROOT / "tools" / "spectral"
INTERFACES = [pytest.param(one, id=f"{one.name}-{one.major}") for one in all_interfaces()]
# A standard from outside (OGC, Signalen, Open311) decides these addresses and names; every other rule holds for it too.
OF_THE_OTHER_STANDARD = (
    "nlgov:paths-kebab-case",
    "nlgov:query-keys-camel-case",
    "nlgov:use-date-instead-of-datetime",
    "path-keys-no-trailing-slash",
    "nlgov:paths-no-trailing-slash",
)

TOKEN = """
import django
django.setup()
from datetime import timedelta
from plein.foundation import clock
from plein.foundation.identity.actions import create_staff, create_token
from plein.foundation.identity.actors import SYSTEM
from plein.foundation.identity.roles import all_rights, all_roles
now = clock.now()
staff = create_staff("fuzzer", roles=sorted(all_roles()), demo=True, by=SYSTEM, now=now)
expires = now + timedelta(days=1)
token = create_token(staff, name="fuzzer", scopes=sorted(all_rights()), expires_at=expires, by=SYSTEM, now=now)
print(token.secret)
"""


@pytest.fixture(scope="session")
def spectral() -> list[str]:
    """Give the command of Spectral, installed from the locked packages when it is not there yet."""
    sys.path.insert(0, str(ROOT / "tools"))
    from frontend import node_and_npm

    node, npm = node_and_npm()
    if not (SPECTRAL / "node_modules").exists():
        path = os.pathsep.join([str(Path(node[0]).parent), os.environ.get("PATH", "")])
        words = [*npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        if subprocess.run(words, cwd=SPECTRAL, env={**os.environ, "PATH": path}, check=False).returncode:
            pytest.skip("Spectral could not be installed from npm")
    return [*node, str(SPECTRAL / "node_modules/@stoplight/spectral-cli/dist/index.js")]


def findings(spectral: list[str], document: dict, *, follows: str, shared: Path, tmp_path: Path) -> list[str]:
    """Let Spectral judge a document by the official rules; gives the errors."""
    linter = shared / "standards/nl-api-design-rules/linter.yaml"
    rules = {"extends": [str(linter)], "rules": dict.fromkeys(OF_THE_OTHER_STANDARD, "off") if follows else {}}
    (tmp_path / "rules.json").write_text(json.dumps(rules))
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    words = [*spectral, "lint", "-r", "rules.json", "-f", "json", "--quiet", "openapi.json"]
    answer = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = json.loads(answer.stdout[answer.stdout.index("[") :])
    return [f"{one['code']} at {'.'.join(map(str, one['path']))}" for one in found if one["severity"] == 0]


@pytest.mark.conformance
@pytest.mark.slow
@pytest.mark.parametrize("interface", INTERFACES)
def test_the_interface_keeps_the_api_design_rules(
    interface: Interface, spectral: list[str], shared: Path, tmp_path: Path
) -> None:
    document = document_of(interface, language="nl")

    assert findings(spectral, document, follows=interface.follows, shared=shared, tmp_path=tmp_path) == []


@pytest.mark.conformance
@pytest.mark.slow
def test_a_breach_of_the_api_design_rules_is_found(spectral: list[str], shared: Path, tmp_path: Path) -> None:
    document = document_of(all_interfaces()[0], language="nl")
    document["paths"]["/notKebab/"] = document["paths"]["/openapi.json"]
    del document["info"]["contact"]

    found = findings(spectral, document, follows="", shared=shared, tmp_path=tmp_path)

    codes = {one.split()[0] for one in found}
    assert {"nlgov:paths-kebab-case", "info-contact", "path-keys-no-trailing-slash"} <= codes


@pytest.mark.django_db
@pytest.mark.parametrize("interface", INTERFACES)
def test_the_interface_publishes_its_document(interface: Interface, client: Client) -> None:
    answer = client.get(f"{interface.root}/openapi.json")

    assert answer.status_code == 200
    assert answer["API-Version"] == interface.version
    assert answer.json()["info"]["version"] == interface.version


@pytest.fixture(scope="session")
def token(town: "RunningTown") -> str:
    """Give a token of the town that may use every right there is."""
    words = [sys.executable, "-c", TOKEN]
    made = subprocess.run(words, env=town.environment, capture_output=True, text=True, check=True)
    secret = made.stdout.strip().splitlines()[-1]
    for _ in range(100):  # the web process looks every two seconds whether there are new tokens
        if (
            httpx.get(f"{town.url}/api/cases/v1/cases", headers={"Authorization": f"Bearer {secret}"}).status_code
            != 401
        ):
            break
        time.sleep(0.1)
    return secret


@pytest.mark.conformance
@pytest.mark.slow
@pytest.mark.parametrize("as_staff", [False, True], ids=["visitor", "staff"])
@pytest.mark.parametrize("interface", INTERFACES)
def test_nothing_that_is_sent_breaks_the_interface(
    interface: Interface, as_staff: bool, town: "RunningTown", request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    program = Path(sys.executable).with_name("st")
    words = [program, "run", f"{town.url}{interface.root}/openapi.json", "--checks", "not_a_server_error"]
    words += ["--url", f"{town.url}{interface.root}", "--max-examples", "12", "--seed", "1", "--warnings", "off"]
    words += ["--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all", "--no-color"]
    if as_staff:
        words += ["-H", f"Authorization: Bearer {request.getfixturevalue('token')}"]

    answer = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=560)

    assert answer.returncode == 0, answer.stdout[-6000:]

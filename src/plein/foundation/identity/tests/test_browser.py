"""A passkey in a real browser, with an authenticator that Chromium plays: set up, log in with it, second step."""

import os
import shutil
from collections.abc import Iterator

import pytest
from django.core.cache import cache

from plein.foundation import clock
from plein.foundation.identity import actions
from plein.foundation.identity.actors import SYSTEM

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
SECRET = "een lang wachtwoord 1"
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def page() -> Iterator["object"]:
    from playwright.sync_api import sync_playwright

    program = os.environ.get("PLEIN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium; set PLEIN_CHROMIUM to one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        context = browser.new_context()
        made = context.new_page()
        tools = context.new_cdp_session(made)
        tools.send("WebAuthn.enable")
        tools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        yield made
        browser.close()


def test_a_passkey_is_added_logs_in_and_serves_as_second_step(page, live_server) -> None:  # type: ignore[no-untyped-def]
    cache.clear()
    actions.create_staff("bea", password=SECRET, roles=["administrator"], by=SYSTEM, now=clock.now())
    root = live_server.url.replace("127.0.0.1", "localhost")
    blocked: list[str] = []
    page.on("console", lambda line: blocked.append(line.text) if line.type == "error" else None)

    def password() -> None:
        page.goto(f"{root}/account/inloggen")
        page.fill("#id_login", "bea")
        page.fill("#id_password", SECRET)
        page.click("form:has(#id_login) button")
        page.wait_for_load_state()

    def leave() -> None:
        page.goto(f"{root}/account/uitloggen")
        page.click("main form button")
        page.wait_for_load_state()

    password()
    assert page.url.endswith("/account/tweede-stap-nodig")
    page.goto(f"{root}/account/tweede-stap/sleutels/nieuw")
    page.fill("#id_password", SECRET)
    page.click("main form button")
    page.fill("#id_name", "Mijn sleutel")
    page.check("#id_passwordless")
    page.click("[data-key-add] button")
    page.wait_for_url("**/herstelcodes")
    assert page.locator("main code").count() == 10
    leave()

    page.goto(f"{root}/account/inloggen")
    with page.expect_navigation():
        page.click("#passkey_login")
    page.goto(f"{root}/account/medewerkers")
    assert page.url.endswith("/account/medewerkers")
    leave()

    password()
    assert page.url.endswith("/account/inloggen/tweede-stap")
    with page.expect_navigation():
        page.click("[data-key-use] button")
    page.goto(f"{root}/account/medewerkers")
    assert page.url.endswith("/account/medewerkers")
    assert blocked == []

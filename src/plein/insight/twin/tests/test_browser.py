"""The map with scripts, in a real Chromium: it can be moved, pressed and taken through time."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page() -> Iterator[Any]:
    program = os.environ.get("PLEIN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("needs Chromium; set PLEIN_CHROMIUM to one")
    from playwright.sync_api import sync_playwright

    arguments = ["--no-sandbox", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.set_default_timeout(60_000)
        opened.problems = []
        opened.on("pageerror", lambda error: opened.problems.append(str(error)))
        opened.on("console", lambda said: opened.problems.append(said.text) if said.type == "error" else None)
        yield opened
        browser.close()


def test_the_map_draws_itself_moves_through_time_and_tells_of_an_area(
    page: Any, live_server: Any, offered: list[Any]
) -> None:
    page.goto(f"{live_server.url}/kaart/?gebieden=town.green&punten=geen")
    page.wait_for_selector("canvas.maplibregl-canvas")
    page.wait_for_function("() => !document.querySelector('[data-twin-view] [data-twin-plate]')")

    page.locator("[data-twin-step='-1']").click()
    page.wait_for_function("() => document.querySelector('#results').dataset.twinData.includes('2024-01-01')")
    assert "dag=2024-01-01" in page.url
    assert page.locator("#dag").input_value() == "2024-01-01"

    box = page.locator("canvas.maplibregl-canvas").bounding_box()
    page.wait_for_timeout(1500)
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.wait_for_selector("#detail h2")
    assert page.locator("#detail").inner_text().count("Inwoners") == 1

    page.locator("[data-twin-close]").click()
    assert page.locator("#detail h2").count() == 0
    assert page.problems == []

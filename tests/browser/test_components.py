"""Every component in every state, on pages of their own (specimen.py)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from .conftest import judged, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PAGES = ["board", "sheet", "pocket", "map", "maps"]


@pytest.fixture
def specimen(live_server: Any, settings: Any) -> str:
    from plein.foundation.geo.town import Town, lay_out
    from plein.foundation.identity.actors import SYSTEM

    settings.ROOT_URLCONF = "browser.specimen"
    lay_out(Town(), by=SYSTEM, now=datetime(2026, 1, 1, tzinfo=UTC))
    return f"{live_server.url}/specimen"


@pytest.mark.parametrize("appearance", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_components_have_no_violations(chromium: Any, axe: str, specimen: str, width: int, appearance: str) -> None:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=appearance, bypass_csp=True)
    page = context.new_page()
    wrong = {}
    for name in PAGES:
        page.goto(f"{specimen}/{name}", wait_until="networkidle")
        settle(page)
        wrong[name] = judged(page, axe)
        if name == "sheet":
            page.locator("main form button").first.click()
            page.wait_for_load_state("networkidle")
            wrong["sheet refused"] = judged(page, axe)
    context.close()

    assert {name: found for name, found in wrong.items() if found} == {}


def test_a_refused_form_takes_the_reader_to_what_is_wrong(chromium: Any, specimen: str) -> None:
    page = chromium.new_page()
    page.goto(f"{specimen}/sheet")
    page.locator("main form button").first.click()

    assert page.evaluate("document.activeElement.dataset.problems !== undefined")
    page.locator(".problems a").first.click()
    assert page.evaluate("document.activeElement.id") == "id_name"
    page.close()


def test_arrow_keys_read_out_the_values_of_a_chart(chromium: Any, specimen: str) -> None:
    page = chromium.new_page()
    page.goto(f"{specimen}/board", wait_until="networkidle")
    box = page.locator("[data-chart]").first
    box.scroll_into_view_if_needed()
    box.locator("[data-view] svg").wait_for()

    box.locator("[data-view]").focus()
    page.keyboard.press("ArrowRight")
    first = box.locator("[data-readout]").inner_text()
    page.keyboard.press("ArrowRight")
    second = box.locator("[data-readout]").inner_text()

    # The first two hours of the specimen: 18 + 81/14 and 18 + 64/14; 11 + 196/30 and 11 + 169/30.
    assert "Stadhouderskade 23,79 · Vondelpark 17,53 µg/m³" in first
    assert "Stadhouderskade 22,57 · Vondelpark 16,63 µg/m³" in second
    page.close()


def test_a_map_is_drawn_without_a_word_from_the_security_policy(chromium: Any, specimen: str) -> None:
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.goto(f"{specimen}/map", wait_until="networkidle")

    page.locator("[data-map][data-drawn]").wait_for(timeout=30_000)

    drawn = page.evaluate(
        "document.querySelector('[data-map]').pleinMap.map.queryRenderedFeatures({layers: ['dots']}).length"
    )
    assert drawn > 0
    assert said == []
    page.close()


def test_pressing_a_point_on_the_map_tells_what_it_is(chromium: Any, specimen: str) -> None:
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    page.goto(f"{specimen}/map", wait_until="networkidle")
    page.locator("[data-map][data-drawn]").wait_for(timeout=30_000)
    at = page.evaluate(
        """() => {
          const map = document.querySelector('[data-map]').pleinMap.map;
          const [one] = map.queryRenderedFeatures({ layers: ['dots'] });
          const place = map.project(one.geometry.coordinates);
          const box = map.getCanvas().getBoundingClientRect();
          return [box.left + place.x, box.top + place.y];
        }"""
    )

    page.mouse.click(*at)

    assert "Punt" in page.locator(".maplibregl-popup-content").inner_text()
    page.close()


def test_the_menu_folds_out_on_a_phone_without_scripts(chromium: Any, town: Any) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False)
    page = context.new_page()
    page.goto(town.url)

    page.locator("details.fold summary").click()

    assert page.locator(".menu--fold a").first.is_visible()
    context.close()


def test_the_appearance_follows_the_device_until_the_reader_chooses(chromium: Any, town: Any) -> None:
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    paper = "getComputedStyle(document.body).backgroundColor"
    page.goto(town.url)
    as_device = page.evaluate(paper)

    page.locator('.foot button[value="light"]').click()

    assert as_device == "rgb(20, 27, 32)"  # slate paper #141B20 of look.md
    assert page.evaluate(paper) == "rgb(251, 250, 246)"  # paper #FBFAF6
    context.close()


def test_choices_stand_under_each_other_with_a_button_large_enough_to_press(chromium: Any, specimen: str) -> None:
    page = chromium.new_page()
    page.goto(f"{specimen}/sheet")
    boxes = [one.bounding_box() for one in page.locator(".field__options label:has([name=how])").all()]
    buttons = [one.bounding_box() for one in page.locator("[name=how]").all()]
    page.close()

    assert len(boxes) == 2
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    assert all(box["width"] > 200 for box in boxes), "as wide as the form, not as one button"
    assert all(min(one["width"], one["height"]) >= 24 for one in buttons), "WCAG 2.2, 2.5.8"

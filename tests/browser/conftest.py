"""A real Chromium, the demo town, and every page in it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE_MS = 90_000  # A slow machine is slow, not wrong.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@dataclass(frozen=True)
class Walked:
    """Every page of the town by reader, and what keeps each reader logged in."""

    url: str
    pages: list[Any]
    cookies: dict[str, list[dict[str, str]]]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Give a running Chromium, or skip where there is none."""
    from playwright.sync_api import sync_playwright
    from walk import chromium as find

    program = find()
    if program is None:
        pytest.skip("needs Chromium; set PLEIN_CHROMIUM to one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """Give axe-core as text, or skip where the front-end packages were not installed."""
    if not AXE.exists():
        import frontend

        frontend.packages()
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def walked(town: Any) -> Walked:
    """Walk all pages of the demo town, logged out and in each role."""
    import walk

    readers = walk.clients(town.url)
    pages = walk.walk_all(readers, per_route=1, english=False)
    rooms = {"/" + seen.path.strip("/").split("/")[0] for seen in pages if seen.reader == "visitor"}
    pages += [walk.Seen(f"/en{room}", "visitor", f"en{room}", 200) for room in sorted(rooms - {"/api", "/account"})]
    cookies = {
        reader: [{"name": c.name, "value": c.value or "", "url": town.url} for c in client.cookies.jar]
        for reader, client in readers.items()
    }
    return Walked(town.url, pages, cookies)


def judged(page: Any, axe: str) -> list[str]:
    """Ask axe about a page; each violation in one line. Axe comes in by the debugger, past the security policy."""
    if not page.evaluate("'axe' in window"):
        session = page.context.new_cdp_session(page)
        session.send("Runtime.evaluate", {"expression": axe})
        session.detach()
    found = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {node['failureSummary'][-200:]!r}"
        for violation in found["violations"]
        for node in violation["nodes"][:3]
    ]


TO_THE_END = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  for (let y = 0; y < document.body.scrollHeight; y += 700) {
    scrollTo(0, y);
    await frame();
    await frame();
  }
  scrollTo(0, 0);
  await document.fonts.ready;
}"""
DRAWN = """() => {
  const all = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility());
  return !document.querySelector('.htmx-request')
    && all('[data-chart]').every((one) => one.querySelector('[data-view] svg, [data-table][open]'))
    && all('[data-map]').every((one) => 'drawn' in one.dataset)
    && all('[data-twin-map]').every((one) => one.querySelector('canvas'));
}"""


def settle(page: Any) -> None:
    """Scroll through, so that everything that waits to be seen is drawn; wait until it is, and go back to the top."""
    page.evaluate(TO_THE_END)
    page.wait_for_function(DRAWN, timeout=PATIENCE_MS)
    page.evaluate("scrollTo(0, 0)")

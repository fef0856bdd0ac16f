"""Every page of the town, found by walking, in a real browser: pages of new rooms are judged too."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from .conftest import ROOT, Walked, judged, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(900)]


def opened(chromium: Any, walked: Walked, **options: Any) -> Any:
    """Go through all pages, each reader in a context of its own; yields (seen, page)."""
    readers = dict.fromkeys(seen.reader for seen in walked.pages)
    for reader in readers:
        context = chromium.new_context(base_url=walked.url, **options)
        context.add_cookies(walked.cookies[reader])
        page = context.new_page()
        for seen in walked.pages:
            if seen.reader == reader:
                page.goto(seen.path, wait_until="load", timeout=60_000)
                yield seen, page
        context.close()


def test_the_walk_reaches_every_room(walked: Walked) -> None:
    rooms = {seen.path.split("?")[0].strip("/").split("/")[0] for seen in walked.pages}

    assert {"meten", "data", "monitor", "kaart", "verwerkingen", "zoeken", "over", "en"} <= rooms


@pytest.mark.parametrize(("width", "appearance"), [(360, "light"), (1440, "dark")])
def test_axe_finds_nothing_wrong(chromium: Any, walked: Walked, axe: str, width: int, appearance: str) -> None:
    options = {"viewport": {"width": width, "height": 900}, "color_scheme": appearance, "bypass_csp": True}

    wrong = {}
    for seen, page in opened(chromium, walked, **options):
        settle(page)
        if found := judged(page, axe):
            wrong[f"{seen.reader} {seen.path}"] = found

    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)


def test_nothing_scrolls_sideways_at_320_pixels(chromium: Any, walked: Walked) -> None:
    wide = {}
    for seen, page in opened(chromium, walked, viewport={"width": 320, "height": 640}):
        settle(page)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > 320:
            wide[seen.path] = (width, page.evaluate(WIDEST))

    assert not wide, wide


WIDEST = """() => [...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > 321)
  .slice(0, 3).map((one) => one.outerHTML.slice(0, 120))"""


def test_pages_say_everything_without_javascript(chromium: Any, walked: Walked) -> None:
    lacking = {}
    for seen, page in opened(chromium, walked, java_script_enabled=False, viewport={"width": 360, "height": 800}):
        problems = []
        if page.locator("h1").count() != 1 or not page.locator("h1").inner_text().strip():
            problems.append("no heading")
        charts = page.locator("[data-chart]")
        problems += [
            "a chart without its table"
            for at in range(charts.count())
            if not charts.nth(at).locator("table, .nothing").count()
        ]
        maps = page.locator("[data-map]").count()
        lists = page.locator("[data-map-list], .mapbox__table, .maplist, main table, main .nothing, main .rows").count()
        if maps > lists:
            problems.append("a map without its list")
        if dead := page.locator("main button[type=button]:visible").count():
            problems.append(f"{dead} buttons that do nothing")
        if problems:
            lacking[seen.path] = problems

    assert not lacking, lacking


def test_the_security_policy_has_nothing_to_report(chromium: Any, walked: Walked) -> None:
    reports: dict[str, list[str]] = {}
    watch = """document.addEventListener('securitypolicyviolation',
      (event) => console.error(`POLICY ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""
    for seen, page in opened(chromium, walked, viewport={"width": 1024, "height": 900}):
        said: list[str] = []
        page.on("console", lambda line, said=said: said.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error, said=said: said.append(f"SCRIPT {error}"))
        page.add_init_script(watch)
        page.reload(wait_until="load", timeout=60_000)
        settle(page)
        if said:
            reports[seen.path] = said[:5]

    assert not reports, json.dumps(reports, indent=1)


REACHABLE = """() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')];
  const first = (one) => (one.form ?? document).querySelector(`[type=radio][name="${one.name}"]`) === one;
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: false })
    && one.tabIndex >= 0 && !one.disabled && one.type !== 'hidden'
    && !(one.type === 'radio' && !first(one));
  const reachable = all.filter(seen);
  reachable.forEach((one, at) => { one.dataset.at = at; });
  document.activeElement.blur();
  return reachable.length;
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  return [one.dataset.at ?? '', shown, one.outerHTML.slice(0, 120)];
}"""
MANY = 120


def test_the_keyboard_reaches_everything_and_shows_where_it_is(chromium: Any, walked: Walked) -> None:
    lacking: dict[str, list[str]] = {}
    seen_routes: set[str] = set()
    for seen, page in opened(chromium, walked, viewport={"width": 1280, "height": 900}):
        if seen.route in seen_routes:
            continue
        seen_routes.add(seen.route)
        settle(page)
        wanted = page.evaluate(REACHABLE)
        reached, unseen = set(), []
        for _ in range(min(wanted, MANY) + 8):
            page.keyboard.press("Tab")
            at, shown, markup = page.evaluate(FOCUSED)
            reached.add(at)
            if at and not shown:
                unseen.append(markup)
        missed = [str(at) for at in range(min(wanted, MANY)) if str(at) not in reached]
        if missed or unseen:
            parts = [
                page.locator(f'[data-at="{at}"]').first.evaluate("one => one.outerHTML.slice(0, 120)")
                for at in missed[:3]
            ]
            lacking[seen.path] = [
                *(f"not reached: {part}" for part in parts),
                *(f"not shown: {one}" for one in unseen[:3]),
            ]

    assert not lacking, json.dumps(lacking, indent=1, ensure_ascii=False)


def test_the_html_is_valid(walked: Walked, tmp_path: Path) -> None:
    import httpx

    import frontend

    frontend.packages()
    clients = {
        reader: httpx.Client(base_url=walked.url, cookies={one["name"]: one["value"] for one in cookies})
        for reader, cookies in walked.cookies.items()
    }
    for at, seen in enumerate(walked.pages):
        name = f"{at:03}{seen.path.split('?')[0].replace('/', '_')}.html"
        (tmp_path / name).write_text(clients[seen.reader].get(seen.path, timeout=60).text, encoding="utf-8")
    node, _ = frontend.node_and_npm()
    program = ROOT / "frontend" / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"

    answer = subprocess.run(
        [*node, str(program), "--config", "htmlvalidate.json", "--formatter", "text", str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=ROOT / "frontend",
    )  # fmt: skip

    assert answer.returncode == 0, (answer.stdout + answer.stderr)[:6000]

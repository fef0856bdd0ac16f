"""Every kind of page of the town, found by walking, in a real browser: pages of new rooms are judged too.

Each address rule is visited once per reader who can open what earlier readers could not, and once in English for
each room: two products or two indicators are the same page with other words in it. One visit does several checks,
because loading and drawing cost more than looking: on a phone axe (light), the security policy and 320 px; on a
desk axe (dark) and the keyboard; then once more without JavaScript.
"""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import PATIENCE_MS, ROOT, Walked, judged, settle

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1200)]
WATCH = """document.addEventListener('securitypolicyviolation',
  (event) => console.error(`POLICY ${event.violatedDirective} ${event.blockedURI} ${event.sample}`))"""
MANY = 60


def opened(chromium: Any, walked: Walked, *, watched: list[str] | None = None, **options: Any) -> Iterator[Any]:
    """Go through all pages, each reader in a context of its own; yields (seen, page).

    A page of a kind that an earlier reader saw is left out, unless it is the first of its reader: that has their menu.
    """
    known: set[str] = set()
    for reader in dict.fromkeys(seen.reader for seen in walked.pages):
        context = chromium.new_context(base_url=walked.url, locale="nl-NL", reduced_motion="reduce", **options)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies(walked.cookies[reader])
        page = context.new_page()
        if watched is not None:
            context.add_init_script(WATCH)
            page.on("console", lambda line: watched.append(line.text) if line.type == "error" else None)
            page.on("pageerror", lambda error: watched.append(f"SCRIPT {error}"))
        is_first = True
        for seen in walked.pages:
            if seen.reader == reader and (is_first or seen.route not in known):
                is_first = False
                known.add(seen.route)
                page.goto(seen.path, wait_until="load")
                yield seen, page
        context.close()


def listed(problems: dict[str, list[str]]) -> str:
    return json.dumps(problems, indent=1, ensure_ascii=False)


def test_the_walk_reaches_every_room_and_every_role(walked: Walked) -> None:
    rooms = {seen.path.split("?")[0].strip("/").split("/")[0] for seen in walked.pages}

    assert {"meten", "data", "monitor", "kaart", "verwerkingen", "zoeken", "over", "en"} <= rooms
    assert {seen.reader for seen in walked.pages} == set(walked.cookies)


def test_on_a_phone_axe_the_policy_and_320_pixels_find_nothing_wrong(chromium: Any, walked: Walked, axe: str) -> None:
    wrong: dict[str, list[str]] = {}
    said: list[str] = []
    size = {"width": 360, "height": 800}
    for seen, page in opened(chromium, walked, watched=said, viewport=size, color_scheme="light"):
        settle(page)
        found = [f"said: {line}" for line in said] + judged(page, axe)
        page.set_viewport_size({"width": 320, "height": 640})
        found += page.evaluate(SIDEWAYS)
        page.set_viewport_size(size)
        said.clear()
        if found:
            wrong[f"{seen.reader} {seen.path}"] = found

    assert not wrong, listed(wrong)


SIDEWAYS = """() => {
  const wide = document.documentElement.scrollWidth;
  if (wide <= 320) return [];
  const culprits = [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > 321);
  return [`${wide} px wide at 320`, ...culprits.slice(0, 3).map((one) => one.outerHTML.slice(0, 120))];
}"""


REACHABLE = """() => {
  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')];
  const first = (one) => {
    const group = [...(one.form ?? document).querySelectorAll(`[type=radio][name="${one.name}"]`)];
    return (group.find((other) => other.checked) ?? group[0]) === one;
  };
  const seen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: false })
    && one.tabIndex >= 0 && !one.disabled && one.type !== 'hidden'
    && !(one.type === 'radio' && !first(one));
  const reachable = all.filter(seen);
  reachable.forEach((one, at) => { one.dataset.at = at; });
  document.activeElement.blur();
  getSelection().removeAllRanges();
  return reachable.length;
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const shown = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
  return [one.dataset.at ?? '', shown, one.outerHTML.slice(0, 120)];
}"""
LACKING = (
    "([at, many]) => [...Array(many).keys()].filter((one) => !at.includes(String(one))).map("
    '(one) => document.querySelector(`[data-at="${one}"]`)?.outerHTML.slice(0, 120) ?? `gone: ${one}`)'
)


def keyed(page: Any) -> list[str]:
    """Press Tab through the first part of a page; what is not reached, or not shown to be reached."""
    many = min(page.evaluate(REACHABLE), MANY)
    reached, unseen = [], []
    for _ in range(many + 8):
        page.keyboard.press("Tab")
        at, shown, markup = page.evaluate(FOCUSED)
        reached.append(at)
        if at and not shown:
            unseen.append(f"not shown: {markup}")
        if len(set(reached) - {""}) >= many:
            break
    missed = page.evaluate(LACKING, [reached, many])
    return [f"not reached: {one}" for one in missed[:3]] + unseen[:3]


def test_on_a_desk_axe_and_the_keyboard_find_nothing_wrong(chromium: Any, walked: Walked, axe: str) -> None:
    wrong: dict[str, list[str]] = {}
    keyed_routes: set[str] = set()
    size = {"width": 1440, "height": 900}
    for seen, page in opened(chromium, walked, viewport=size, color_scheme="dark"):
        settle(page)
        found = judged(page, axe)
        if seen.route not in keyed_routes:
            keyed_routes.add(seen.route)
            found += keyed(page)
        if found:
            wrong[f"{seen.reader} {seen.path}"] = found

    assert not wrong, listed(wrong)


UNSCRIPTED = """() => {
  const many = (selector) => document.querySelectorAll(selector).length;
  const visible = (one) => one.checkVisibility({ visibilityProperty: true });
  const problems = [];
  const titles = [...document.querySelectorAll('h1')];
  if (titles.length !== 1 || !titles[0].textContent.trim()) problems.push('no heading');
  for (const chart of document.querySelectorAll('[data-chart]'))
    if (!chart.querySelector('table, .nothing')) problems.push('a chart without its table');
  const lists = '[data-map-list], .mapbox__table, .maplist, main table, main .nothing, main .rows';
  if (many('[data-map]') > many(lists)) problems.push('a map without its list');
  const dead = [...document.querySelectorAll('main button[type=button]')].filter(visible);
  problems.push(...dead.map((one) => `a button that does nothing: ${one.outerHTML.slice(0, 120)}`));
  return problems;
}"""


def test_pages_say_everything_without_javascript(chromium: Any, walked: Walked) -> None:
    lacking: dict[str, list[str]] = {}
    size = {"width": 360, "height": 800}
    for seen, page in opened(chromium, walked, java_script_enabled=False, viewport=size):
        if problems := page.evaluate(UNSCRIPTED):
            lacking[f"{seen.reader} {seen.path}"] = problems

    assert not lacking, listed(lacking)


def test_the_html_is_valid(walked: Walked, tmp_path: Path) -> None:
    import httpx

    import frontend

    frontend.packages()
    clients = {
        reader: httpx.Client(base_url=walked.url, cookies={one["name"]: one["value"] for one in cookies}, timeout=60)
        for reader, cookies in walked.cookies.items()
    }
    for at, seen in enumerate(walked.pages):
        name = f"{at:03}{re.sub(r'[^a-z0-9]+', '_', seen.path.lower())}.html"
        (tmp_path / name).write_text(clients[seen.reader].get(seen.path).text, encoding="utf-8")
    node, _ = frontend.node_and_npm()
    program = ROOT / "frontend" / "node_modules" / "html-validate" / "bin" / "html-validate.mjs"

    answer = subprocess.run(
        [*node, str(program), "--config", "htmlvalidate.json", "--formatter", "text", str(tmp_path)],
        capture_output=True, text=True, check=False, cwd=ROOT / "frontend",
    )  # fmt: skip

    assert answer.returncode == 0, (answer.stdout + answer.stderr)[:6000]

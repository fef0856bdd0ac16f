"""Take a picture of every page of the running demo town, and lay them on a contact sheet.

    python tools/shots.py                       every page, every reader, 360 and 1440 px, light and dark
    python tools/shots.py --only /meten /data   only pages under these addresses
    python tools/shots.py --url http://...      of a town that runs there; else the one at PORT, else one is started

Into var/shots/: the pictures, index.html, and the contact sheet as contact-*.png. Whoever changes a page looks here.
"""

import argparse
import html
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from walk import Seen, chromium, clients, walk_all

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "var" / "shots"
WIDTHS = {360: 780, 1440: 900}
APPEARANCES = ("light", "dark")
TALLEST_PX = 6_000
PER_SHEET = 24
START_S = 600
PAGE_MS = 60_000
DRAW_MS = 20_000


@dataclass(frozen=True)
class Shot:
    """One picture: of which page, as which reader, how wide, in which appearance, and what was noticed."""

    seen: Seen
    width: int
    appearance: str
    file: str
    noticed: str = ""


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/alive", timeout=3).is_success
    except httpx.TransportError:
        return False


@contextmanager
def running_town(url: str) -> Iterator[str]:
    """Give the address of a town that runs: the one asked for, or one started for the occasion."""
    port = os.environ.get("PORT", "8000")
    for address in filter(None, [url, f"http://127.0.0.1:{port}"]):
        if _answers(address):
            yield address
            return
    if url:
        raise SystemExit(f"Nothing answers at {url}. Start the town with `make run`, or leave --url out.")
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        port = str(trial.getsockname()[1])
    words = [sys.executable, "-m", "plein", "up", "--port", port]
    process = subprocess.Popen(words, cwd=ROOT, env={**os.environ, "PLEIN_API_RATE": "0"}, start_new_session=True)
    address, until = f"http://127.0.0.1:{port}", time.monotonic() + START_S
    try:
        while not _answers(address):
            if process.poll() is not None or time.monotonic() > until:
                raise SystemExit("The town did not start; `make run` tells why.")
            time.sleep(0.3)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)


def _name(seen: Seen, width: int, appearance: str) -> str:
    path = re.sub(r"[^a-zA-Z0-9_-]+", "_", seen.path.strip("/")) or "home"
    return f"{seen.reader}-{path[:90]}-{width}-{appearance}.png"


DRAWN = """() => [...document.querySelectorAll('[data-chart]')].filter((one) => one.checkVisibility())
  .every((one) => one.querySelector('[data-view] svg, [data-table][open]'))
  && [...document.querySelectorAll('[data-map]')].every((one) => 'drawn' in one.dataset)
  && [...document.querySelectorAll('[data-twin-map]')].every((one) => one.querySelector('canvas'))"""
TO_THE_END = """async () => {
  for (let y = 0; y < Math.min(document.body.scrollHeight, 9000); y += 700) {
    scrollTo(0, y);
    await new Promise((done) => setTimeout(done, 50));
  }
  scrollTo(0, 0);
  await document.fonts.ready;
}"""


def _draw(page: Any, path: str, width: int) -> str:
    """Open a page and let everything be drawn; tell what is not, or scrolls sideways."""
    from playwright.sync_api import TimeoutError as TooSlow

    page.goto(path, wait_until="load")
    page.evaluate(TO_THE_END)
    try:
        page.wait_for_function(DRAWN, timeout=DRAW_MS)
    except TooSlow:
        return "not drawn in time"
    page.wait_for_timeout(500 if page.locator("[data-twin-map]").count() else 60)
    wide = page.evaluate("document.documentElement.scrollWidth")
    return f"scrolls sideways: {wide} px" if wide > width else ""


def _photograph(context: Any, seen: Seen, width: int, appearance: str) -> Shot:
    """Take the picture of a page. A page that cannot be drawn is told, and does not stop the others."""
    from playwright.sync_api import Error

    failed: list[str] = []
    file = _name(seen, width, appearance)
    page = context.new_page()
    page.on("pageerror", lambda error: failed.append(str(error)[:120]))
    try:
        failed.append(_draw(page, seen.path, width))
        tall = min(TALLEST_PX, max(WIDTHS[width], page.evaluate("document.documentElement.scrollHeight")))
        page.screenshot(path=OUT / file, full_page=True, clip={"x": 0, "y": 0, "width": width, "height": tall})
    except Error as error:
        failed.append(error.message.splitlines()[0][:200])
    finally:
        page.close()
    return Shot(seen, width, appearance, file, "; ".join(filter(None, failed)))


def take(
    browser: Any, url: str, pages: list[Seen], readers: dict[str, httpx.Client], *, looks: list[tuple[int, str]]
) -> list[Shot]:
    """Take all pictures, each reader, width and appearance in a browser context of its own."""
    shots = []
    for reader in dict.fromkeys(seen.reader for seen in pages):
        cookies = [{"name": c.name, "value": c.value or "", "url": url} for c in readers[reader].cookies.jar]
        for width, appearance in looks:
            size = {"width": width, "height": WIDTHS[width]}
            context = browser.new_context(base_url=url, viewport=size, color_scheme=appearance, locale="nl-NL")
            context.set_default_timeout(PAGE_MS)
            context.add_cookies(cookies)
            for seen in (seen for seen in pages if seen.reader == reader):
                shots.append(_photograph(context, seen, width, appearance))
                print(f"\r{len(shots)} of {len(pages) * len(looks)}", end="", flush=True)
            context.close()
    print()
    return shots


STYLE = """body{font:16px/1.4 system-ui,sans-serif;margin:24px;background:#e9e7e0;color:#1b2730}h1{font-size:24px}
.grid{display:grid;grid-template-columns:repeat(6,1fr);gap:16px}figure{margin:0}a{color:inherit}
.frame{height:300px;overflow:hidden;background:#fff;border:1px solid #999;display:block}img{width:100%;display:block}
figcaption{font-size:12px;overflow-wrap:anywhere}.bad{color:#b3261e;font-weight:700}"""


def _card(shot: Shot) -> str:
    where = f"{html.escape(shot.seen.path)} · {shot.seen.reader} · {shot.width} · {shot.appearance}"
    bad = f' <span class="bad">{html.escape(shot.noticed)}</span>' if shot.noticed else ""
    picture = f'<a class="frame" href="{shot.file}"><img src="{shot.file}" alt="" loading="eager"></a>'
    return f"<figure>{picture}<figcaption>{where}{bad}</figcaption></figure>"


def _sheet(title: str, shots: list[Shot]) -> str:
    cards = "\n".join(map(_card, shots))
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
        f'<h1>{title}</h1><div class="grid">{cards}</div></html>'
    )


def lay_out(browser: Any, shots: list[Shot]) -> None:
    """Write index.html with every picture, and the same as PNG pages."""
    ordered = sorted(shots, key=lambda shot: (shot.seen.path, shot.seen.reader, shot.width, shot.appearance))
    bad = sum(bool(shot.noticed) for shot in shots)
    title = f"{len(shots)} pictures of {len({shot.seen.path for shot in shots})} pages, {bad} with something to mend"
    (OUT / "index.html").write_text(_sheet(title, ordered), encoding="utf-8")
    page = browser.new_page(viewport={"width": 1500, "height": 1000})
    for at in range(0, len(ordered), PER_SHEET):
        number = at // PER_SHEET + 1
        part = OUT / f".contact-{number}.html"
        part.write_text(_sheet(f"Contact sheet {number}", ordered[at : at + PER_SHEET]), encoding="utf-8")
        page.goto(part.as_uri(), wait_until="load", timeout=PAGE_MS)
        page.screenshot(timeout=PAGE_MS, path=OUT / f"contact-{number:02}.png", full_page=True)
        part.unlink()
    page.close()


def main() -> int:
    """Take all pictures; the exit code is 1 when a page could not be drawn as it should."""
    asked = argparse.ArgumentParser(description="Take a picture of every page of the demo town.")
    asked.add_argument("--url", default="", help="address of a running demo town")
    asked.add_argument("--only", nargs="*", default=[], help="take only pages under these addresses")
    asked.add_argument("--quick", action="store_true", help="take 1440 px light and 360 px dark only")
    asked.add_argument("--visitor", action="store_true", help="leave out the pages of staff")
    wishes = asked.parse_args()
    every = [(width, appearance) for width in WIDTHS for appearance in APPEARANCES]
    looks = [(1440, "light"), (360, "dark")] if wishes.quick else every
    program = chromium()
    if program is None:
        raise SystemExit("No Chromium found. Install one, or point PLEIN_CHROMIUM to it.")
    from playwright.sync_api import sync_playwright

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
    import django

    django.setup()
    with running_town(wishes.url) as url:
        readers = clients(url) if not wishes.visitor else {"visitor": httpx.Client(base_url=url, timeout=60)}
        pages = walk_all(readers, english=not wishes.only)
        if wishes.only:
            pages = [seen for seen in pages if seen.path.startswith(tuple(wishes.only))]
        else:
            pages.append(Seen("/deze-pagina-bestaat-niet", "visitor", "", 404))
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            shots = take(browser, url, pages, readers, looks=looks)
            lay_out(browser, shots)
            browser.close()
    wrong = [shot for shot in shots if shot.noticed]
    for shot in wrong:
        print(f"{shot.seen.path} ({shot.seen.reader}, {shot.width} px, {shot.appearance}): {shot.noticed}")
    print(f"Look at {OUT / 'index.html'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

"""Take a picture of every page of the running demo town, and lay them on a contact sheet.

    python tools/shots.py                       every page, every reader, 360 and 1440 px, light and dark
    python tools/shots.py --only /meten /data   only pages under these addresses
    python tools/shots.py --url http://...      of a town that runs there; else the one at PORT, else one is started

Into var/shots/: the pictures and the contact sheet, index.html. Whoever changes a page looks here.

One browser takes them, in two lanes: the phone and the desk. A page is loaded once per width; the dark picture is the
same page after the reader's device turns dark, which tests that pages follow it.
"""

import argparse
import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
from contact_sheet import Shot, lay_out
from walk import Seen, chromium, clients, route_of, walk_all

from plein.site.benches.servers import free_port

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "var" / "shots"
WIDTHS = {360: 780, 1440: 900}
APPEARANCES = ("light", "dark")
TALLEST_PX = 6_000
PER_ROUTE = 3
START_S = 600
PAGE_MS = 60_000
DRAW_MS = 20_000


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
    port = str(free_port())
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
  && [...document.querySelectorAll('[data-map], [data-twin-map]')].filter((one) => one.checkVisibility())
  .every((one) => 'drawn' in one.dataset)"""
TO_THE_END = """async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await document.fonts.ready;
  if (!document.querySelector('[data-chart], [data-map]')) return;
  for (let y = 0; y < Math.min(document.body.scrollHeight, 9000); y += 600) {
    scrollTo(0, y);
    await frame();
  }
  scrollTo(0, 0);
  await frame();
}"""


@dataclass
class Camera:
    """What takes the pictures: the address of the town, the readers' logins, and what was done so far."""

    url: str
    readers: dict[str, httpx.Client]
    widths: dict[int, tuple[str, ...]]
    made_here: dict[str, str] = field(default_factory=dict)
    shots: list[Shot] = field(default_factory=list)
    total: int = 0
    began: float = field(default_factory=time.monotonic)

    def keep(self, shot: Shot) -> None:
        """Keep a picture and say how far it is."""
        self.shots.append(shot)
        done, spent = len(self.shots), time.monotonic() - self.began
        left = spent / done * (self.total - done)
        words = f"{done} of {self.total} pictures, {spent:.0f} s, about {left:.0f} s to go"
        print(f"\r{words:<60}", end="" if done < self.total else "\n", flush=True)


async def _drawn(page: Any) -> str:
    """Wait until everything on the page is drawn; tell when it is not."""
    from playwright.async_api import TimeoutError as TooSlow

    try:
        await page.wait_for_function(DRAWN, timeout=DRAW_MS)
    except TooSlow:
        return "not drawn in time"
    return ""


async def _expose(page: Any, shot: Shot) -> Shot:
    """Take one picture of the page that stands open, in the appearance asked for."""
    await page.emulate_media(color_scheme=shot.appearance)
    noticed = await _drawn(page)
    height = await page.evaluate("document.documentElement.scrollHeight")
    tall = min(TALLEST_PX, max(WIDTHS[shot.width], height))
    clip = {"x": 0, "y": 0, "width": shot.width, "height": tall}
    await page.screenshot(path=OUT / shot.file, full_page=True, clip=clip, animations="disabled")
    return replace(shot, noticed=noticed)


async def _photograph(page: Any, camera: Camera, seen: Seen, width: int) -> None:
    """Take the pictures of a page at one width. A page that cannot be drawn is told, and does not stop the others."""
    from playwright.async_api import Error

    failed: list[str] = []
    page.on("pageerror", note := lambda error: failed.append(str(error)[:120]))
    shots = [Shot(seen, width, one, _name(seen, width, one)) for one in camera.widths[width]]
    try:
        await page.goto(seen.path, wait_until="load")
        await page.evaluate(TO_THE_END)
        wide = await page.evaluate("document.documentElement.scrollWidth")
        failed += [f"scrolls sideways: {wide} px"] * (wide > width)
        shots = [await _expose(page, shot) for shot in shots]
    except Error as error:
        failed.append(error.message.splitlines()[0][:200])
    page.remove_listener("pageerror", note)
    for shot in shots:
        camera.keep(replace(shot, noticed="; ".join(filter(None, [*failed, shot.noticed]))))


async def _lane(browser: Any, camera: Camera, pages: list[Seen], width: int) -> None:
    """Go through all pages at one width, each reader in a context of its own."""
    for reader in dict.fromkeys(seen.reader for seen in pages):
        cookies = [
            {"name": c.name, "value": c.value or "", "url": camera.url} for c in camera.readers[reader].cookies.jar
        ]
        size = {"width": width, "height": WIDTHS[width]}
        context = await browser.new_context(
            base_url=camera.url, viewport=size, locale="nl-NL", reduced_motion="reduce",
            color_scheme=camera.widths[width][0],
        )  # fmt: skip
        context.set_default_timeout(PAGE_MS)
        await context.add_cookies(cookies)
        page = await context.new_page()
        for path, body in camera.made_here.items():
            await page.route(f"**{path}", _answer_with(body))
        for seen in (seen for seen in pages if seen.reader == reader):
            await _photograph(page, camera, seen, width)
        await context.close()


def _answer_with(body: str) -> Any:
    return lambda route: route.fulfill(body=body, content_type="text/html; charset=utf-8")


async def take(program: str, camera: Camera, pages: list[Seen]) -> None:
    """Take all pictures with one browser, the widths beside each other."""
    from playwright.async_api import async_playwright

    camera.total = len(pages) * sum(map(len, camera.widths.values()))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        await asyncio.gather(*(_lane(browser, camera, pages, width) for width in camera.widths))
        await browser.close()


def only_when_wrong() -> dict[str, str]:
    """Render the pages that a town only shows when something is wrong, by the code that shows them."""
    from django.contrib.auth.models import AnonymousUser
    from django.test import RequestFactory
    from django.utils.translation import override

    from plein.site import pages

    found = {}
    with override("nl"):
        for code, view in {429: pages.too_many, 500: pages.broken}.items():
            request = RequestFactory().get("/")
            request.user = AnonymousUser()
            found[f"/mis/{code}"] = view(request).content.decode()
    return found


def _wishes() -> argparse.Namespace:
    asked = argparse.ArgumentParser(description="Take a picture of every page of the demo town.")
    asked.add_argument("--url", default="", help="address of a running demo town")
    asked.add_argument("--only", nargs="*", default=[], help="take only pages under these addresses")
    asked.add_argument("--quick", action="store_true", help="take 1440 px light and 360 px dark only")
    asked.add_argument("--visitor", action="store_true", help="leave out the pages of staff")
    return asked.parse_args()


def _pages(readers: dict[str, httpx.Client], only: list[str], met: set[str]) -> list[Seen]:
    print("Walking the town: following links, logged out and in each role.")
    pages = walk_all(readers, per_route=PER_ROUTE, english=not only, distinct=True, met=met)
    if only:
        return [seen for seen in pages if seen.path.startswith(tuple(only))]
    pages += [Seen(path, "visitor", "mis", 500) for path in only_when_wrong()]
    pages.append(Seen("/deze-pagina-bestaat-niet", "visitor", "mis", 404))
    pages += [Seen("/werk/taken/", reader, "mis", 403) for reader in readers if reader == "council-member"]
    return pages


def main() -> int:
    """Take all pictures; the exit code is 1 when a page could not be drawn as it should."""
    wishes = _wishes()
    program = chromium()
    if program is None:
        print("No pictures taken: no Chromium found. Install one (Debian: apt install chromium),")
        print("or point PLEIN_CHROMIUM to one. Skipped: every page, at 360 and 1440 px, light and dark.")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")
    import django

    django.setup()
    every = dict.fromkeys(WIDTHS, APPEARANCES)
    widths = {1440: ("light",), 360: ("dark",)} if wishes.quick else every
    met: set[str] = set()
    with running_town(wishes.url) as url:
        readers = clients(url) if not wishes.visitor else {"visitor": httpx.Client(base_url=url, timeout=60)}
        pages = _pages(readers, wishes.only, met)
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        camera = Camera(url, readers, widths, only_when_wrong())
        asyncio.run(take(program, camera, pages))
    sheet = lay_out(camera.shots, out=OUT, met=Counter(map(route_of, met)), skipped=_skipped(wishes))
    wrong = [shot for shot in camera.shots if shot.noticed]
    for shot in wrong:
        print(f"{shot.seen.path} ({shot.seen.reader}, {shot.width} px, {shot.appearance}): {shot.noticed}")
    print(f"Look at {sheet}")
    return 1 if wrong else 0


def _skipped(wishes: argparse.Namespace) -> list[str]:
    """Say of what there is no picture, and why."""
    told = ["English: one page of each kind; it is the Dutch page in other words."] if not wishes.only else []
    if wishes.only:
        told.append(f"Only pages under {', '.join(wishes.only)}, as asked; no English pages.")
    if wishes.visitor:
        told.append("No pages of staff, as asked.")
    if wishes.quick:
        told.append("Only 1440 px light and 360 px dark, as asked.")
    return [*told, f"Of pages longer than {TALLEST_PX} px only the first part, so that a picture can be looked at."]


if __name__ == "__main__":
    sys.exit(main())

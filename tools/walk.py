"""Walk the pages of a running town as a reader would: by its links, logged out and in each role."""

import os
import re
import shutil
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

LINK = re.compile(r'(?:href|hx-get)="([^"#][^"]*)"')
NOT_PAGES = re.compile(r"/static/|(/en)?/api/(?!$|uitleg/)")
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
PLACES = (
    "/usr/bin/chromium",
    "/usr/lib/chromium/chromium",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)


@dataclass(frozen=True)
class Seen:
    """A page: its path, the reader who saw it, the address rule it belongs to, and the status it answered with."""

    path: str
    reader: str
    route: str
    status: int


def chromium() -> str | None:
    """Find a Chromium: PLEIN_CHROMIUM, one on the path, one in the usual places, or Playwright's own."""
    given = os.environ.get("PLEIN_CHROMIUM")
    found = [given] if given else [shutil.which(name) for name in PROGRAMS] + list(PLACES)
    own = sorted(Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome"))
    return next((path for path in [*found, *map(str, own)] if path and Path(path).exists()), None)


def log_in(client: httpx.Client, username: str, password: str) -> None:
    """Log a client in by the login page, as a person would."""
    from django.urls import reverse

    address = reverse("account_login")
    page = client.get(address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    data = {"login": username, "password": password, "csrfmiddlewaretoken": token.group(1) if token else ""}
    answer = client.post(address, data=data, headers={"Referer": str(client.base_url)})
    if "sessionid" not in client.cookies:
        raise RuntimeError(f"{username} cannot log in: {answer.status_code}")


def clients(url: str) -> dict[str, httpx.Client]:
    """Give a client per reader: the visitor, and each of the demo staff where this is the demo town."""
    from plein.foundation.identity.demo import PASSWORD, accounts

    readers = {"visitor": httpx.Client(base_url=url, timeout=60)}
    for account in accounts():
        client = httpx.Client(base_url=url, timeout=60)
        log_in(client, account.username, PASSWORD)
        readers[account.role] = client
    return readers


def route_of(path: str) -> str:
    """Name the address rule a path belongs to; the English page of a rule is one of its own."""
    from django.urls import Resolver404, resolve
    from django.utils.translation import override

    bare = urlsplit(path).path
    with override("en" if bare.startswith("/en/") else "nl"):
        try:
            return str(resolve(bare).route) or "/"
        except Resolver404:
            return ""


def _links(page: str, base: str) -> Iterable[str]:
    for link in LINK.findall(page):
        target = urlsplit(urljoin(f"http://here{base}", link.replace("&amp;", "&")))
        if target.netloc == "here" and not NOT_PAGES.match(target.path):
            yield target.path + (f"?{target.query}" if target.query else "")


def walk(client: httpx.Client, reader: str, *, starts: Iterable[str] = ("/",), per_route: int = 2) -> list[Seen]:
    """Follow links breadth first and keep some pages per address rule; only HTML counts as a page."""
    todo = deque(dict.fromkeys(starts))
    met, kept = set(todo), []
    counts: Counter[str] = Counter()
    while todo:
        path = todo.popleft()
        route = route_of(path)
        if route and counts[route] >= (1 if route.startswith("en/") else per_route):
            continue
        answer = client.get(path)
        if "text/html" not in answer.headers.get("content-type", "") or answer.is_redirect:
            if answer.is_redirect:
                follow = list(_links(f'href="{answer.headers["location"]}"', path))
                todo.extendleft(one for one in follow if one not in met)
                met.update(follow)
            continue
        counts[route] += 1
        kept.append(Seen(path, reader, route, answer.status_code))
        for link in _links(answer.text, path):
            if link not in met:
                met.add(link)
                todo.append(link)
    return kept


def named_pages() -> list[str]:
    """List the pages that need no facts in their address, also those that nothing links to."""
    from plein.site.soundness import addresses

    plain = (route for route, _ in addresses() if not re.search(r"[<(\[?*]", route))
    return sorted({"/" + route.strip("^$").lstrip("/") for route in plain})


def walk_all(readers: dict[str, httpx.Client], *, per_route: int = 2, english: bool = True) -> list[Seen]:
    """Walk as each reader; a later reader keeps only what earlier ones could not open, and the home page."""
    found: list[Seen] = []
    opened: set[str] = set()
    for reader, client in readers.items():
        starts = ["/", *(page for page in named_pages() if not NOT_PAGES.match(page))]
        if not english:
            starts = [page for page in starts if not page.startswith("/en/")]
        seen = [page for page in walk(client, reader, starts=starts, per_route=per_route) if page.status == 200]
        if not english:
            seen = [page for page in seen if not page.path.startswith("/en/")]
        found += [page for page in seen if page.route not in opened or page.path == "/"]
        opened |= {page.route for page in seen}
    return found

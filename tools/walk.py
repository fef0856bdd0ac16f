"""Walk the pages of a running town as a reader would: by its links, logged out and in each role."""

import os
import re
import shutil
from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

TAG = re.compile(r"<([a-z0-9]+)((?:\s[^<>]*)?)>")
NAMED = re.compile(r'\b(?:class|name|type|value|href)="([^"]*)"')
PARTS = {
    "chart": "data-chart",
    "map": "data-map",
    "table": "<table",
    "form": 'method="post"',
    "empty": 'class="nothing"',
}
LINK = re.compile(r'(?:href|hx-get)="([^"#][^"]*)"')
LOOKED_AT = 5
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
    """A page: its path, the reader who saw it, the address rule it belongs to, and the status it answered with.

    `face` is what stands on it, without what differs from day to day; `parts` are the large things on it.
    """

    path: str
    reader: str
    route: str
    status: int
    face: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    parts: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


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
    return _route_of(path.partition("?")[0].partition("#")[0])


@cache
def _route_of(bare: str) -> str:
    from django.urls import Resolver404, resolve
    from django.utils.translation import override

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


def looked_at(path: str, reader: str, status: int, page: str) -> Seen:
    """Tell a page apart: what kinds of things stand in its main part, whatever they say today."""
    main = page.partition("<main")[2].partition("</main>")[0] or page
    face = {
        f"{tag} {' '.join(route_of(one) if one.startswith('/') else one for one in NAMED.findall(rest))}"
        for tag, rest in TAG.findall(main)
        if "csrfmiddlewaretoken" not in rest
    }
    parts = frozenset(name for name, mark in PARTS.items() if mark in main)
    return Seen(path, reader, route_of(path), status, frozenset(face), parts)


@dataclass
class Kept:
    """The pages a walk keeps: per address rule a few, and where asked only those that are made up differently.

    known: address rules that an earlier reader opened; of these one page tells whether this reader sees more
    """

    per_route: int
    distinct: bool
    known: frozenset[str] = frozenset()
    pages: list[Seen] = field(default_factory=list)
    opened: Counter[str] = field(default_factory=Counter)

    def is_full(self, route: str) -> bool:
        """Tell whether enough pages of an address rule were opened."""
        if route.startswith("en/"):
            most = 0 if route in self.known else 1
        elif self.distinct:
            most = 1 if route in self.known else LOOKED_AT
        else:
            most = self.per_route
        return bool(route) and self.opened[route] >= most

    def add(self, seen: Seen) -> None:
        """Keep a page, unless its like is kept already."""
        self.opened[seen.route] += 1
        alike = [one for one in self.pages if one.route == seen.route]
        if not self.distinct or (len(alike) < self.per_route and all(one.parts != seen.parts for one in alike)):
            self.pages.append(seen)


def walk(
    client: httpx.Client,
    reader: str,
    *,
    starts: Iterable[str] = ("/",),
    kept: Kept | None = None,
    met: set[str] | None = None,
) -> list[Seen]:
    """Follow links breadth first and keep some pages per address rule; only HTML counts as a page.

    kept: what to keep, two pages per rule unless told
    met: filled with every address that was met
    """
    todo = deque(dict.fromkeys(starts))
    met = set() if met is None else met
    kept, heard = kept or Kept(2, False), set(todo)
    while todo:
        path = todo.popleft()
        met.add(path)
        if kept.is_full(route_of(path)):
            continue
        answer = client.get(path)
        links: Iterable[str] = ()
        if answer.is_redirect:
            links = _links(f'href="{answer.headers["location"]}"', path)
        elif "text/html" in answer.headers.get("content-type", ""):
            kept.add(looked_at(path, reader, answer.status_code, answer.text))
            links = _links(answer.text, path)
        fresh = [link for link in dict.fromkeys(links) if link not in heard]
        heard.update(fresh)
        (todo.extendleft if answer.is_redirect else todo.extend)(fresh)
    return kept.pages


def named_pages() -> list[str]:
    """List the pages that need no facts in their address, also those that nothing links to."""
    from plein.site.soundness import addresses

    plain = (route for route, _ in addresses() if not re.search(r"[<(\[?*]", route))
    return sorted({"/" + route.strip("^$").lstrip("/") for route in plain})


def walk_all(
    readers: dict[str, httpx.Client],
    *,
    per_route: int = 2,
    english: bool = True,
    distinct: bool = False,
    met: set[str] | None = None,
) -> list[Seen]:
    """Walk as each reader; a later reader keeps only what earlier ones could not open, and the home page.

    distinct: keep also what an earlier reader opened, where this reader finds more on it
    """
    found: list[Seen] = []
    faces: dict[str, frozenset[str]] = {}
    for reader, client in readers.items():
        starts = ["/", *(page for page in named_pages() if not NOT_PAGES.match(page))]
        if not english:
            starts = [page for page in starts if not page.startswith("/en/")]
        kept = Kept(per_route, distinct, frozenset(faces))
        walked = walk(client, reader, starts=starts, kept=kept, met=met)
        seen = [page for page in walked if page.status == 200 and (english or not page.path.startswith("/en/"))]
        for page in seen:
            more = distinct and page.face - faces.get(page.route, page.face)
            if page.route not in faces or page.path == "/" or more:
                found.append(page)
        for page in seen:
            faces[page.route] = faces.get(page.route, frozenset()) | page.face
    return found

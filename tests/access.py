"""The table of every address by every role: read it, write it, and ask a running town for it."""

import re
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from django.urls import Resolver404, resolve
from town import RunningTown

from plein.site.soundness import addresses

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "look-up" / "access.md"
LINK = re.compile(r'(?:href|action|hx-get|data-[a-z-]+)="(/[^"#]*)')
HEAD = """# Who may open what

Every address, with an example, and the answer to GET for a visitor and for each of the demo staff: 200 opens, 302 goes
to the login page or on to another, 401 and 403 refuse, 404 has nothing here for this reader, 405 takes no GET.
A test holds the running town against this table, and fails on an address that is not in it.

"""


@dataclass(frozen=True)
class Row:
    """One address: its route, an example of it, and the status for each reader."""

    route: str
    example: str
    statuses: dict[str, int]


def plain(route: str) -> str:
    """Write a route without the signs of a regular expression."""
    return re.sub(r"[\^$\\?]", "", re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route))


def routes() -> dict[str, Any]:
    """Give every address of the house as text, with its view; English pages are the Dutch ones once more."""
    return {plain(route): view for route, view in addresses()}


def route_of(path: str) -> str | None:
    """Find the address that a path belongs to."""
    try:
        match = resolve(urlsplit(path).path)
    except Resolver404:
        return None
    return plain("/" + match.route)


def readers(town: RunningTown) -> dict[str, httpx.Client]:
    """Give a client for a visitor and for each of the demo staff, by role."""
    from plein.foundation.identity.demo import accounts

    clients = {"visitor": httpx.Client(base_url=town.url, timeout=30)}
    for account in accounts():
        client = town.log_in(account.username)
        client.follow_redirects = False
        clients[account.username.removeprefix("demo-")] = client
    return clients


def examples(clients: dict[str, httpx.Client], wanted: set[str]) -> dict[str, str]:
    """Walk the links of all readers until each wanted address has an example, or there are no more links."""
    found: dict[str, str] = {}
    for client in clients.values():
        todo, seen = deque(["/", "/zoeken/", "/account"]), {"/"}
        while todo and wanted - set(found) and len(seen) < 600:
            path = todo.popleft()
            answer = client.get(path)
            if "html" not in answer.headers.get("content-type", ""):
                continue
            for link in LINK.findall(answer.text):
                target = urlsplit(urljoin(f"http://here{path}", link.replace("&amp;", "&"))).path
                route = route_of(target)
                if route and route not in found:
                    found[route] = target
                if route and target not in seen and not target.startswith(("/en/", "/static/", "/account/uitloggen")):
                    seen.add(target)
                    todo.append(target)
    return found


def ask(clients: dict[str, httpx.Client], example: str) -> dict[str, int]:
    """Ask for one address as each reader."""
    return {reader: client.get(example).status_code for reader, client in clients.items()}


def survey(town: RunningTown, *, known: dict[str, Row]) -> list[Row]:
    """Ask the town for every address as each reader; logging out comes last, so that nobody is logged out half-way."""
    clients = readers(town)
    all_routes = sorted(routes(), key=lambda route: ("uitloggen" in route, route))
    fixed = {route: route for route in all_routes if "<" not in route}
    given = {route: row.example for route, row in known.items() if row.example}
    walked = examples(clients, set(all_routes) - set(fixed) - set(given))
    rows = []
    for route in all_routes:
        example = fixed.get(route) or given.get(route) or walked.get(route, "")
        rows.append(Row(route, example, ask(clients, example) if example else {}))
    return rows


def write_table(page: Path, rows: list[Row]) -> None:
    """Write the table as Markdown."""
    names = next(list(row.statuses) for row in rows if row.statuses)
    lines = [f"| address | example | {' | '.join(names)} |", "|---|---|" + "---|" * len(names)]
    for row in rows:
        told = " | ".join(str(row.statuses.get(name, "-")) for name in names)
        lines.append(f"| `{row.route}` | {f'`{row.example}`' if row.example else '-'} | {told} |")
    page.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


def read_table(page: Path) -> dict[str, Row]:
    """Read the table; no page is an empty table."""
    if not page.exists():
        return {}
    cells = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in page.read_text().splitlines()]
    table = [row for row in cells if len(row) > 3]
    names = table[0][2:] if table else []
    return {
        row[0]: Row(
            row[0],
            "" if row[1] == "-" else row[1],
            {name: int(told) for name, told in zip(names, row[2:], strict=True) if told.isdigit()},
        )
        for row in table[2:]
    }

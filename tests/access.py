"""The table of every address by every role: read it, write it, and ask a running town for it."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
from town import RunningTown

from plein.site.soundness import addresses

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "look-up" / "access.md"
NOBODY = "00000000-0000-0000-0000-000000000000"
BY_NAME = {
    "area": "GM9999",
    "code": "BU99990000",
    "day": "2025-12-31",
    "door": "inwoner",
    "form": "csv",
    "kind": "buurt",
    "layer": "monitor.pm25",
    "level": "buurt",
    "major": "v1",
    "name": "data",
    "notation": "ttl",
    "path": "/Things",
    "place": "0/0/0",
    "quantity": "pm25",
    "role": "analyst",
}
BY_PLACE = [
    ("/berichten/teksten/", {"key": "report-received"}),
    ("/api/data/", {"key": "monitor.finance"}),
    ("/api/features/", {"key": "sensing.stations", "feature": "1"}),
    ("/data/", {"key": "monitor.finance"}),
    ("/monitor/thema/", {"key": "air"}),
    ("/monitor/", {"key": "pm25"}),
    ("/api/monitor/", {"key": "pm25"}),
    ("/formulieren/bestanden/", {"token": "geen"}),
    ("/formulieren/", {"key": "vraag-of-klacht", "step": "verhaal", "question": "story", "number": "1"}),
    ("/zaken/typen/", {"key": "klacht", "kind": "statussen"}),
    ("/meldingen/nieuw/", {"step": "wat"}),
    ("/meldingen/object/", {"key": "LM-0001"}),
    ("/verwerkingen/", {"key": "sensing.air"}),
    ("/algoritmes/", {"key": "reports.suggest"}),
    ("/mijn/gegevens/", {"key": "cases.handle", "kind": "vraag"}),
]
HEAD = """# Who may open what

Every address, with an example, and the answer to GET for a visitor, a resident, an organisation and each of the demo
staff: 200 opens, 302 goes to the login page or on to another, 401 and 403 refuse, 404 has nothing here for this reader,
405 takes no GET.
An address that takes no GET is asked by POST, for something that is not there: 404 would have done it, 403 would not.
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


def example_of(route: str, *, lacking: bool = False) -> str:
    """Fill the variable parts of an address with something that the demo town has, or that it surely lacks."""
    given = next((values for start, values in BY_PLACE if route.startswith(start)), {})
    by_kind = {"int": "999999" if lacking else "1", "uuid": NOBODY, "uuidstr": NOBODY}

    def filled(match: re.Match[str]) -> str:
        kind, _, name = match[1].rpartition(":")
        known = None if lacking else given.get(name) or BY_NAME.get(name)
        return known or by_kind.get(kind, "x")

    return re.sub(r"<([^>]+)>", filled, route)


def readers(town: RunningTown) -> dict[str, httpx.Client]:
    """Give a client for a visitor, a resident, an organisation and each of the demo staff, by role."""
    from plein.foundation.identity.demo import accounts

    clients = {"visitor": httpx.Client(base_url=town.url, timeout=30)}
    clients["visitor"].get("/account/inloggen")  # a visitor has a form token too
    clients["resident"] = town.come_in("jan")
    clients["organisation"] = town.come_in("plint")
    for account in accounts():
        client = town.log_in(account.username)
        client.follow_redirects = False
        clients[account.username.removeprefix("demo-")] = client
    return clients


def ask(clients: dict[str, httpx.Client], example: str) -> dict[str, int]:
    """Ask for one address as each reader: by GET, or by POST when the example says so, with the reader's form token."""
    method, _, path = example.rpartition(" ")
    statuses = {}
    for reader, client in clients.items():
        token = client.cookies.get("csrftoken") or ""
        headers = {"X-CSRFToken": token, "Referer": str(client.base_url)} if method == "POST" else {}
        statuses[reader] = client.request(method or "GET", path, headers=headers).status_code
    return statuses


def ask_route(clients: dict[str, httpx.Client], route: str) -> Row:
    """Ask for an address; one that takes no GET is asked by POST, for something that is not there."""
    example = example_of(route)
    statuses = ask(clients, example)
    if set(statuses.values()) == {HTTPStatus.METHOD_NOT_ALLOWED}:
        example = f"POST {example_of(route, lacking=True)}"
        statuses = ask(clients, example)
    return Row(route, example, statuses)


def survey(town: RunningTown) -> list[Row]:
    """Ask the town for every address as each reader; logging out comes last, so that nobody is logged out half-way."""
    clients = readers(town)
    return [ask_route(clients, route) for route in sorted(routes(), key=lambda route: ("uitloggen" in route, route))]


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

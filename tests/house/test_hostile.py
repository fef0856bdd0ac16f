"""Whatever stands in an address: a page answers or refuses, and never breaks."""

import inspect
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from access import PAGE, Row, example_of, read_table, routes
from town import RunningTown

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# As they stand in an address, percent-encoded: they need not be text at all.
VALUES = (
    "",
    "%00",
    "a%00b",
    "%ff%fe",
    "%ed%a0%80",  # half of a pair of surrogates, in UTF-8
    "-1",
    "0",
    "99999999999999999999999999",
    "9" * 400,
    "1e999",
    "NaN",
    "-Infinity",
    "%c2%b2",  # a superscript 2: str.isdigit() says yes, int() says no
    "%d9%a3",  # an Arabic 3
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "2026-01-01T00:00:00%2B99:99",
    "'%20OR%201=1--",
    "%3Cscript%3E",
    "..%2f..%2fetc%2fpasswd",
    "%7B%7D",
    "%5B%5B%5B",
    "%25",
    "a" * 4000,
    "%f0%9f%9a%b2",
)
PATHS = ("%00", "%ff", "-1", "9" * 40, "a" * 2000, "%c2%b2", "..%2f..", "%0a", "'", "%f0%9f%9a%b2", "GM0000")
NAME = re.compile(r'GET(?:\.get|\.getlist)?[(\[]"(\w+)"')
IN_FORM = re.compile(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"')
IN_LINK = re.compile(r"[?&;]([A-Za-z_]\w*)=")
COMMON = ("q", "page", "limit", "cursor", "sort")
READERS = ("visitor", "beheerder", "datasteward", "privacy", "analist", "raadslid", "sensorbeheer")  # as in the table


def names_of(view: Any, page: str) -> list[str]:
    """Find what an address may be asked: in the module of its view, in the forms and links of its page."""
    try:
        code = inspect.getsource(inspect.getmodule(inspect.unwrap(view)))  # type: ignore[arg-type]
    except (TypeError, OSError):
        code = ""
    found = {*NAME.findall(code), *IN_FORM.findall(page), *IN_LINK.findall(page), *COMMON}
    return sorted(found - {"csrfmiddlewaretoken"})


def queries(names: list[str], turn: int) -> Iterator[str]:
    """Give query strings: names alone, as lists and together; another turn puts other values to the names."""
    for place, name in enumerate(names):
        yield f"{quote(name)}={VALUES[(turn + 7 * place) % len(VALUES)]}"
    for far in (0, 11):
        yield "&".join(f"{quote(name)}={VALUES[(turn + far + 3 * n) % len(VALUES)]}" for n, name in enumerate(names))
    yield "&".join(f"{quote(name)}=1&{quote(name)}=x&{quote(name)}[]=1&{quote(name)}[a]=1" for name in names)


def hostile_paths(route: str, turn: int) -> Iterator[str]:
    """Give addresses of a route with something strange in each of its variable parts."""
    for part in re.findall(r"<[^>]+>", route):
        for far in (0, 3, 7):
            yield example_of(route.replace(part, "\0", 1)).replace("\0", PATHS[(turn + far) % len(PATHS)])


def hostile(row: Row, view: Any, page: str, *, turn: int, at_length: bool) -> list[str]:
    """Give the hostile addresses of one route: many, or two for readers to whom it is as it is to everybody."""
    names = names_of(view, page)
    asked = [f"{row.example}?{query}" for query in queries(names, turn)] + list(hostile_paths(row.route, turn))
    return asked if at_length else [asked[turn % len(names)], asked[len(names)]]


def broken(client: httpx.Client, addresses: list[str]) -> list[str]:
    """Ask for addresses and list those that break, by status."""

    def ask(address: str) -> str:
        try:
            answer = client.get(address)
        except httpx.RemoteProtocolError as error:
            return f"{error} for {address[:200]}"
        return f"{answer.status_code} for {address[:200]}" if answer.status_code >= 500 else ""

    with ThreadPoolExecutor(2) as pool:
        return [said for said in pool.map(ask, addresses) if said]


def opened(reader: str) -> list[Row]:
    """List the addresses that open for a reader, without those that end the visit and without the English twins."""
    table = sorted(read_table(PAGE).values(), key=lambda row: row.route)
    return [
        row
        for row in table
        if row.statuses[reader] == 200 and "uitloggen" not in row.route and not row.route.startswith("/en/")
    ]


@pytest.mark.parametrize("reader", READERS)
def test_no_page_breaks_whatever_its_address_asks(reader: str, town: RunningTown) -> None:
    client = httpx.Client(base_url=town.url) if reader == "visitor" else town.log_in(f"demo-{reader}")
    client.follow_redirects, client.timeout = False, httpx.Timeout(120)
    views, turn, found = routes(), READERS.index(reader), []

    for row in opened(reader):
        page = client.get(row.example)
        assert page.status_code == 200, row.example
        at_length = reader == next(one for one in READERS if row.statuses[one] == 200)  # the first to whom it opens
        found += broken(client, hostile(row, views[row.route], page.text, turn=turn, at_length=at_length))

    assert found == []


def test_the_walk_asks_what_the_code_and_the_page_know() -> None:
    page = '<form><select name="soort"></select></form><a href="?van=1&amp;tot=2">'
    names = names_of(None, page)
    row = Row("/x/<int:pk>", "/x/1", {})

    asked = hostile(row, None, page, turn=0, at_length=True)

    assert names == sorted({"soort", "van", "tot", *COMMON})
    assert len(asked) == len(names) + 3 + 3
    assert {"/x/%00", f"/x/{'9' * 40}"} <= set(asked)

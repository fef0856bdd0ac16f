"""Who may open what: the table of every address by every role, held against the running town."""

import pytest
from access import PAGE, ask, read_table, readers, routes
from town import RunningTown

pytestmark = pytest.mark.slow


def test_the_table_has_every_address() -> None:
    table = read_table(PAGE)

    assert set(table) == set(routes()), "run python tools/access_table.py and read what it wrote"


def test_each_role_gets_what_the_table_says(town: RunningTown) -> None:
    clients = readers(town)
    table = sorted(read_table(PAGE).values(), key=lambda row: ("uitloggen" in row.route, row.route))

    told = {row.example: ask(clients, row.example) for row in table}

    assert told == {row.example: row.statuses for row in table}


def test_no_address_crashes_for_anyone() -> None:
    assert [row.route for row in read_table(PAGE).values() if max(row.statuses.values(), default=0) >= 500] == []

"""What the tests of the whole house share."""

import os
from collections.abc import Iterator

import pytest


@pytest.fixture
def own_database() -> Iterator[str]:
    """Give the address of an empty PostgreSQL database of this test's own, or "" when the tests run on SQLite."""
    server, name = os.environ.get("PLEIN_DATABASE_URL", ""), f"own_{os.getpid()}"
    if not server.startswith("postgres"):
        yield ""
        return
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        yield f"{server.rsplit('/', 1)[0]}/{name}"
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

"""The moment that tests of this room happen at."""

from datetime import UTC, datetime

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)

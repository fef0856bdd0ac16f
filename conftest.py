"""What all tests share. The database is SQLite, or PostgreSQL when PLEIN_DATABASE_URL says so."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

if TYPE_CHECKING:
    from town import RunningTown

# A busy machine is slow, not wrong: examples have no deadline of their own, tests do (pytest-timeout).
hypothesis.settings.register_profile("plein", deadline=None)
hypothesis.settings.load_profile("plein")

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in the thread of the tests
os.environ["PLEIN_DATA"] = tempfile.mkdtemp(prefix="plein-test-")  # never the data of whoever runs the tests

sys.path.insert(0, str(Path(__file__).resolve().parent / "tests"))

SHARED = Path(os.environ.get("PLEIN_SHARED") or Path(__file__).resolve().parent.parent / "shared")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Give the folder with real data and official standards, or skip."""
    if not (SHARED / "data").is_dir():
        pytest.skip(f"needs real data and standards in {SHARED}")
    return SHARED


@pytest.fixture
def data_dir(tmp_path: Path, settings: pytest.FixtureRequest) -> Path:
    """Give a data directory of this test's own, so that lake and files start empty."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    return tmp_path


@pytest.fixture(scope="session")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator["RunningTown"]:
    """Give the demo town, furnished for real and served by a real web process (see tests/town.py)."""
    from town import furnished, start, stop

    own = tmp_path_factory.getbasetemp()
    shared_by_all = own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own
    data = own / "town"
    shutil.copytree(furnished(shared_by_all), data)
    running, process = start(data)
    yield running
    stop(process)


@pytest.fixture(autouse=True)
def _full_buckets() -> None:
    """Let no test pay for the requests of those before it, which all come from one address."""
    limits = sys.modules.get("plein.foundation.api.limits")
    if limits is not None:
        limits.buckets = limits.Buckets()


@pytest.fixture(autouse=True)
def _log_lines_may_go(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let the clean-up after a test with real transactions empty the processing log."""
    mark = request.node.get_closest_marker("django_db")
    real = "transactional_db" in request.fixturenames or (mark is not None and mark.kwargs.get("transaction"))
    if not real:
        yield
        return
    request.getfixturevalue("_django_db_helper")
    yield
    from django.db import connection
    from django.utils import timezone

    from plein.foundation.gate import intake
    from plein.foundation.gate.models import LogCut, LogRecord

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intake, "_is_whole", lambda _row: True)  # a test may have sealed with a key of its own
        intake.chain_all()
    last = LogRecord.objects.order_by("-number").first()
    if last is not None:
        known = {"first": 1, "hash": last.hash, "newest_ms": last.end_ms, "cut_at": timezone.now()}
        LogCut.objects.get_or_create(number=last.number, defaults=known)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM gate_logrecord")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what never meets the database: it was run on SQLite, and would do the same again."""
    if not os.environ.get("PLEIN_DATABASE_URL", "").startswith("postgres"):
        return
    meeting = {"db", "transactional_db", "django_db_setup", "own_database", "live_server"}
    kept = [
        item
        for item in items
        if item.get_closest_marker("django_db")
        or meeting & set(getattr(item, "fixturenames", ()))
        or item.path.name == "test_copies.py"  # starts houses on this database
    ]
    gone = set(items) - set(kept)
    config.hook.pytest_deselected(items=[item for item in items if item in gone])
    items[:] = kept

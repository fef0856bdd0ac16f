"""What all tests share. The database is SQLite, or PostgreSQL when PLEIN_DATABASE_URL says so."""

import os
import tempfile
from pathlib import Path

import pytest

os.environ.setdefault("PLEIN_DATA", tempfile.mkdtemp(prefix="plein-test-"))

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

"""Write docs/look-up/access.md: every address, and what each role gets there, as the running demo town answers.

    python tools/access_table.py [FOLDER]     furnished in FOLDER when that is given, to be used again

Then read the difference: a table that nobody read proves nothing

The test tests/house/test_access.py holds the town against the table.
"""

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plein.site.settings")


def main() -> None:
    """Furnish a town, ask it everything, and write the table."""
    import django

    django.setup()
    from access import PAGE, survey, write_table
    from town import furnished, start, stop

    with tempfile.TemporaryDirectory() as folder:
        town, process = start(furnished(Path(sys.argv[1] if len(sys.argv) > 1 else folder)))
        try:
            rows = survey(town)
        finally:
            stop(process)
    write_table(PAGE, rows)
    print(f"{len(rows)} addresses")


if __name__ == "__main__":
    main()

"""Every dependency entered with a reason: its name stands on a dated page in docs/decisions/."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    listed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    return {re.split(r"[\[<>=~! ;]", line)[0] for line in listed}


def test_every_dependency_has_a_dated_page() -> None:
    pages = [path for path in (ROOT / "docs" / "decisions").glob("*.md") if re.match(r"\d{4}-\d\d-\d\d-", path.name)]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages).lower()

    unexplained = {
        name for name in dependencies() if not re.search(rf"(?<![\w-]){re.escape(name.lower())}(?![\w-])", text)
    }

    assert unexplained == set()


def test_every_page_of_docs_leads_only_to_pages_that_exist() -> None:
    broken = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if not re.match(r"https?:|mailto:", target) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")

    assert broken == []

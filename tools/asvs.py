"""Write docs/look-up/asvs.md from tests/house/asvs.toml: where each requirement of OWASP ASVS is held.

    python tools/asvs.py

The test tests/house/test_asvs.py checks that every requirement is there, and that each test that is named exists.
"""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
MAP = ROOT / "tests" / "house" / "asvs.toml"
PAGE = ROOT / "docs" / "look-up" / "asvs.md"
CHAPTERS = {
    "V5": "File handling",
    "V6": "Authentication",
    "V7": "Session management",
    "V8": "Authorization",
    "V9": "Self-contained tokens",
    "V10": "OAuth and OpenID Connect",
    "V12": "Secure communication",
}
HEAD = """# OWASP ASVS 5.0.0, levels 1 and 2

Where each requirement of these chapters of the
[standard](https://owasp.org/www-project-application-security-verification-standard/) is held: by tests that would fail,
by the house's papers, or not at all with the reason. What the numbers ask stands in the standard itself. This page is
made from `tests/house/asvs.toml` by `python tools/asvs.py`; a test holds that no requirement is left out.
"""


def read() -> dict[str, Any]:
    """Read the map."""
    return tomllib.loads(MAP.read_text(encoding="utf-8"))


def requirements(told: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Give what stands there for each requirement, by its full number: "V6.2.1"."""
    return {f"V{number}": entry for chapter in CHAPTERS for number, entry in told[chapter].items()}


def places(told: dict[str, Any], entry: dict[str, Any]) -> list[tuple[str, str]]:
    """Give the file and the name of each test of a requirement."""
    pairs = [test.split("::") for test in entry.get("tests", ())]
    return [(told["files"][short], name) for short, name in pairs]


def page(told: dict[str, Any]) -> str:
    """Write the page."""
    parts = [HEAD]
    for chapter, title in CHAPTERS.items():
        parts.append(f"\n## {chapter} {title}\n\n| number | held by |\n|---|---|\n")
        for number, entry in told[chapter].items():
            tests = [f"`{path.rpartition('/')[2]}::{name}`" for path, name in places(told, entry)]
            said = [entry["why"]] if "why" in entry else []
            parts.append(f"| {number} | {'<br>'.join([*said, *tests])} |\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(read()), encoding="utf-8")
    print(f"{len(requirements(read()))} requirements")

"""OWASP ASVS 5.0.0: every requirement of levels 1 and 2 in the chapters that concern us is held somewhere, by name."""

import ast
import json
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import asvs  # noqa: E402

TOLD = asvs.read()
HELD = asvs.requirements(TOLD)


@cache
def names_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@pytest.mark.conformance
def test_every_requirement_is_in_the_map(shared: Path) -> None:
    listed = json.loads((shared / "standards" / "asvs" / "asvs-5.0.0.flat.json").read_text(encoding="utf-8"))
    wanted = {
        one["req_id"]
        for one in listed["requirements"]
        if one["chapter_id"] in asvs.CHAPTERS and str(one["L"]) in ("1", "2")
    }

    assert set(HELD) == wanted
    assert len(wanted) == 114


def test_every_requirement_names_a_test_or_a_reason() -> None:
    assert [number for number, entry in HELD.items() if not entry.get("tests") and not entry.get("why")] == []


def test_every_test_that_is_named_exists() -> None:
    named = {(path, name) for entry in HELD.values() for path, name in asvs.places(TOLD, entry)}

    assert [f"{path}::{name}" for path, name in sorted(named) if name not in names_in(path)] == []


def test_no_file_is_listed_in_vain() -> None:
    used = {test.split("::")[0] for entry in HELD.values() for test in entry.get("tests", ())}

    assert set(TOLD["files"]) == used


def test_the_page_is_made_from_the_map() -> None:
    assert asvs.PAGE.read_text(encoding="utf-8") == asvs.page(TOLD), "run python tools/asvs.py"

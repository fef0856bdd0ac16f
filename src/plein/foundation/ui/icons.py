"""Icons: drawn in line with the text, coloured by it, always beside a word."""

import json
from functools import cache
from pathlib import Path

VENDOR = Path(__file__).parent / "static" / "vendor"
STONE = '<rect x="4" y="4" width="16" height="16" rx="1"/>'


@cache
def _shapes() -> dict[str, str]:
    """Read the shapes that the front-end build took from Lucide; none when it was not built."""
    path = VENDOR / "icons.json"
    shapes: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return shapes


def shape(name: str) -> str:
    """Give the inside of an icon's <svg>; a paving stone for a name that is not in frontend/icons.txt."""
    return _shapes().get(name, STONE)


def names() -> list[str]:
    """List the icons that can be drawn."""
    return sorted(_shapes())

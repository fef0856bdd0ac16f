"""The shapes of our charts as Vega-Lite, drawn up in Altair (draw.py) and kept beside it as JSON.

The web process reads the JSON: Altair costs 55 MB and more than a second, and the shapes only change when draw.py does.
A test holds the two together.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


@cache
def _text(name: str) -> str:
    return (FOLDER / f"{name}.json").read_text(encoding="utf-8")


def shape(name: str) -> dict[str, Any]:
    """Give a fresh copy of a shape."""
    spec: dict[str, Any] = json.loads(_text(name))
    return spec

"""Parts of pages that are the same for everyone, drawn once until the figures, the areas or the language change."""

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import get_language

from plein.foundation.geo import places
from plein.foundation.identity.stamps import Kept
from plein.insight.monitor.queries.published import STAMP

MOST = 400

_drawn: Kept[dict[tuple[Any, ...], Any]] = Kept(STAMP, dict)


def drawn(template: str, *key: Any, facts: Callable[[], dict[str, Any]]) -> str:
    """Draw a template once per key; facts gives what it shows and is only asked when it has to be drawn."""
    return str(remembered(template, *key, make=lambda: render_to_string(template, facts())))


def remembered(*key: Any, make: Callable[[], Any]) -> Any:
    """Give what was made for a key, made again after every change."""
    held, whole = _drawn.get(), (places.stamp(), get_language(), *key)
    if whole not in held:
        if len(held) >= MOST:
            held.clear()
        held[whole] = make()
    return held[whole]

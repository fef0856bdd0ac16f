"""Figures as people read them: a number with its unit, period, source, trend and what it is measured against."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils import formats
from django.utils.html import format_html
from django.utils.translation import get_language

from plein.foundation.words import Text

ABSENT = "–"


def said(text: Any) -> str:
    """Give a Text in the language of the page; anything else as it reads."""
    if isinstance(text, Text):
        return text.said(get_language() or "nl")
    return "" if text is None else str(text)


def decimals_for(value: float) -> int:
    """Choose how many decimals a reader can use: none from 100 up, at most one from 10, else at most two."""
    size = abs(value)
    most = 0 if size >= 100 else 1 if size >= 10 else 2
    return next(places for places in range(most + 1) if places == most or round(value, places) == value)


def decimals_for_all(values: Iterable[Any]) -> int | None:
    """Choose one number of decimals for figures that stand under each other; None when there are no numbers."""
    held = [float(value) for value in values if isinstance(value, (int, float)) and not math.isnan(value)]
    if not held:
        return None
    most = decimals_for(max(map(abs, held)) + 0.001)
    return next(p for p in range(most + 1) if p == most or all(round(value, p) == value for value in held))


def number(value: Any, decimals: int | None = None) -> str:
    """Write a number with the separators of the page's language; a dash when there is none."""
    if value is None or value == "":
        return ABSENT
    if isinstance(value, bool) or (not isinstance(value, (int, float)) and not hasattr(value, "as_tuple")):
        return said(value)
    if math.isnan(float(value)):
        return ABSENT
    if decimals is None:
        # An amount of money knows its own cents, 3.10; a float does not tell 3.1 from 3.10.
        exact = hasattr(value, "as_tuple")
        decimals = min(2, max(0, -value.as_tuple().exponent)) if exact else decimals_for(float(value))
    return _written(float(value) or 0.0, decimals, get_language())


@lru_cache(maxsize=8192)
def _written(value: float, places: int, language: str | None) -> str:
    """Write a number in the language that is active; kept, because pages repeat themselves and this is slow."""
    written: str = formats.number_format(
        round(value, places), decimal_pos=places, use_l10n=True, force_grouping=abs(value) >= 10_000
    )
    return written


def moment(at: date | datetime | None, form: str = "") -> str:
    """Write a day or a moment as a <time> that people and machines can read."""
    if at is None:
        return ABSENT
    from django.utils import timezone

    local = timezone.localtime(at) if isinstance(at, datetime) and timezone.is_aware(at) else at
    wanted = form or ("j F Y, H:i" if isinstance(at, datetime) else "j F Y")
    return _timed(local.isoformat(), local, wanted, get_language() or "nl")


@lru_cache(maxsize=4096)
def _timed(machine: str, local: date | datetime, wanted: str, language: str) -> str:
    """Write a moment in the language that is active; `machine` tells moments apart that are equal across zones."""
    if language.startswith("nl"):
        wanted = wanted.replace("M", "b")  # Dutch writes its months without a capital.
    return format_html('<time datetime="{}">{}</time>', machine, formats.date_format(local, wanted))


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One figure on a page.

    value: a number or words; unit, period, source, against: str or Text; trend: "up", "down" or "level";
    good: whether the trend is good news (None: neither); href: the table behind it.
    """

    title: Any
    value: Any
    unit: Any = ""
    period: Any = ""
    source: Any = ""
    trend: str = ""
    trend_text: Any = ""
    good: bool | None = None
    against: Any = ""
    href: str = ""
    decimals: int | None = None
    status: str = ""
    status_text: Any = ""

"""What others may read of a text, and whether it speaks of danger."""

import re

from plein.service.reports.models import Category

_HIDDEN = (
    (re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<![\w])(\+31|0031|0)[\s-]?\(?0?\)?[1-9]([\s-]?\d){7,8}(?!\d)"), "[telefoon]"),
    (
        re.compile(r"\b(?=[A-Z0-9-]*\d)(?=[A-Z0-9-]*[A-Z])([A-Z0-9]{1,3}-){2}[A-Z0-9]{1,3}\b", re.IGNORECASE),
        "[kenteken]",
    ),
)


def public_words(text: str) -> str:
    """Take out of a text what says who somebody is."""
    for pattern, instead in _HIDDEN:
        text = pattern.sub(instead, text)
    return text


def is_dangerous(text: str, category: Category) -> bool:
    """Tell whether the phone number must come first."""
    return bool(category.danger_nl)

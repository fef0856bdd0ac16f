"""What others may read of a text, and whether it speaks of danger."""

from plein.service.reports.models import Category
from plein.service.reports.rules.danger import Danger, danger_in
from plein.service.reports.rules.redaction import redact


def public_words(text: str, *, language: str = "nl") -> str:
    """Take out of a text what says who somebody is."""
    return redact(text, language=language).text


def speaks_of_danger(text: str) -> Danger | None:
    """Give the danger that a text speaks of, of whatever kind its report is."""
    return danger_in(text)


def is_dangerous(text: str, category: Category) -> bool:
    """Tell whether the phone number must come first: for this kind of report, or for what the text says."""
    return bool(category.danger_nl) or danger_in(text) is not None

"""Refusals in words, on a page."""

from django.utils.translation import gettext

from plein.foundation.errors import Refused
from plein.foundation.ui.figures import said
from plein.foundation.words import Text


def sentence(refused: Refused) -> str:
    """Say what happened, why, and what now, in the language of the page."""
    facts = {name: said(fact) if isinstance(fact, Text) else fact for name, fact in refused.facts.items()}
    return gettext(refused.message).format(**facts)


def parted(refused: Refused) -> tuple[str, str]:
    """Split the words into what happened (the heading) and the rest."""
    whole = sentence(refused)
    first, mark, rest = whole.partition(". ")
    return (first, rest) if mark else (whole.rstrip("."), "")

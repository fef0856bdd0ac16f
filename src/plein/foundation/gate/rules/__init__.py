"""What the gate decides, without a database."""

from plein.foundation.gate.rules.chain import START, canonical, cut_before, line_hash, pseudonym, retention_ms
from plein.foundation.gate.rules.register import (
    View,
    agreement_holds,
    digest,
    is_for,
    view_of,
)
from plein.foundation.gate.rules.small import hidden_cells

__all__ = [
    "START",
    "View",
    "agreement_holds",
    "canonical",
    "cut_before",
    "digest",
    "hidden_cells",
    "is_for",
    "line_hash",
    "pseudonym",
    "retention_ms",
    "view_of",
]
